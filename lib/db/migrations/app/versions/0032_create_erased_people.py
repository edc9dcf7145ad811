"""Create erased_people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    create_table(
        "erased_people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("erasure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("erased_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_erased_people_kind_known")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_erased_people_erasure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_people")),
        sa.UniqueConstraint("client_id", "kind", "mark", name=op.f("uq_erased_people_client_id_kind_mark")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
