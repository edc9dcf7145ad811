"""Create api_sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    create_table(
        "api_sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("source", types.JsonText(), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_api_sources_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_api_sources_client_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_api_sources_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_sources")),
        sa.UniqueConstraint("account_id", "object", name=op.f("uq_api_sources_account_id_object")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
