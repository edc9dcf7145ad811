"""Create people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=190), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("sees_every_client", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("invited_until", types.UtcDateTime(), nullable=True),
        sa.Column("signed_in_at", types.UtcDateTime(), nullable=True),
        sa.Column("signed_out_since", types.UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'owner', 'analyst', 'stakeholder')", name=op.f("ck_people_role_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
