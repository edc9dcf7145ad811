"""A comparison step by step says on both databases what the comparison itself says, and what was changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.services.counting import baseline, comparison_series
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, code_of, committed, desk_on

BEFORE = DateRange(date(2026, 3, 2), date(2026, 3, 15))
NOW = DateRange(date(2026, 3, 16), date(2026, 3, 29))
METRIC = "site.leads"


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


def four_weeks(desk: Desk) -> tuple[Account, int]:
    """3, 4, 5 and 6 leads a week, and a baseline of the first two."""
    account = a_lead_account(desk)
    days = {1: 3, 2: 4, 3: 5, 4: 6}
    rows = [
        a_lead(week * 10 + n, f"2026-03-{2 + 7 * (week - 1) + n:02d}")
        for week, count in days.items()
        for n in range(count)
    ]
    committed(desk, a_csv(rows), days=DateRange(BEFORE.first, NOW.last))
    found = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, BEFORE, "before the form changed")
    return account, int(found["baseline"])


def test_the_weeks_add_up_to_what_the_comparison_says(desk: Desk) -> None:
    _, number = four_weeks(desk)
    seen = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, number, NOW, "week")
    said = desk.ask(admin(desk), baseline.compare_with_baseline, "acme", METRIC, number, NOW)
    assert [step.value for step in seen.baseline.steps] == [3, 4]
    assert [step.value for step in seen.current.steps] == [5, 6]
    assert sum(step.value or Decimal(0) for step in seen.current.steps) == said["current"]["value"]
    assert seen.sentence == said["sentence"]
    assert seen.next_action == said["next_action"]
    assert seen.is_complete
    assert seen.baseline.level == Decimal("3.5")


def test_two_live_periods_are_compared_as_a_look(any_desk: Desk) -> None:
    desk = any_desk
    four_weeks(desk)
    seen = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, BEFORE, NOW, "week")
    assert (seen.is_look, seen.baseline_id, seen.beside) == (True, None, "earlier period")
    assert [step.value for step in (*seen.baseline.steps, *seen.current.steps)] == [3, 4, 5, 6]
    assert "against 7 leads in the earlier period" in seen.sentence
    assert "baseline" not in seen.sentence
    turned = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, NOW, BEFORE, "week")
    assert "in the other period" in turned.sentence


def test_whole_steps_only_cuts_both_sides_alike_and_is_never_whole(any_desk: Desk) -> None:
    desk = any_desk
    _, number = four_weeks(desk)
    longer = DateRange(NOW.first, date(2026, 4, 5))
    asked = ("acme", METRIC, number, longer, "week")
    whole = desk.ask(admin(desk), comparison_series.compare_by_step, *asked)
    assert (whole.is_comparable, whole.is_complete, whole.is_part) == (False, False, False)
    seen = desk.ask(admin(desk), comparison_series.compare_by_step, *asked, is_whole_only=True)
    assert (seen.is_comparable, seen.is_complete, seen.is_part) == (True, True, True)
    assert (seen.baseline.range, seen.current.range, seen.asked) == (BEFORE, NOW, longer)
    first_week = DateRange(NOW.first, date(2026, 3, 24))
    seen = desk.ask(
        admin(desk), comparison_series.compare_by_step, "acme", METRIC, number, first_week, "week", is_whole_only=True
    )
    assert (seen.baseline_words, seen.current_words) == ("3 leads", "5 leads")
    with pytest.raises(DeskError) as refused:
        desk.ask(admin(desk), comparison_series.compare_by_step, *asked[:-1], "month", is_whole_only=True)
    assert code_of(refused) == "no_whole_step"


def test_what_is_left_out_is_told_by_class_where_it_is_known(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    tests = [a_lead(n, "2026-03-17", name="Test Lead", email="test@example.com") for n in range(2)]
    committed(desk, a_csv([*tests, a_lead(9, "2026-03-18")]), days=DateRange(BEFORE.first, NOW.last))
    number = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, NOW, "before the form changed")["baseline"]
    look = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, BEFORE, NOW, "week")
    assert look.left_out == "2 test entries of the current period were left out."
    sealed = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, number, BEFORE, "week")
    assert sealed.left_out == "2 test, spam, internal or repeated entries of the baseline were left out."


def test_more_days_and_more_baselines_take_no_more_queries(any_desk: Desk) -> None:
    desk = any_desk
    _, number = four_weeks(desk)
    counts = []
    seen: list[str] = []
    event.listen(desk.app, "before_cursor_execute", lambda _c, _k, statement, *_rest: seen.append(statement))
    for days in (DateRange(NOW.first, NOW.first), NOW):
        desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, days, "and again")
        seen.clear()
        desk.ask(admin(desk), comparison_series.baselines_of, "acme", METRIC)
        desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, number, days, "day")
        counts.append(len(seen))
    assert counts[0] == counts[1] < 30


def test_only_numbers_with_values_are_offered_and_their_baselines_newest_first(any_desk: Desk) -> None:
    desk = any_desk
    _, first = four_weeks(desk)
    an_account(desk, "silent")
    second = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, NOW, "and after")["baseline"]
    offered = desk.ask(admin(desk), comparison_series.comparable_metrics, "acme")
    assert METRIC in {item.name for item in offered}
    assert not [item for item in offered if item.name.startswith("silent.")]
    kept = desk.ask(admin(desk), comparison_series.baselines_of, "acme", METRIC)
    assert [item.id for item in kept] == [second, first]
    assert kept[1].captured_by == admin(desk).name
    assert kept[1].value == "7 leads"


def test_another_clients_person_is_told_nothing(any_desk: Desk) -> None:
    desk = any_desk
    _, number = four_weeks(desk)
    an_account(desk, "other", client="zeta")
    zoe = a_person(desk, "zoe@zeta.example", Role.ANALYST, "zeta")
    for client in ("acme", "zeta"):
        with pytest.raises(DeskError) as refused:
            desk.ask(zoe, comparison_series.compare_by_step, client, METRIC, number, NOW, "week")
        assert code_of(refused) in {"client_not_found", "metric_not_found"}
    with pytest.raises(DeskError) as refused:
        desk.ask(zoe, comparison_series.comparable_metrics, "acme")
    assert code_of(refused) == "client_not_found"
