"""Create person_clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db.migrations.steps import create_table

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    create_table(
        "person_clients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_person_clients_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_clients_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_clients")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_person_clients_person_id_client_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
