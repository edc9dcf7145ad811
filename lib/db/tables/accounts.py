"""Provider accounts (R2, R8) and the signal that each of their objects carries (R3)."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text
from lib.domain.objects import Destination
from lib.domain.signals import Paid, Signal


def _one_of(column: str, values: type[Signal] | type[Paid] | type[Destination]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


integration_provider_accounts = app_table(
    "integration_provider_accounts",
    own_id(),
    Column("key", text(60), nullable=False),
    ref("client_id", "clients.id"),
    Column("provider", text(60), nullable=False),
    Column("source_label", text(100), nullable=False),
    ref("owner_id", "people.id"),
    Column("reason", text(500), nullable=False),
    Column("status", text(20), nullable=False),
    Column("destination", text(10), nullable=False),
    Column("timezone", text(60), nullable=False),
    Column("auth_model", text(100), nullable=False),
    Column("auth_scopes", text(500), nullable=False),
    Column("auth_expires_on", Date, nullable=True),
    Column("credential_ref", text(300), nullable=False),
    Column("webhook_secret_ref", text(300), nullable=False),
    Column("public_promise", text(1000), nullable=False),
    # The keys of the metrics that the promise names.
    Column("promised", JsonText(), nullable=False),
    Column("failure_path", text(1000), nullable=False),
    Column("manual_fallback", text(1000), nullable=False),
    Column("rollback_note", text(1000), nullable=False),
    Column("retry_rules", text(500), nullable=False),
    # 0: not at all; -1: for good.
    Column("retention_days", Integer, nullable=False),
    Column("freshness_hours", Integer, nullable=False),
    # What is done with doubtful rows, where it differs from the defaults of their reasons.
    Column("policies", JsonText(), nullable=False),
    # How deliveries come in by themselves: webhooks, pulls, dropped files, and what is let in unattended.
    Column("intake", JsonText(), nullable=False),
    # The account's own signs of test, spam and internal rows.
    Column("class_rules", JsonText(), nullable=False),
    Column("phone_region", text(2), nullable=False),
    Column("currency", text(3), nullable=False),
    Column("is_four_eyes", Boolean(create_constraint=False), nullable=False),
    Column("version", Integer, nullable=False),
    moment("created_at"),
    UniqueConstraint("key"),
    # R1, R2, R4 of the record itself: a source, a reason and an owner are never blank.
    CheckConstraint("source_label <> ''", name="source_named"),
    CheckConstraint("reason <> ''", name="reason_given"),
    CheckConstraint(_one_of("destination", Destination), name="destination_known"),
    CheckConstraint("retention_days >= -1", name="retention_is_days_or_for_good"),
    Index("ix_integration_provider_accounts_client_id", "client_id"),
)

account_objects = app_table(
    "account_objects",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    Column("object", text(40), nullable=False),
    # SIGNAL itself is a reserved word, which a CHECK could not name on every database.
    Column("signal_name", text(40), nullable=False),
    Column("paid", text(20), nullable=False),
    # Counts the commits and undos of this object: a commit first takes this row, so two of them never interleave, and a
    # load staged under an older epoch is checked again before it is committed.
    Column("epoch", Id, nullable=False),
    # How a row whose external id is unknown is looked for, best first; and whether any such id was ever linked to a
    # record that another id had made, so that whoever has none is spared every look at it.
    Column("match_rules", JsonText(), nullable=False),
    Column("has_aliases", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("account_id", "object"),
    CheckConstraint(_one_of("signal_name", Signal), name="signal_known"),
    CheckConstraint(_one_of("paid", Paid), name="paid_known"),
)

# What changed from one version of an account's settings to the next: {setting: [before, after]}, as plain values. The
# first line of an account is what it was set up with, each setting beside null.
account_versions = app_table(
    "account_versions",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("version", Integer, nullable=False),
    moment("at"),
    ref("person_id", "people.id"),
    Column("changes", JsonText(), nullable=False),
    UniqueConstraint("account_id", "version"),
    Index("ix_account_versions_client_id_at", "client_id", "at"),
)
