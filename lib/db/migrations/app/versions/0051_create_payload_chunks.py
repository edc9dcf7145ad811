"""Create payload_chunks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    create_table(
        "payload_chunks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_payload_chunks_client_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["integration_import_batches.id"], name=op.f("fk_payload_chunks_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payload_chunks")),
        sa.UniqueConstraint(
            "delivery_id", "load_id", "kind", "seq", name=op.f("uq_payload_chunks_delivery_id_load_id_kind_seq")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_payload_chunks_created_at", "payload_chunks", ["created_at", "delivery_id", "kind"], unique=False)
    create_index(
        "ix_payload_chunks_load_id_kind_first_row", "payload_chunks", ["load_id", "kind", "first_row"], unique=False
    )
