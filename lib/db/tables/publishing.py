"""What a client is shown: governed sentences in versions, their cards' places, and what was corrected (R4, R6, R17)."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text
from lib.domain.publishing.statement_states import CorrectionCause, StatementStatus


def _one_of(column: str, values: type[StatementStatus] | type[CorrectionCause]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


statements = app_table(
    "statements",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    # The metric by its key, and the definition that it was written under.
    Column("metric_key", text(60), nullable=False),
    ref("metric_id", "metric_definitions.id"),
    ref("baseline_id", "baselines.id"),
    Column("version", Integer, nullable=False),
    Column("range_from", Date, nullable=False),
    Column("range_to", Date, nullable=False),
    Column("step", text(10), nullable=False),
    Column("sentence", text(1000), nullable=False),
    Column("next_action", text(500), nullable=False),
    ref("next_owner_id", "people.id", is_optional=True),
    Column("next_due", Date, nullable=True),
    # The card as it was approved, frozen.
    Column("card", JsonText(), nullable=False),
    # Why the words of a published card are changed by it (R4); empty where they are not.
    Column("change_note", text(1000), nullable=False),
    ref("written_by", "people.id"),
    moment("written_at"),
    Column("status", text(20), nullable=False),
    ref("reviewed_by", "people.id", is_optional=True),
    moment("reviewed_at", is_optional=True),
    ref("published_by", "people.id", is_optional=True),
    moment("published_at", is_optional=True),
    # Why an admin let it out before its account was live (R17).
    Column("override_reason", text(500), nullable=False),
    ref("ended_by", "people.id", is_optional=True),
    moment("ended_at", is_optional=True),
    Column("ended_because", text(500), nullable=False),
    UniqueConstraint("account_id", "metric_key", "version"),
    CheckConstraint("sentence <> ''", name="says_something"),
    CheckConstraint(_one_of("status", StatementStatus), name="status_known"),
    CheckConstraint("status <> 'published' OR reviewed_by IS NOT NULL", name="reviewed_first"),
    CheckConstraint("status <> 'published' OR published_by IS NOT NULL", name="published_by_somebody"),
    Index("ix_statements_account_id_status", "account_id", "status"),
)
# What happens to a version after it was written; what it says never changes.
STATEMENT_FILLED_IN = (
    "status", "reviewed_by", "reviewed_at", "published_by", "published_at", "override_reason",
    "ended_by", "ended_at", "ended_because",
)  # fmt: skip

portal_cards = app_table(
    "portal_cards",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    Column("metric_key", text(60), nullable=False),
    # The statement it shows while that is published: who publishes takes this row from the one to the other.
    ref("statement_id", "statements.id"),
    Column("position", Integer, nullable=False),
    Column("is_shown", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("account_id", "metric_key"),
    Index("ix_portal_cards_client_id_position", "client_id", "position"),
)

# One published number that was taken back: what the client saw, what it is now, and why.
corrections = app_table(
    "corrections",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    ref("statement_id", "statements.id"),
    Column("metric_key", text(60), nullable=False),
    Column("label", text(100), nullable=False),
    Column("source", text(100), nullable=False),
    Column("was", text(100), nullable=False),
    Column("becomes", text(100), nullable=False),
    Column("cause", text(20), nullable=False),
    ref("load_id", "data_import_batches.id", is_optional=True),
    # For the desk's people, with names; and for the client, without.
    Column("why", text(1000), nullable=False),
    Column("said", text(1000), nullable=False),
    moment("corrected_at"),
    ref("corrected_by", "people.id"),
    UniqueConstraint("statement_id"),
    CheckConstraint(_one_of("cause", CorrectionCause), name="cause_known"),
    CheckConstraint("why <> '' AND said <> ''", name="says_why"),
    Index("ix_corrections_client_id", "client_id"),
)
