"""Create provider_synonyms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    create_table(
        "provider_synonyms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("header", sa.String(length=190), nullable=False),
        sa.Column("written", sa.String(length=190), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_provider_synonyms_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_synonyms")),
        sa.UniqueConstraint("provider", "object", "header", name=op.f("uq_provider_synonyms_provider_object_header")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
