"""A statement holds the comparison's numbers and no others, claims no more than they say, and is fit for its client."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lib.domain.metrics import Aggregation
from lib.reporting.compare import Comparison, compare
from lib.reporting.sentences import comparison_sentence
from lib.reporting.statement_lint import LONGEST, Claim, claim_of, is_for_clients, reason_problems, statement_problems
from lib.reporting.written_numbers import linked_numbers, numbers_in
from tests.unit.reporting.builders import FEBRUARY, FOUR_WEEKS, MARCH, NEXT_FOUR_WEEKS, metric, side

EARLY, LATE = NEXT_FOUR_WEEKS.first, NEXT_FOUR_WEEKS.last
NO_CLAIM = Claim("the movement is within ordinary variation")


def doubled() -> Comparison:
    """84 leads, 140 in the four weeks after: more than ordinary."""
    return compare(metric(), side(FOUR_WEEKS, [2, 3, 4], excluded=3), side(NEXT_FOUR_WEEKS, [4, 5, 6], excluded=7))


def codes(sentence: str, comparison: Comparison | None = None, claim: Claim = NO_CLAIM, action: str = "") -> set[str]:
    return {each.code for each in statement_problems(sentence, action, comparison or doubled(), claim)}


@pytest.mark.parametrize(
    "comparison",
    [
        doubled(),
        compare(metric(), side(FOUR_WEEKS, [2]), side(NEXT_FOUR_WEEKS, [2])),
        compare(metric(), side(FEBRUARY, [2, 3]), side(MARCH, [2, 4], missing=[date(2025, 3, 9)])),
        compare(metric(), side(FEBRUARY, [0]), side(MARCH, [1, 0], excluded=1)),
        compare(
            metric(Aggregation.SUM, "USD", "Revenue"), side(FEBRUARY, ["10.5", "7"]), side(MARCH, ["99", "1200.25"])
        ),
        compare(
            metric(Aggregation.RATIO, "percent", "Accepted share"),
            side(FEBRUARY, [1, 2], denominator=[4]),
            side(MARCH, [3, 2], denominator=[4, 5]),
        ),
        compare(metric(), side(FOUR_WEEKS, [2]), side(MARCH, [3])),
    ],
    ids=["more", "same", "incomplete", "from zero", "money", "ratio", "not comparable"],
)
def test_every_sentence_of_the_templates_passes_and_each_of_its_numbers_is_followed(comparison: Comparison) -> None:
    sentence = comparison_sentence(comparison)
    assert statement_problems(sentence, "", comparison, NO_CLAIM) == ()
    links = linked_numbers(sentence, "angi.paid_leads", comparison, (comparison.source, comparison.label))
    assert [each.words for each in links if each.words in sentence] == [each.words for each in links]
    values = [side for side in (comparison.current, comparison.baseline) if side.value is not None]
    assert {each.range for each in links} >= {side.range for side in values}


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Paid leads from Angi stood at 141 leads in these four weeks.", "unknown_number"),
        ("Paid leads from Angi stood at $140 in these weeks.", "unknown_number"),
        ("Paid leads from Angi rose by 140 % in these weeks.", "unknown_number"),
        ("Paid leads from Angi: 56 fewer than in the baseline.", "unknown_number"),
        ("Paid leads from Angi: 56 leads fewer than in the baseline.", "unknown_number"),
        ("Paid leads from Angi: 140 leads more than in the baseline.", "unknown_number"),
        ("Paid leads from Angi fell by 56 in these weeks.", "unknown_number"),
        ("Paid leads from Angi stood at 140k in these weeks.", "unknown_number"),
        ("Paid leads from Angi are 1½ of what they were.", "number_in_words"),
        ("Paid leads from Angi almost doubled in these weeks.", "number_in_words"),
        ("Paid leads from Angi came in by the dozen in these weeks.", "number_in_words"),
        ("Paid leads from Angi are better than in the baseline.", "claim"),
        ("Paid leads from Angi improved to 140 leads.", "claim"),
        ("Paid leads from Angi stood at 140 leads thanks to the new form.", "claim"),
        ("Paid leads from Angi got worse in these weeks.", "claim"),
        ("Dana of dana@harbor.com brought 140 leads.", "personal_data"),
        ("Call (303) 555-0142 about the 140 leads.", "personal_data"),
        ("Mrs Whitfield brought 140 leads in these weeks.", "personal_data"),
        ("The webhook brought 140 leads in these weeks.", "jargon"),
        ("The lead_count stood at 140 in these weeks.", "machine_words"),
        ("Load 12 brought 140 leads in these weeks.", "internal_words"),
        ("The 140 leads were committed in these weeks.", "internal_words"),
        ("Too few.", "too_short"),
        ("Paid leads from Angi stood as they were. " * (LONGEST // 40 + 1), "too_long"),
        ("Paid leads from Angi stood at 140 leads", "no_end"),
        ("paid leads stood at 140 leads.", "no_capital"),
        ("Paid leads stood at\n140 leads.", "several_lines"),
        (" ", "no_sentence"),
    ],
)
def test_what_is_not_for_a_client_is_refused(sentence: str, code: str) -> None:
    assert code in codes(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Paid leads from Angi stood at 112 leads in these weeks, 28 more than the 84 before.",
        "Paid leads rose by 28 leads, up 33.3 %, to 112.",
        "From 3 February to 2 March 2025 there were 84 leads; from 3 to 30 March 112 of them, 33.3 % more.",
        "In March 2025 you had 112 leads from Angi (likely between 13 and 43 more).",
    ],
)
def test_an_analyst_may_say_the_same_numbers_in_other_words(sentence: str) -> None:
    comparison = compare(metric(), side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [4]))
    assert comparison.change == Decimal(28)
    low, high = comparison.interval or (Decimal(0), Decimal(0))
    said = sentence.replace("13 and 43", f"{low} and {high}")
    assert codes(said, comparison) == set()


def test_a_source_whose_name_holds_a_figure_or_a_word_of_the_trade_may_be_named() -> None:
    named = compare(metric(label="24h CRM calls"), side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [4]))
    assert codes(comparison_sentence(named), named) == set()


def test_a_claim_needs_a_baseline_from_before_and_more_than_ordinary_variation() -> None:
    assert claim_of(doubled(), EARLY).is_allowed
    assert "after the current period had begun" in claim_of(doubled(), LATE).why_not
    ordinary = compare(metric(), side(FOUR_WEEKS, [2, 3, 4]), side(NEXT_FOUR_WEEKS, [2, 4, 3]))
    assert "ordinary" in claim_of(ordinary, EARLY).why_not
    part = compare(metric(), side(FOUR_WEEKS, [2], missing=[FOUR_WEEKS.first]), side(NEXT_FOUR_WEEKS, [9]))
    assert "not complete" in claim_of(part, EARLY).why_not
    assert "not comparable" in claim_of(compare(metric(), side(FOUR_WEEKS, [2]), side(MARCH, [9])), EARLY).why_not
    better = "Paid leads from Angi are better than in the baseline, thanks to the new form."
    assert codes(better, claim=claim_of(doubled(), EARLY)) == set()
    assert codes(better, claim=claim_of(doubled(), LATE)) == {"claim"}


def test_the_next_action_may_name_days_but_nobody_and_no_claim() -> None:
    good = "Paid leads from Angi stood as they were."
    assert codes(good, action="Call back within 2 days.") == set()
    assert codes(good, action="Write to dana@harbor.com about it.") == {"personal_data"}
    assert codes(good, action="Keep what made it better.") == {"claim"}


def test_a_note_or_a_reason_of_the_trade_is_not_for_a_client() -> None:
    assert is_for_clients("The quote form asks for the town now.")
    assert is_for_clients("new quote form")
    assert not is_for_clients("Map 3 of lead in use instead of map 2.")
    assert not is_for_clients("webhook secret rotated")
    assert not is_for_clients("A better form, 20 % more requests.")
    assert reason_problems("Entries of another town had been counted.") == []
    assert [each.code for each in reason_problems("load 12 was wrong")] != []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,234 leads, 5.5 % more", [("1234", "", ""), ("5.5", "%", "up")]),
        ("$12.50 higher", [("12.50", "$", "up")]),
        ("3.3 percentage points lower", [("3.3", "points", "down")]),
        ("13 quote requests fewer", [("13", "", "down")]),
        ("12 percent and 7%.", [("12", "%", ""), ("7", "%", "")]),
        ("up 12 %, fell by $3", [("12", "%", "up"), ("3", "$", "down")]),
        ("3x and 84k", [("3", "x", ""), ("84", "k", "")]),
    ],
)
def test_numbers_are_read_with_their_sign_and_the_way_they_moved(text: str, said: list[tuple[str, str, str]]) -> None:
    found = [(each.value, each.sign, each.way) for each in numbers_in(text, "quote requests")]
    assert found == [(Decimal(value), sign, way) for value, sign, way in said]


def test_the_current_value_is_linked_to_its_own_days_and_the_baseline_to_its_own() -> None:
    comparison = compare(metric(), side(FOUR_WEEKS, [3]), side(NEXT_FOUR_WEEKS, [3]))
    links = linked_numbers(comparison_sentence(comparison), "angi.paid_leads", comparison, ("Angi", "Paid leads"))
    first, second = [each for each in links if each.words == "84"]
    assert (first.range, first.is_baseline) == (NEXT_FOUR_WEEKS, False)
    assert (second.range, second.is_baseline) == (FOUR_WEEKS, True)
