"""Create map_draft_steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    create_table(
        "map_draft_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", types.JsonText(), nullable=True),
        sa.Column("origin", sa.String(length=190), nullable=False),
        sa.Column("said", sa.String(length=190), nullable=False),
        sa.Column("edited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edited_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["map_drafts.id"], name=op.f("fk_map_draft_steps_draft_id")),
        sa.ForeignKeyConstraint(["edited_by"], ["people.id"], name=op.f("fk_map_draft_steps_edited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_draft_steps")),
        sa.UniqueConstraint("draft_id", "position", name=op.f("uq_map_draft_steps_draft_id_position")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
