"""The rules page says what is asked of every row, how often rows passed, and lets an owner choose what becomes of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.policies import Policies, ReasonPolicy
from lib.pipeline.opening import open_desk
from lib.services.loading import rules
from lib.services.setup import account_settings
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, at, import_file
from tests.pages.built_once import built_once
from tests.pages.reading import button, links, signed_in_as, visited, words
from validation.reasons import REASONS

NEGATIVE = REASONS["negative_amount"].sentence


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


@built_once
def two_loads(desk: Desk, key: str = "site", **more: str) -> None:
    """Ten rows of which one has a fee below zero, and ten of which three have."""
    a_lead_account(desk, key, **more)
    for first, broken in ((1, 1), (11, 3)):
        rows = [a_lead(first + n, fee="-1.00" if n < broken else "10.00") for n in range(10)]
        import_file(desk, a_csv(rows), key)


def table(page: AppTest) -> pd.DataFrame:
    frame = page.dataframe[0].value
    assert isinstance(frame, pd.DataFrame)
    return frame.set_index("Code")


def policies_of(desk: Desk, key: str = "site") -> Policies:
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key(key)).policies


def wanted(page: AppTest, policy: ReasonPolicy) -> AppTest:
    box = next(each for each in page.selectbox if each.label == "What becomes of rows that break it")
    return box.set_value(policy).run()


def test_an_empty_desk_still_says_every_rule_and_names_the_way_on(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "rules")
    assert not page.exception and not page.error
    text = words(page)
    assert "No load was checked in the last 90 days." in text
    assert links(page)["Connect a provider"] == ("provider_setup", "")
    assert NEGATIVE in text and "round_row_count" in text
    assert table(page)["Passed"].isna().all()


def test_each_rule_shows_how_many_rows_passed_load_by_load(desk: Desk, router: AppTest) -> None:
    two_loads(desk)
    page = visited(router, "rules", rule="negative_amount")
    assert not page.exception and not page.error
    row = table(page).loc["negative_amount"]
    assert (row["Passed"], row["Did not"], list(row["Load by load"])) == (80.0, 4, [10.0, 30.0])
    # The map fills no duration, so no row was asked.
    assert pd.isna(table(page).loc["negative_number"]["Passed"])
    text = words(page)
    assert "16 of 20 rows passed in 2 loads, 80.00 %." in text.replace("\\", "")
    assert "4 rows in 2 loads." in text
    assert table(page).index[0] == "negative_amount"


def test_loads_of_another_client_or_of_long_ago_do_not_count(desk: Desk, router: AppTest) -> None:
    two_loads(desk)
    two_loads(desk, "other_site", client="bolt")
    page = visited(router, "rules", client="acme")
    assert table(page).loc["negative_amount"]["Did not"] == 4
    later = at(desk, lambda: datetime.now(UTC) + timedelta(days=rules.DAYS + 1))
    assert later.ask(admin(desk), rules.rule_history).loads == 0
    one = desk.ask(admin(desk), rules.rule_history, "other_site")
    assert (one.loads, desk.ask(admin(desk), rules.rule_history).loads) == (2, 4)


def test_an_owner_sees_what_a_policy_would_have_done_before_it_is_chosen(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_loads(desk)
    signed_in_as(monkeypatch, a_person(desk, "olga@desk.example", Role.OWNER))
    page = wanted(visited(router, "rules", account="site", rule="negative_amount"), ReasonPolicy.HOLD)
    assert "4 rows in 2 of 2 loads would have been held back." in words(page)
    assert policies_of(desk) == Policies()
    page = button(page, "Do it from the next load on").click().run()
    assert not page.exception and not page.error
    assert policies_of(desk) == Policies({"negative_amount": ReasonPolicy.HOLD})
    assert table(page).loc["negative_amount"]["What happens"] == "The row is held back"
    back = wanted(page, ReasonPolicy.LET_IN)
    button(back, "Do it from the next load on").click().run()
    assert policies_of(desk) == Policies()


def test_an_analyst_reads_the_policy_and_cannot_change_it(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(desk)
    desk.do(
        admin(desk), account_settings.set_account, "site", {"policy.negative_amount": "stop", "max_failed_percent": "5"}
    )
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, "rules", account="site", rule="negative_amount")
    text = words(page).replace("\\", "")
    assert "The load waits until no row says so" in text
    assert "Failed rows it puts up with: 5 % of the rows." in text
    assert next(each for each in page.selectbox if each.label.startswith("What becomes")).disabled


def test_a_stakeholder_sees_nothing_of_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "stan@acme.example", Role.STAKEHOLDER, "acme"))
    page = visited(router, "rules")
    assert "There is nothing at this address" in words(page)
    assert not page.table and not page.dataframe


def test_a_bug_shows_its_reference_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(rules, "rule_history", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = visited(router, "rules")
    assert len(page.error) == 1
    assert "hunter2" not in words(page)
