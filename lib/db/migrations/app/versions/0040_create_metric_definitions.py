"""Create metric_definitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    create_table(
        "metric_definitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("signal", sa.String(length=40), nullable=False),
        sa.Column("paid", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("aggregation", sa.String(length=10), nullable=False),
        sa.Column("date_basis", sa.String(length=40), nullable=False),
        sa.Column("sum_column", sa.String(length=40), nullable=False),
        sa.Column("weight_column", sa.String(length=40), nullable=False),
        sa.Column("filters", types.JsonText(), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.String(length=60), nullable=False),
        sa.Column("denominator", sa.String(length=60), nullable=False),
        sa.Column("counts_every_class", sa.Boolean(), nullable=False),
        sa.Column("client_meaning", sa.String(length=500), nullable=False),
        sa.Column("surface", sa.String(length=20), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(aggregation = 'ratio') = (numerator <> '' AND denominator <> '')",
            name=op.f("ck_metric_definitions_ratio_has_two_parts"),
        ),
        sa.CheckConstraint(
            "(aggregation = 'sum') = (sum_column <> '')", name=op.f("ck_metric_definitions_sum_says_of_what")
        ),
        sa.CheckConstraint(
            "TRIM(client_meaning) <> '' AND TRIM(unit) <> '' AND TRIM(label) <> ''",
            name=op.f("ck_metric_definitions_one_clear_sentence"),
        ),
        sa.CheckConstraint("surface <> ''", name=op.f("ck_metric_definitions_ends_somewhere")),
        sa.CheckConstraint(
            "weight_column = '' OR sum_column <> ''", name=op.f("ck_metric_definitions_only_a_sum_is_weighted")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_metric_definitions_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_metric_definitions_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_definitions")),
        sa.UniqueConstraint("account_id", "key", "version", name=op.f("uq_metric_definitions_account_id_key_version")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
