"""Create portal_cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    create_table(
        "portal_cards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_portal_cards_client_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metric_definitions.id"], name=op.f("fk_portal_cards_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_cards")),
        sa.UniqueConstraint("client_id", "metric_id", name=op.f("uq_portal_cards_client_id_metric_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
