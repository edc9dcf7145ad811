"""Create crm_leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    create_table(
        "crm_leads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=190), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(), nullable=True),
        sa.Column("scheduled_at", types.UtcDateTime(), nullable=True),
        sa.Column("booked_at", types.UtcDateTime(), nullable=True),
        sa.Column("completed_at", types.UtcDateTime(), nullable=True),
        sa.Column("sold_at", types.UtcDateTime(), nullable=True),
        sa.Column("status", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=100), nullable=True),
        sa.Column("group_id", sa.String(length=190), nullable=True),
        sa.Column("customer_id", sa.String(length=190), nullable=True),
        sa.Column("job_id", sa.String(length=190), nullable=True),
        sa.Column("reference", sa.String(length=190), nullable=True),
        sa.Column("name", sa.String(length=190), nullable=True),
        sa.Column("first_name", sa.String(length=190), nullable=True),
        sa.Column("last_name", sa.String(length=190), nullable=True),
        sa.Column("company", sa.String(length=190), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("phone_extension", sa.String(length=20), nullable=True),
        sa.Column("phone_is_masked", sa.Boolean(), nullable=True),
        sa.Column("secondary_phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("city", sa.String(length=190), nullable=True),
        sa.Column("state", sa.String(length=100), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=100), nullable=True),
        sa.Column("service", sa.String(length=190), nullable=True),
        sa.Column("category", sa.String(length=190), nullable=True),
        sa.Column("description", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=True),
        sa.Column("source", sa.String(length=190), nullable=True),
        sa.Column("medium", sa.String(length=190), nullable=True),
        sa.Column("campaign", sa.String(length=190), nullable=True),
        sa.Column("campaign_id", sa.String(length=190), nullable=True),
        sa.Column("location", sa.String(length=190), nullable=True),
        sa.Column("assigned_to", sa.String(length=190), nullable=True),
        sa.Column("direction", sa.String(length=40), nullable=True),
        sa.Column("is_first_time", sa.Boolean(), nullable=True),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column("amount", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("fee", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_crm_leads_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_leads")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_crm_leads_account_id_object_completed_at",
        "crm_leads",
        ["account_id", "object", "completed_at"],
        unique=False,
    )
    create_index(
        "ix_crm_leads_account_id_object_group_id", "crm_leads", ["account_id", "object", "group_id"], unique=False
    )
    create_index(
        "ix_crm_leads_account_id_object_occurred_at", "crm_leads", ["account_id", "object", "occurred_at"], unique=False
    )
