"""What came to nothing although it was tried, in groups of one cause, until somebody mends or discards it."""

from __future__ import annotations

from sqlalchemy import Column, Index

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, text

dead_letters = app_table(
    "dead_letters",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("fingerprint", text(64), nullable=False),
    Column("step", text(20), nullable=False),
    Column("code", text(60), nullable=False),
    Column("subject_type", text(20), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("status", text(20), nullable=False),
    Column("note", text(1000), nullable=False),
    moment("first_seen_at"),
    moment("last_seen_at"),
    Index("ix_dead_letters_account_id_fingerprint", "account_id", "fingerprint"),
)
