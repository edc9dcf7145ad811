"""Create share_link_cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    create_table(
        "share_link_cards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("share_link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_share_link_cards_client_id")),
        sa.ForeignKeyConstraint(["share_link_id"], ["share_links.id"], name=op.f("fk_share_link_cards_share_link_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_share_link_cards_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_link_cards")),
        sa.UniqueConstraint(
            "share_link_id", "statement_id", name=op.f("uq_share_link_cards_share_link_id_statement_id")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
