"""What persons confirmed of an account's gates, its promotions, and its falls from live (R17, F145); only ever added to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

account_evidence = app_table(
    "account_evidence",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("gate", text(100), nullable=False),
    Column("text", text(1000), nullable=False),
    Column("link", text(500), nullable=False),
    ref("person_id", "people.id"),
    moment("at"),
    # What was looked at: what it was confirmed for, and at a promotion every gate that held with what it said.
    Column("looked_at", JsonText(), nullable=False),
    # Never a bare tick.
    CheckConstraint("text <> '' OR link <> ''", name="says_something"),
    Index("ix_account_evidence_account_id_gate", "account_id", "gate"),
)

account_lapses = app_table(
    "account_lapses",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    moment("at"),
    Column("gates", JsonText(), nullable=False),
    # For the desk's people; and for the client, in words of the house.
    Column("because", text(1000), nullable=False),
    Column("said", text(300), nullable=False),
    ref("person_id", "people.id"),
    CheckConstraint("because <> '' AND said <> ''", name="says_why"),
    Index("ix_account_lapses_account_id", "account_id"),
)
