"""The canonical objects: what a lead, job, call … may carry, column by column, and which table keeps it.

A column's kind decides how a value is read, checked, stored and masked. No object demands a name or a contact: only its
date is required, and its key, which is the hash of the whole row where the provider gives none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lib.domain.maps import Sensitivity
from lib.errors import DeskError


class Kind(StrEnum):
    """How a value is read and stored. In a mapped frame: money is Int64 micros (1e-6 of the currency unit), a timestamp
    is datetime64[us, UTC], a date is ISO text, a duration is Int64 seconds, integers are Int64, decimals Float64,
    booleans `boolean`; every other kind is text (`str`), and a missing value is NA.
    """

    IDENTIFIER = "identifier"
    TEXT = "text"
    LONG_TEXT = "long_text"
    STATUS = "status"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    MONEY = "money"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"
    DURATION = "duration"


TEXT_KINDS = frozenset({Kind.IDENTIFIER, Kind.TEXT, Kind.LONG_TEXT, Kind.STATUS, Kind.NAME, Kind.EMAIL, Kind.PHONE})
MICROS = 1_000_000


class Destination(StrEnum):
    """Which of the two databases keeps an object's records (R7)."""

    APP = "app"
    TRAFFIC = "traffic"


@dataclass(frozen=True)
class Column:
    """One canonical column. `length` is the most characters a text kind may have."""

    name: str
    kind: Kind
    length: int = 190
    is_required: bool = False
    sensitivity: Sensitivity = Sensitivity.INTERNAL


@dataclass(frozen=True)
class ObjectType:
    """A canonical object: its table, its columns in order, the column whose day it is counted by."""

    name: str
    table: str
    destination: Destination
    columns: tuple[Column, ...]
    date_column: str

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`; DeskError `unknown_column` names the object's columns."""
        for column in self.columns:
            if column.name == name:
                return column
        raise DeskError(
            "unknown_column",
            f"A {self.name.replace('_', ' ')} has no column {name!r}.",
            f"Its columns are {', '.join(self.column_names)}.",
        )


_P = Sensitivity.PERSONAL
_KEY = Column("external_id", Kind.IDENTIFIER)

CRM_COLUMNS = (
    _KEY,
    Column("occurred_at", Kind.TIMESTAMP, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("scheduled_at", Kind.TIMESTAMP),
    Column("booked_at", Kind.TIMESTAMP),
    Column("completed_at", Kind.TIMESTAMP),
    Column("sold_at", Kind.TIMESTAMP),
    Column("status", Kind.STATUS, 100),
    Column("outcome", Kind.STATUS, 100),
    Column("group_id", Kind.IDENTIFIER),
    Column("customer_id", Kind.IDENTIFIER),
    Column("job_id", Kind.IDENTIFIER),
    Column("reference", Kind.IDENTIFIER),
    Column("name", Kind.NAME, sensitivity=_P),
    Column("first_name", Kind.NAME, sensitivity=_P),
    Column("last_name", Kind.NAME, sensitivity=_P),
    Column("company", Kind.TEXT, sensitivity=_P),
    Column("phone", Kind.PHONE, 40, sensitivity=_P),
    Column("phone_extension", Kind.IDENTIFIER, 20, sensitivity=_P),
    Column("phone_is_masked", Kind.BOOLEAN),
    Column("secondary_phone", Kind.PHONE, 40, sensitivity=_P),
    Column("email", Kind.EMAIL, 254, sensitivity=_P),
    Column("address", Kind.TEXT, 300, sensitivity=_P),
    Column("city", Kind.TEXT),
    Column("state", Kind.TEXT, 100),
    Column("postal_code", Kind.IDENTIFIER, 20),
    Column("country", Kind.TEXT, 100),
    Column("service", Kind.TEXT),
    Column("category", Kind.TEXT),
    Column("description", Kind.LONG_TEXT, 4000, sensitivity=Sensitivity.CONFIDENTIAL),
    Column("source", Kind.TEXT),
    Column("medium", Kind.TEXT),
    Column("campaign", Kind.TEXT),
    Column("campaign_id", Kind.IDENTIFIER),
    Column("location", Kind.TEXT),
    Column("assigned_to", Kind.NAME),
    Column("direction", Kind.STATUS, 40),
    Column("is_first_time", Kind.BOOLEAN),
    Column("duration", Kind.DURATION),
    Column("amount", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
    Column("fee", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
)

EVENT_COLUMNS = (
    _KEY,
    Column("occurred_at", Kind.TIMESTAMP, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("due_at", Kind.TIMESTAMP),
    Column("event_type", Kind.STATUS, 100),
    Column("status", Kind.STATUS, 100),
    Column("lead_id", Kind.IDENTIFIER),
    Column("customer_id", Kind.IDENTIFIER),
    Column("reference", Kind.IDENTIFIER),
    Column("adjustment_to_id", Kind.IDENTIFIER),
    Column("location", Kind.TEXT),
    Column("campaign", Kind.TEXT),
    Column("description", Kind.LONG_TEXT, 4000, sensitivity=Sensitivity.CONFIDENTIAL),
    Column("amount", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
    Column("tax", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
    Column("balance", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
)

CUSTOMER_COLUMNS = (
    _KEY,
    Column("occurred_at", Kind.TIMESTAMP, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("name", Kind.NAME, sensitivity=_P),
    Column("phone", Kind.PHONE, 40, sensitivity=_P),
    Column("email", Kind.EMAIL, 254, sensitivity=_P),
    Column("address", Kind.TEXT, 300, sensitivity=_P),
    Column("city", Kind.TEXT),
    Column("state", Kind.TEXT, 100),
    Column("postal_code", Kind.IDENTIFIER, 20),
    Column("category", Kind.TEXT),
    Column("is_active", Kind.BOOLEAN),
    Column("merged_to_id", Kind.IDENTIFIER),
    Column("balance", Kind.MONEY, sensitivity=Sensitivity.CONFIDENTIAL),
)

CAMPAIGN_COLUMNS = (
    _KEY,
    Column("occurred_at", Kind.TIMESTAMP, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("name", Kind.TEXT),
    Column("category", Kind.TEXT),
    Column("is_active", Kind.BOOLEAN),
    Column("daily_cost", Kind.MONEY),
)

DAILY_METRIC_COLUMNS = (
    _KEY,
    Column("day", Kind.DATE, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("name", Kind.STATUS, 100),
    Column("dimension_value", Kind.TEXT),
    Column("quantity", Kind.DECIMAL),
    Column("amount", Kind.MONEY),
)

TRAFFIC_COLUMNS = (
    _KEY,
    Column("day", Kind.DATE, is_required=True),
    Column("modified_at", Kind.TIMESTAMP),
    Column("campaign", Kind.TEXT),
    Column("campaign_id", Kind.IDENTIFIER),
    Column("page", Kind.TEXT, 500),
    Column("query", Kind.TEXT, 500),
    Column("device", Kind.TEXT, 40),
    Column("clicks", Kind.INTEGER),
    Column("impressions", Kind.INTEGER),
    Column("conversions", Kind.DECIMAL),
    Column("position", Kind.DECIMAL),
    Column("cost", Kind.MONEY),
)


def _crm(name: str) -> ObjectType:
    return ObjectType(name, "crm_leads", Destination.APP, CRM_COLUMNS, "occurred_at")


def _event(name: str) -> ObjectType:
    return ObjectType(name, "crm_lead_events", Destination.APP, EVENT_COLUMNS, "occurred_at")


OBJECTS: dict[str, ObjectType] = {
    object_type.name: object_type
    for object_type in (
        _crm("lead"),
        _crm("job"),
        _crm("call"),
        _crm("booking"),
        _crm("quote_request"),
        _event("invoice"),
        _event("lead_event"),
        ObjectType("customer", "crm_customers", Destination.APP, CUSTOMER_COLUMNS, "occurred_at"),
        ObjectType("campaign", "crm_campaigns", Destination.APP, CAMPAIGN_COLUMNS, "occurred_at"),
        ObjectType("daily_metric", "daily_metrics", Destination.APP, DAILY_METRIC_COLUMNS, "day"),
        ObjectType("traffic_day", "traffic_days", Destination.TRAFFIC, TRAFFIC_COLUMNS, "day"),
    )
}


def object_type(name: str) -> ObjectType:
    """The canonical object called `name`; DeskError `unknown_object` lists them all."""
    try:
        return OBJECTS[name]
    except KeyError:
        raise DeskError(
            "unknown_object", f"There is no object called {name!r}.", f"Use one of {', '.join(OBJECTS)}."
        ) from None
