"""The monthly report note: who asked for it, and what was sent to whom (R5, R22)."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

report_note_subscriptions = app_table(
    "report_note_subscriptions",
    own_id(),
    ref("client_id", "clients.id"),
    ref("person_id", "people.id"),
    Column("is_on", Boolean(create_constraint=False), nullable=False),
    moment("changed_at"),
    UniqueConstraint("client_id", "person_id"),
)

report_notes = app_table(
    "report_notes",
    own_id(),
    ref("client_id", "clients.id"),
    ref("person_id", "people.id"),
    Column("month", text(7), nullable=False),
    Column("status", text(20), nullable=False),
    # The published statements it showed, so that a number in somebody's mail is still known for what it was.
    Column("statement_ids", JsonText(), nullable=False),
    Column("message_id", text(190), nullable=False),
    Column("attempts", Integer, nullable=False),
    # Taken by a worker until then; a note whose worker ended in between is not sent again.
    moment("taken_until", is_optional=True),
    moment("next_try_at", is_optional=True),
    # What the mail server said, cut short.
    Column("answer", text(500), nullable=False),
    moment("created_at"),
    moment("ended_at", is_optional=True),
    # Never twice to the same person for the same month.
    UniqueConstraint("client_id", "person_id", "month"),
    CheckConstraint("status IN ('sending', 'put_off', 'sent', 'refused', 'unknown')", name="status_known"),
    Index("ix_report_notes_person_id", "person_id"),
)
