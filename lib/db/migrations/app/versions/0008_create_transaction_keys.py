"""Create transaction_keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_table(
        "transaction_keys",
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("result", types.JsonText(), nullable=False),
        sa.Column("done_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_transaction_keys")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
