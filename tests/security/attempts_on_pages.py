"""Attempts on pages: addresses that are guessed, edited or sent by somebody else, and values that no page ever offers."""

from __future__ import annotations

from urllib.parse import urlencode

from lib.db.tables.records import RECORD_TABLES
from lib.services.people import people
from lib.ui.entry.visitor import VIEW_AS
from lib.ui.site import site
from tests.builders import table_rows
from tests.security.attempts import (
    ACCOUNT,
    ANA,
    ANTON,
    CLIENT,
    OLGA,
    RITA,
    SAM,
    World,
    address_names,
    attempt,
    keeps_silent,
    person,
    said,
)
from tests.stream import Run, state

_NOBODY = "The desk shows each person what they may see, so it has to know who you are."
_NOTHING = "There is nothing at this address."


def _every_page() -> list[str]:
    return [page.name for page in site()]


@attempt("nobody", "opens every page by its address")
def every_page_without_sign_in(world: World) -> str:
    with world.server.tab() as tab:
        for page in _every_page():
            answer = tab.open(page, "client=acme")
            said(answer, _NOBODY)
            keeps_silent(answer, "Acme", "Person 20")
    return "Sign in"


@attempt("stakeholder", "opens every page of the desk by its address")
def every_page_of_the_desk(world: World) -> str:
    with world.server.tab(SAM) as tab:
        for page in [name for name in _every_page() if name != "client_portal"]:
            answer = tab.open(page, "client=acme")
            keeps_silent(answer, "Person 20")
            said(answer, _NOTHING)
    return _NOTHING


@attempt("analyst", "opens the page of people and clients")
def the_page_of_people(world: World) -> str:
    with world.server.tab(ANTON) as tab:
        return said(tab.open("desk"), "may not manage people and clients")


@attempt("owner of acme", "puts the other client's ids into every name that any page reads out of its address")
def every_name_in_every_address(world: World) -> str:
    numbers = dict.fromkeys(address_names(), str(world.theirs))
    asked = numbers | {"account": ACCOUNT, "client": CLIENT, "metric": f"{ACCOUNT}.leads", "find": "L1"}
    with world.server.tab(OLGA) as tab:
        for page in _every_page():
            keeps_silent(tab.open(page, urlencode({**asked, "client": "acme"})))
            if world.is_thorough:
                keeps_silent(tab.open(page, urlencode(asked)))
    return "nothing of it, on any page"


@attempt("owner of acme", "opens the other client's loads, records and accounts one by one")
def their_ids_one_by_one(world: World) -> str:
    records = [row["id"] for row in table_rows(world.desk.app, RECORD_TABLES["crm_leads"])]
    with world.server.tab(OLGA) as tab:
        for load in (world.theirs, world.in_review):
            keeps_silent(tab.open("import_review", f"load={load}&show=all"))
        for record in records if world.is_thorough else records[:1]:
            answer = tab.open("records", f"table=crm_leads&record={record}")
            keeps_silent(answer)
        for page in ("provider_setup", "field_maps", "rules", "baseline_vs_current", "operations"):
            keeps_silent(tab.open(page, f"client={CLIENT}&account={ACCOUNT}&object=lead&metric={ACCOUNT}.leads"))
    return "as if they were not there"


@attempt("owner of acme", "looks for the other client's people by name, phone, e-mail and id")
def their_people_by_what_is_known(world: World) -> str:
    with world.server.tab(OLGA) as tab:
        for asked in ("L1", "zen@quartz.example", "%", "' OR 1=1 --"):
            answer = tab.open("records", urlencode({"find": asked}))
            keeps_silent(answer)
    return "nothing found"


@attempt("stakeholder", "names another client in the portal's address")
def another_clients_portal(world: World) -> str:
    with world.server.tab(SAM) as tab:
        for asked in (f"client={CLIENT}", f"client={CLIENT}&card=1", f"client={CLIENT}&period=2026-03"):
            keeps_silent(tab.open("client_portal", asked))
    return "their own portal, or nothing"


@attempt("owner of acme", "writes nonsense into every name of every address: huge, negative, not a number, SQL, a path")
def nonsense_in_every_address(world: World) -> str:
    with world.server.tab(OLGA) as tab:
        values = ("9" * 40, "-1", "NaN", "' OR 1=1 --", "../../etc/passwd\r\nX: y", "٣", "\x00", "1e400")
        for number, page in enumerate(_every_page()):
            for value in values if world.is_thorough else (values[number % len(values)],):
                keeps_silent(tab.open(page, urlencode(dict.fromkeys(address_names(), value))), "Traceback")
    return "a page without a choice, never a bug"


@attempt("analyst", "sets the switch 'view as' to a person of the other client, by its key and by its id")
def view_as_by_no_admin(world: World) -> str:
    with world.server.tab(ANA) as tab:
        tab.open("home")
        switch = tab.widget(VIEW_AS)
    for made_up in (VIEW_AS, switch.id):
        with world.server.tab(ANTON) as tab:
            tab.open("home")
            for value in (RITA, f"{person(world, RITA).name}, data owner"):
                answer = tab.send_states(state(made_up, string_value=value))
                assert not any(answer.holds(mark) for mark in ("Quartz Roofing", "Zenobia", "You look as"))
    with world.server.tab(ANTON) as tab:
        keeps_silent(tab.open("desk"))
    return "shown as an analyst"


@attempt("admin", "looks as a stakeholder and opens the pages that the stakeholder may not see")
def view_as_hides(world: World) -> str:
    with world.server.tab(ANA) as tab:
        tab.open("home")
        switch = tab.widget(VIEW_AS)
        chosen = next(option for option in switch.options if option.startswith("Sam"))
        answer = tab.put(switch, chosen)
        tab.hold(switch, chosen)
        shown = tab.send_states()
        assert "Zenobia" not in answer.text + shown.text
        return _what_a_stakeholder_sees(shown)


def _what_a_stakeholder_sees(answer: Run) -> str:
    assert "You look as" in answer.text, answer.text[-1500:]
    keeps_silent(answer)
    return "the stakeholder's view, and whose hands it still is"


@attempt("a person taken out", "clicks on in a tab that is still open")
def a_person_who_is_gone(world: World) -> str:
    with world.server.tab("nobody-here@example.com") as tab:
        return said(tab.open("home"), "nobody of this desk has that address")


@attempt("somebody with a provider's account", "is vouched for as the desk's own local admin")
def the_local_admins_address(world: World) -> str:
    with world.server.tab(people.LOCAL_ADMIN) as tab:
        return said(tab.open("desk"), "nobody of this desk has that address")


@attempt("somebody with a provider's account", "claims another person's address without having verified it")
def an_unverified_address(world: World) -> str:
    for claim in (False, "false", None, "", 0):
        with world.server.tab(cookie=world.server.cookie(ANA, email_verified=claim)) as tab:
            answer = said(tab.open("desk"), "does not say that the address")
    return f"{answer} is yours"


@attempt("analyst", "sends a client's name with pictures, links and HTML in it through a page")
def markup_in_what_is_shown(world: World) -> str:
    hostile = "![x](http://evil.example/a.png)<script>alert(1)</script>[y](javascript:alert(1))"
    with world.server.tab(ANTON) as tab:
        for page in ("records", "operations", "import_review"):
            answer = tab.open(page, urlencode({"find": hostile, "client": hostile, "reason": hostile}))
            keeps_silent(answer)
            for kind in ("markdown", "alert", "heading"):
                for element in answer.only(kind):
                    assert "](http://evil" not in element.body.replace("\\", "~"), element.body
                    assert "](javascript:" not in element.body.replace("\\", "~"), element.body
                    assert "<script>" not in element.body or not element.allow_html, element.body
    return "shown as text, or not at all"
