"""Who did what (append-only), sealed line by line into a chain, and how far that chain has come."""

from __future__ import annotations

from sqlalchemy import Column, Index, SmallInteger

from lib.db.tables.metadata import app_table, given_id, moment
from lib.db.types import Id, JsonText, text

audit_log = app_table(
    "audit_log",
    # Its place in the chain, without gaps, given under the lock of audit_head: so ids are in the order of commits too.
    given_id(),
    moment("at"),
    # No foreign keys: checking one locks the row it names, and a line is written while the head of the chain is locked,
    # after which nothing else may be waited for.
    Column("person_id", Id, nullable=False),
    # NULL for what concerns the desk as a whole.
    Column("client_id", Id, nullable=True),
    Column("action", text(60), nullable=False),
    Column("subject_type", text(40), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("detail", JsonText(), nullable=False),
    # From where: the door that was come in by, and the address of whoever came.
    Column("door", text(20), nullable=False),
    Column("address", text(64), nullable=False),
    Column("previous_seal", text(64), nullable=False),
    Column("seal", text(64), nullable=False),
    Index("ix_audit_log_subject_type_subject_id", "subject_type", "subject_id"),
    # Pages of the log are read from the newest line back, of a client, of a person or of a kind of action.
    Index("ix_audit_log_client_id_id", "client_id", "id"),
    Index("ix_audit_log_person_id_id", "person_id", "id"),
    Index("ix_audit_log_action_id", "action", "id"),
    Index("ix_audit_log_at", "at"),
)

# One row: the position of the last line. Locking it is what puts writers of the chain one after another.
audit_head = app_table(
    "audit_head",
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", Id, nullable=False),
)
