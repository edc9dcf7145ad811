"""The shape of a provider template: everything the desk knows of a provider before the first delivery, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lib.domain.api.sources import LIST, ApiSource
from lib.domain.metrics import MetricTemplate
from lib.domain.objects import Destination
from lib.domain.signals import ObjectSignal
from lib.domain.verdicts import RowClass
from lib.errors import DeskError


class MarkOn(StrEnum):
    """Whether a mark looks at the field as the provider sent it or at the column it was mapped to."""

    SOURCE = "source"
    TARGET = "target"


class Test(StrEnum):
    """How a mark compares, always on trimmed, case-folded text."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    MATCHES = "matches"


@dataclass(frozen=True)
class Mark:
    """A sign by which rows of a class are known: `field` (source path or target column) compared with any of `values`.

    `evidence` is the sentence kept with the row, in words a client may read; `name` tells marks of one class on one field
    apart where their evidence differs.
    """

    row_class: RowClass
    on: MarkOn
    field: str
    test: Test
    values: tuple[str, ...]
    evidence: str
    name: str = ""

    @property
    def key(self) -> str:
        """How a row's reasons name this mark, after the code of its class: one word."""
        return self.name or re.sub(r"\W+", "_", self.field)[:40]


@dataclass(frozen=True)
class ObjectTemplate:
    """What a provider sends of one canonical object.

    `key` is the source field that identifies a record (empty: the whole row's hash, or that of the target columns of
    `identity` where it has any, so that figures that change later are still those of the same row); `synonyms` maps a
    target column to source headers it is known under, best first, `value_maps` one to {provider's value: ours};
    `money_unit` is dollars, cents or micros, and `cents` are source fields counted in cents whatever the others are;
    `timezone` is an IANA name, or `account` for the account's own zone, for times written without one; `day_order` is
    mdy, dmy or ymd for dates such as 3/4/2026; `resale_group` is True where `group_id` names one homeowner's request sold
    several times (R10); `is_dated_by_receipt` where a payload may carry no time of its own, so that the moment of receipt
    counts; `example` is one invented payload.
    """

    object: str
    signal: ObjectSignal
    key: str
    identity: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    value_maps: dict[str, dict[str, str]] = field(default_factory=dict)
    money_unit: str = "dollars"
    cents: tuple[str, ...] = ()
    timezone: str = "account"
    day_order: str = "mdy"
    resale_group: bool = False
    is_dated_by_receipt: bool = False
    is_signal_assumed: bool = False
    example: dict[str, Any] = field(default_factory=dict)

    def unit_of_money(self, header: str) -> str:
        """What a plain number under this header counts: dollars, cents or micros."""
        return "cents" if header in self.cents else self.money_unit


@dataclass(frozen=True, kw_only=True)
class ProviderTemplate:
    """One provider. All templates have this one shape; what is not verified of a provider is configurable, never assumed.

    `base_url` is where its API answers, empty where it has none that is asked; `paging`, `rate_limits` and `times` (which
    clock its dates are told by) are sentences for a person; `currency` is a code of three letters, or `account` for the
    account's own. `sender` says who sends its webhooks, by the names of lib/providers/senders.py, and is empty for
    Standard Webhooks; `sources` how its API is asked, and is empty where it is not, or where the account says how.

    `default_metrics` are keys of `metrics` that a client is promised first, and `promise` the sentence that says so;
    `screen` is where in the provider's own product rows can be held against the desk's, and what of them; `failure_path`,
    `manual_fallback` and `rollback_note` are what an owner might write. All of these are proposals: nothing of them
    counts for an account before a person has taken them over.
    """

    key: str
    name: str
    source_label: str
    destination: Destination
    destination_reason: str
    objects: tuple[ObjectTemplate, ...]
    metrics: tuple[MetricTemplate, ...]
    auth_model: str
    auth_scopes: tuple[str, ...] = ()
    base_url: str
    paging: str
    rate_limits: str
    times: str
    currency: str
    marks: tuple[Mark, ...] = ()
    sender: str = ""
    sources: tuple[ApiSource, ...] = ()
    default_metrics: tuple[str, ...]
    promise: str
    screen: str
    failure_path: str
    manual_fallback: str
    rollback_note: str
    freshness_hours: int = 48
    retention_days: int = 90
    retry_rules: str = "Three more tries, 15 minutes apart, then a dead letter."
    known_failures: tuple[str, ...]
    documentation: tuple[str, ...]

    def object(self, name: str) -> ObjectTemplate:
        """The template of one object; DeskError `object_not_offered` names those the provider sends."""
        for item in self.objects:
            if item.object == name:
                return item
        offered = ", ".join(item.object for item in self.objects)
        raise DeskError("object_not_offered", f"{self.name} sends no {name}.", f"It sends {offered}.")

    def source(self, name: str, way: str = "") -> ApiSource | None:
        """How one object of its API is asked, in the way named (list by default); None where nothing is known of it."""
        found = [item for item in self.sources if (item.object, item.way) == (name, way or LIST)]
        return found[0] if found else None
