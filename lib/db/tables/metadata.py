"""The two databases as SQLAlchemy metadata, and what every table has in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, Table
from sqlalchemy.schema import SchemaItem

from lib.db.types import Id, UtcDateTime

# Every constraint has a name: Alembic's batch mode on SQLite drops unnamed ones with no more than a warning.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

app_metadata = MetaData(naming_convention=_NAMES)
traffic_metadata = MetaData(naming_convention=_NAMES)

# One collation for everything, byte by byte, as SQLite compares; utf8mb4_0900_* does not exist on MariaDB.
SERVER_OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def app_table(name: str, *items: SchemaItem) -> Table:
    """A table of the app database."""
    return Table(name, app_metadata, *items, **SERVER_OPTIONS)


def traffic_table(name: str, *items: SchemaItem) -> Table:
    """A table of the traffic database."""
    return Table(name, traffic_metadata, *items, **SERVER_OPTIONS)


def own_id() -> Column[int]:
    """An id that the database hands out."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def given_id(name: str = "id") -> Column[int]:
    """An id that the desk reserves in blocks, known before the row is written."""
    return Column(name, Id, primary_key=True, autoincrement=False)


def ref(name: str, target: str, *, is_optional: bool = False) -> Column[int]:
    """A reference to another table's id."""
    return Column(name, Id, ForeignKey(target), nullable=is_optional)


def moment(name: str, *, is_optional: bool = False) -> Column[object]:
    """A moment in UTC."""
    return Column(name, UtcDateTime(), nullable=is_optional)
