"""The local days that a commit or an undo moved: exactly these slices of a metric have to be rolled up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from lib.domain.objects import Kind, ObjectType
from lib.reporting.periods import local_days


@dataclass
class Touched:
    """Days by date column, in one time zone."""

    kind: ObjectType
    timezone: str
    days: dict[str, set[date]] = field(default_factory=dict)

    def add_frame(self, frame: pd.DataFrame) -> None:
        """Note the days of mapped rows."""
        for name in frame.columns:
            how = self.kind.column(str(name)).kind
            if how is Kind.TIMESTAMP:
                self._add(str(name), local_days(frame[name].dropna(), self.timezone).unique())
            elif how is Kind.DATE:
                self._add(str(name), frame[name].dropna().unique())

    def add_records(self, records: Sequence[dict[str, Any]]) -> None:
        """Note the days of records as the database gives them, before they are changed."""
        for column in self.kind.columns:
            values = [record[column.name] for record in records if record.get(column.name) is not None]
            if values and column.kind is Kind.TIMESTAMP:
                moments = pd.Series(pd.DatetimeIndex(values).tz_convert("UTC"))
                self._add(column.name, local_days(moments, self.timezone).unique())
            elif values and column.kind is Kind.DATE:
                self.days.setdefault(column.name, set()).update(values)

    def _add(self, column: str, iso_days: Any) -> None:
        self.days.setdefault(column, set()).update(date.fromisoformat(day) for day in iso_days)
