"""Create setup_tests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    create_table(
        "setup_tests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("checks", types.JsonText(), nullable=False),
        sa.Column("credential_mark", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('passed', 'warning', 'failed', 'not_applicable')", name=op.f("ck_setup_tests_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_setup_tests_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_setup_tests_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_setup_tests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_tests")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_setup_tests_account_id_id", "setup_tests", ["account_id", "id"], unique=False)
