"""Create published_values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    create_table(
        "published_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=False),
        sa.Column("range_to", sa.Date(), nullable=False),
        sa.Column("value", types.Money(precision=20, scale=6), nullable=False),
        sa.Column("sentence", sa.String(length=1000), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("withdrawn_at", types.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_published_values_client_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metric_definitions.id"], name=op.f("fk_published_values_metric_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_published_values_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_values")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_published_values_client_id_metric_id", "published_values", ["client_id", "metric_id"], unique=False
    )
