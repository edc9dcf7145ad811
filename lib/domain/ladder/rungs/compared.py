"""Rung 5, Compared: a baseline, an explanation with a next action, and a card for all that was promised (R4, R14)."""

from __future__ import annotations

from lib.domain.ladder.gates import Gate
from lib.domain.ladder.rungs.looking import Looking
from lib.domain.ladder.standing import MetricSeen
from lib.domain.wording import listed

_PAGE = "baseline_vs_current"


def compared(look: Looking) -> tuple[Gate, ...]:
    """The three gates of rung 5."""
    return _baseline(look), _comparison(look), _cards(look)


def _baseline(look: Looking) -> Gate:
    """One that today's definition can still be compared with; another definition counts otherwise."""
    key, what, climb = "baseline", "Baseline", "Capture a baseline before anything changes."
    found = [item for item in _shown_first(look) if item.baseline is not None]
    good = next((item for item in found if item.baseline and item.baseline.definition_version == item.version), None)
    if good is not None and good.baseline is not None:
        seen = good.baseline
        said = f"Baseline {seen.id} of {good.label}: {seen.name}"
        return look.gate(key, what, True, said, by=seen.captured_by, at=seen.captured_at)
    if not found:
        return look.gate(key, what, False, "None is captured", climb=climb, page=_PAGE)
    item, old = found[0], found[0].baseline
    assert old is not None
    said = f"Baseline {old.id} of {item.label}"
    stale = f"{item.label} is defined anew since it was captured, as version {item.version}"
    return look.gate(
        key, what, False, said, by=old.captured_by, at=old.captured_at, stale=stale, climb=climb, page=_PAGE
    )


def _comparison(look: Looking) -> Gate:
    key, what = "comparison", "Comparison with its explanation"
    climb = "Compare two clear ranges of days, write the explanation with its next action, and have it reviewed."
    found = [item for item in _shown_first(look) if item.statement is not None]
    standing = next((item for item in found if item.statement and item.statement.stands), None)
    if standing is not None and standing.statement is not None:
        seen = standing.statement
        said = f"Statement {seen.id} on {standing.label} is {seen.standing}; next: {seen.next_action}"
        return look.gate(key, what, True, said, by=seen.reviewed_by, at=seen.reviewed_at)
    if not found or found[0].statement is None:
        return look.gate(key, what, False, "Nothing is explained yet", climb=climb, page=_PAGE)
    seen = found[0].statement
    said = f"Statement {seen.id} on {found[0].label} is {seen.status}"
    stale = f"statement {seen.id} was taken back: {seen.ended_because}" if seen.ended_because else ""
    return look.gate(key, what, False, said, stale=stale, climb=climb, page=_PAGE)


def _cards(look: Looking) -> Gate:
    """Every promised metric has a definition that ends with a client, a table that is mapped, and a reviewed card."""
    key, what = "promised_cards", "A card for each promise"
    climb = "Have a statement on each promised metric reviewed: its card is made from it."
    if not look.account.promised:
        return look.gate(key, what, False, "No metric is promised", climb="Choose the metrics that are promised.")
    mapped = {item.object for item in look.standing.climbing if item.approved_version is not None}
    lacks = [trouble for name in look.account.promised if (trouble := _lacks(look, name, mapped))]
    if lacks:
        return look.gate(key, what, False, listed(lacks), climb=climb, page=_PAGE)
    cards = [look.standing.metrics[name] for name in look.account.promised]
    said = listed([f"{item.label} by statement {item.statement.id}" for item in cards if item.statement])
    last = [item.statement for item in cards if item.statement and item.statement.reviewed_at]
    newest = max(last, key=lambda seen: str(seen.reviewed_at), default=None)
    by, at = (newest.reviewed_by, newest.reviewed_at) if newest else ("", None)
    return look.gate(key, what, True, said, by=by, at=at)


def _lacks(look: Looking, name: str, mapped: set[str]) -> str:
    metric = look.standing.metrics.get(name)
    if metric is None:
        return f"{name} is not defined"
    if not metric.is_for_clients:
        return f"{metric.label} ends with no client"
    if metric.object not in mapped:
        return f"{metric.label} has no table, as {metric.object.replace('_', ' ')} is not mapped"
    seen = metric.statement
    if seen is None or not seen.stands:
        return f"{metric.label} has no reviewed card"
    return "" if seen.definition_id == metric.id else f"the card of {metric.label} is of an older definition"


def _shown_first(look: Looking) -> list[MetricSeen]:
    """The account's metrics, those that are promised first."""
    promised = look.account.promised
    return sorted(look.standing.metrics.values(), key=lambda item: (item.key not in promised, item.key))
