"""Create report_metrics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    create_table(
        "report_metrics",
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dimension_value", sa.String(length=190), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", types.Money(precision=20, scale=6), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("left_out_classes", types.JsonText(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("loads", types.JsonText(), nullable=False),
        sa.Column("rolled_up_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_report_metrics_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_report_metrics_client_id")),
        sa.PrimaryKeyConstraint("metric_id", "day", "dimension_value", name=op.f("pk_report_metrics")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_report_metrics_client_id_day", "report_metrics", ["client_id", "day"], unique=False)
