"""What goes of the rows of a load once somebody in them is erased: asked of its map and of its account's metrics."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.mapping.forgetting import Going


def going_of(tx: UnitOfWork, load: Load) -> Going:
    """The columns and cells that go of rows of this load, and those that stay."""
    told_by = told_apart_by(tx, load.account_id, load.object)
    return Going.of(tx.maps.by_id(load.map_version_id).field_map, told_by)


def told_apart_by(tx: UnitOfWork, account_id: int, name: str) -> set[str]:
    """The columns by which metrics of an account tell records of an object apart."""
    metrics = tx.metrics.of_account(tx.accounts.by_id(account_id))
    return {column for item in metrics if item.template.object == name for column in item.template.looked_at}
