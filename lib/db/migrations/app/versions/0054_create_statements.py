"""Create statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    create_table(
        "statements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_key", sa.String(length=60), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("baseline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=False),
        sa.Column("range_to", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("sentence", sa.String(length=1000), nullable=False),
        sa.Column("next_action", sa.String(length=500), nullable=False),
        sa.Column("next_owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("card", types.JsonText(), nullable=False),
        sa.Column("change_note", sa.String(length=1000), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reviewed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewed_at", types.UtcDateTime(), nullable=True),
        sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", types.UtcDateTime(), nullable=True),
        sa.Column("override_reason", sa.String(length=500), nullable=False),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_because", sa.String(length=500), nullable=False),
        sa.CheckConstraint("sentence <> ''", name=op.f("ck_statements_says_something")),
        sa.CheckConstraint(
            "status <> 'published' OR published_by IS NOT NULL", name=op.f("ck_statements_published_by_somebody")
        ),
        sa.CheckConstraint(
            "status <> 'published' OR reviewed_by IS NOT NULL", name=op.f("ck_statements_reviewed_first")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'reviewed', 'published', 'replaced', 'withdrawn')",
            name=op.f("ck_statements_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_statements_account_id")
        ),
        sa.ForeignKeyConstraint(["baseline_id"], ["baselines.id"], name=op.f("fk_statements_baseline_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_statements_client_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_statements_ended_by")),
        sa.ForeignKeyConstraint(["metric_id"], ["metric_definitions.id"], name=op.f("fk_statements_metric_id")),
        sa.ForeignKeyConstraint(["next_owner_id"], ["people.id"], name=op.f("fk_statements_next_owner_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_statements_published_by")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["people.id"], name=op.f("fk_statements_reviewed_by")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_statements_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "account_id", "metric_key", "version", name=op.f("uq_statements_account_id_metric_key_version")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_statements_account_id_status", "statements", ["account_id", "status"], unique=False)
