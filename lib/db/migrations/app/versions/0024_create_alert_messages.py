"""Create alert_messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    create_table(
        "alert_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("changes", types.JsonText(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", types.UtcDateTime(), nullable=True),
        sa.Column("next_try_at", types.UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('sending', 'put_off', 'sent', 'refused', 'unknown', 'dropped')",
            name=op.f("ck_alert_messages_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["alert_subscriptions.id"], name=op.f("fk_alert_messages_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_messages")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_alert_messages_subscription_id_status", "alert_messages", ["subscription_id", "status"], unique=False
    )
