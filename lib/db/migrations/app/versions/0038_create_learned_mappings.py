"""Create learned_mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    create_table(
        "learned_mappings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("header", sa.String(length=190), nullable=False),
        sa.Column("written", sa.String(length=500), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("transforms", types.JsonText(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learned_at", types.UtcDateTime(), nullable=False),
        sa.Column("forgotten_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forgotten_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("(client_id IS NOT NULL) = (level = 'client')", name=op.f("ck_learned_mappings_level_told")),
        sa.CheckConstraint(
            "client_id IS NOT NULL OR (transforms = '[]' AND reason = '')",
            name=op.f("ck_learned_mappings_nothing_of_a_client_travels"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_learned_mappings_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_learned_mappings_client_id")),
        sa.ForeignKeyConstraint(["forgotten_by"], ["people.id"], name=op.f("fk_learned_mappings_forgotten_by")),
        sa.ForeignKeyConstraint(["learned_by"], ["people.id"], name=op.f("fk_learned_mappings_learned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_mappings")),
        sa.UniqueConstraint(
            "scope", "object", "header", "target", name=op.f("uq_learned_mappings_scope_object_header_target")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_learned_mappings_client_id", "learned_mappings", ["client_id"], unique=False)
