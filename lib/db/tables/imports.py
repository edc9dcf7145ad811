"""Deliveries, loads and their rows: the ledger of everything that arrived and what became of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text
from lib.domain.verdicts import RowClass, Verdict

# What arrived never changes; only these columns of a delivery are filled in later (settled question 7).
# Nor does what a person said of it, unless somebody says it again; a name goes from its file's when they are erased.
DELIVERY_FILLED_IN = (
    "status", "row_count", "range_from", "range_to", "error_note", "facts", "expected_rows", "control_totals",
    "file_name", "by_hand_reason",
)  # fmt: skip

integration_import_batches = app_table(
    "integration_import_batches",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("provider", text(60), nullable=False),
    Column("kind", text(20), nullable=False),
    Column("file_name", text(255), nullable=False),
    Column("content_hash", text(64), nullable=False),
    Column("byte_count", Id, nullable=False),
    Column("status", text(20), nullable=False),
    Column("range_from", Date, nullable=True),
    Column("range_to", Date, nullable=True),
    Column("is_range_given", Boolean(create_constraint=False), nullable=False),
    Column("is_partial", Boolean(create_constraint=False), nullable=False),
    Column("expected_rows", Integer, nullable=True),
    # What the money columns must come to, by column, as text: {"amount": "12345.67"}.
    Column("control_totals", JsonText(), nullable=False),
    Column("row_count", Integer, nullable=True),
    Column("error_note", text(1000), nullable=False),
    Column("facts", JsonText(), nullable=True),
    moment("received_at"),
    ref("received_by", "people.id"),
    # Why a person entered it in the provider's place; empty where the provider sent it.
    Column("by_hand_reason", text(500), nullable=False),
    # The same bytes from the same account are one delivery.
    UniqueConstraint("account_id", "content_hash"),
    CheckConstraint("kind <> 'manual' OR by_hand_reason <> ''", name="by_hand_says_why"),
    # When something came, and whether it was the provider's and held anything: read from the index alone.
    Index("ix_integration_import_batches_arrivals", "account_id", "received_at", "kind", "row_count"),
)

data_import_batches = app_table(
    "data_import_batches",
    own_id(),
    ref("delivery_id", "integration_import_batches.id"),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("object", text(40), nullable=False),
    ref("map_version_id", "map_versions.id"),
    Column("is_test", Boolean(create_constraint=False), nullable=False),
    # What a person told the reader: another sheet, another header row.
    Column("read_options", JsonText(), nullable=False),
    # The n-th load of this delivery through this map: a new one is opened once the last is spent.
    Column("attempt", Integer, nullable=False),
    Column("status", text(20), nullable=False),
    # How many rows the reader found; row_count grows towards it while the load is written.
    Column("arriving", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    *(Column(f"{verdict}_count", Integer, nullable=False) for verdict in Verdict),
    *(Column(f"{row_class}_count", Integer, nullable=False) for row_class in RowClass),
    Column("held_count", Integer, nullable=False),
    Column("reasons", JsonText(), nullable=False),
    # Rows that go in by class, and failed rows by each of their reasons: counted here, so that nobody scans the rows.
    Column("going_in", JsonText(), nullable=False),
    Column("failing", JsonText(), nullable=False),
    Column("warnings", JsonText(), nullable=False),
    # Doubts about the load as a whole, and the figures of its arrival that later loads are weighed against.
    Column("findings", JsonText(), nullable=False),
    Column("arrival", JsonText(), nullable=False),
    Column("range_from", Date, nullable=True),
    Column("range_to", Date, nullable=True),
    Column("staged_epoch", Id, nullable=False),
    # The epoch at which it was committed: the order of commits, which ids and clocks do not give.
    Column("committed_epoch", Id, nullable=True),
    Column("error_note", text(1000), nullable=False),
    Column("version", Integer, nullable=False),
    moment("created_at"),
    # When its last rows were written: a load that stands at `mapped` and has not moved for a while was stopped.
    moment("advanced_at"),
    ref("created_by", "people.id"),
    ref("approved_by", "people.id", is_optional=True),
    moment("approved_at", is_optional=True),
    moment("committed_at", is_optional=True),
    ref("undone_by", "people.id", is_optional=True),
    moment("undone_at", is_optional=True),
    Column("undo_reason", text(500), nullable=False),
    UniqueConstraint(
        "delivery_id", "object", "map_version_id", "is_test", "attempt", name="uq_data_import_batches_attempt"
    ),
    # The conservation law, in the lowest layer that can hold it.
    CheckConstraint(
        "created_count + updated_count + duplicate_count + failed_count + ignored_count = row_count",
        name="verdicts_add_up",
    ),
    CheckConstraint(
        "genuine_count + test_count + spam_count + internal_count + marketplace_duplicate_count = row_count",
        name="classes_add_up",
    ),
    Index("ix_data_import_batches_account_id_object_status", "account_id", "object", "status"),
)

data_import_rows = app_table(
    "data_import_rows",
    Column("load_id", Id, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("verdict", text(12), nullable=False),
    Column("row_class", text(24), nullable=False),
    Column("reasons", text(1000), nullable=False),
    # A person's decision: the row stays out of the commit until it is released.
    Column("is_held", Boolean(create_constraint=False), nullable=False),
    # Keyed hashes of 64 bits: as short as an index entry can be, and of no use without the key.
    Column("id_hash", BigInteger, nullable=True),
    Column("phone_hash", BigInteger, nullable=True),
    Column("email_hash", BigInteger, nullable=True),
    Column("record_id", Id, nullable=True),
    PrimaryKeyConstraint("load_id", "row_no"),
    Index("ix_data_import_rows_load_id_verdict", "load_id", "verdict", "row_no"),
    Index("ix_data_import_rows_id_hash", "id_hash"),
    Index("ix_data_import_rows_phone_hash", "phone_hash"),
    Index("ix_data_import_rows_email_hash", "email_hash"),
    Index("ix_data_import_rows_record_id", "record_id"),
)

# Each reason of each row once more, so that the rows that give one are found without a walk along the load.
data_import_row_reasons = app_table(
    "data_import_row_reasons",
    Column("load_id", Id, nullable=False),
    Column("code", text(40), nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("column_name", text(64), nullable=False),
    PrimaryKeyConstraint("load_id", "code", "row_no", "column_name"),
)

# A person's hand on single cells of a load: what is read is the raw cell with the newest edit laid over it.
row_edits = app_table(
    "row_edits",
    own_id(),
    ref("delivery_id", "integration_import_batches.id"),
    ref("load_id", "data_import_batches.id"),
    ref("client_id", "clients.id"),
    # Everything that one press of a button did is one step; `turns` names the step that it takes back or brings back.
    Column("step", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("source", text(500), nullable=False),
    # Nothing here: back to the cell as it came.
    Column("value", text(4000), nullable=True),
    Column("reason", text(500), nullable=False),
    ref("edited_by", "people.id"),
    moment("edited_at"),
    Index("ix_row_edits_delivery_id", "delivery_id"),
    Index("ix_row_edits_load_id_row_no", "load_id", "row_no"),
)

# A person's word on whole rows of a load: held, released, ignored, or of another class than their marks say.
row_decisions = app_table(
    "row_decisions",
    own_id(),
    ref("load_id", "data_import_batches.id"),
    ref("client_id", "clients.id"),
    Column("kind", text(20), nullable=False),
    Column("value", text(24), nullable=False),
    # The ordinals as runs of [first, last]: a decision on a whole filter is one line.
    Column("row_runs", JsonText(), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("takes_back", Id, nullable=True),
    Column("reason", text(500), nullable=False),
    ref("decided_by", "people.id"),
    moment("decided_at"),
    Index("ix_row_decisions_load_id", "load_id"),
)
