"""Create corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    create_table(
        "corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_key", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("was", sa.String(length=100), nullable=False),
        sa.Column("becomes", sa.String(length=100), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("said", sa.String(length=1000), nullable=False),
        sa.Column("corrected_at", types.UtcDateTime(), nullable=False),
        sa.Column("corrected_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "cause IN ('committed', 'undone', 'released', 'map_approved', 'defined', 'rebuilt', 'by_hand')",
            name=op.f("ck_corrections_cause_known"),
        ),
        sa.CheckConstraint("why <> '' AND said <> ''", name=op.f("ck_corrections_says_why")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_corrections_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_corrections_client_id")),
        sa.ForeignKeyConstraint(["corrected_by"], ["people.id"], name=op.f("fk_corrections_corrected_by")),
        sa.ForeignKeyConstraint(["load_id"], ["data_import_batches.id"], name=op.f("fk_corrections_load_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_corrections_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_corrections_statement_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_corrections_client_id", "corrections", ["client_id"], unique=False)
