"""The comparison page: captured, compared and said on a real desk, and silent where there is nothing to say."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib.clock import zone
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.services.counting import comparison_series
from lib.ui.entry import guard
from tests.builders import ZONE, a_lead_account, a_person, admin, an_account, committed
from tests.pages.comparing import (
    APRIL,
    MARCH,
    METRIC,
    captured,
    desk_of_today,
    in_the_address,
    leads_by_day,
    opened,
    spring,
    words,
)


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """Somebody else at the browser than the local admin."""

    def at_the_browser(who: Actor) -> None:
        monkeypatch.setattr(guard, "person_signed_in", lambda _desk: who)

    return at_the_browser


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
    assert "1 test entry of the current period" not in said
    assert "1 test, spam, internal or repeated entry of the baseline was left out" in said
    assert "Source: Site; Leads in leads, by week" in said.replace("\\", "")
    assert (in_the_address(page, "metric"), in_the_address(page, "baseline")) == (METRIC, str(number))
    assert (in_the_address(page, "from"), in_the_address(page, "to")) == ("2025-04-01", "2025-04-30")
    assert in_the_address(page, "step") == "week"
    weeks = page.table[0].value
    assert list(weeks["Baseline"][:2]) == ["15 leads", "15 leads"]
    assert weeks["Baseline state"].iloc[-1] == "○ cut by the period, 3 of 7 days"
    assert len(page.get("arrow_vega_lite_chart")) + len(page.get("vega_lite_chart")) == 2


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
    monkeypatch.setattr("lib.db.shared_steps.sealed_sides.verify_seal", lambda content, _seal: content.range == APRIL)
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
    assert "There is nothing at this address" in words(page)
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


def test_two_live_periods_are_a_look_and_nothing_can_be_published_of_it(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
    page = opened(router, client="acme", metric=METRIC, beside="prior", from_="2025-04-01", to="2025-04-30")
    assert not page.exception
    assert not page.error
    said = words(page).replace("\\", "")
    assert "stood at 64 leads in April 2025, against 67 leads in the earlier period, March 2025" in said
    assert "A look, not a claim" in said
    assert "Nothing can be published from a look" in said
    assert "capture a baseline before anything is said of this" in said
    assert not [item for item in page.button if "Publish" in item.label]
    assert [item.label for item in page.button if str(item.key).startswith("export-")] == ["Download 5 weeks as CSV"]
    page.selectbox(key="compared-beside").select("weekdays").run()
    assert in_the_address(page, "beside") == "weekdays"
    assert page.text_input(key=_days_key(page)).value == "25 Feb to 26 Mar 2025"
    page.selectbox(key="compared-beside").select("own").run()
    page.date_input(key="compared-beside_from").set_value(date(2025, 3, 2)).run()
    page.date_input(key="compared-beside_to").set_value(date(2025, 3, 31)).run()
    assert (in_the_address(page, "beside_from"), in_the_address(page, "beside_to")) == ("2025-03-02", "2025-03-31")
    assert "2 to 31 March 2025" in words(page)


def _days_key(page: AppTest) -> str:
    return next(str(item.key) for item in page.text_input if str(item.key).startswith("compared-other"))


def test_complete_periods_only_leaves_out_what_has_not_finished_on_both_sides(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
    asked = {"client": "acme", "metric": METRIC, "from_": "2025-04-20", "to": "2025-05-20", "step": "week"}
    page = opened(router, **asked)
    assert "Not complete yet" in words(page)
    page.toggle(key="compared-whole").set_value(True).run()
    said = words(page).replace("\\", "")
    assert in_the_address(page, "whole") == "1"
    assert "Not complete yet" not in said
    assert "from 20 April to 10 May 2025, against 45 leads in the baseline, 1 to 21 March 2025" in said
    assert "Only part of the baseline is compared" in said
    assert not [item for item in page.button if "Publish" in item.label]
    page.segmented_control(key="compared-step").set_value("month").run()
    assert "does not begin with a whole month" in page.error[0].value


def test_a_change_is_measured_against_a_baseline_captured_before_it(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        # As the client counts its days: in the desk's own zone it may be tomorrow already.
        today = desk.clock().astimezone(zone(ZONE)).date()
    page = opened(router, client="acme", metric=METRIC, from_="2025-04-01", to=today.isoformat())
    write = page.button(key=f"change-write-{METRIC}")
    assert write.disabled
    assert "Write down what was changed first." in words(page)
    page.text_input(key=f"change-note-{METRIC}").set_value("Form shortened from nine fields to five").run()
    page.date_input(key=f"change-day-{METRIC}").set_value(date(2025, 4, 3)).run()
    page.button(key=f"change-write-{METRIC}").click().run()
    assert "after the change of 2025-04-03: it measures nothing of it" in page.error[0].value.replace("\\", "")
    page.date_input(key=f"change-day-{METRIC}").set_value(today).run()
    page.button(key=f"change-write-{METRIC}").click().run()
    assert not page.error
    assert page.success
    events = next(table.value for table in page.table if "What changed" in table.value)
    assert "Form shortened from nine fields to five" in list(events["What changed"])
    assert {"form", "import", "map approved"} <= set(events["Kind"])


def test_without_a_baseline_no_change_can_be_noted(desk_home: Path, router: AppTest) -> None:
    with desk_of_today() as desk:
        spring(desk)
    page = opened(router, client="acme", metric=METRIC, beside="year")
    assert "No change can be noted yet." in words(page)
    assert not [item for item in page.button if str(item.key).startswith("change-write")]
