"""Work to do or done, one job a row."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer

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
    # The greater one is taken first: people wait for some work and for other work nobody does.
    Column("priority", Integer, nullable=False),
    Column("last_error", text(1000), nullable=False),
    Column("row_count", Integer, nullable=True),
    moment("created_at"),
    moment("finished_at", is_optional=True),
    Index("ix_integration_sync_jobs_status_next_run_at", "status", "next_run_at"),
)
