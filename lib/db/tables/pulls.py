"""How far pulls have come, and how an account's own APIs are asked."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

sync_cursors = app_table(
    "sync_cursors",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("object", text(40), nullable=False),
    # The provider's own token, and the moment on its clock up to which everything was asked for.
    Column("token", text(2000), nullable=False),
    moment("high_water", is_optional=True),
    Column("covered_to", Date, nullable=True),
    Column("look_back_days", Integer, nullable=False),
    # What it was asked by: which date of a record, and whose days.
    Column("date_basis", text(60), nullable=False),
    Column("zone", text(60), nullable=False),
    Column("limit_left", Integer, nullable=True),
    Column("limit_of", Integer, nullable=True),
    Column("clock_skew_seconds", Integer, nullable=False),
    moment("asked_at", is_optional=True),
    # Grows whenever the cursor moves: of two pulls that began together the second leaves it where the first put it.
    Column("version", Integer, nullable=False),
    UniqueConstraint("account_id", "object"),
)

# A description in plain values, which names secrets and holds none.
api_sources = app_table(
    "api_sources",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("object", text(40), nullable=False),
    Column("source", JsonText(), nullable=False),
    ref("written_by", "people.id"),
    moment("written_at"),
    UniqueConstraint("account_id", "object"),
)
