"""Create audit_head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
