"""What keeps the desk running: jobs, receipts, dead letters, tasks, the audit log, keys of finished transactions."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text

integration_sync_jobs = app_table(
    "integration_sync_jobs",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # The load it decides on, or the one that its import has made.
    ref("load_id", "data_import_batches.id", is_optional=True),
    Column("kind", text(20), nullable=False),
    Column("object", text(40), nullable=False),
    Column("status", text(20), nullable=False),
    Column("arguments", JsonText(), nullable=False),
    Column("cursor", text(500), nullable=False),
    Column("range_from", Date, nullable=True),
    Column("range_to", Date, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("lease_holder", text(100), nullable=False),
    moment("leased_until", is_optional=True),
    # Grows with every claim: a worker that lost its lease cannot write under an old one.
    Column("fence", Id, nullable=False),
    moment("next_run_at", is_optional=True),
    Column("last_error", text(1000), nullable=False),
    Column("row_count", Integer, nullable=True),
    moment("created_at"),
    moment("finished_at", is_optional=True),
    Index("ix_integration_sync_jobs_status_next_run_at", "status", "next_run_at"),
)

incoming_lead_logs = app_table(
    "incoming_lead_logs",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("idempotency_key", text(190), nullable=False),
    Column("status", text(20), nullable=False),
    Column("refusal", text(190), nullable=False),
    Column("row_class", text(24), nullable=False),
    Column("content_hash", text(64), nullable=False),
    ref("delivery_id", "integration_import_batches.id", is_optional=True),
    moment("received_at"),
    UniqueConstraint("account_id", "idempotency_key"),
    Index("ix_incoming_lead_logs_account_id_received_at", "account_id", "received_at"),
)

dead_letters = app_table(
    "dead_letters",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("fingerprint", text(64), nullable=False),
    Column("step", text(20), nullable=False),
    Column("code", text(60), nullable=False),
    Column("subject_type", text(20), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("status", text(20), nullable=False),
    Column("note", text(1000), nullable=False),
    moment("first_seen_at"),
    moment("last_seen_at"),
    Index("ix_dead_letters_account_id_fingerprint", "account_id", "fingerprint"),
)

tasks = app_table(
    "tasks",
    own_id(),
    ref("client_id", "clients.id"),
    ref("account_id", "integration_provider_accounts.id"),
    ref("owner_id", "people.id"),
    Column("kind", text(40), nullable=False),
    # One open task a cause: the cause is its key, so asking twice does not open it twice.
    Column("cause", text(190), nullable=False),
    Column("sentence", text(500), nullable=False),
    # Where it is done: a page of the desk and what stands in its address, `field_maps?account=site&object=lead`.
    Column("link", text(300), nullable=False),
    # What tells whether the cause is gone: the object, the column and its values, or the header set.
    Column("detail", JsonText(), nullable=False),
    Column("status", text(20), nullable=False),
    moment("opened_at"),
    moment("closed_at", is_optional=True),
    Column("closed_because", text(500), nullable=False),
    UniqueConstraint("cause"),
    Index("ix_tasks_client_id_status", "client_id", "status"),
)

audit_log = app_table(
    "audit_log",
    own_id(),
    moment("at"),
    ref("person_id", "people.id"),
    # NULL for what concerns the desk as a whole.
    ref("client_id", "clients.id", is_optional=True),
    Column("action", text(60), nullable=False),
    Column("subject_type", text(40), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("detail", JsonText(), nullable=False),
    Index("ix_audit_log_subject_type_subject_id", "subject_type", "subject_id"),
    Index("ix_audit_log_client_id_at", "client_id", "at"),
)

# COMMIT can answer "connection lost" and have succeeded. A transaction that must happen once therefore starts by inserting
# its key: if the key is there at the retry, the work was done.
transaction_keys = app_table(
    "transaction_keys",
    Column("key", text(190), primary_key=True),
    Column("result", JsonText(), nullable=False),
    moment("done_at"),
)

id_blocks = app_table(
    "id_blocks",
    Column("name", text(60), primary_key=True),
    Column("next_id", Id, nullable=False),
)
