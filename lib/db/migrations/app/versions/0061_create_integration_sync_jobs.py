"""Create integration_sync_jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    create_table(
        "integration_sync_jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("schedule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("arguments", types.JsonText(), nullable=False),
        sa.Column("cursor", sa.String(length=500), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=True),
        sa.Column("range_to", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(length=100), nullable=False),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("fence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_run_at", types.UtcDateTime(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=1000), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.Column("error_class", sa.String(length=20), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("claimed_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_integration_sync_jobs_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_integration_sync_jobs_client_id")),
        sa.ForeignKeyConstraint(["load_id"], ["data_import_batches.id"], name=op.f("fk_integration_sync_jobs_load_id")),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["sync_schedules.id"], name=op.f("fk_integration_sync_jobs_schedule_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_sync_jobs")),
        sa.UniqueConstraint("schedule_id", "due_at", name=op.f("uq_integration_sync_jobs_schedule_id_due_at")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_integration_sync_jobs_account_id_status", "integration_sync_jobs", ["account_id", "status"], unique=False
    )
    create_index("ix_integration_sync_jobs_finished_at", "integration_sync_jobs", ["finished_at"], unique=False)
    create_index(
        "ix_integration_sync_jobs_status_next_run_at", "integration_sync_jobs", ["status", "next_run_at"], unique=False
    )
