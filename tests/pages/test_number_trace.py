"""From a number of the sentence down to the raw cell, in the drawer and by its address; and nobody who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.services.counting import baseline
from lib.ui.entry import guard
from tests.builders import a_csv, a_lead, a_map, a_person, admin, an_account, an_approved_map, committed
from tests.pages.comparing import METRIC, captured, desk_of_today, in_the_address, opened, spring, words

APRIL = {"from_": "2025-04-01", "to": "2025-04-30"}


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """Somebody else at the browser than the local admin."""

    def at_the_browser(who: Actor) -> None:
        monkeypatch.setattr(guard, "person_signed_in", lambda _desk: who)

    return at_the_browser


def steps(page: AppTest) -> str:
    """What the drawer says: the heads of its steps and all its words."""
    return "\n".join([*(item.label for item in page.expander), words(page)]).replace("\\", "")


def test_a_number_opens_its_days_a_day_its_records_and_a_record_its_cell(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC, **APRIL)
    numbers = [item.label.replace("\\", "") for item in page.button if str(item.key).startswith("trace-")]
    assert numbers[:3] == ["64 leads", "67 leads in the baseline", "3 fewer (4.5 % fewer)"]
    assert numbers[3].startswith("Likely between ")
    page.button(key="trace-current").click().run()
    said = steps(page)
    assert in_the_address(page, "trace") == "current"
    assert "2 + 2 + 2 + 2 + … + 2 = 64 leads :green-badge[:material/check: Adds up]" in said
    page.button(key="trace-day-2025-04-07").click().run()
    assert in_the_address(page, "day") == "2025-04-07"
    said = steps(page)
    assert "3 **Day** 7 April 2025: 3 leads" in said
    assert "3 records come to 3 leads :green-badge" in said
    assert "4 **Records** 3 of 3" in said
    record = next(item for item in page.button if str(item.key).startswith("trace-record-"))
    record.click().run()
    said = steps(page)
    assert "6 **Mapped value** by map 1" in said
    assert "7 **Raw cell** of line" in said
    assert "` date ` = ` 2025-04-07 12:00:00Z `" in said
    assert "8 **Delivery**" in said
    assert "10 **Person**" in said
    page.button(key="trace-back").click().run()
    assert "4 **Records** 3 of 3" in steps(page)
    page.button(key="trace-back").click().run()
    assert "3 **Days** 30" in steps(page)


def test_a_movement_is_made_of_both_numbers_and_the_sealed_one_says_who_sealed_it(
    desk_home: Path, router: AppTest
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        number = captured(desk)
        name = admin(desk).name
    page = opened(router, client="acme", metric=METRIC, baseline=number, **APRIL, trace="change")
    assert "64 leads − 67 leads" in steps(page)
    page.button(key="trace-to-baseline").click().run()
    said = steps(page)
    assert "1 **Sentence** of a sealed baseline" in said
    assert f"Baseline {number}, sealed on" in said
    assert f"by {name}: before the form changed" in said
    assert "of it came to something else since" not in said
    with desk_of_today() as desk:
        committed(desk, a_csv([a_lead(9999, "2025-03-03")]))
    later = opened(router, client="acme", metric=METRIC, baseline=number, **APRIL, trace="baseline")
    assert "1 day of it came to something else since; what was sealed stands." in steps(later)


def test_a_ratio_opens_as_its_two_sums_and_a_traffic_day_as_its_rows(desk_home: Path, router: AppTest) -> None:
    week, next_week = DateRange(date(2025, 3, 3), date(2025, 3, 9)), DateRange(date(2025, 3, 10), date(2025, 3, 16))
    with desk_of_today() as desk:
        an_account(desk, "ads", destination="traffic")
        fields = ("external_id", "day", "clicks", "cost")
        an_approved_map(desk, "ads", a_map("traffic_day", {name: name for name in fields}))
        rows = [
            {"external_id": f"k{day}", "day": f"2025-03-{day:02d}", "clicks": day, "cost": "10.50"}
            for day in range(3, 17)
        ]
        days = DateRange(week.first, next_week.last)
        committed(desk, a_csv(rows), "ads", "traffic_day", days=days)
        desk.do(admin(desk), baseline.capture_baseline, "acme", "ads.cost_per_click", week, "before")
    asked = {"client": "acme", "metric": "ads.cost_per_click", "from_": "2025-03-10", "to": "2025-03-16"}
    page = opened(router, **asked, trace="current")
    assert not page.error
    assert "$73.50 ÷ 91 clicks = $0.81 per click" in steps(page)
    page.button(key="trace-part-1").click().run()
    assert in_the_address(page, "part") == "ads.clicks"
    assert "10 + 11 + 12 + 13 + … + 16 = 91 clicks" in steps(page)
    page.button(key="trace-day-2025-03-12").click().run()
    next(item for item in page.button if str(item.key).startswith("trace-record-")).click().run()
    said = steps(page)
    assert "` k12 ` in traffic_days" in said
    assert "` clicks ` = ` 12 `" in said


def test_a_step_that_is_not_there_any_more_says_so(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC, **APRIL, trace="current", day="2025-04-07", record=99999)
    assert not page.exception
    assert "99999" in page.error[0].value
    page = opened(router, client="acme", metric=METRIC, **APRIL, trace="current", day="2031-01-01", record="")
    assert "counts nothing on 2031-01-01" in page.error[0].value.replace("\\", "")


@pytest.mark.parametrize("key", ["acme", "zeta"])
def test_no_stakeholder_takes_that_way_by_any_of_its_addresses(
    desk_home: Path, router: AppTest, person: Callable[[Actor], None], key: str
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        number = captured(desk)
        an_account(desk, "other", client="zeta")
        person(a_person(desk, f"sam@{key}.example", Role.STAKEHOLDER, key))
    place = {"client": "acme", "metric": METRIC, "baseline": number, **APRIL}
    for deeper in ({}, {"trace": "current"}, {"trace": "current", "day": "2025-04-07"}):
        page = opened(router, **place, **deeper)
        said = steps(page) + "".join(item.value for item in page.error)
        assert not page.exception
        assert not page.table
        assert not page.expander
        assert "64 leads" not in said
        assert "67 leads" not in said
