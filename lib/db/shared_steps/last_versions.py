"""Traffic rows as they stood before a load: each the version that the last earlier commit wrote."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import MICROS, TEXT_KINDS, Kind, ObjectType

_ARROW: dict[Kind, Any] = {
    Kind.MONEY: pa.int64(),
    Kind.INTEGER: pa.int64(),
    Kind.DURATION: pa.int64(),
    Kind.DECIMAL: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
}


def last_versions(tx: UnitOfWork, account: Account, load: Load, kind: ObjectType, keys: Sequence[str]) -> pa.Table:
    """One row a key, in their order, with `is_there`, `row_class` and the object's columns as a mapped chunk has them."""
    committed = tx.committed_loads.ids(account.id, kind.name)
    earlier = committed[: committed.index(load.id)] if load.id in committed else committed
    found = tx.traffic.newest_of(account, kind.name, earlier, keys)
    rows = [found[key]._mapping if key in found else {} for key in keys]
    columns = {
        column.name: pa.array([_mapped(row.get(column.name), column.kind) for row in rows], _type(column.kind))
        for column in kind.columns
    }
    return pa.table(
        {
            "is_there": pa.array([bool(row) for row in rows], pa.bool_()),
            "row_class": pa.array([row.get("row_class") for row in rows], pa.large_string()),
            **columns,
        }
    )


def _type(kind: Kind) -> Any:
    return pa.large_string() if kind in TEXT_KINDS or kind is Kind.DATE else _ARROW[kind]


def _mapped(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.MONEY:
        return int(Decimal(value) * MICROS)
    return value.isoformat() if kind is Kind.DATE else value
