"""Create sync_cursors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    create_table(
        "sync_cursors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=2000), nullable=False),
        sa.Column("high_water", types.UtcDateTime(), nullable=True),
        sa.Column("covered_to", sa.Date(), nullable=True),
        sa.Column("look_back_days", sa.Integer(), nullable=False),
        sa.Column("date_basis", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("limit_left", sa.Integer(), nullable=True),
        sa.Column("limit_of", sa.Integer(), nullable=True),
        sa.Column("clock_skew_seconds", sa.Integer(), nullable=False),
        sa.Column("asked_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_sync_cursors_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_sync_cursors_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_cursors")),
        sa.UniqueConstraint("account_id", "object", name=op.f("uq_sync_cursors_account_id_object")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
