"""Create crm_lead_events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    create_table(
        "crm_lead_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=190), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("event_type", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=100), nullable=True),
        sa.Column("lead_id", sa.String(length=190), nullable=True),
        sa.Column("customer_id", sa.String(length=190), nullable=True),
        sa.Column("reference", sa.String(length=190), nullable=True),
        sa.Column("adjustment_to_id", sa.String(length=190), nullable=True),
        sa.Column("location", sa.String(length=190), nullable=True),
        sa.Column("campaign", sa.String(length=190), nullable=True),
        sa.Column("description", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=True),
        sa.Column("amount", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("tax", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("balance", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_crm_lead_events_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_lead_events")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_crm_lead_events_account_id_lead_id", "crm_lead_events", ["account_id", "lead_id"], unique=False)
    create_index(
        "ix_crm_lead_events_account_id_object_occurred_at",
        "crm_lead_events",
        ["account_id", "object", "occurred_at"],
        unique=False,
    )
