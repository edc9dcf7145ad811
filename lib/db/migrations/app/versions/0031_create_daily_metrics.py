"""Create daily_metrics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    create_table(
        "daily_metrics",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=190), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("dimension_value", sa.String(length=190), nullable=True),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("amount", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_daily_metrics_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_metrics")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_daily_metrics_account_id_object_day", "daily_metrics", ["account_id", "object", "day"], unique=False
    )
