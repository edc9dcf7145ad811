"""Boil a batch of mapped and validated rows down to what classifying needs, and to the tables that are kept of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from lib.domain.accounts import Account
from lib.domain.maps import FieldMap
from lib.domain.objects import Kind, object_type
from lib.mapping.apply import Mapped
from lib.mapping.checked import CheckedBatch, CheckedRows, Texts, reason_texts
from lib.mapping.classes import ClassReport
from lib.mapping.content import row_hashes
from lib.mapping.frames import table_of
from lib.mapping.keys import CONTENT_HASH, external_ids, hash_column, keyed_hash
from lib.providers import template
from lib.reporting.local_days import local_days
from validation.checks import CheckReport


def checked_batch(
    account: Account,
    field_map: FieldMap,
    *,
    first_row: int,
    lines: Any,
    raw: pd.DataFrame,
    mapped: Mapped,
    report: CheckReport,
    marks: ClassReport,
    hash_key: bytes,
) -> CheckedBatch:
    """One batch of a delivery; a row that names no key is known by the hash of the whole row (settled question 5)."""
    kind, arrived = object_type(field_map.object), table_of(raw)
    identity = template(account.provider).object(field_map.object).identity
    frame = mapped.frame.assign(external_id=external_ids(mapped.frame, arrived, identity))
    table = table_of(frame)
    hashes = row_hashes(field_map, table)
    # Which mark or rule told a class stands after its code, as elsewhere the column does.
    evidence = marks.evidence[["row", "code", "mark"]].rename(columns={"mark": "column"})
    reasons = pd.concat([report.reasons[["row", "column", "code"]], evidence], ignore_index=True)
    ids = _text(frame, "external_id")
    rows = CheckedRows(
        lines=np.asarray(lines, dtype=np.int64),
        external_ids=ids,
        hashes=np.array(hashes, dtype=object),
        modified=_moments(frame, "modified_at"),
        groups=_text(frame, "group_id"),
        is_failed=report.is_failed,
        classes=np.asarray(marks.row_class, dtype=object),
        reasons=reason_texts(len(frame), reasons),
        id_hash=keyed_hash(ids, hash_key),
        phone_hash=keyed_hash(_text(frame, "phone"), hash_key),
        email_hash=keyed_hash(_text(frame, "email"), hash_key),
        is_masked=_is_masked(frame),
        chosen=np.zeros(len(frame), dtype=np.int64),
    )
    basis = frame.get(kind.date_column)
    days = _days(basis[~report.is_failed], kind.column(kind.date_column).kind, account) if basis is not None else None
    kept = table.append_column(CONTENT_HASH, hash_column(hashes))
    return CheckedBatch(first_row, rows, arrived, kept, days)


def _text(frame: pd.DataFrame, column: str) -> Texts:
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    return np.asarray(frame[column].array.to_numpy(dtype=object, na_value=""), dtype=object)


def _is_masked(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where the provider says that the phone number is a stand-in."""
    if "phone_is_masked" not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame["phone_is_masked"].fillna(value=False), dtype=bool)


def _moments(frame: pd.DataFrame, column: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    if column not in frame:
        return np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[us]")
    return np.asarray(frame[column].dt.tz_localize(None), dtype="datetime64[us]")


def _days(basis: pd.Series[Any], kind: Kind, account: Account) -> tuple[date, date] | None:
    found = basis.dropna()
    if found.empty:
        return None
    days = found if kind is Kind.DATE else local_days(pd.Series([found.min(), found.max()]), account.client_timezone)
    return date.fromisoformat(days.min()), date.fromisoformat(days.max())
