"""Create account_breakers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    create_table(
        "account_breakers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=True),
        sa.Column("try_at", types.UtcDateTime(), nullable=True),
        sa.Column("error_class", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_account_breakers_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_account_breakers_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_breakers")),
        sa.UniqueConstraint("account_id", name=op.f("uq_account_breakers_account_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
