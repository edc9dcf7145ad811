"""Create baselines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    create_table(
        "baselines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=190), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=False),
        sa.Column("range_to", sa.Date(), nullable=False),
        sa.Column("value", types.Money(precision=20, scale=6), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("date_basis", sa.String(length=40), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("evidence", types.JsonText(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("captured_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("captured_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_baselines_reason_given")),
        sa.ForeignKeyConstraint(["captured_by"], ["people.id"], name=op.f("fk_baselines_captured_by")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_baselines_client_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metric_definitions.id"], name=op.f("fk_baselines_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_baselines_client_id_metric_id", "baselines", ["client_id", "metric_id"], unique=False)
