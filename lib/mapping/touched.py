"""The local days that a commit or an undo moved: exactly these slices of a metric have to be rolled up again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.objects import Kind, ObjectType
from lib.reporting.local_days import local_days


@dataclass
class Touched:
    """Days by date column, in one time zone."""

    kind: ObjectType
    timezone: str
    days: dict[str, set[date]] = field(default_factory=dict)

    def add_rows(self, rows: pa.Table) -> None:
        """Note the days of mapped rows, or of records as they stood before."""
        for name in rows.column_names:
            how = self._kind_of(name)
            if how is Kind.TIMESTAMP:
                moments = pc.unique(rows[name].combine_chunks().drop_null()).to_pandas()
                self._add(name, local_days(pd.Series(moments), self.timezone).unique())
            elif how is Kind.DATE:
                self._add(name, pc.unique(rows[name].combine_chunks().drop_null()).to_pylist())

    def add_days(self, column: str, days: Iterable[date]) -> None:
        """Note days that are known already."""
        self.days.setdefault(column, set()).update(days)

    def _kind_of(self, name: str) -> Kind | None:
        return next((column.kind for column in self.kind.columns if column.name == name), None)

    def _add(self, column: str, iso_days: Any) -> None:
        self.days.setdefault(column, set()).update(date.fromisoformat(day) for day in iso_days)
