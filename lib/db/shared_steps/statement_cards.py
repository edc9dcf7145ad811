"""A comparison as it stands now, and the card that a statement over it would be: what is written, checked and published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lib.clock import zone
from lib.db.repositories.baselines import Baseline
from lib.db.repositories.statements import Statement
from lib.db.shared_steps.metric_series import operands, side_of
from lib.db.shared_steps.sealed_sides import kept_side, sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.reporting.card import Said, card_of
from lib.reporting.card_record import record_of
from lib.reporting.compare import Comparison, Side, compare
from lib.reporting.portal_card import NotedChange, PortalCard
from lib.reporting.steps import Step

OBJECTS = "objects"


@dataclass(frozen=True)
class Compared:
    """A metric's period beside a baseline of it whose seal holds."""

    account: Account
    metric: Metric
    captured: Baseline
    before: Side
    now: Side
    comparison: Comparison

    def captured_on(self) -> date:
        """The client's day on which the baseline was captured."""
        return self.captured.captured_at.astimezone(zone(self.account.client_timezone)).date()


def compared(tx: UnitOfWork, metric: Metric, baseline_id: int, span: DateRange) -> Compared:
    """NotFound; DeskError `other_metric` or `seal_broken` when the baseline can support no comparison."""
    captured, before = sealed_side(tx, metric, baseline_id)
    now = side_of(tx, metric, span)
    account = tx.accounts.by_id(metric.account_id)
    return Compared(account, metric, captured, before, now, compare(metric, before, now))


def frozen_card(tx: UnitOfWork, found: Compared, step: Step, said: Said) -> PortalCard:
    """The card of a comparison with what is said of it, and with the changes on the way."""
    first = min(found.before.range.first, found.now.range.first)
    days = DateRange(first, max(found.before.range.last, found.now.range.last))
    changes = [
        NotedChange(number, note.day, note.kind, note.note, note.written_by)
        for number, note in enumerate(tx.baselines.notes_of(found.account.id, days), start=1)
    ]
    today = local_day(tx, found.account)
    return card_of(found.metric, found.before, found.now, step, said, changes, today)


def record(tx: UnitOfWork, metric: Metric, card: PortalCard) -> dict[str, Any]:
    """The card as it is kept, with the objects whose deliveries it waits for."""
    return {**record_of(card), OBJECTS: sorted(objects_of(tx, metric))}


def card_as_it_stands(tx: UnitOfWork, metric: Metric, statement: Statement, said: PortalCard) -> PortalCard:
    """What a published card would say today; the baseline is taken as it was kept, for it never moves."""
    before = kept_side(tx, metric, tx.baselines.by_id(statement.baseline_id))
    words = Said(said.sentence, said.next_action, said.next_owner, said.next_due)
    return card_of(metric, before, side_of(tx, metric, statement.range), said.step, words, (), said.published_on)


def objects_of(tx: UnitOfWork, metric: Metric) -> set[str]:
    """The objects that a metric is counted from: its own, or those of the two parts of a ratio."""
    return {part.template.object for part in operands(tx, metric) if part is not None}


def local_day(tx: UnitOfWork, account: Account) -> date:
    """Today, in the client's time zone."""
    return tx.now.astimezone(zone(account.client_timezone)).date()
