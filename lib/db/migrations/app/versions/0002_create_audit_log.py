"""Create audit_log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("previous_seal", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_audit_log_action_id", "audit_log", ["action", "id"], unique=False)
    create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)
    create_index("ix_audit_log_client_id_id", "audit_log", ["client_id", "id"], unique=False)
    create_index("ix_audit_log_person_id_id", "audit_log", ["person_id", "id"], unique=False)
    create_index("ix_audit_log_subject_type_subject_id", "audit_log", ["subject_type", "subject_id"], unique=False)
