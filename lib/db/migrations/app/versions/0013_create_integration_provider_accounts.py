"""Create integration_provider_accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    create_table(
        "integration_provider_accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("source_label", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("destination", sa.String(length=10), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("auth_model", sa.String(length=100), nullable=False),
        sa.Column("auth_scopes", sa.String(length=500), nullable=False),
        sa.Column("auth_expires_on", sa.Date(), nullable=True),
        sa.Column("credential_ref", sa.String(length=300), nullable=False),
        sa.Column("webhook_secret_ref", sa.String(length=300), nullable=False),
        sa.Column("public_promise", sa.String(length=1000), nullable=False),
        sa.Column("promised", types.JsonText(), nullable=False),
        sa.Column("failure_path", sa.String(length=1000), nullable=False),
        sa.Column("manual_fallback", sa.String(length=1000), nullable=False),
        sa.Column("rollback_note", sa.String(length=1000), nullable=False),
        sa.Column("retry_rules", sa.String(length=500), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("freshness_hours", sa.Integer(), nullable=False),
        sa.Column("policies", types.JsonText(), nullable=False),
        sa.Column("intake", types.JsonText(), nullable=False),
        sa.Column("class_rules", types.JsonText(), nullable=False),
        sa.Column("phone_region", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_four_eyes", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "destination IN ('app', 'traffic')", name=op.f("ck_integration_provider_accounts_destination_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_integration_provider_accounts_reason_given")),
        sa.CheckConstraint("source_label <> ''", name=op.f("ck_integration_provider_accounts_source_named")),
        sa.CheckConstraint(
            "retention_days >= -1", name=op.f("ck_integration_provider_accounts_retention_is_days_or_for_good")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_integration_provider_accounts_client_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_integration_provider_accounts_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_provider_accounts")),
        sa.UniqueConstraint("key", name=op.f("uq_integration_provider_accounts_key")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_integration_provider_accounts_client_id", "integration_provider_accounts", ["client_id"], unique=False
    )
