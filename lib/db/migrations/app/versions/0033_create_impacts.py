"""Create impacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_table

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    create_table(
        "impacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=190), nullable=False),
        sa.Column("basis", types.JsonText(), nullable=False),
        sa.Column("result", types.JsonText(), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worked_out_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_impacts_account_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_impacts_asked_by")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_impacts_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impacts")),
        sa.UniqueConstraint("account_id", "subject", name=op.f("uq_impacts_account_id_subject")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
