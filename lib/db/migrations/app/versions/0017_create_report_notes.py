"""Create report_notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    create_table(
        "report_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("statement_ids", types.JsonText(), nullable=False),
        sa.Column("message_id", sa.String(length=190), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", types.UtcDateTime(), nullable=True),
        sa.Column("next_try_at", types.UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('sending', 'put_off', 'sent', 'refused', 'unknown')", name=op.f("ck_report_notes_status_known")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_report_notes_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_report_notes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_notes")),
        sa.UniqueConstraint("client_id", "person_id", "month", name=op.f("uq_report_notes_client_id_person_id_month")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_report_notes_person_id", "report_notes", ["person_id"], unique=False)
