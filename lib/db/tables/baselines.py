"""Baselines, immutable and sealed (R4, R18), and the changes that are measured against them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, Money, text
from lib.domain.publishing.statement_states import ChangeKind

baselines = app_table(
    "baselines",
    own_id(),
    ref("client_id", "clients.id"),
    ref("metric_id", "metric_definitions.id"),
    Column("name", text(190), nullable=False),
    Column("range_from", Date, nullable=False),
    Column("range_to", Date, nullable=False),
    Column("value", Money(), nullable=True),
    Column("unit", text(40), nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("date_basis", text(40), nullable=False),
    Column("timezone", text(60), nullable=False),
    Column("is_complete", Boolean(create_constraint=False), nullable=False),
    # Day values, filters, loads and coverage as they were: everything the seal covers.
    Column("evidence", JsonText(), nullable=False),
    Column("seal", text(64), nullable=False),
    Column("reason", text(500), nullable=False),
    ref("captured_by", "people.id"),
    moment("captured_at"),
    CheckConstraint("reason <> ''", name="reason_given"),
    Index("ix_baselines_client_id_metric_id", "client_id", "metric_id"),
)

change_notes = app_table(
    "change_notes",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    # R4: a change is recorded against a baseline captured before it.
    ref("baseline_id", "baselines.id"),
    Column("kind", text(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("note", text(1000), nullable=False),
    ref("written_by", "people.id"),
    moment("written_at"),
    CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in ChangeKind) + ")", name="kind_known"),
    CheckConstraint("note <> ''", name="note_given"),
    Index("ix_change_notes_client_id_day", "client_id", "day"),
)
