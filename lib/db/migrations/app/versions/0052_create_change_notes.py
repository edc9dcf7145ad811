"""Create change_notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    create_table(
        "change_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("baseline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('form', 'page', 'automation', 'campaign', 'mapping', 'wording')",
            name=op.f("ck_change_notes_kind_known"),
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_change_notes_note_given")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_change_notes_account_id")
        ),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.id"], name=op.f("fk_change_notes_baseline_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_change_notes_client_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_change_notes_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_notes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_change_notes_client_id_day", "change_notes", ["client_id", "day"], unique=False)
