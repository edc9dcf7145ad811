"""Create share_visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    create_table(
        "share_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("share_link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("network", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "answer IN ('shown', 'expired', 'revoked', 'withdrawn')", name=op.f("ck_share_visits_answer_known")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_share_visits_client_id")),
        sa.ForeignKeyConstraint(["share_link_id"], ["share_links.id"], name=op.f("fk_share_visits_share_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_visits")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_share_visits_share_link_id_at", "share_visits", ["share_link_id", "at"], unique=False)
