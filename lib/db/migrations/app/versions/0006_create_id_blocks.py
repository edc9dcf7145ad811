"""Create id_blocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_table(
        "id_blocks",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("next_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_id_blocks")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
