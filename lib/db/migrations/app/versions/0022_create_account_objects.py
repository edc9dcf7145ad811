"""Create account_objects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    create_table(
        "account_objects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("signal_name", sa.String(length=40), nullable=False),
        sa.Column("paid", sa.String(length=20), nullable=False),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("match_rules", types.JsonText(), nullable=False),
        sa.Column("has_aliases", sa.Boolean(), nullable=False),
        sa.CheckConstraint("paid IN ('paid', 'organic', 'neither')", name=op.f("ck_account_objects_paid_known")),
        sa.CheckConstraint(
            "signal_name IN ('marketplace_lead', 'form_lead', 'phone_call', 'crm_job', 'ad_click', 'search_click')",
            name=op.f("ck_account_objects_signal_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_account_objects_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_objects")),
        sa.UniqueConstraint("account_id", "object", name=op.f("uq_account_objects_account_id_object")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
