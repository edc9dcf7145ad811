"""Create tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=190), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("closed_because", sa.String(length=500), nullable=False),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "status <> 'resolved' OR (closed_because <> '' AND closed_by IS NOT NULL)",
            name=op.f("ck_tasks_resolved_says_why"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_tasks_account_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["people.id"], name=op.f("fk_tasks_assigned_by")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_tasks_client_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_tasks_closed_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_tasks_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("cause", name=op.f("uq_tasks_cause")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_tasks_client_id_status", "tasks", ["client_id", "status"], unique=False)
    create_index("ix_tasks_status", "tasks", ["status"], unique=False)
