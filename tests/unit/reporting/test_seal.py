"""The seal changes with anything the number stands on, and with nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lib.reporting.seal import SealedContent, canonical_text, seal, verify_seal
from lib.reporting.series import DailySeries, DayValue
from tests.unit.reporting.builders import MARCH, series, span

WEEK = span("2025-03-03", "2025-03-09")
FIRST = WEEK.first
FULL = series(WEEK, [3, 4])
CONTENT = SealedContent(
    metric="angi.paid_leads",
    range=WEEK,
    definition_version=2,
    date_basis="occurred_at",
    timezone="America/Denver",
    series=FULL,
    filters=(("status", ("booked", "sold")), ("kind", ("new",))),
    loads=(4, 7),
)


def with_first(**changes: object) -> DailySeries:
    return DailySeries({**FULL.days, FIRST: replace(FULL.days[FIRST], **changes)}, FULL.covered)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONTENT, metric="angi.credited_leads"),
        replace(CONTENT, range=span("2025-03-03", "2025-03-10")),
        replace(CONTENT, definition_version=3),
        replace(CONTENT, date_basis="booked_at"),
        replace(CONTENT, timezone="America/New_York"),
        replace(CONTENT, series=with_first(value=Decimal("3.01"))),
        replace(CONTENT, series=with_first(is_complete=False)),
        replace(CONTENT, series=with_first(excluded=1)),
        replace(CONTENT, series=DailySeries(FULL.days, frozenset([FIRST]))),
        replace(CONTENT, denominator=FULL),
        replace(CONTENT, filters=(("status", ("booked",)), ("kind", ("new",)))),
        replace(CONTENT, loads=(4,)),
    ],
)
def test_whatever_a_baseline_stands_on_breaks_its_seal_when_it_changes(changed: SealedContent) -> None:
    assert not verify_seal(changed, seal(CONTENT))


def test_order_and_scale_carry_no_meaning() -> None:
    backwards = {day: replace(FULL.days[day], value=FULL.days[day].value * Decimal("1.0000")) for day in FULL.days}
    same = replace(
        CONTENT,
        series=DailySeries(dict(reversed(backwards.items())), list(FULL.covered)),
        filters=(("kind", ("new",)), ("status", ("sold", "booked"))),
        loads=[7, 4, 4],
    )
    assert verify_seal(same, seal(CONTENT))


def test_days_outside_the_range_are_not_sealed() -> None:
    month = series(MARCH, [9])
    wider = DailySeries({**month.days, **FULL.days}, month.covered)
    assert verify_seal(replace(CONTENT, series=wider), seal(CONTENT))


def test_a_round_number_and_zero_are_written_plainly() -> None:
    slices = {FIRST: DayValue(FIRST, Decimal("1E+3"), is_complete=True)}
    slices[date(2025, 3, 4)] = DayValue(date(2025, 3, 4), Decimal("-0.00"), is_complete=True)
    text = canonical_text(replace(CONTENT, series=DailySeries(slices)))
    assert '"2025-03-03":["1000",true,0]' in text
    assert '"2025-03-04":["0",true,0]' in text


def test_the_form_of_the_seal_is_fixed() -> None:
    # Stored seals must verify for years; a change of form needs a new format number and a way to check the old one.
    day = span("2025-03-03", "2025-03-03")
    content = replace(CONTENT, range=day, series=DailySeries({FIRST: FULL.days[FIRST]}, [FIRST]))
    text = (
        '{"date_basis":"occurred_at","definition_version":2,"denominator":null,'
        '"filters":[["kind",["new"]],["status",["booked","sold"]]],"format":1,"loads":[4,7],'
        '"metric":"angi.paid_leads","range":{"from":"2025-03-03","to":"2025-03-03"},'
        '"series":{"coverage":["2025-03-03"],"values":{"2025-03-03":["3",true,0]}},"timezone":"America/Denver"}'
    )
    assert canonical_text(content) == text
    assert seal(content) == hashlib.sha256(text.encode()).hexdigest()
