"""Webhooks as they came in: the log that stays, and the body that goes once it lies in a delivery."""

from __future__ import annotations

from sqlalchemy import Column, Index, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import text

incoming_lead_logs = app_table(
    "incoming_lead_logs",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("idempotency_key", text(190), nullable=False),
    Column("status", text(20), nullable=False),
    Column("refusal", text(190), nullable=False),
    Column("row_class", text(24), nullable=False),
    Column("content_hash", text(64), nullable=False),
    ref("delivery_id", "integration_import_batches.id", is_optional=True),
    moment("received_at"),
    UniqueConstraint("account_id", "idempotency_key"),
    Index("ix_incoming_lead_logs_account_id_received_at", "account_id", "received_at"),
)
