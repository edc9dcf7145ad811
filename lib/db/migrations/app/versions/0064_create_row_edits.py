"""Create row_edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    create_table(
        "row_edits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("value", sa.String(length=4000), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("edited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edited_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_row_edits_client_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["integration_import_batches.id"], name=op.f("fk_row_edits_delivery_id")
        ),
        sa.ForeignKeyConstraint(["edited_by"], ["people.id"], name=op.f("fk_row_edits_edited_by")),
        sa.ForeignKeyConstraint(["load_id"], ["data_import_batches.id"], name=op.f("fk_row_edits_load_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_edits")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_row_edits_delivery_id", "row_edits", ["delivery_id"], unique=False)
    create_index("ix_row_edits_load_id_row_no", "row_edits", ["load_id", "row_no"], unique=False)
