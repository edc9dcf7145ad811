"""The steps a revision is made of; each looks first, so a migration killed in the middle can simply be run again.

DDL commits by itself on servers: after a kill, a table may be there although its revision is not recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.history import foreign_table


def create_table(name: str, *items: sa.schema.SchemaItem, **options: Any) -> None:
    """Create the table unless it is there already; one of this name with other columns is refused and left alone."""
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table(name):
        op.create_table(name, *items, **options)
        return
    there = {column["name"] for column in inspector.get_columns(name)}
    wanted = {item.name for item in items if isinstance(item, sa.Column)}
    if there != wanted:
        raise foreign_table(name)


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool) -> None:
    """Create the index unless it is there already."""
    if name not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, list(columns), unique=unique)


def create_view(name: str, query: str) -> None:
    """Create the view unless it is there already; a table of this name is refused and left alone."""
    inspector = sa.inspect(op.get_bind())
    if name in inspector.get_view_names():
        return
    if inspector.has_table(name):
        raise foreign_table(name)
    op.execute(f"CREATE VIEW {name} AS {query}")
