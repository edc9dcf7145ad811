"""Create data_import_batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.db import types
from lib.db.migrations.steps import create_index, create_table

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    create_table(
        "data_import_batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("object", sa.String(length=40), nullable=False),
        sa.Column("map_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("read_options", types.JsonText(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("arriving", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("created_count", sa.Integer(), nullable=False),
        sa.Column("updated_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("ignored_count", sa.Integer(), nullable=False),
        sa.Column("genuine_count", sa.Integer(), nullable=False),
        sa.Column("test_count", sa.Integer(), nullable=False),
        sa.Column("spam_count", sa.Integer(), nullable=False),
        sa.Column("internal_count", sa.Integer(), nullable=False),
        sa.Column("marketplace_duplicate_count", sa.Integer(), nullable=False),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.Column("reasons", types.JsonText(), nullable=False),
        sa.Column("going_in", types.JsonText(), nullable=False),
        sa.Column("failing", types.JsonText(), nullable=False),
        sa.Column("warnings", types.JsonText(), nullable=False),
        sa.Column("findings", types.JsonText(), nullable=False),
        sa.Column("arrival", types.JsonText(), nullable=False),
        sa.Column("range_from", sa.Date(), nullable=True),
        sa.Column("range_to", sa.Date(), nullable=True),
        sa.Column("staged_epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("committed_epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("error_note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("advanced_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_at", types.UtcDateTime(), nullable=True),
        sa.Column("committed_at", types.UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_at", types.UtcDateTime(), nullable=True),
        sa.Column("undo_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "created_count + updated_count + duplicate_count + failed_count + ignored_count = row_count",
            name=op.f("ck_data_import_batches_verdicts_add_up"),
        ),
        sa.CheckConstraint(
            "genuine_count + test_count + spam_count + internal_count + marketplace_duplicate_count = row_count",
            name=op.f("ck_data_import_batches_classes_add_up"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["integration_provider_accounts.id"], name=op.f("fk_data_import_batches_account_id")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_data_import_batches_approved_by")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_data_import_batches_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_data_import_batches_created_by")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["integration_import_batches.id"], name=op.f("fk_data_import_batches_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["map_version_id"], ["map_versions.id"], name=op.f("fk_data_import_batches_map_version_id")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["people.id"], name=op.f("fk_data_import_batches_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_import_batches")),
        sa.UniqueConstraint(
            "delivery_id", "object", "map_version_id", "is_test", "attempt", name="uq_data_import_batches_attempt"
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    create_index(
        "ix_data_import_batches_account_id_object_status",
        "data_import_batches",
        ["account_id", "object", "status"],
        unique=False,
    )
