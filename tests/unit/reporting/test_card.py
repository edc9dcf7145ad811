"""A card holds what a client may read of a comparison, comes back from JSON as it was, and knows when a number moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lib.domain.metrics import Aggregation
from lib.reporting.card import Said, card_of, same_names, same_numbers
from lib.reporting.card_record import card_from, record_of
from lib.reporting.compare import Side, compare
from lib.reporting.freshness import Arrived, freshness
from lib.reporting.portal_card import Finding, NotedChange, PortalCard
from lib.reporting.sentences import comparison_sentence
from tests.unit.reporting.builders import FEBRUARY, FOUR_WEEKS, MARCH, NEXT_FOUR_WEEKS, metric, side

TODAY = date(2025, 4, 2)
NOTES = (
    NotedChange(1, date(2025, 3, 5), "form", "The quote form asks for the town now.", "Ana Field"),
    NotedChange(2, date(2025, 3, 9), "mapping", "Map 3 of lead in use instead of map 2.", "Ana Field"),
)


def a_card(before: Side, now: Side, sentence: str = "", notes: tuple[NotedChange, ...] = ()) -> PortalCard:
    said = sentence or comparison_sentence(compare(metric(), before, now))
    return card_of(metric(), before, now, "week", Said(said, "Keep watching.", "Ana", date(2025, 5, 1)), notes, TODAY)


def test_a_card_comes_back_from_json_as_it_was() -> None:
    card = a_card(side(FOUR_WEEKS, [2, 3], excluded=2), side(NEXT_FOUR_WEEKS, [4, 5, 6], excluded=7), notes=NOTES)
    kept = json.loads(json.dumps(record_of(card)))
    again = card_from(kept, published_on=TODAY)
    assert again == card
    assert same_numbers(card, again)
    assert card_from(kept, statement_id=4, position=2, corrections=("It was another.",)).corrections


def test_a_card_names_source_unit_periods_movement_and_what_is_left_out() -> None:
    card = a_card(side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [4], excluded=7))
    assert (card.source, card.current, card.baseline) == ("Angi", "112 leads", "84 leads")
    assert card.movement == "28 more (33.3 % more)"
    assert card.interval.startswith("Likely between")
    assert "7" in card.left_out
    assert (card.next_action, card.next_owner, card.next_due) == ("Keep watching.", "Ana", date(2025, 5, 1))
    assert [step.words for step in card.current_series.steps] == ["28 leads"] * 4


@pytest.mark.parametrize(
    ("before", "now", "finding"),
    [
        (side(FOUR_WEEKS, [2, 3, 4]), side(NEXT_FOUR_WEEKS, [8, 9, 10]), "more_than_ordinary"),
        (side(FOUR_WEEKS, [2, 3, 4]), side(NEXT_FOUR_WEEKS, [2, 4, 3]), "ordinary"),
        (side(FOUR_WEEKS, [2], missing=[FOUR_WEEKS.first]), side(NEXT_FOUR_WEEKS, [2]), "incomplete"),
        (side(FOUR_WEEKS, [2]), side(MARCH, [2]), "not_comparable"),
        (side(FOUR_WEEKS, [3]), side(FOUR_WEEKS, [3]), "not_enough"),
    ],
)
def test_a_movement_is_stated_only_where_one_may_be(before: Side, now: Side, finding: Finding) -> None:
    card = a_card(before, now)
    assert card.finding == finding
    assert bool(card.movement) is (finding not in ("incomplete", "not_comparable"))


def test_no_name_and_no_note_of_the_trade_stands_on_a_card() -> None:
    form, mapping = a_card(side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [4]), notes=NOTES).changes
    assert form.note == "The quote form asks for the town now."
    assert mapping.note == "The way this source is read was changed."
    assert (form.written_by, mapping.written_by) == ("", "")


def test_a_card_knows_when_a_number_of_it_moved() -> None:
    before, now = side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [4, 2])
    card = a_card(before, now)
    assert same_numbers(card, a_card(before, now, "Other words for the same numbers."))
    # The same total, spread over other weeks.
    week = side(NEXT_FOUR_WEEKS, [2, 4])
    assert a_card(before, week).current == card.current
    assert not same_numbers(card, a_card(before, week))
    assert not same_numbers(card, a_card(before, side(NEXT_FOUR_WEEKS, [4, 2], excluded=1)))
    assert not same_numbers(card, a_card(before, side(NEXT_FOUR_WEEKS, [4, 2], missing=[NEXT_FOUR_WEEKS.last])))
    assert not same_numbers(card, a_card(before, replace(now, definition_version=2)))
    assert not same_names(card, replace(card, source="Another"))


def test_a_ratio_is_a_card_too() -> None:
    share = metric(Aggregation.RATIO, "percent", "Accepted share")
    before, now = side(FEBRUARY, [1], denominator=[4]), side(MARCH, [2], denominator=[4])
    card = card_of(share, before, now, "month", Said("Said.", "", "", None), (), TODAY)
    assert (card.current, card.movement) == ("50 %", "25 percentage points higher")
    assert card_from(record_of(card), published_on=TODAY) == card
    assert card.current_series.level == Decimal(50)


def arrived(day: int, came: int) -> Arrived:
    return Arrived(date(2025, 3, day), datetime(2025, 3, came, 18, tzinfo=UTC))


def test_freshness_says_how_far_the_data_reaches_and_how_late_it_is() -> None:
    zone = "America/Denver"
    now = datetime(2025, 3, 20, 18, tzinfo=UTC)
    fresh = freshness([[arrived(17, 18), arrived(18, 19)]], zone, 48, now)
    assert (fresh.shown_to, fresh.is_stale, fresh.words) == (date(2025, 3, 18), False, "Shown to Tuesday 18 March")
    late = freshness([[arrived(14, 15)]], zone, 48, now)
    assert (late.shown_to, late.is_stale) == (date(2025, 3, 14), True)
    assert late.words == "Data is 4 days late: it is complete to Friday 14 March"
    # A day that was not over when its file came is not complete, whatever the file claims.
    assert freshness([[arrived(31, 20)]], zone, 48, now).shown_to == date(2025, 3, 19)
    # A ratio reaches as far as the part that reaches least far.
    assert freshness([[arrived(18, 19)], [arrived(16, 17)]], zone, 48, now).shown_to == date(2025, 3, 16)
    assert freshness([[]], zone, 48, now).shown_to is None
