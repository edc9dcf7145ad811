"""Create integration_field_mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    create_table(
        "integration_field_mappings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("map_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("target_table", sa.String(length=60), nullable=False),
        sa.Column("target_column", sa.String(length=60), nullable=False),
        sa.Column("transforms", types.JsonText(), nullable=False),
        sa.Column("label", sa.String(length=190), nullable=False),
        sa.Column("owner", sa.String(length=254), nullable=False),
        sa.Column("explanation", sa.String(length=500), nullable=False),
        sa.Column("sensitivity", sa.String(length=20), nullable=False),
        sa.Column("blank", sa.String(length=10), nullable=False),
        sa.Column("confidence_pct", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "target_column <> '' OR reason <> ''", name=op.f("ck_integration_field_mappings_answered_for")
        ),
        sa.ForeignKeyConstraint(
            ["map_version_id"], ["map_versions.id"], name=op.f("fk_integration_field_mappings_map_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_field_mappings")),
        sa.UniqueConstraint(
            "map_version_id", "position", name=op.f("uq_integration_field_mappings_map_version_id_position")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
