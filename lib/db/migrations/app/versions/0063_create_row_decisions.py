"""Create row_decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    create_table(
        "row_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("row_runs", types.JsonText(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("takes_back", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_row_decisions_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_row_decisions_decided_by")),
        sa.ForeignKeyConstraint(["load_id"], ["data_import_batches.id"], name=op.f("fk_row_decisions_load_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_decisions")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_row_decisions_load_id", "row_decisions", ["load_id"], unique=False)
