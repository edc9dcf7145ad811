"""Webhooks as they came in: the log that stays, and the body that goes once it lies in a delivery."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import blob, text
from lib.domain.hooks import ReceiptStatus

incoming_lead_logs = app_table(
    "incoming_lead_logs",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # What the sender tells one from another by; of refused ones, why and in which hour, so that they stay few.
    Column("idempotency_key", text(190), nullable=False),
    Column("event", text(100), nullable=False),
    Column("status", text(20), nullable=False),
    Column("refusal", text(190), nullable=False),
    # Empty until a load has classed it.
    Column("row_class", text(24), nullable=False),
    Column("is_test", Boolean(create_constraint=False), nullable=False),
    Column("content_hash", text(64), nullable=False),
    Column("times_seen", Integer, nullable=False),
    ref("delivery_id", "integration_import_batches.id", is_optional=True),
    moment("received_at"),
    moment("last_seen_at"),
    # Two servers that are handed the same webhook keep it once.
    UniqueConstraint("account_id", "idempotency_key"),
    CheckConstraint(f"status IN ({', '.join(repr(str(item)) for item in ReceiptStatus)})", name="status_known"),
    CheckConstraint("times_seen > 0", name="seen_at_least_once"),
    Index("ix_incoming_lead_logs_account_id_received_at", "account_id", "received_at"),
    Index("ix_incoming_lead_logs_status_account_id", "status", "account_id", "received_at"),
)

# A verified receipt's row as a line of JSON, for as long as it lies in no delivery (R11).
incoming_lead_bodies = app_table(
    "incoming_lead_bodies",
    ref("account_id", "integration_provider_accounts.id"),
    Column("idempotency_key", text(190), nullable=False),
    ref("client_id", "clients.id"),
    Column("body", blob(), nullable=False),
    PrimaryKeyConstraint("account_id", "idempotency_key"),
)
