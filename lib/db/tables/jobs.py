"""Work to do or done, one job a row; whose turn it is in an account; when work comes round; which providers are left alone."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text

integration_sync_jobs = app_table(
    "integration_sync_jobs",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # The load it decides on, or the one that its import has made.
    ref("load_id", "data_import_batches.id", is_optional=True),
    # The schedule it is a run of, and the moment that run was due: no run is queued twice, whoever looks.
    ref("schedule_id", "sync_schedules.id", is_optional=True),
    moment("due_at", is_optional=True),
    Column("kind", text(20), nullable=False),
    Column("object", text(40), nullable=False),
    Column("status", text(20), nullable=False),
    Column("arguments", JsonText(), nullable=False),
    Column("cursor", text(500), nullable=False),
    Column("range_from", Date, nullable=True),
    Column("range_to", Date, nullable=True),
    # Tries that ended in trouble, and the one under way; how often its worker ended in the middle of it.
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("lease_holder", text(100), nullable=False),
    moment("leased_until", is_optional=True),
    # Grows with every claim: a worker that lost its lease cannot write under an old one.
    Column("fence", Id, nullable=False),
    moment("next_run_at", is_optional=True),
    # The greater one is taken first: people wait for some work and for other work nobody does.
    Column("priority", Integer, nullable=False),
    Column("last_error", text(1000), nullable=False),
    Column("error_code", text(60), nullable=False),
    Column("error_class", text(20), nullable=False),
    Column("row_count", Integer, nullable=True),
    moment("created_at"),
    moment("claimed_at", is_optional=True),
    moment("finished_at", is_optional=True),
    UniqueConstraint("schedule_id", "due_at"),
    Index("ix_integration_sync_jobs_status_next_run_at", "status", "next_run_at"),
    Index("ix_integration_sync_jobs_account_id_status", "account_id", "status"),
    Index("ix_integration_sync_jobs_finished_at", "finished_at"),
)

# One row an account: the job that writes to it now, under that job's fence and lease. Who takes it counts `turn` up.
job_lanes = app_table(
    "job_lanes",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("job_id", Id, nullable=True),
    Column("fence", Id, nullable=False),
    moment("leased_until", is_optional=True),
    Column("turn", Id, nullable=False),
    moment("served_at", is_optional=True),
    UniqueConstraint("account_id"),
)

sync_schedules = app_table(
    "sync_schedules",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("kind", text(20), nullable=False),
    Column("object", text(40), nullable=False),
    Column("cron", text(100), nullable=False),
    # Empty for the account's own.
    Column("timezone", text(60), nullable=False),
    Column("is_on", Boolean(create_constraint=False), nullable=False),
    # Whoever moves it on queues the run: an UPDATE that compares the moment it came from.
    moment("next_run_at", is_optional=True),
    moment("last_due_at", is_optional=True),
    Column("last_job_id", Id, nullable=True),
    Column("skipped", Integer, nullable=False),
    Column("note", text(300), nullable=False),
    moment("created_at"),
    UniqueConstraint("account_id", "kind", "object"),
    Index("ix_sync_schedules_next_run_at", "next_run_at"),
)

account_breakers = app_table(
    "account_breakers",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("place", text(20), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("times_opened", Integer, nullable=False),
    moment("opened_at", is_optional=True),
    moment("try_at", is_optional=True),
    Column("error_class", text(20), nullable=False),
    Column("sentence", text(1000), nullable=False),
    Column("version", Id, nullable=False),
    moment("changed_at"),
    UniqueConstraint("account_id"),
)
