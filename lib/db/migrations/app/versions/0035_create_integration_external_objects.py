"""Create integration_external_objects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    create_table(
        "integration_external_objects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=190), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_seen_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["integration_provider_accounts.id"],
            name=op.f("fk_integration_external_objects_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_external_objects")),
        sa.UniqueConstraint(
            "account_id",
            "object",
            "external_id",
            name=op.f("uq_integration_external_objects_account_id_object_external_id"),
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
