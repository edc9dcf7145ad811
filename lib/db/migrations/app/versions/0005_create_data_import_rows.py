"""Create data_import_rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_index, create_table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_table(
        "data_import_rows",
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("row_class", sa.String(length=24), nullable=False),
        sa.Column("reasons", sa.String(length=1000), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("id_hash", sa.BigInteger(), nullable=True),
        sa.Column("phone_hash", sa.BigInteger(), nullable=True),
        sa.Column("email_hash", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("load_id", "row_no", name=op.f("pk_data_import_rows")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_data_import_rows_email_hash", "data_import_rows", ["email_hash"], unique=False)
    create_index("ix_data_import_rows_id_hash", "data_import_rows", ["id_hash"], unique=False)
    create_index(
        "ix_data_import_rows_load_id_verdict", "data_import_rows", ["load_id", "verdict", "row_no"], unique=False
    )
    create_index("ix_data_import_rows_phone_hash", "data_import_rows", ["phone_hash"], unique=False)
    create_index("ix_data_import_rows_record_id", "data_import_rows", ["record_id"], unique=False)
