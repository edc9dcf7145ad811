"""Alerts: who asked to be told where, what they were told last, and every message with what became of it (F128, F130)."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

alert_subscriptions = app_table(
    "alert_subscriptions",
    own_id(),
    ref("person_id", "people.id"),
    # A reference to the secret that names the place (R20); '' for the person's own e-mail address.
    Column("destination", text(300), nullable=False),
    Column("least", text(20), nullable=False),
    # 22:00-07:00 by the clock of the time zone; '' where no hours are quiet.
    Column("quiet", text(11), nullable=False),
    Column("timezone", text(60), nullable=False),
    Column("is_on", Boolean(create_constraint=False), nullable=False),
    # Taken on by each message: of two workers that mean to send the same one, one finds it changed.
    Column("version", Integer, nullable=False),
    moment("changed_at"),
    UniqueConstraint("person_id", "destination"),
)

# What stands for the subscriber: a state is told of when it is not in here, and over when it is here and stands no longer.
alert_told = app_table(
    "alert_told",
    own_id(),
    ref("subscription_id", "alert_subscriptions.id"),
    ref("client_id", "clients.id"),
    Column("state", text(60), nullable=False),
    Column("severity", text(20), nullable=False),
    Column("sentence", text(500), nullable=False),
    moment("told_at"),
    UniqueConstraint("subscription_id", "state"),
)

alert_messages = app_table(
    "alert_messages",
    own_id(),
    ref("subscription_id", "alert_subscriptions.id"),
    Column("status", text(20), nullable=False),
    # What it says, one change a line; never what a provider sent.
    Column("changes", JsonText(), nullable=False),
    Column("attempts", Integer, nullable=False),
    # Taken by a worker until then; a message whose worker ended in between is not sent again.
    moment("taken_until", is_optional=True),
    moment("next_try_at", is_optional=True),
    Column("answer", text(500), nullable=False),
    moment("created_at"),
    moment("ended_at", is_optional=True),
    CheckConstraint("status IN ('sending', 'put_off', 'sent', 'refused', 'unknown', 'dropped')", name="status_known"),
    Index("ix_alert_messages_subscription_id_status", "subscription_id", "status"),
)
