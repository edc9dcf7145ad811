"""Mapped frames and mapping's remarks, small enough to be read in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from lib.domain.objects import Kind, object_type
from lib.mapping.keys import mapped_dtype
from validation.checks import CheckReport, check

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
GOOD = "2026-05-01T08:00:00Z"


def frame_of(name: str, /, **columns: list[Any]) -> pd.DataFrame:
    """A mapped frame of the object: timestamps are given as text, everything else as it is stored."""
    canonical = object_type(name)
    return pd.DataFrame({key: _column(canonical.column(key).kind, cells) for key, cells in columns.items()})


def _column(kind: Kind, cells: list[Any]) -> pd.Series[Any]:
    if kind is Kind.TIMESTAMP:
        return pd.Series(pd.to_datetime(cells, utc=True, format="ISO8601")).dt.as_unit("us")
    return pd.Series(cells, dtype=mapped_dtype(kind))


def remarks(*rows: tuple[int, str, str]) -> pd.DataFrame:
    """Mapping's remarks: row, target, code."""
    empty = pd.DataFrame({name: pd.Series([], dtype="str") for name in ("target", "source", "code", "value")})
    empty.insert(0, "row", pd.Series([], dtype="int64"))
    return pd.DataFrame([(r, t, f"the {t}", c, "?") for r, t, c in rows], columns=empty.columns) if rows else empty


def judged(
    name: str, frame: pd.DataFrame, *failed: tuple[int, str, str], notes: pd.DataFrame | None = None
) -> CheckReport:
    """The report of a frame as of NOW."""
    return check(object_type(name), frame, remarks(*failed), notes, now=NOW)


def told(report: CheckReport) -> list[tuple[int, str, str]]:
    """(row, column, code) of each reason, in order."""
    return [(row, column, code) for row, column, code, _ in report.reasons.itertuples(index=False)]
