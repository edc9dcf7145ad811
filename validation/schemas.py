"""One pandera schema per canonical object; each check bears the reason code of the row that fails it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pandera.pandas as pa

from lib.domain.objects import Column, ObjectType
from validation.column_rules import rules


def schema(object_type: ObjectType, *, now: datetime) -> pa.DataFrameSchema:
    """What a mapped frame of this object must be, as of the day of `now` (aware); made once for each day.

    Never validate with `drop_invalid_rows`, which on a column lets bad rows through without a word. Columns without a
    check are left out: whatever their kind admits is good.
    """
    # A day written somewhere ahead of UTC is not yet the future, so tomorrow is let through whole.
    return _schema(object_type, now.astimezone(UTC).date() + timedelta(days=2))


@lru_cache(maxsize=64)
def _schema(object_type: ObjectType, too_late: date) -> pa.DataFrameSchema:
    columns = {column.name: _column(column, too_late) for column in object_type.columns}
    return pa.DataFrameSchema({name: column for name, column in columns.items() if column.required or column.checks})


def _column(column: Column, too_late: date) -> pa.Column:
    # Missing values reach the rules, because leaving them out copies the column once for every check.
    checks = [
        pa.Check(holds, name=code, error=code, ignore_na=False) for code, holds in rules(column, too_late).items()
    ]
    return pa.Column(None, checks, nullable=not column.is_required, required=column.is_required)
