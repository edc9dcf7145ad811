"""Create data_import_row_reasons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_table(
        "data_import_row_reasons",
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "code", "row_no", "column_name", name=op.f("pk_data_import_row_reasons")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
