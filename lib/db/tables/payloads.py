"""Payloads in compressed chunks, each deletable on its own by retention (settled question 1, R11)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, blob, text

payload_chunks = app_table(
    "payload_chunks",
    own_id(),
    ref("client_id", "clients.id"),
    ref("delivery_id", "integration_import_batches.id"),
    # 0 for what belongs to the delivery itself: NULLs would not be unique.
    Column("load_id", Id, nullable=False),
    # file: the bytes as they came · raw: rows as text · mapped: rows as canonical values · before: what updates replaced
    Column("kind", text(10), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("first_row", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("body", blob(), nullable=False),
    moment("created_at"),
    UniqueConstraint("delivery_id", "load_id", "kind", "seq"),
    # What is old enough to go is found without a walk over the bodies.
    Index("ix_payload_chunks_created_at", "created_at", "delivery_id", "kind"),
    Index("ix_payload_chunks_load_id_kind_first_row", "load_id", "kind", "first_row"),
)
