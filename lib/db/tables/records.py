"""The records: leads, events, customers, campaigns and daily figures, and the external objects they come from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Index, Integer, Table, UniqueConstraint
from sqlalchemy.types import TypeEngine

from lib.db.tables.metadata import app_table, given_id, moment, ref
from lib.db.types import Id, Money, UtcDateTime, long_text, text
from lib.domain.objects import OBJECTS, Kind, ObjectType
from lib.domain.objects import Column as CanonicalColumn


def canonical(column: CanonicalColumn) -> Column[Any]:
    """The database column that holds a canonical one."""
    kinds: dict[Kind, TypeEngine[Any]] = {
        Kind.MONEY: Money(),
        Kind.INTEGER: BigInteger(),
        Kind.DURATION: BigInteger(),
        Kind.DECIMAL: Double(),
        Kind.BOOLEAN: Boolean(create_constraint=False),
        Kind.TIMESTAMP: UtcDateTime(),
        Kind.DATE: Date(),
        Kind.LONG_TEXT: long_text(),
    }
    return Column(column.name, kinds.get(column.kind, text(column.length)), nullable=not column.is_required)


def canonical_columns(object_type: ObjectType) -> list[Column[Any]]:
    """Every canonical column but the key, which each record table spells out itself."""
    return [canonical(column) for column in object_type.columns if column.name != "external_id"]


def _client() -> Column[int]:
    # The account says whose it is, and refers to the client; a second reference costs the server an index of every row.
    return Column("client_id", Id, nullable=False)


def _record_table(name: str, *indexes: Index) -> Table:
    object_type = next(item for item in OBJECTS.values() if item.table == name)
    return app_table(
        name,
        given_id(),
        _client(),
        ref("account_id", "integration_provider_accounts.id"),
        Column("object", text(40), nullable=False),
        Column("external_id", text(190), nullable=False),
        Column("row_class", text(24), nullable=False),
        *canonical_columns(object_type),
        # Who wrote it last and how often it was written: an undo leaves alone what somebody changed since.
        Column("content_hash", text(32), nullable=False),
        Column("load_id", Id, nullable=False),
        Column("version", Integer, nullable=False),
        moment("created_at"),
        moment("updated_at"),
        # That an external id is one record only is kept by integration_external_objects, from which each record hangs;
        # a lead is found by its phone or e-mail through the keyed hashes of its row.
        *indexes,
    )


crm_leads = _record_table(
    "crm_leads",
    Index("ix_crm_leads_account_id_object_occurred_at", "account_id", "object", "occurred_at"),
    # Finished jobs are counted by the day on which they were finished.
    Index("ix_crm_leads_account_id_object_completed_at", "account_id", "object", "completed_at"),
    Index("ix_crm_leads_account_id_object_group_id", "account_id", "object", "group_id"),
)
crm_lead_events = _record_table(
    "crm_lead_events",
    Index("ix_crm_lead_events_account_id_object_occurred_at", "account_id", "object", "occurred_at"),
    Index("ix_crm_lead_events_account_id_lead_id", "account_id", "lead_id"),
)
crm_customers = _record_table("crm_customers")
crm_campaigns = _record_table("crm_campaigns")
daily_metrics = _record_table(
    "daily_metrics", Index("ix_daily_metrics_account_id_object_day", "account_id", "object", "day")
)

integration_external_objects = app_table(
    "integration_external_objects",
    given_id(),
    _client(),
    ref("account_id", "integration_provider_accounts.id"),
    Column("object", text(40), nullable=False),
    Column("external_id", text(190), nullable=False),
    Column("content_hash", text(32), nullable=False),
    Column("row_class", text(24), nullable=False),
    Column("load_id", Id, nullable=False),
    moment("first_seen_at"),
    moment("last_seen_at"),
    UniqueConstraint("account_id", "object", "external_id"),
)

# A thing has the id of the record it became; a link is there only for one that is another name for a record.
integration_object_links = app_table(
    "integration_object_links",
    given_id("external_object_id"),
    ref("client_id", "clients.id"),
    Column("record_table", text(40), nullable=False),
    Column("record_id", Id, nullable=False),
    Column("load_id", Id, nullable=False),
    moment("linked_at"),
    Index("ix_integration_object_links_record_id", "record_table", "record_id"),
)

RECORD_TABLES: dict[str, Table] = {
    table.name: table for table in (crm_leads, crm_lead_events, crm_customers, crm_campaigns, daily_metrics)
}
