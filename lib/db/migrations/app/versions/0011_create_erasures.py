"""Create erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    create_table(
        "erasures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("begun_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("marks", types.JsonText(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("step <> 'begun' OR reason <> ''", name=op.f("ck_erasures_reason_given")),
        sa.CheckConstraint("step IN ('begun', 'done', 'finished')", name=op.f("ck_erasures_step_known")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_erasures_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_erasures_begun_id", "erasures", ["begun_id"], unique=False)
