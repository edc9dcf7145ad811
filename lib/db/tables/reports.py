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
    CheckConstraint("client_meaning <> '' AND unit <> '' AND label <> ''", name="one_clear_sentence"),
    CheckConstraint("surface <> ''", name="ends_somewhere"),
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
    Column("is_complete", Boolean(create_constraint=False), nullable=False),
    Column("loads", JsonText(), nullable=False),
    moment("rolled_up_at"),
    PrimaryKeyConstraint("metric_id", "day", "dimension_value"),
    Index("ix_report_metrics_client_id_day", "client_id", "day"),
)

published_values = app_table(
    "published_values",
    own_id(),
    ref("client_id", "clients.id"),
    ref("metric_id", "metric_definitions.id"),
    Column("range_from", Date, nullable=False),
    Column("range_to", Date, nullable=False),
    Column("value", Money(), nullable=False),
    Column("sentence", text(1000), nullable=False),
    moment("published_at"),
    ref("published_by", "people.id"),
    moment("withdrawn_at", is_optional=True),
    Column("withdrawn_because", text(500), nullable=False),
    Index("ix_published_values_client_id_metric_id", "client_id", "metric_id"),
)

portal_cards = app_table(
    "portal_cards",
    own_id(),
    ref("client_id", "clients.id"),
    ref("metric_id", "metric_definitions.id"),
    Column("position", Integer, nullable=False),
    Column("is_shown", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("client_id", "metric_id"),
)

report_notes = app_table(
    "report_notes",
    own_id(),
    ref("client_id", "clients.id"),
    Column("range_from", Date, nullable=False),
    Column("range_to", Date, nullable=False),
    Column("body", text(4000), nullable=False),
    ref("written_by", "people.id"),
    moment("written_at"),
    Index("ix_report_notes_client_id_range_from", "client_id", "range_from"),
)
