"""Rules that look at several cells of a row: each speaks where it must, and is silent where a cell is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from lib.domain.objects import OBJECTS, object_type
from tests.mapped_frames import GOOD, NOW, frame_of, judged, remarks, told
from validation.checks import check
from validation.cross_rules import CROSS_RULES
from validation.reasons import REASONS

EARLY, LATE = "2026-04-29T07:00:00Z", "2026-05-03T08:00:00Z"

# object, the code, the cell it stands beside, a row that breaks the rule, and rows that do not
CASES: list[tuple[str, str, str, dict[str, Any], list[dict[str, Any]]]] = [
    (
        "job", "dates_out_of_order", "completed_at", {"completed_at": EARLY},
        [{"completed_at": LATE}, {"completed_at": None}, {"completed_at": "2026-04-30T09:00:00Z"}],
    ),
    (
        "job", "dates_out_of_order", "completed_at", {"completed_at": GOOD, "booked_at": LATE},
        [{"completed_at": LATE, "booked_at": GOOD}, {"completed_at": LATE, "booked_at": LATE}],
    ),
    ("invoice", "due_before_issued", "due_at", {"due_at": EARLY}, [{"due_at": GOOD}, {"due_at": None}]),
    ("invoice", "negative_amount", "amount", {"amount": -5}, [{"amount": 0}, {"amount": None}]),
    ("lead", "negative_amount", "fee", {"fee": -1}, [{"fee": 0}]),
    (
        "lead", "extension_without_phone", "phone_extension", {"phone_extension": "12", "phone": None, "email": "a@b.c"},
        [{"phone_extension": "12", "phone": "+1"}, {"phone_extension": None, "phone": None, "email": "a@b.c"}],
    ),
    (
        "job", "completed_without_booking", "completed_at", {"completed_at": GOOD, "booked_at": None},
        [{"completed_at": GOOD, "booked_at": GOOD}, {"completed_at": None, "booked_at": None}],
    ),
    (
        "job", "sold_without_amount", "sold_at", {"sold_at": GOOD, "amount": None},
        [{"sold_at": GOOD, "amount": 0}, {"sold_at": None, "amount": None}],
    ),
    (
        "quote_request", "no_contact", "phone", {"phone": None, "email": None},
        [{"phone": "+1", "email": None}, {"phone": None, "email": "a@b.c"}],
    ),
    (
        "lead", "same_phone_twice", "secondary_phone", {"phone": "+1", "secondary_phone": "+1"},
        [{"phone": "+1", "secondary_phone": "+2"}, {"phone": "+1", "secondary_phone": None}],
    ),
    (
        "customer", "refers_to_itself", "merged_to_id", {"external_id": "7", "merged_to_id": "7"},
        [{"external_id": "7", "merged_to_id": "8"}, {"external_id": "7", "merged_to_id": None}],
    ),
    ("lead", "contact_in_name", "name", {"name": "ann@b.c"}, [{"name": "Ann"}, {"name": None}]),
    (
        "invoice", "tax_over_amount", "tax", {"amount": 100, "tax": 101},
        [{"amount": 100, "tax": 100}, {"amount": None, "tax": 5}, {"amount": 100, "tax": None}],
    ),
    (
        "invoice", "balance_over_amount", "balance", {"amount": 100, "tax": 8, "balance": 109},
        [
            {"amount": 100, "tax": 8, "balance": 108},
            {"amount": 100, "tax": 8, "balance": None},
            {"amount": 100, "tax": None, "balance": 100},
        ],
    ),
    (
        "traffic_day", "clicks_over_impressions", "clicks", {"clicks": 2, "impressions": 1},
        [{"clicks": 1, "impressions": 1}, {"clicks": 9, "impressions": None}],
    ),
    ("call", "duration_over_a_day", "duration", {"duration": 86_401}, [{"duration": 86_400}, {"duration": None}]),
]  # fmt: skip


def a_row(name: str, cells: dict[str, Any]) -> pd.DataFrame:
    date_column = object_type(name).date_column
    base = {date_column: GOOD[:10] if name == "traffic_day" else GOOD}
    return frame_of(name, **{column: [value] for column, value in (base | cells).items()})


@pytest.mark.parametrize(("name", "code", "column", "broken", "kept"), CASES)
def test_a_rule_speaks_beside_its_cell_and_only_where_it_is_broken(
    name: str, code: str, column: str, broken: dict[str, Any], kept: list[dict[str, Any]]
) -> None:
    report = judged(name, a_row(name, broken))
    assert told(report) == [(0, column, code)]
    assert report.reasons["severity"].tolist() == [REASONS[code].severity.value]
    assert not report.is_failed.any()
    for cells in kept:
        assert (0, column, code) not in told(judged(name, a_row(name, cells)))


def test_every_rule_has_a_case_here() -> None:
    assert {rule.code for rule in CROSS_RULES} == {case[1] for case in CASES}


@pytest.mark.parametrize("rule", CROSS_RULES, ids=lambda rule: f"{rule.code}-{rule.column}")
def test_a_rule_means_something_for_some_object_and_has_words(rule: Any) -> None:
    assert any(rule.applies_to(kind) for kind in OBJECTS.values())
    assert rule.code in REASONS


def test_a_rule_is_not_asked_where_a_column_is_not_mapped() -> None:
    assert told(judged("job", a_row("job", {"completed_at": GOOD}))) == []
    assert told(judged("lead", a_row("lead", {"phone_extension": "12"}))) == []


def test_a_long_job_is_no_long_call() -> None:
    assert told(judged("job", a_row("job", {"duration": 90_000}))) == []


def test_a_campaign_may_have_an_at_sign_in_its_name() -> None:
    assert told(judged("campaign", a_row("campaign", {"name": "Dinner @ eight"}))) == []


def test_an_invoice_that_adjusts_another_may_be_negative() -> None:
    frame = frame_of("invoice", occurred_at=[GOOD, GOOD], amount=[-5, -5], adjustment_to_id=["7", None])
    assert told(judged("invoice", frame)) == [(1, "amount", "negative_amount")]


def test_a_cell_that_was_there_and_unreadable_is_not_also_called_blank() -> None:
    frame = frame_of("lead", occurred_at=[GOOD] * 2, phone=[None, None], email=[None, None], phone_extension=["1", "1"])
    assert told(judged("lead", frame, (0, "phone", "unreadable_phone"))) == [
        (0, "phone", "unreadable_phone"),
        (1, "phone_extension", "extension_without_phone"),
        (1, "phone", "no_contact"),
    ]


def test_the_same_rules_hold_whenever_they_are_asked_on_one_day_and_move_with_the_next() -> None:
    frame = frame_of("lead", occurred_at=["2026-06-17T08:00:00Z"])
    for hours, is_ahead in ((-12, True), (11.9, True), (12, False)):
        report = check(object_type("lead"), frame, remarks(), now=NOW + timedelta(hours=hours))
        assert told(report) == ([(0, "occurred_at", "date_in_future")] if is_ahead else [])
