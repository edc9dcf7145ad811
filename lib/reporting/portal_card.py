"""What a client reads: one published number as a card, frozen when it was published, and the portal of one client.

A card holds words and summary series only. No name, no row, no id of a record can be in it, because none is put there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lib.domain.imports import DateRange
from lib.domain.signals import Paid, Signal
from lib.reporting.step_series import Series
from lib.reporting.steps import Step

# What may be said of the two periods: the first two are answers, the others say why there is none.
Finding = Literal["more_than_ordinary", "ordinary", "not_enough", "incomplete", "not_comparable"]


@dataclass(frozen=True)
class NotedChange:
    """A change on the way, numbered as the chart numbers it; `kind` is form, page, map approved, import, …"""

    number: int
    day: date
    kind: str
    note: str
    written_by: str


@dataclass(frozen=True)
class PublishedNumber:
    """A number of a sentence as it stands in it, and the metric and days it comes from; what a trace begins with."""

    words: str
    metric: str
    range: DateRange
    is_baseline: bool


@dataclass(frozen=True)
class PortalCard:
    """One published comparison in words (R1, R6): everything a client is shown of it.

    `current`, `baseline`, `movement` and `interval` are words with their unit; `movement` and `interval` are '' where
    none may be stated. `left_out` says what is not counted, '' where nothing is. `next_owner` is a person's name, '' where
    nobody is named. `corrections` are sentences, newest first.
    """

    statement_id: int
    position: int
    metric: str
    label: str
    source: str
    signal: Signal
    paid: Paid
    unit: str
    meaning: str
    period: DateRange
    baseline_period: DateRange
    current: str
    baseline: str
    movement: str
    interval: str
    finding: Finding
    status: str
    sentence: str
    numbers: tuple[PublishedNumber, ...]
    next_action: str
    next_owner: str
    next_due: date | None
    left_out: str
    step: Step
    baseline_series: Series
    current_series: Series
    usual: tuple[Decimal, Decimal] | None
    changes: tuple[NotedChange, ...]
    published_on: date
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardFreshness:
    """How far the data of a card reaches now: `shown_to` is the last complete day, None where there is none."""

    shown_to: date | None
    is_stale: bool
    words: str


@dataclass(frozen=True)
class WithdrawnNumber:
    """A number a client had been shown and no longer is: which, since when and why, in one sentence."""

    label: str
    source: str
    on: date
    why: str


@dataclass(frozen=True)
class Portal:
    """The portal of one client: cards in their order, each with its freshness, and what was taken back."""

    client_key: str
    client_name: str
    timezone: str
    cards: tuple[tuple[PortalCard, CardFreshness], ...]
    withdrawn: tuple[WithdrawnNumber, ...]
