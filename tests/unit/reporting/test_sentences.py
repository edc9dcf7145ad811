"""Sentences hold only the numbers of what they explain, name their source, and claim nothing they cannot."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation
from lib.errors import DeskError
from lib.reporting.amounts import as_number, money, plain, singular, with_unit
from lib.reporting.compare import Comparison, Side, compare
from lib.reporting.left_out import entries_left_out
from lib.reporting.periods import days_of
from lib.reporting.sentences import comparison_sentence, metric_sentence, status_words
from lib.reporting.series import DailySeries, PeriodValue
from tests.unit.reporting.builders import (
    FEBRUARY,
    FOUR_WEEKS,
    MARCH,
    NEXT_FOUR_WEEKS,
    days_from,
    metric,
    series,
    side,
    span,
)

BEFORE = side(FOUR_WEEKS, [5])


def said(baseline: Side, current: Side, aggregation: Aggregation = Aggregation.COUNT, unit: str = "leads") -> str:
    return comparison_sentence(compare(metric(aggregation, unit), baseline, current))


def test_more() -> None:
    assert said(BEFORE, side(NEXT_FOUR_WEEKS, [10])) == (
        "Paid leads from Angi stood at 280 leads from 3 to 30 March 2025, against 140 leads in the baseline, "
        "3 February to 2 March 2025: 140 more (100 % more). Likely between 98 and 182 more."
    )


def test_fewer() -> None:
    assert said(side(FOUR_WEEKS, [10]), side(NEXT_FOUR_WEEKS, [5])).endswith(
        ": 140 fewer (50 % fewer). Likely between 98 and 182 fewer."
    )


def test_the_same() -> None:
    assert said(BEFORE, side(NEXT_FOUR_WEEKS, [5])).endswith(
        ": the same as before. Likely between 34 fewer and 34 more, within ordinary variation."
    )


def test_a_small_movement_is_within_ordinary_variation() -> None:
    assert "2 more (1.4 % more). Likely between" in said(BEFORE, side(NEXT_FOUR_WEEKS, [*[5] * 26, 6, 6]))


def test_a_longer_month_is_explained_by_the_calendar() -> None:
    sentence = said(side(FEBRUARY, [100, 102, 98]), side(MARCH, [100, 102, 98]))
    assert "in March 2025, against 2,800 leads in the baseline, February 2025: 300 more (10.7 % more)." in sentence
    assert "The baseline has 28 days and the current period 31 days." in sentence
    assert sentence.endswith("could alone make this difference, so it is within ordinary variation.")


def test_an_unfinished_period_gets_no_percentage_and_no_movement() -> None:
    current = side(NEXT_FOUR_WEEKS, [5], missing=[date(2025, 3, 29), date(2025, 3, 30)])
    assert said(BEFORE, current) == (
        "Paid leads from Angi stood at 130 leads from 3 to 30 March 2025, against 140 leads in the baseline, "
        "3 February to 2 March 2025. Not enough data to say more: the current period has 2 of 28 days not complete, "
        "so no percentage is given."
    )


def test_an_unknown_period_is_not_called_zero() -> None:
    current = side(NEXT_FOUR_WEEKS, [5], missing=list(days_of(NEXT_FOUR_WEEKS)))
    assert said(BEFORE, current) == (
        "Paid leads from Angi (in leads): not enough data to say for the current period from 3 to 30 March 2025, because "
        "no data has arrived; the baseline, 3 February to 2 March 2025, stood at 140 leads."
    )


def test_an_unknown_baseline_is_said_to_be_unknown() -> None:
    baseline = side(FOUR_WEEKS, [5], missing=list(days_of(FOUR_WEEKS)))
    assert said(baseline, side(NEXT_FOUR_WEEKS, [1])) == (
        "Paid leads from Angi stood at 28 leads from 3 to 30 March 2025; for the baseline from 3 February to 2 March "
        "2025, not enough data to say, because no data has arrived."
    )


def test_a_zero_baseline_gets_no_percentage() -> None:
    sentence = said(side(FOUR_WEEKS, [0]), side(NEXT_FOUR_WEEKS, [*[0] * 27, 1]))
    assert "stood at 1 lead from 3 to 30 March 2025, against 0 leads in the baseline" in sentence
    assert ": 1 more. The baseline is zero, so no percentage is given. Likely between" in sentence
    assert sentence.endswith("within ordinary variation.")


def test_not_comparable_is_a_sentence_too() -> None:
    current = replace(side(NEXT_FOUR_WEEKS, [9]), definition_version=2)
    assert said(BEFORE, current).endswith(
        "The two are not comparable, because the definition of this number changed after the baseline was captured."
    )


def test_periods_of_unequal_length_say_their_days() -> None:
    sentence = said(BEFORE, side(span("2025-03-03", "2025-03-16"), [9]))
    assert "not comparable, because the two periods differ in length and are not whole months." in sentence
    assert sentence.endswith("The baseline has 28 days and the current period 14 days.")


def test_without_an_interval_it_says_why() -> None:
    sentence = said(side(span("2025-03-03", "2025-03-04"), [5]), side(span("2025-03-05", "2025-03-06"), [6]))
    assert sentence.endswith(
        "Not enough data to say whether this is more than ordinary variation, because a period is shorter than a week."
    )


def test_money_is_higher_or_lower() -> None:
    before, now = side(FOUR_WEEKS, ["1000", "1100.50"]), side(NEXT_FOUR_WEEKS, ["800", "700"])
    dollars = said(before, now, Aggregation.SUM, "USD")
    assert "stood at $21,000.00 from" in dollars
    assert ": $8,407.00 lower (28.6 % lower). Likely between $" in dollars
    assert "21,000.00 EUR" in said(before, now, Aggregation.SUM, "EUR")


def test_a_share_moves_by_percentage_points() -> None:
    before = side(FOUR_WEEKS, [4, 5, 6], denominator=[20])
    now = side(NEXT_FOUR_WEEKS, [10, 9, 11], denominator=[20])
    sentence = said(before, now, Aggregation.RATIO, "percent")
    assert "stood at 50 % from 3 to 30 March 2025, against 24.82 % in the baseline" in sentence
    assert ": 25.18 percentage points higher. Likely between" in sentence


@pytest.mark.parametrize(
    ("baseline", "current", "words"),
    [
        (0, 7, "7 test, spam, internal or repeated entries of the current period were left out."),
        (0, 1, "1 test, spam, internal or repeated entry of the current period was left out."),
        (2, 0, "2 test, spam, internal or repeated entries of the baseline were left out."),
        (1, 1, "1 test, spam, internal or repeated entry of the current period and 1 of the baseline were left out."),
    ],
)
def test_what_was_left_out_is_said(baseline: int, current: int, words: str) -> None:
    assert said(side(FOUR_WEEKS, [5], excluded=baseline), side(NEXT_FOUR_WEEKS, [5], excluded=current)).endswith(words)


def test_the_classes_are_named_where_they_account_for_every_entry() -> None:
    assert entries_left_out(7, {"test": 7}) == "7 test entries"
    assert entries_left_out(1, {"marketplace_duplicate": 1}) == "1 repeated entry"
    assert entries_left_out(8, {"spam": 2, "test": 5, "internal": 1}) == "5 test, 2 spam and 1 internal entries"
    assert entries_left_out(8, {"test": 5}) == "8 test, spam, internal or repeated entries"
    assert entries_left_out(0, {}) == ""
    known = replace(side(NEXT_FOUR_WEEKS, [5]), series=classed(NEXT_FOUR_WEEKS, {"test": 7}))
    words = said(side(FOUR_WEEKS, [5], excluded=2), known)
    assert words.endswith(
        "7 test entries of the current period and 2 test, spam, internal or repeated entries of the baseline were left out."
    )


def classed(period: DateRange, classes: dict[str, int]) -> DailySeries:
    days = series(period, [5])
    first = replace(days.days[period.first], excluded=sum(classes.values()), excluded_classes=classes)
    return replace(days, days={**days.days, period.first: first})


def test_two_live_periods_are_never_called_a_baseline() -> None:
    for before in (
        side(FOUR_WEEKS, [0]),
        side(FOUR_WEEKS, [5], missing=[FOUR_WEEKS.first]),
        side(MARCH, [3], excluded=2),
    ):
        look = compare(metric(), before, side(NEXT_FOUR_WEEKS, [5]), beside="earlier period")
        words = comparison_sentence(look)
        assert "earlier period" in words
        assert "baseline" not in words


def test_a_metric_makes_one_clear_sentence() -> None:
    value = PeriodValue(MARCH, Decimal(1), 31, complete=True, missing_days=0)
    meaning = "homeowners who asked for a quote."
    assert metric_sentence(metric(), value) == f"Paid leads from Angi stood at 1 lead in March 2025: {meaning}"
    partial = replace(value, value=Decimal(1234), complete=False, missing_days=3)
    assert "1,234 leads in March 2025, with 3 of 31 days not complete: " in metric_sentence(metric(), partial)
    unknown = replace(value, value=None, complete=False, missing_days=31)
    assert "(in leads) is unknown in March 2025, with 31 of 31 days" in metric_sentence(metric(), unknown)
    undefined = replace(value, value=None)
    assert "has no value in March 2025" in metric_sentence(metric(), undefined)


def test_a_metric_that_misses_its_meaning_is_not_shown() -> None:
    bare = metric(unit=" ")
    with pytest.raises(DeskError, match="it has no unit") as caught:
        metric_sentence(bare, PeriodValue(MARCH, Decimal(1), 31, complete=True, missing_days=0))
    assert caught.value.code == "metric_incomplete"


def test_badges_say_no_more_than_the_sentence() -> None:
    doubled = compare(metric(), BEFORE, side(NEXT_FOUR_WEEKS, [10]))
    assert status_words(doubled) == "More than ordinary variation"
    assert status_words(replace(doubled, is_ordinary=True)) == "Within ordinary variation"
    assert status_words(replace(doubled, is_ordinary=None)) == "Not enough data to say"
    assert status_words(replace(doubled, is_complete=False)) == "Not complete yet"
    assert status_words(replace(doubled, is_comparable=False)) == "Not comparable"


def test_numbers_are_written_as_people_read_them() -> None:
    assert money(Decimal("1234.5"), "USD") == "$1,234.50"
    assert money(Decimal("-0.005"), "USD") == "-$0.01"
    assert money(Decimal("1234.5"), "EUR") == "1,234.50 EUR"
    assert (plain(Decimal("1200")), plain(Decimal("3.50")), plain(Decimal("-0.0"))) == ("1,200", "3.5", "0")
    assert with_unit(Decimal("1.00"), "quote requests") == "1 quote request"
    assert [singular(each) for each in ("enquiries", "boxes", "passes", "calls per day", "address")] == [
        "enquiry",
        "box",
        "pass",
        "call per day",
        "address",
    ]
    assert as_number(Decimal("3.50"), "points") == 3.5
    assert as_number(Decimal("3.00"), "leads") == 3
    assert as_number(Decimal("3"), "USD") == "3.00"


def numbers_in(text: str) -> set[Decimal]:
    return {Decimal(each.replace(",", "")) for each in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def numbers_of(comparison: Comparison) -> set[Decimal]:
    held: set[Decimal | int | None] = {comparison.change, comparison.change_pct, *(comparison.interval or ())}
    for period in (comparison.baseline, comparison.current):
        held |= {period.value, period.days, period.missing_days, period.excluded}
        held |= {period.range.first.day, period.range.last.day, period.range.first.year, period.range.last.year}
    return {abs(Decimal(each)) for each in held if each is not None}


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    aggregation, unit = draw(
        st.sampled_from(
            [
                (Aggregation.COUNT, "leads"),
                (Aggregation.SUM, "USD"),
                (Aggregation.SUM, "EUR"),
                (Aggregation.SUM, "clicks"),
                (Aggregation.RATIO, "percent"),
                (Aggregation.RATIO, "USD"),
            ]
        )
    )
    values = st.lists(st.integers(0, draw(st.sampled_from([1, 9, 5000]))), min_size=1, max_size=31)
    first, length = draw(st.dates(date(2024, 1, 1), date(2025, 3, 1))), draw(st.integers(1, 40))
    gap, other = draw(st.integers(0, 60)), draw(st.sampled_from([length, length, length, length + 1]))

    def one(begin: date, count: int) -> Side:
        period = days_from(begin, count)
        missing = draw(st.sampled_from([[], [], [], [period.first], list(days_of(period))]))
        below = draw(values) if aggregation is Aggregation.RATIO else []
        excluded = draw(st.integers(0, 3)) if len(missing) < count else 0
        made = side(period, draw(values), missing, excluded, denominator=below)
        return replace(made, definition_version=draw(st.sampled_from([1, 1, 1, 2])))

    return compare(metric(aggregation, unit), one(first, length), one(first + timedelta(days=gap), other))


@settings(max_examples=400, deadline=None)
@given(comparisons())
def test_a_sentence_holds_only_numbers_of_its_comparison(comparison: Comparison) -> None:
    sentence = comparison_sentence(comparison)
    assert numbers_in(sentence) <= numbers_of(comparison)
    assert comparison.source in sentence
    units = {"leads": "lead", "clicks": "click", "percent": "%|percent", "USD": r"\$|USD", "EUR": "EUR"}
    assert re.search(units[comparison.unit], sentence)
    assert not re.search(r"improv|better|worse|!|None|  |\.\.", sentence)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    if not (comparison.is_comparable and comparison.is_complete):
        assert not re.search(r"more \(|fewer|higher|lower|Likely", sentence)
