"""Proofs of an account that are made by looking: tests of its connection, and rows held against the provider's screen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text
from lib.domain.ladder.setup_checks import CheckResult

setup_tests = app_table(
    "setup_tests",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    moment("at"),
    ref("person_id", "people.id"),
    Column("outcome", text(20), nullable=False),
    # In the order they were made: key, result, sentence, mend.
    Column("checks", JsonText(), nullable=False),
    # A keyed hash of the values behind the account's references, never the values (R20); '' where it has none.
    Column("credential_mark", text(64), nullable=False),
    CheckConstraint("outcome IN (" + ", ".join(f"'{result}'" for result in CheckResult) + ")", name="outcome_known"),
    Index("ix_setup_tests_account_id_id", "account_id", "id"),
)

qa_checks = app_table(
    "qa_checks",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    ref("load_id", "data_import_batches.id"),
    moment("at"),
    ref("person_id", "people.id"),
    # Where it was looked at, and what there was to say.
    Column("screen", text(500), nullable=False),
    Column("note", text(1000), nullable=False),
    # Row and line, whether it agrees, the columns that differ and a note: no cell, so that payloads can go (R11).
    Column("compared", JsonText(), nullable=False),
    Column("agreed", Integer, nullable=False),
    Column("differed", Integer, nullable=False),
    CheckConstraint("screen <> ''", name="place_named"),
    CheckConstraint("agreed + differed > 0", name="something_seen"),
    Index("ix_qa_checks_account_id_id", "account_id", "id"),
    Index("ix_qa_checks_load_id", "load_id"),
)
