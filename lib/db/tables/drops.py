"""Files that were seen where an account's files are put down, and what became of each."""

from __future__ import annotations

from sqlalchemy import Column, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, text

dropped_files = app_table(
    "dropped_files",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # The hash of address and name: the two together are longer than a key may be.
    Column("place", text(64), nullable=False),
    Column("url", text(500), nullable=False),
    Column("name", text(500), nullable=False),
    Column("size", Id, nullable=False),
    # In the words of the place it lies in, '' where it tells neither.
    Column("modified", text(60), nullable=False),
    Column("etag", text(100), nullable=False),
    moment("first_seen_at"),
    # Since when every look has found it alike.
    moment("same_since"),
    moment("looked_at"),
    Column("state", text(20), nullable=False),
    ref("delivery_id", "integration_import_batches.id", is_optional=True),
    Column("note", text(1000), nullable=False),
    UniqueConstraint("account_id", "place"),
)
