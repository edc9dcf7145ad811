"""Create alert_told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    create_table(
        "alert_told",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("told_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_alert_told_client_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["alert_subscriptions.id"], name=op.f("fk_alert_told_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_told")),
        sa.UniqueConstraint("subscription_id", "state", name=op.f("uq_alert_told_subscription_id_state")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
