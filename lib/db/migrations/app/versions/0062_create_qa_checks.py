"""Create qa_checks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    create_table(
        "qa_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("screen", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("compared", types.JsonText(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("differed", sa.Integer(), nullable=False),
        sa.CheckConstraint("screen <> ''", name=op.f("ck_qa_checks_place_named")),
        sa.CheckConstraint("agreed + differed > 0", name=op.f("ck_qa_checks_something_seen")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_qa_checks_account_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_qa_checks_client_id")),
        sa.ForeignKeyConstraint(["load_id"], ["data_import_batches.id"], name=op.f("fk_qa_checks_load_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_qa_checks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_checks")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index("ix_qa_checks_account_id_id", "qa_checks", ["account_id", "id"], unique=False)
    create_index("ix_qa_checks_load_id", "qa_checks", ["load_id"], unique=False)
