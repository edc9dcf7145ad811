"""Provider setup connects a provider from its template, and shows one account climb by evidence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.signals import Signal
from lib.pipeline.opening import open_desk
from lib.pipeline.setup import account_changes
from lib.services.setup import account_settings, account_setup, accounts
from lib.settings import load_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    committed,
)
from tests.climbing import climbed, ladder_of
from tests.pages.reading import button, links, signed_in_as, visited, words

LEADS = a_csv([a_lead(1), a_lead(2)])
PLAN = {
    "failure_path": "Tell the owner.",
    "manual_fallback": "Export the month and import that.",
    "rollback_note": "Undo the newest load.",
}


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def rung(desk: Desk, key: str = "site") -> int:
    return desk.ask(admin(desk), account_setup.account_setup, key).rung


def filled(page: AppTest, **given: str) -> AppTest:
    """The page with its text fields filled by key, run again."""
    for key, text in given.items():
        page.text_input(key=key.replace("__", "-")).set_value(text)
    return page.run()


def test_every_provider_says_what_it_sends_and_where_it_is_kept(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "provider_setup")
    assert not page.exception
    text = words(page)
    assert "Choose a provider." in text
    assert "Marketplace leads, paid" in text
    assert "Every lead is a person who asked for work" in text
    assert "Needs step 1" in text
    page = button(page, "Choose Angi").click().run()
    assert page.query_params["provider"] == "angi"
    page = button(page, "Choose another provider").click().run()
    assert "provider" not in page.query_params


def test_a_provider_is_connected_for_a_client_who_is_added_on_the_way(desk: Desk, router: AppTest) -> None:
    page = visited(router, "provider_setup", provider="angi")
    label = "Connect Angi for the new client"
    assert button(page, label).disabled
    assert "Needs a client, a key, a reason." in words(page)
    page = filled(page, client__name="Harbor Roofing")
    assert page.text_input(key="client-key-harbor_roofing").value == "harbor_roofing"
    assert page.text_input(key="account-key-harbor_roofing_angi").value == "harbor_roofing_angi"
    page = filled(page, account__reason="Paid leads", account__owner="ana@harbor.example")
    page = button(page, "Connect Angi for Harbor Roofing").click().run()
    assert not page.exception
    assert not page.error
    assert page.query_params["account"] == "harbor_roofing_angi"
    made = desk.ask(admin(desk), accounts.show_account, "harbor_roofing_angi")
    assert (made["client"], made["owner"]) == ("harbor_roofing", "ana@harbor.example")
    assert "The way so far" in words(page)


def test_what_a_template_only_assumes_is_decided_here(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, "provider_setup", provider="other")
    page.selectbox(key="signal-lead").set_value("phone_call:neither")
    page = filled(page, account__reason="Calls of the call centre")
    button(page, "Connect Another provider for Acme").click().run()
    made = desk.ask(admin(desk), account_setup.account_setup, "acme_other").account
    assert made.signals["lead"].signal is Signal.PHONE_CALL


def test_a_key_that_is_taken_is_one_sentence_and_nothing_is_made(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, "provider_setup", provider="angi")
    page = filled(page, account__reason="Paid leads", **{"account-key-acme_angi": "site"})
    page = button(page, "Connect Angi for Acme").click().run()
    assert "There is an account site already." in page.error[0].value
    assert len(desk.ask(admin(desk), lambda tx: tx.accounts.every())) == 1


def test_a_refused_account_leaves_no_new_client_behind(desk: Desk, router: AppTest) -> None:
    page = visited(router, "provider_setup", provider="angi")
    page = filled(page, client__name="Harbor Roofing")
    page = filled(page, account__reason="Paid leads", account__owner="nobody at all")
    page = button(page, "Connect Angi for Harbor Roofing").click().run()
    assert "not_an_address" in words(page)
    assert desk.ask(admin(desk), lambda tx: tx.clients.every()) == []


def test_a_provider_that_does_not_exist_is_one_sentence(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "provider_setup", provider="nonsense")
    assert not page.exception
    assert "There is no provider called" in page.error[0].value


def accepted(page: AppTest, gate: str, text: str = "", link: str = "") -> AppTest:
    """The page after a gate was accepted with words or a link."""
    page.text_input(key=f"accept-text-{gate}").set_value(text)
    page.text_input(key=f"accept-link-{gate}").set_value(link)
    words_ = {"documentation": "provider documentation", "access": "account access"}
    return button(page, f"Accept {words_[gate]}").click().run()


def test_an_account_climbs_by_evidence_and_by_nothing_else(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "provider_setup", account="site")
    assert rung(desk) == 0
    assert "Rung 0 of 6" in words(page)
    page = accepted(page, "documentation", link="https://example.com/manual")
    assert "Provider documentation: accepted by admin@localhost." in page.success[0].value
    page = accepted(page, "access", text="Ana signed in and saw the list.")
    assert rung(desk) == 1
    assert "Ana signed in and saw the list." in words(page)
    desk.do(admin(desk), account_settings.set_account, "site", PLAN)
    assert rung(desk) == 2


def test_a_bare_tick_and_a_secret_accept_no_gate(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = accepted(visited(router, "provider_setup", account="site"), "access")
    assert "never with a bare tick" in page.error[0].value
    page = accepted(page, "access", text="the key is sk_live_51HxTqLKDp3uYQ0a8Zb7")
    assert "sk_live" not in page.error[0].value
    assert rung(desk) == 0


def test_what_blocks_stands_apart_from_what_warns_and_promotion_waits_for_it(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "provider_setup", account="site")
    assert button(page, "Promote Site to live").disabled
    setup = desk.ask(admin(desk), account_setup.account_setup, "site")
    text = words(page)
    assert f"{len(setup.ladder.lacking)} blockers" in text
    assert f"Disabled: {len(setup.ladder.lacking)} blockers." in text
    rows = next(table.value for table in page.table if "Way out" in table.value.columns)
    marks = list(rows[""])
    assert sum("Blocks" in mark for mark in marks) == len(setup.ladder.lacking)
    assert sum("Warns" in mark for mark in marks) == len(setup.ladder.warnings) == 1


def test_the_next_line_is_the_lowest_gate_that_lacks(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "provider_setup", account="site")
    assert "Say which documentation was read, with its link." in words(page)
    desk.do(admin(desk), account_settings.pause_account, "site")
    page = router.run()
    assert "It is paused." in words(page)
    assert button(page, "Promote Site to live").disabled


def test_everything_proven_is_promoted_by_a_press_and_falls_back_with_its_reason(desk: Desk, router: AppTest) -> None:
    climbed(desk)
    page = visited(router, "provider_setup", account="site")
    assert "Promote it to live." in words(page)
    page = button(page, "Promote Site to live").click().run()
    assert not page.error
    assert "Site is live" in page.success[0].value
    assert ladder_of(desk).is_live
    desk.do(admin(desk), account_changes.set_account, "site", {"rollback_note": ""})
    page = router.run()
    assert "It fell back on" in page.warning[0].value
    assert "1 lapsed" in words(page)
    assert button(page, "Promote Site to live").disabled


def test_each_rung_shows_its_evidence_and_where_it_is_climbed(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = committed(desk, LEADS)["load"]
    page = visited(router, "provider_setup", account="site")
    assert not page.exception
    text = words(page)
    assert f"Load {load}, map 1: 2 created" in text
    assert "Map 1 is approved" in text
    assert links(page)["Compare its numbers"] == ("baseline_vs_current", "account=site")
    assert ("import_review", f"account=site&object=lead&load={load}") in links(page).values()
    assert "Load committed" in text


def test_an_account_that_does_not_exist_is_one_sentence(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "provider_setup", account="nowhere")
    assert not page.exception
    assert "There is no account nowhere." in page.error[0].value
    assert not page.subheader


def test_a_bug_shows_its_reference_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_tx: object, _key: str) -> None:
        raise RuntimeError("password=hunter2")

    an_account(desk)
    monkeypatch.setattr(account_setup, "account_setup", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = visited(router, "provider_setup", account="site")
    assert len(page.error) == 1
    assert "hunter2" not in words(page)


def test_an_analyst_reads_and_changes_nothing(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, "provider_setup", account="site")
    assert not page.exception
    assert button(page, "Save the plan").disabled
    assert "Read only: a data owner or an admin promotes it." in words(page)
    assert not [each for each in page.button if each.label.startswith(("Accept", "Promote"))]
    assert all(field.disabled for field in [*page.text_area, *page.number_input])
    assert "Read only: a data owner or an admin changes this." in words(page)
    assert not [each for each in page.button if each.label.startswith("Pause")]
    page.query_params.clear()
    assert "Read only." in words(visited(router, "provider_setup", provider="angi"))


def test_an_owner_may_connect_but_adds_no_client(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "olga@desk.example", Role.OWNER))
    page = visited(router, "provider_setup", provider="angi")
    assert page.selectbox(key="connect-client").options == ["Acme"]
    page = filled(page, account__reason="Paid leads")
    page = button(page, "Connect Angi for Acme").click().run()
    assert not page.error
    assert page.query_params["account"] == "acme_angi"


def test_a_stakeholder_and_another_clients_owner_see_nothing_of_it(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(desk)
    an_account(desk, "theirs", client="bolt")
    signed_in_as(monkeypatch, a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    assert "There is nothing at this address" in words(visited(router, "provider_setup", account="site"))
    signed_in_as(monkeypatch, a_person(desk, "otto@bolt.example", Role.OWNER, "bolt"))
    page = visited(router, "provider_setup", account="site")
    assert "There is no account site." in page.error[0].value
    assert "to see it work" not in words(page)
