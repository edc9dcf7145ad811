"""Create traffic_days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_table(
        "traffic_days",
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=190), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(), nullable=True),
        sa.Column("campaign", sa.String(length=190), nullable=True),
        sa.Column("campaign_id", sa.String(length=190), nullable=True),
        sa.Column("page", sa.String(length=500), nullable=True),
        sa.Column("query", sa.String(length=500), nullable=True),
        sa.Column("device", sa.String(length=40), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("conversions", sa.Double(), nullable=True),
        sa.Column("position", sa.Double(), nullable=True),
        sa.Column("cost", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "row_no", name=op.f("pk_traffic_days")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_traffic_days_account_id_day", "traffic_days", ["account_id", "day"], unique=False)
    create_index("ix_traffic_days_account_id_external_id", "traffic_days", ["account_id", "external_id"], unique=False)
