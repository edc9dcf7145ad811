"""Metric definitions and the daily slices derived from records; a slice is replaced whole, never added to."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, PrimaryKeyConstraint, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, Money, text

metric_definitions = app_table(
    "metric_definitions",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    Column("key", text(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_current", Boolean(create_constraint=False), nullable=False),
    Column("label", text(100), nullable=False),
    Column("signal", text(40), nullable=False),
    Column("paid", text(20), nullable=False),
    Column("object", text(40), nullable=False),
    Column("unit", text(40), nullable=False),
    Column("aggregation", text(10), nullable=False),
    Column("date_basis", text(40), nullable=False),
    Column("sum_column", text(40), nullable=False),
    Column("weight_column", text(40), nullable=False),
    Column("filters", JsonText(), nullable=False),
    Column("dimension", text(40), nullable=False),
    Column("numerator", text(60), nullable=False),
    Column("denominator", text(60), nullable=False),
    Column("counts_every_class", Boolean(create_constraint=False), nullable=False),
    Column("client_meaning", text(500), nullable=False),
    Column("surface", text(20), nullable=False),
    moment("created_at"),
    UniqueConstraint("account_id", "key", "version"),
    # R14 and R22 in the database: no meaning, no unit or no surface, no metric.
    CheckConstraint("TRIM(client_meaning) <> '' AND TRIM(unit) <> '' AND TRIM(label) <> ''", name="one_clear_sentence"),
    CheckConstraint("surface <> ''", name="ends_somewhere"),
    # A sum says of what, and a ratio of which two numbers; nothing else does.
    CheckConstraint("(aggregation = 'sum') = (sum_column <> '')", name="sum_says_of_what"),
    CheckConstraint("weight_column = '' OR sum_column <> ''", name="only_a_sum_is_weighted"),
    CheckConstraint("(aggregation = 'ratio') = (numerator <> '' AND denominator <> '')", name="ratio_has_two_parts"),
)

report_metrics = app_table(
    "report_metrics",
    Column("metric_id", Id, nullable=False),
    Column("day", Date, nullable=False),
    Column("dimension_value", text(190), nullable=False),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    Column("value", Money(), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    # The same by class: {"test": 2, "spam": 1}.
    Column("left_out_classes", JsonText(), nullable=False),
    Column("is_complete", Boolean(create_constraint=False), nullable=False),
    Column("loads", JsonText(), nullable=False),
    moment("rolled_up_at"),
    PrimaryKeyConstraint("metric_id", "day", "dimension_value"),
    Index("ix_report_metrics_client_id_day", "client_id", "day"),
)
