"""A comparison as the card that a client reads: everything on it in words, and both sides step by step (R1, R6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lib.domain.arriving.by_hand import source_name
from lib.domain.metrics import Metric
from lib.domain.publishing.statement_states import ChangeKind
from lib.reporting.amounts import with_unit
from lib.reporting.compare import Comparison, Side, compare
from lib.reporting.portal_card import Finding, NotedChange, PortalCard
from lib.reporting.sentences import interval_words, left_out_words, movement_words, status_words
from lib.reporting.series import PeriodValue
from lib.reporting.statement_lint import is_for_clients
from lib.reporting.step_series import Series, series_of
from lib.reporting.steps import Step, step_values, usual_range
from lib.reporting.written_numbers import linked_numbers

# What a client is told of a change whose note is not written for clients.
_CHANGED = {
    ChangeKind.FORM: "The form was changed.",
    ChangeKind.PAGE: "A page was changed.",
    ChangeKind.AUTOMATION: "An automatic step was changed.",
    ChangeKind.CAMPAIGN: "A campaign was changed.",
    ChangeKind.MAPPING: "The way this source is read was changed.",
    ChangeKind.WORDING: "The words of this card were changed.",
}

# What is done next where nobody says otherwise, in the words of those who report to the client.
_NEXT: dict[Finding, str] = {
    "more_than_ordinary": "We look into what moved, and say so in the next report.",
    "ordinary": "Nothing to do; we keep watching.",
    "not_enough": "We wait for more days before we say anything about the movement.",
    "incomplete": "We add the days that are missing, then compare again.",
    "not_comparable": "We choose a new period to compare with.",
}


@dataclass(frozen=True)
class Said:
    """What a person writes on a card: the sentence, and the next action with its owner's name and its day."""

    sentence: str
    next_action: str
    next_owner: str
    next_due: date | None


def card_of(
    metric: Metric, before: Side, now: Side, step: Step, said: Said, changes: Sequence[NotedChange], today: date
) -> PortalCard:
    """The card of a comparison, as it is frozen; which statement it belongs to and its place are filled in later."""
    comparison = compare(metric, before, now)
    steps = step_values(metric, before, step)
    names = names_of(metric)
    return PortalCard(
        statement_id=0,
        position=0,
        metric=metric.name,
        label=metric.template.label,
        source=source_name(metric.source_label, has_by_hand=comparison.has_by_hand),
        signal=metric.signal,
        paid=metric.paid,
        unit=metric.template.unit,
        meaning=metric.template.client_meaning,
        period=now.range,
        baseline_period=before.range,
        current=value_words(comparison.current, comparison.unit),
        baseline=value_words(comparison.baseline, comparison.unit),
        movement=_begun_large(movement_words(comparison)),
        interval=interval_words(comparison),
        finding=finding_of(comparison),
        status=status_words(comparison),
        sentence=said.sentence,
        numbers=linked_numbers(said.sentence, metric.name, comparison, names),
        next_action=said.next_action,
        next_owner=said.next_owner,
        next_due=said.next_due,
        left_out=left_out_words(comparison),
        step=step,
        baseline_series=series_of(metric, before, comparison.baseline, steps, step),
        current_series=current_series(metric, now, comparison.current, step),
        usual=usual_range(metric, steps),
        changes=tuple(for_clients(change) for change in changes),
        published_on=today,
    )


def current_series(metric: Metric, now: Side, value: PeriodValue, step: Step) -> Series:
    """The current side step by step, as a card shows it; while it stays as it is, no number of the card has moved."""
    return series_of(metric, now, value, step_values(metric, now, step), step)


def same_numbers(one: PortalCard, other: PortalCard) -> bool:
    """Whether two cards say the same numbers of the same comparison, whatever words stand around them."""
    return _numbers_of(one) == _numbers_of(other)


def same_names(one: PortalCard, other: PortalCard) -> bool:
    """Whether two cards name their number alike: its label, source, unit and meaning (R1, R14)."""
    return all(getattr(one, name) == getattr(other, name) for name in ("label", "source", "unit", "meaning"))


def _numbers_of(card: PortalCard) -> tuple[object, ...]:
    said = (card.current, card.baseline, card.movement, card.interval, card.finding, card.left_out)
    return (*said, card.step, card.baseline_series, card.current_series)


def names_of(metric: Metric) -> tuple[str, ...]:
    """The names in a sentence that may hold figures which are no numbers of it."""
    return (metric.source_label, metric.template.label, metric.template.client_meaning.strip(" ."))


def finding_of(comparison: Comparison) -> Finding:
    """What may be said of the two periods."""
    if not comparison.is_comparable:
        return "not_comparable"
    if not comparison.is_complete:
        return "incomplete"
    if comparison.is_ordinary is None:
        return "not_enough"
    return "ordinary" if comparison.is_ordinary else "more_than_ordinary"


def usual_action(comparison: Comparison) -> str:
    """The next action that a card names where nobody says another."""
    return _NEXT[finding_of(comparison)]


def value_words(period: PeriodValue, unit: str) -> str:
    """A side's value with its unit: `61 leads`; why there is none where there is none."""
    if period.value is not None:
        return with_unit(period.value, unit)
    return "no value" if period.is_undefined else "unknown"


def for_clients(change: NotedChange) -> NotedChange:
    """A change as a client may read it: nobody's name, and plain words where its note is not written for clients."""
    known = change.kind in set(ChangeKind)
    plain = _CHANGED[ChangeKind(change.kind)] if known else "Something was changed."
    return replace(change, note=change.note if is_for_clients(change.note) else plain, written_by="")


def _begun_large(words: str) -> str:
    return re.sub(r"^[a-z]", lambda match: match[0].upper(), words)
