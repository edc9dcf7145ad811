"""Create report_notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    create_table(
        "report_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=False),
        sa.Column("range_to", sa.Date(), nullable=False),
        sa.Column("body", sa.String(length=4000), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_report_notes_client_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_report_notes_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_notes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_report_notes_client_id_range_from", "report_notes", ["client_id", "range_from"], unique=False)
