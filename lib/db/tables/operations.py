"""What keeps the desk running: tasks, keys of finished transactions, blocks of ids."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import Id, JsonText, text

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
    # A day of the client's.
    Column("due_on", Date, nullable=False),
    # Who chose its owner; NULL while the rule does.
    ref("assigned_by", "people.id", is_optional=True),
    moment("closed_at", is_optional=True),
    Column("closed_because", text(500), nullable=False),
    # Who resolved it; NULL where it closed by itself.
    ref("closed_by", "people.id", is_optional=True),
    UniqueConstraint("cause"),
    CheckConstraint(
        "status <> 'resolved' OR (closed_because <> '' AND closed_by IS NOT NULL)", name="resolved_says_why"
    ),
    Index("ix_tasks_client_id_status", "client_id", "status"),
    # Few are open of all there ever were, and these are asked for on each visit of home.
    Index("ix_tasks_status", "status"),
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
