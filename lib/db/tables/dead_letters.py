"""What came to nothing although it was tried: a line each, until its cause is gone or somebody discards it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, text

dead_letters = app_table(
    "dead_letters",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # Lines of one cause share it: account, object, step, code and column.
    Column("fingerprint", text(64), nullable=False),
    Column("object", text(40), nullable=False),
    Column("step", text(20), nullable=False),
    Column("code", text(60), nullable=False),
    Column("target_column", text(64), nullable=False),
    Column("subject_type", text(20), nullable=False),
    Column("subject_id", Id, nullable=False),
    # The delivery whose rows are held up, where there is one.
    ref("delivery_id", "integration_import_batches.id", is_optional=True),
    Column("sentence", text(1000), nullable=False),
    Column("mend", text(500), nullable=False),
    # How many rows are held up (0: not known), and what they come to in one column of money, where that is known.
    Column("row_count", Integer, nullable=False),
    Column("worth_micros", Id, nullable=True),
    Column("worth_column", text(64), nullable=False),
    moment("first_seen_at"),
    moment("last_seen_at"),
    Column("tries", Integer, nullable=False),
    Column("status", text(20), nullable=False),
    moment("snoozed_until", is_optional=True),
    # Why it is closed, discarded or snoozed, by whom and since when.
    Column("reason", text(1000), nullable=False),
    ref("decided_by", "people.id", is_optional=True),
    moment("decided_at", is_optional=True),
    # The job that tries it again, and the load that brought its rows in.
    Column("replay_job_id", Id, nullable=True),
    ref("replay_load_id", "data_import_batches.id", is_optional=True),
    UniqueConstraint("fingerprint", "subject_type", "subject_id"),
    Index("ix_dead_letters_account_id_status", "account_id", "status"),
    Index("ix_dead_letters_subject_type_subject_id", "subject_type", "subject_id"),
    Index("ix_dead_letters_delivery_id", "delivery_id"),
    Index("ix_dead_letters_snoozed_until", "snoozed_until"),
)
