"""A comparison step by step says on both databases what the comparison itself says, and what was changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from lib.db.tables.baselines import change_notes
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline import Desk
from lib.services import baseline, comparison_series
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


def test_what_was_changed_on_the_way_is_numbered_in_order(desk: Desk) -> None:
    account, number = four_weeks(desk)
    noted = {"client_id": account.client_id, "account_id": account.id, "baseline_id": number, "kind": "form"}
    wrote = {"written_by": admin(desk).person_id, "written_at": desk.clock()}
    days = {"second": date(2026, 3, 20), "first": date(2026, 3, 16), "after": date(2026, 4, 1)}
    with desk.app.begin() as connection:
        for note, day in days.items():
            connection.execute(insert(change_notes).values(**noted, **wrote, note=note, day=day))
    seen = desk.ask(admin(desk), comparison_series.compare_by_step, "acme", METRIC, number, NOW, "week")
    assert [(change.number, change.note) for change in seen.changes] == [(1, "first"), (2, "second")]
    assert seen.changes[0].written_by == admin(desk).name


def test_only_numbers_with_values_are_offered_and_their_baselines_newest_first(desk: Desk) -> None:
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


def test_another_clients_person_is_told_nothing(desk: Desk) -> None:
    _, number = four_weeks(desk)
    an_account(desk, "other", client="zeta")
    zoe = a_person(desk, "zoe@zeta.example", Role.STAKEHOLDER, "zeta")
    for client in ("acme", "zeta"):
        with pytest.raises(DeskError) as refused:
            desk.ask(zoe, comparison_series.compare_by_step, client, METRIC, number, NOW, "week")
        assert code_of(refused) in {"client_not_found", "metric_not_found"}
    with pytest.raises(DeskError) as refused:
        desk.ask(zoe, comparison_series.comparable_metrics, "acme")
    assert code_of(refused) == "client_not_found"
