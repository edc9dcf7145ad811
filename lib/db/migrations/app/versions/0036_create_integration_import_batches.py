"""Create integration_import_batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    create_table(
        "integration_import_batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("byte_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=True),
        sa.Column("range_to", sa.Date(), nullable=True),
        sa.Column("is_range_given", sa.Boolean(), nullable=False),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.Column("expected_rows", sa.Integer(), nullable=True),
        sa.Column("control_totals", types.JsonText(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("error_note", sa.String(length=1000), nullable=False),
        sa.Column("facts", types.JsonText(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_hand_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "kind <> 'manual' OR by_hand_reason <> ''", name=op.f("ck_integration_import_batches_by_hand_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_integration_import_batches_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_integration_import_batches_client_id")),
        sa.ForeignKeyConstraint(["received_by"], ["people.id"], name=op.f("fk_integration_import_batches_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_import_batches")),
        sa.UniqueConstraint(
            "account_id", "content_hash", name=op.f("uq_integration_import_batches_account_id_content_hash")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_integration_import_batches_arrivals",
        "integration_import_batches",
        ["account_id", "received_at", "kind", "row_count"],
        unique=False,
    )
