"""Create incoming_lead_logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    create_table(
        "incoming_lead_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idempotency_key", sa.String(length=190), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("refusal", sa.String(length=190), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('received', 'grouped', 'refused')", name=op.f("ck_incoming_lead_logs_status_known")
        ),
        sa.CheckConstraint("times_seen > 0", name=op.f("ck_incoming_lead_logs_seen_at_least_once")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_incoming_lead_logs_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_incoming_lead_logs_client_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["integration_import_batches.id"], name=op.f("fk_incoming_lead_logs_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_lead_logs")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_incoming_lead_logs_account_id_idempotency_key")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_incoming_lead_logs_account_id_received_at",
        "incoming_lead_logs",
        ["account_id", "received_at"],
        unique=False,
    )
    create_index(
        "ix_incoming_lead_logs_status_account_id",
        "incoming_lead_logs",
        ["status", "account_id", "received_at"],
        unique=False,
    )
