"""Create map_versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    create_table(
        "map_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", types.UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_at", types.UtcDateTime(), nullable=True),
        sa.Column("rollback_note", sa.String(length=1000), nullable=False),
        sa.Column("baseline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("closed_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_map_versions_account_id")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_map_versions_approved_by")),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.id"], name=op.f("fk_map_versions_baseline_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_map_versions_client_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_map_versions_closed_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["people.id"], name=op.f("fk_map_versions_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_versions")),
        sa.UniqueConstraint("account_id", "object", "version", name=op.f("uq_map_versions_account_id_object_version")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_map_versions_account_id_object_status", "map_versions", ["account_id", "object", "status"], unique=False
    )
