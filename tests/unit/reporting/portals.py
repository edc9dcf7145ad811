"""Portals made by hand, for whoever shows one: a number that moved, one that did not, one nothing can be said of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lib.domain.imports import DateRange
from lib.domain.signals import Paid, Signal
from lib.reporting.periods import days_of
from lib.reporting.portal_card import (
    CardFreshness,
    NotedChange,
    Portal,
    PortalCard,
    PublishedNumber,
    WithdrawnNumber,
)
from lib.reporting.step_series import Series, SeriesStep
from lib.reporting.steps import steps_of

SEPTEMBER = DateRange(date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = DateRange(date(2026, 10, 1), date(2026, 10, 31))
FRESH = CardFreshness(date(2026, 11, 18), is_stale=False, words="Shown to Wednesday 18 November")
LATE = CardFreshness(date(2026, 11, 3), is_stale=True, words="Shown to Tuesday 3 November")


def a_series(span: DateRange, values: tuple[int, ...], unit: str = "leads", missing: int = 0) -> Series:
    """Weeks of these values; the last `missing` days of the span are not there."""
    steps = []
    for place, period in enumerate(steps_of(span, "week")):
        absent = sum(day > date.fromordinal(span.last.toordinal() - missing) for day in days_of(period.range))
        known = period.range.days - absent
        value = Decimal(values[place % len(values)]) if known else None
        words = "" if value is None else f"{value} {unit}"
        is_whole = known == 7
        steps.append(SeriesStep(period.range, value, words, known, 7, is_whole, period.range.days < 7, 0))
    whole = [step.value for step in steps if step.is_whole and step.value is not None]
    level = sum(whole, Decimal(0)) / len(whole) if whole else None
    words = "" if level is None else f"{level.normalize():f} a week"
    return Series(span, tuple(steps), level, words, missing, 0)


def a_card(**more: Any) -> PortalCard:
    """Quote requests of October against September: more than ordinary, with 7 entries left out."""
    card = PortalCard(
        statement_id=7001,
        position=1,
        metric="harbor_forms.quote_requests",
        label="Quote requests",
        source="Website form",
        signal=Signal.FORM_LEAD,
        paid=Paid.ORGANIC,
        unit="quote requests",
        meaning="People who asked for a quote on your website.",
        period=OCTOBER,
        baseline_period=SEPTEMBER,
        current="61 quote requests",
        baseline="48 quote requests",
        movement="13 more (27.1 %)",
        interval="Likely between 6 and 20 more",
        finding="more_than_ordinary",
        status="More than ordinary variation",
        sentence="Quote requests from Website form stood at 61 in October 2026, against 48 in September 2026: 13 more.",
        numbers=(PublishedNumber("61 quote requests", "harbor_forms.quote_requests", OCTOBER, is_baseline=False),),
        next_action="The shorter form stays.",
        next_owner="Ana Ruiz",
        next_due=date(2026, 12, 5),
        left_out="7 test entries were left out.",
        step="week",
        baseline_series=a_series(SEPTEMBER, (11, 12, 11, 12)),
        current_series=a_series(OCTOBER, (13, 14, 15, 16)),
        usual=(Decimal(8), Decimal(15)),
        changes=(NotedChange(1, date(2026, 10, 5), "form", "The form asks for less", "Ana Ruiz"),),
        published_on=date(2026, 11, 19),
    )
    return replace(card, **more)


def ordinary(**more: Any) -> PortalCard:
    """Leads of a marketplace: about as before."""
    told: dict[str, Any] = {
        "statement_id": 7002,
        "position": 2,
        "metric": "harbor_angi.paid_leads",
        "label": "Paid leads",
        "source": "Angi",
        "signal": Signal.MARKETPLACE_LEAD,
        "paid": Paid.PAID,
        "unit": "leads",
        "current": "41 leads",
        "baseline": "39 leads",
        "movement": "2 more (5.1 %)",
        "interval": "Likely between 9 fewer and 13 more",
        "finding": "ordinary",
        "status": "Within ordinary variation",
        "sentence": "Paid leads from Angi stood at 41 leads in October 2026, against 39 leads in September 2026: 2 more.",
        "next_action": "Keep watching.",
        "left_out": "",
        "changes": (),
        "current_series": a_series(OCTOBER, (9, 10, 9, 10)),
        "baseline_series": a_series(SEPTEMBER, (9, 9, 10, 9)),
    }
    return a_card(**{**told, **more})


def unsaid(**more: Any) -> PortalCard:
    """Jobs of which nothing can be said yet: October has days missing."""
    told: dict[str, Any] = {
        "statement_id": 7003,
        "position": 3,
        "metric": "harbor_crm.booked_jobs",
        "label": "Booked jobs",
        "source": "ServiceTitan",
        "signal": Signal.CRM_JOB,
        "paid": Paid.NEITHER,
        "unit": "jobs",
        "current": "142 jobs",
        "baseline": "150 jobs",
        "movement": "",
        "interval": "",
        "finding": "incomplete",
        "status": "Not complete yet",
        "sentence": "Booked jobs from ServiceTitan stood at 142 jobs in October 2026; 9 of 31 days are not complete.",
        "next_action": "Wait for the missing days.",
        "next_owner": "",
        "next_due": None,
        "usual": None,
        "changes": (),
        "current_series": a_series(OCTOBER, (36, 35, 34, 20), "jobs", missing=9),
        "baseline_series": a_series(SEPTEMBER, (37, 36, 38, 39), "jobs"),
    }
    return a_card(**{**told, **more})


def a_portal(*cards: tuple[PortalCard, CardFreshness], withdrawn: tuple[WithdrawnNumber, ...] = ()) -> Portal:
    """The portal of Harbor Roofing with these cards."""
    return Portal("harbor", "Harbor Roofing", "America/New_York", cards, withdrawn)


def three_cards() -> Portal:
    """One that moved, one that did not, and one that is late and of which nothing can be said."""
    return a_portal((a_card(), FRESH), (ordinary(), FRESH), (unsaid(), LATE))


TAKEN_BACK = WithdrawnNumber("Booked calls", "CallRail", date(2026, 11, 12), "Calls of another number were counted.")
