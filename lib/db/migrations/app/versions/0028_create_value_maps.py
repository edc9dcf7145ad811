"""Create value_maps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    create_table(
        "value_maps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("target_column", sa.String(length=60), nullable=False),
        sa.Column("provider_value", sa.String(length=190), nullable=False),
        sa.Column("our_value", sa.String(length=100), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_value_maps_account_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_value_maps_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_maps")),
        sa.UniqueConstraint(
            "account_id",
            "object",
            "target_column",
            "provider_value",
            name=op.f("uq_value_maps_account_id_object_target_column_provider_value"),
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
