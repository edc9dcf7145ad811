"""Who was erased, as keyed hashes alone, and the report of every erasure: what was asked, what was done, by whom and why."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text

# Lines of one erasure: `begun` once, `done` for each batch, `finished` at the end. None of them holds a personal value.
erasures = app_table(
    "erasures",
    own_id(),
    # NULL where it was asked for every client.
    ref("client_id", "clients.id", is_optional=True),
    Column("step", text(10), nullable=False),
    # The line it was begun with; 0 on that line itself.
    Column("begun_id", Id, nullable=False),
    # [kind, keyed hash] of each address and number it was asked by.
    Column("marks", JsonText(), nullable=False),
    Column("reason", text(500), nullable=False),
    # Begun: which rows and records are to be emptied, by number, so that one that was stopped goes on. Else: counts.
    Column("detail", JsonText(), nullable=False),
    ref("person_id", "people.id"),
    moment("at"),
    CheckConstraint("step IN ('begun', 'done', 'finished')", name="step_known"),
    CheckConstraint("step <> 'begun' OR reason <> ''", name="reason_given"),
    Index("ix_erasures_begun_id", "begun_id"),
)

# Whose rows are emptied again when a provider sends them once more.
erased_people = app_table(
    "erased_people",
    own_id(),
    # 0 for every client: NULLs would not be unique.
    Column("client_id", Id, nullable=False),
    Column("kind", text(10), nullable=False),
    Column("mark", BigInteger, nullable=False),
    ref("erasure_id", "erasures.id"),
    moment("erased_at"),
    UniqueConstraint("client_id", "kind", "mark"),
    CheckConstraint("kind IN ('phone', 'email')", name="kind_known"),
)
