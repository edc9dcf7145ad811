"""The portal: what a client reads of their own numbers, in each state, and that nobody reads anybody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from lib.reporting.portal_card import Portal, PortalCard
from lib.services.people import people
from lib.services.publishing import portal, report_notes, statements
from lib.services.setup import clients
from lib.ui.parts.charts import UNFINISHED
from lib.ui.portal.spark import spark_chart
from tests.builders import admin
from tests.pages.reading import button, links, signed_in_as, turns, visited, words
from tests.unit.reporting.portals import FRESH, TAKEN_BACK, a_card, a_portal, ordinary, three_cards, unsaid


@contextmanager
def desk_of_two() -> Iterator[Desk]:
    """Harbor Roofing and Globex, and a person of each."""
    desk = open_desk()
    try:
        boss = people.local_admin(desk)
        for key, name in (("harbor", "Harbor Roofing"), ("globex", "Globex")):
            desk.do(boss, clients.add_client, key, name, "America/New_York")
        desk.do(boss, people.add_person, "hal@harbor.example", Role.STAKEHOLDER, "harbor")
        desk.do(boss, people.add_person, "gus@globex.example", Role.STAKEHOLDER, "globex")
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    with desk_of_two() as opened:
        yield opened


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Callable[[Portal], None]:
    """From now on this is what is published of Harbor Roofing."""
    monkeypatch.setattr(statements, "versions_of", lambda *_: ())

    def this(seen: Portal) -> None:
        monkeypatch.setattr(portal, "portal", lambda _tx, key: replace(seen, client_key=key))

    return this


def person(desk: Desk, email: str) -> Actor:
    return desk.ask(admin(desk), people.known_person, email)


@pytest.fixture
def as_client(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in_as(monkeypatch, person(desk, "hal@harbor.example"))


def said(page: AppTest) -> str:
    assert not page.exception
    # Typographic marks that keep Markdown from reading them.
    return words(page).replace("\\", "")


@pytest.mark.usefixtures("as_client")
def test_a_client_lands_on_their_own_numbers(router: AppTest, published: Callable[[Portal], None]) -> None:
    published(three_cards())
    page = router.run()
    assert [title.value for title in page.title] == ["Harbor Roofing"]
    text = said(page)
    for told in (
        "Two of three numbers are up to date.",
        "One moved beyond ordinary variation: Quote requests from Website form; of one it cannot be said.",
        "Website form · Form leads, organic · October 2026",
        "Quote requests from Website form stood at 61 in October 2026, against 48 in September 2026: 13 more.",
        "**61 quote requests**",
        "**48 quote requests**",
        "**13 more**  \n(27.1 %)",
        "Likely between 6 and 20 more",
        ":blue-badge[:material/swap_vert: More than ordinary variation]",
        "**Next:** The shorter form stays. :gray[Ana Ruiz, by 5 December 2026.]",
        "7 test entries were left out. Shown to Wednesday 18 November.",
        "**not stated**",
    ):
        assert told in text, told
    assert not page.sidebar.selectbox
    assert page.query_params["client"] in ("harbor", ["harbor"])


@pytest.mark.usefixtures("as_client")
def test_what_is_late_is_said_before_anything_else(router: AppTest, published: Callable[[Portal], None]) -> None:
    published(three_cards())
    page = router.run()
    assert "Booked jobs from ServiceTitan: shown to Tuesday 3 November." in page.warning[0].value
    assert ":orange[:material/change_history: Shown to Tuesday 3 November.]" in said(page)
    published(a_portal((a_card(), FRESH)))
    assert not page.run().warning


@pytest.mark.usefixtures("as_client")
def test_one_card_is_a_whole_page(router: AppTest, published: Callable[[Portal], None]) -> None:
    published(a_portal((ordinary(), FRESH)))
    text = said(router.run())
    assert "The number is up to date. Nothing moved beyond ordinary variation." in text
    assert ":gray-badge[:material/check: Within ordinary variation]" in text


@pytest.mark.usefixtures("as_client")
def test_before_anything_is_published_the_page_says_what_comes(
    router: AppTest, published: Callable[[Portal], None]
) -> None:
    published(a_portal())
    text = said(router.run())
    assert "Nothing is published yet." in text
    assert "up to date" not in text


@pytest.mark.usefixtures("as_client")
def test_what_was_taken_back_and_corrected_is_told_calmly(router: AppTest, published: Callable[[Portal], None]) -> None:
    note = "On 12 November 61 became 58, because a load was undone."
    published(a_portal((a_card(corrections=(note,)), FRESH), withdrawn=(TAKEN_BACK,)))
    text = said(router.run())
    assert f":blue-badge[:material/edit: Corrected] {note}" in text
    assert "Booked calls from CallRail, taken back on 12 November 2026: Calls of another number were counted." in text


@pytest.mark.usefixtures("as_client")
@pytest.mark.parametrize(
    ("finding", "status"), [("not_comparable", "Not comparable"), ("not_enough", "Not enough data to say")]
)
def test_where_nothing_may_be_said_no_movement_stands(
    router: AppTest, published: Callable[[Portal], None], finding: str, status: str
) -> None:
    published(a_portal((unsaid(finding=finding, status=status), FRESH)))
    text = said(router.run())
    assert status in text
    assert "It is too early to say whether anything moved." in text
    assert "**not stated**" in text
    assert "Likely between" not in text


@pytest.mark.usefixtures("as_client")
def test_a_card_opens_with_its_chart_and_the_same_numbers_as_a_table(
    router: AppTest, published: Callable[[Portal], None]
) -> None:
    published(three_cards())
    page = router.run()
    button(page, "See the chart").click().run()
    assert page.query_params["card"] in ("harbor_forms.quote_requests", ["harbor_forms.quote_requests"])
    text = said(page)
    assert "The same numbers" in text
    assert "Changes on the way" in text
    assert "The form asks for less" in text
    assert "Paid leads" not in text
    rows = page.table[0].value
    assert next(iter(rows["Current"])).startswith("13 leads")
    assert "○ cut by the period, 3 of 7 days" in list(rows["Current"])[-1]
    assert len(page.get("arrow_vega_lite_chart")) + len(page.get("vega_lite_chart")) == 1
    button(page, "All numbers").click().run()
    assert "Paid leads" in said(page)


@pytest.mark.usefixtures("as_client")
def test_an_address_of_a_card_can_be_sent_and_one_that_is_gone_says_so(
    router: AppTest, published: Callable[[Portal], None]
) -> None:
    published(three_cards())
    page = visited(router, "client_portal", client="harbor", card="harbor_crm.booked_jobs")
    assert "Booked jobs from ServiceTitan stood at 142 jobs" in said(page)
    assert "Quote requests" not in said(page)
    page = visited(router, "client_portal", client="harbor", card="harbor_crm.gone")
    assert "That number is not shown here." in said(page)


@pytest.mark.usefixtures("as_client")
def test_a_client_has_no_way_into_the_desk_and_an_analyst_has(
    desk: Desk, router: AppTest, published: Callable[[Portal], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    published(three_cards())
    page = router.run()
    assert links(page) == {}
    assert turns(page) == {"See the chart"}
    signed_in_as(monkeypatch, admin(desk))
    page = visited(router, "client_portal", client="harbor")
    assert "Preview: this is what the client sees" in said(page)
    ways = links(page)
    assert set(ways) == {"Comparison", "Trace"}
    assert ways["Comparison"][0].endswith("baseline_vs_current")
    assert "metric=harbor_forms.quote_requests" in ways["Comparison"][1]
    assert "from=2026-10-01" in ways["Comparison"][1]
    assert "trace=current" in ways["Trace"][1]


@pytest.mark.parametrize("asked", ["harbor", "nowhere"])
def test_another_clients_portal_is_not_there(
    desk: Desk,
    router: AppTest,
    published: Callable[[Portal], None],
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    published(three_cards())
    signed_in_as(monkeypatch, person(desk, "gus@globex.example"))
    page = visited(router, "client_portal", client=asked)
    assert page.error[0].value.replace("\\", "").startswith(f"**There is no portal {asked}.**")
    assert "not allowed" not in said(page)
    assert "Quote requests" not in said(page)


def test_the_service_itself_keeps_a_client_to_their_own(desk: Desk) -> None:
    with pytest.raises(DeskError) as refused:
        desk.ask(person(desk, "gus@globex.example"), portal.portal, "harbor")
    assert refused.value.code.endswith("not_found")


def test_whoever_sees_several_clients_chooses_one(
    desk: Desk, router: AppTest, published: Callable[[Portal], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    published(three_cards())
    signed_in_as(monkeypatch, admin(desk))
    page = visited(router, "client_portal")
    assert "Quote requests" not in said(page)
    page.selectbox(key="portal-client").select("globex").run()
    assert page.query_params["client"] in ("globex", ["globex"])
    assert "Quote requests" in said(page)


@pytest.mark.usefixtures("as_client")
def test_trouble_is_a_sentence_and_a_bug_a_reference(router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(trouble: Exception) -> Callable[..., Portal]:
        def service(*_: object) -> Portal:
            raise trouble

        return service

    monkeypatch.setattr(portal, "portal", fails(DeskError("database_down", "The database is away.", "Wait a moment.")))
    page = router.run()
    assert "The database is away." in page.error[0].value
    monkeypatch.setattr(portal, "portal", fails(RuntimeError("password hunter2")))
    page.run()
    assert "Something broke on the desk's side." in page.error[0].value
    assert "hunter2" not in said(page)


@pytest.mark.usefixtures("as_client")
@pytest.mark.parametrize("name", ["home", "records", "desk", "import_review", "baseline_vs_current"])
def test_every_other_page_is_not_there_for_a_client(
    router: AppTest, published: Callable[[Portal], None], name: str
) -> None:
    published(three_cards())
    page = visited(router, name, client="harbor")
    assert "There is nothing at this address." in said(page)
    assert set(links(page)) == {"Your numbers"}
    assert not page.title
    assert "may not" not in said(page)


@pytest.mark.usefixtures("as_client")
def test_nothing_of_the_machinery_is_on_the_page(router: AppTest, published: Callable[[Portal], None]) -> None:
    published(three_cards())
    text = said(router.run())
    for inside in ("7001", "7002", "harbor_forms", "form_lead", "more_than_ordinary", "crm_job"):
        assert inside not in text, inside


def test_a_person_switches_their_monthly_note_on_and_off(
    desk: Desk, router: AppTest, published: Callable[[Portal], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    published(three_cards())
    hal = person(desk, "hal@harbor.example")
    signed_in_as(monkeypatch, hal)
    assert not router.run().toggle, "a desk that sends no mail offers none"
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("MAIL_FROM", "desk@example.com")
    _forget_the_desk()
    page = router.run()
    assert page.toggle[0].value is False
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert desk.ask(hal, report_notes.subscription, "harbor").is_on
    page.toggle[0].set_value(False).run()
    assert not desk.ask(hal, report_notes.subscription, "harbor").is_on


def _forget_the_desk() -> None:
    import streamlit as st

    st.cache_resource.clear()


def test_the_small_line_dashes_what_is_not_whole() -> None:
    def dashed(card: PortalCard) -> int:
        return sum(layer["mark"].get("strokeDash") == UNFINISHED for layer in spark_chart(card).to_dict()["layer"])

    card = a_card()
    whole = tuple(step for step in card.current_series.steps if step.is_whole)
    assert dashed(card) == 1
    assert dashed(replace(card, current_series=replace(card.current_series, steps=whole))) == 0
