"""The comparison page: captured, compared and said on a real desk, and silent where there is nothing to say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.pipeline import Desk, open_desk
from lib.reporting.periods import days_of
from lib.services import baseline, comparison_series
from lib.ui import guard
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, committed

PAGE = "../../pages/baseline_vs_current.py"
MARCH = DateRange(date(2025, 3, 1), date(2025, 3, 31))
APRIL = DateRange(date(2025, 4, 1), date(2025, 4, 30))
SPRING = DateRange(MARCH.first, date(2025, 5, 11))
METRIC = "site.leads"


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """Somebody else at the browser than the local admin."""

    def at_the_browser(who: Actor) -> None:
        monkeypatch.setattr(guard, "person_signed_in", lambda _desk: who)

    return at_the_browser


@contextmanager
def desk_of_today() -> Iterator[Desk]:
    desk = open_desk()
    try:
        yield desk
    finally:
        desk.close()


def leads_by_day(days: DateRange, every: int = 2) -> bytes:
    """`every` leads a day, one more on each Monday, and one test lead on the first day."""
    rows = []
    for day in days_of(days):
        for _ in range(every + (day.weekday() == 0)):
            rows.append(a_lead(len(rows), day.isoformat()))
    rows.append(a_lead(len(rows), days.first.isoformat(), email="test@example.com", name="Test Test"))
    return a_csv(rows)


def spring(desk: Desk, key: str = "site", client: str = "acme") -> None:
    a_lead_account(desk, key, client=client)
    committed(desk, leads_by_day(SPRING), key, days=SPRING)


def captured(desk: Desk, days: DateRange = MARCH) -> int:
    found = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, days, "before the form changed")
    return int(found["baseline"])


def opened(router: AppTest, **address: object) -> AppTest:
    router.run()
    router.switch_page(PAGE)
    for name, value in address.items():
        router.query_params[name.rstrip("_")] = str(value)
    return router.run()


def words(page: AppTest) -> str:
    """Everything a person reads on the page."""
    kinds = ("markdown", "title", "subheader", "error", "caption")
    texts = [element.value for kind in kinds for element in page.get(kind)]
    return "\n".join([*texts, *(table.value.to_csv(index=False) for table in page.table)])


def in_the_address(page: AppTest, name: str) -> str:
    return "".join(page.query_params.get(name, ""))


def test_a_baseline_and_a_period_are_set_side_by_side_and_said(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        number = captured(desk)
    page = opened(router, client="acme")
    assert not page.exception
    assert not page.error
    said = words(page)
    # 31 days of two and five Mondays; 30 days of two and four Mondays: the latest whole month stands beside it.
    assert "stood at 64 leads in April 2025, against 67 leads in the baseline, March 2025" in said.replace("\\", "")
    assert "Enough data" in said
    assert "1 of the baseline" in said
    assert "Source: Site; Leads in leads, by week" in said.replace("\\", "")
    assert (in_the_address(page, "metric"), in_the_address(page, "baseline")) == (METRIC, str(number))
    assert (in_the_address(page, "from"), in_the_address(page, "to")) == ("2025-04-01", "2025-04-30")
    assert in_the_address(page, "step") == "week"
    weeks = page.table[0].value
    assert list(weeks["Baseline"][:2]) == ["15 leads", "15 leads"]
    assert weeks["Baseline state"].iloc[-1] == "○ cut by the period, 3 of 7 days"
    assert len(page.get("arrow_vega_lite_chart")) + len(page.get("vega_lite_chart")) == 1


def test_what_the_address_says_is_compared(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        first = captured(desk)
        captured(desk, APRIL)
    asked = {"client": "acme", "metric": METRIC, "baseline": first, "from_": "2025-04-10", "to": "2025-05-10"}
    page = opened(router, **asked, step="day")
    assert not page.exception
    assert f"Baseline {first}, captured" in words(page).replace("\\", "")
    assert "from 10 April to 10 May 2025" in words(page)
    assert [item.value for item in page.date_input][:2] == [date(2025, 4, 10), date(2025, 5, 10)]
    assert len(page.table) == 1
    assert next(iter(page.table[0].value)) == "Day"


def test_a_baseline_is_captured_where_it_is_needed(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
    page = opened(router, client="acme")
    assert "No baseline of this number yet." in words(page)
    button = page.button(key=f"capture-{METRIC}")
    assert button.disabled
    assert button.label.replace("\\", "") == "Capture 1 to 31 March 2025: 67 leads"
    assert "A reason is needed first." in words(page)
    page.text_input(key=f"captured-reason-{METRIC}").set_value("before the form changed").run()
    page.button(key=f"capture-{METRIC}").click().run()
    assert not page.exception
    assert "against 67 leads in the baseline" in words(page)
    with desk_of_today() as desk:
        (kept,) = desk.ask(admin(desk), comparison_series.baselines_of, "acme", METRIC)
    assert (kept.range, kept.value, kept.reason, kept.is_complete) == (
        MARCH,
        "67 leads",
        "before the form changed",
        True,
    )
    assert in_the_address(page, "baseline") == str(kept.id)


def test_days_that_are_missing_support_no_claim(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC, from_="2025-04-20", to="2025-05-20")
    said = words(page)
    assert "Not complete yet" in said
    assert "9 of 31 days not complete, so no percentage is given" in said
    assert "import the days that are missing" in said
    assert "○ unfinished, 1 of 7 days" in list(page.table[0].value["Current state"])
    page.selectbox(key=f"captured-days-{METRIC}").select("own").run()
    page.date_input(key=f"captured-to-{METRIC}").set_value(date(2025, 5, 20)).run()
    assert "9 of 81 days are not complete" in words(page)
    assert "it supports no claim" in words(page)


def test_periods_of_unequal_length_are_not_comparable(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC, from_="2025-04-01", to="2025-04-09")
    assert "Not comparable" in words(page)
    assert "the two periods differ in length" in words(page)
    assert "more" not in page.table[0].value.to_csv()


def test_a_number_defined_anew_is_not_compared_with_what_it_was(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        with desk.app.begin() as connection:
            connection.execute(text("UPDATE metric_definitions SET version = 2"))
    page = opened(router, client="acme", metric=METRIC)
    assert not page.error
    assert "the definition of this number changed after the baseline was captured" in words(page)
    assert "fewer" not in words(page)


def test_dates_the_wrong_way_round_are_read_as_meant(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC, from_="2025-05-10", to="1066-10-14")
    assert not page.exception
    assert not page.error


def test_a_baseline_of_nothing_gives_no_percentage(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        a_lead_account(desk)
        both = DateRange(MARCH.first, APRIL.last)
        committed(desk, leads_by_day(APRIL), days=both)
        captured(desk)
    page = opened(router, client="acme", metric=METRIC)
    assert not page.exception
    assert "The baseline is zero, so no percentage is given." in words(page)


def test_a_broken_seal_supports_nothing_and_another_baseline_can_be_chosen(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        whole = captured(desk, APRIL)
    monkeypatch.setattr("lib.db.sealed_sides.verify_seal", lambda content, _seal: content.range == APRIL)
    page = opened(router, client="acme", metric=METRIC, baseline=1)
    assert not page.exception
    assert "does not match its seal" in page.error[0].value
    assert "Needs step 1" in words(page)
    assert not page.table
    page.selectbox(key="compared-baseline").select(str(whole)).run()
    assert not page.error
    assert page.table


def test_a_number_without_data_leads_to_the_import(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        an_account(desk)
    page = opened(router, client="acme")
    assert not page.exception
    assert "No number of this client has a value yet." in words(page)


def test_an_empty_desk_says_what_is_missing(desk_home: Path, router: AppTest) -> None:
    page = opened(router)
    assert not page.exception
    assert "There is no client here yet." in words(page)


def test_with_several_clients_one_is_chosen_first(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        an_account(desk, "other", client="zeta")
    page = opened(router)
    assert "No client is chosen." in words(page)
    page.selectbox(key="compared-client").select("acme").run()
    assert in_the_address(page, "client") == "acme"
    assert "What is compared" in words(page)


def test_a_bug_shows_its_reference_only(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)

    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(comparison_series, "compare_by_step", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    with caplog.at_level(logging.ERROR, logger="connector_desk"):
        page = opened(router, client="acme")
    assert not page.exception
    assert "hunter2" not in words(page)
    assert page.error[0].value.split("`")[1] in caplog.text


@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST])
def test_an_owner_and_an_analyst_may_capture(
    desk_home: Path, router: AppTest, person: Callable[[Actor], None], role: Role
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        person(a_person(desk, "ana@harbor.example", role))
    assert opened(router, client="acme").button(key=f"capture-{METRIC}")


def test_a_stakeholder_sees_nothing_before_the_portal_shows_it(
    desk_home: Path, router: AppTest, person: Callable[[Actor], None]
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        person(a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    page = opened(router)
    assert not page.exception
    assert "may not see rows and deliveries" in page.error[0].value
    assert "67 leads" not in words(page)
    assert not page.table


def test_another_clients_stakeholder_sees_nothing(
    desk_home: Path, router: AppTest, person: Callable[[Actor], None]
) -> None:
    with desk_of_today() as desk:
        spring(desk)
        number = captured(desk)
        an_account(desk, "other", client="zeta")
        person(a_person(desk, "zoe@zeta.example", Role.STAKEHOLDER, "zeta"))
    page = opened(router, client="acme", metric=METRIC, baseline=number)
    assert not page.table
    assert not page.title
    assert "67 leads" not in words(page)
    own = opened(router, client="zeta", metric=METRIC, baseline=number)
    assert "67 leads" not in words(own)
    assert not own.table


def test_what_a_provider_calls_itself_is_only_words(desk_home: Path, router: AppTest) -> None:
    trap = "![x](http://evil.example/p.png) $x$"
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        with desk.app.begin() as connection:
            connection.execute(text("UPDATE integration_provider_accounts SET source_label = :trap"), {"trap": trap})
    page = opened(router, client="acme")
    assert not page.exception
    assert "](http" not in words(page)
