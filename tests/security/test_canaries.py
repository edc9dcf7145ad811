"""Canaries: what was planted in one client's columns is searched for in everything that is sent to anybody."""

from __future__ import annotations

import gc
import importlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from sqlalchemy import text
from starlette.routing import Route

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Right, Role
from lib.mapping.drafts import MapDraft
from lib.pipeline.publishing.report_notes import send_report_notes
from lib.pipeline.running.alerting import send_alerts
from lib.services.mapping import map_desk, map_samples, map_steps
from lib.services.people import people
from lib.services.publishing import report_notes
from lib.services.running import alerts
from tests.builders import admin, everything
from tests.published import at_day
from tests.security import canary_desk
from tests.security.canary_desk import OTHER, address_of
from tests.security.canary_marks import MARKED, PLANTED, REMOVED, WITHOUT, For, columns_of_text, marked_in
from tests.security.canary_walk import EVERYTHING, Address, Seen, Still, Walk, every_page, opened, overheard
from tests.standins.mail import mail_server
from tests.stream import Server, streaming

# Everybody who may come by, and how much of the marked client's they may read.
PEOPLE: dict[str, tuple[str | None, int]] = {
    "a stakeholder of the client": (address_of(Role.STAKEHOLDER, MARKED), For.CLIENT),
    "an analyst of the client": (address_of(Role.ANALYST, MARKED), For.DESK),
    "an owner of the client": (address_of(Role.OWNER, MARKED), For.OWNER),
    "an owner of another client": (address_of(Role.OWNER, OTHER), 0),
    "an analyst of another client": (address_of(Role.ANALYST, OTHER), 0),
    "a stakeholder of another client": (address_of(Role.STAKEHOLDER, OTHER), 0),
    "somebody who was removed": (address_of(REMOVED, MARKED), 0),
    "nobody": (None, 0),
}
_OWNER = "an owner of the client"
_REMOVED = "somebody who was removed"
# An analyst may see less of their own client than its owner, and is asked about in the proofs.
QUICK = [who for who in PEOPLE if who not in (_OWNER, "an analyst of another client")]
# They are shown so many controls that those are pressed in the proofs; of everybody else's each is pressed.
_STAFF = ("an analyst of the client", "an owner of another client")
# So many marks a walk of links alone comes by; what needs a button is pressed in the proofs.
_SHOWN = 50
_BUG = "volebugx"
_SOME = 10


@dataclass
class Canaries:
    """The marked desk as it is served, and what its loggers say."""

    server: Server
    still: Still
    home: Path
    heard: list[str] = field(default_factory=list)

    def walk(self, who: str, **more: Any) -> Seen:
        """Everywhere as this person, who also knows every address that the marked client's owner was led to."""
        known = () if who == _OWNER else tuple(_addresses(self))
        # Whoever is not let in is turned back by the router whatever the address, so some addresses are as good as all.
        known = known[:_SOME] if who in (_REMOVED, "nobody") else known
        return Walk(self.server, self.still, PEOPLE[who][0], known=known, **more).all()


@cache
def _marked_home() -> Path:
    """A desk's folder with the marked desk in it, made once a process and copied by whoever needs it."""
    home = Path(mkdtemp(prefix="desk-canaries-"))
    with pytest.MonkeyPatch.context() as patch, streaming(home, set_up=lambda desk: canary_desk.made(desk, patch)):
        pass
    return home


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    """The marked desk, served in this process."""
    home = tmp_path_factory.mktemp("canaries")
    shutil.copytree(_marked_home(), home, dirs_exist_ok=True)
    with (
        pytest.MonkeyPatch.context() as patch,
        overheard() as heard,
        streaming(home, set_up=lambda desk: canary_desk.secrets_set(desk, patch)) as server,
    ):
        # Streamlit collects after each run; frozen, what was loaded before is not walked each time.
        gc.collect()
        gc.freeze()
        still = Still(home / "var")
        yield Canaries(server, still, home, heard)
        still.close()
        gc.unfreeze()


WALKED: list[Walk] = []


def _owners_walk(canaries: Canaries) -> Walk:
    """The walk of whoever may see it all: what shows that the marks are there, and which addresses there are."""
    if not WALKED:
        walk = Walk(canaries.server, canaries.still, PEOPLE[_OWNER][0], presses=frozenset({"turn", "rows"}))
        walk.all()
        WALKED.append(walk)
    return WALKED[0]


def _addresses(canaries: Canaries) -> list[Address]:
    return _owners_walk(canaries).addresses


def too_much(seen: Seen, may_read: int) -> dict[str, str]:
    """The marks that were seen and are not for such a person, with where."""
    return {column: where for column, where in seen.marks.items() if PLANTED.get(column, For.NOBODY) > may_read}


def test_every_column_of_text_is_planted_or_says_why_not() -> None:
    named = {column for column in PLANTED if column.split(".")[0] not in ("secret", "hook", "stakeholder")}
    assert set(columns_of_text()) == named | set(WITHOUT)
    assert not named & set(WITHOUT)


def test_every_mark_lies_where_it_is_said_to_and_no_secret_lies_anywhere(canaries: Canaries) -> None:
    found = set()
    for rows in everything(canaries.server.desk).values():
        for row in rows:
            cells = [_unpacked(cell) if isinstance(cell, bytes) else str(cell) for cell in row.values()]
            found |= {mark for cell in cells for mark in marked_in(cell)}
    unkept = {column for column in PLANTED if column.startswith(("secret.", "hook."))}
    assert found == set(PLANTED) - unkept


def _unpacked(content: bytes) -> str:
    return "\n".join(opened(content))


def test_whoever_answers_for_the_client_is_shown_the_marks(canaries: Canaries) -> None:
    seen = _owners_walk(canaries).seen
    cells = {column for column in PLANTED if column.startswith("crm_leads.")}
    assert cells | {"row_edits.value", "statements.card"} <= set(seen.marks) | {"crm_leads.status"}
    assert len(seen.marks) >= _SHOWN, f"only {len(seen.marks)} marks were shown to whoever may see them"
    assert not too_much(seen, For.OWNER)
    # A page that broke would hide what it has to show.
    assert not [line for line in canaries.heard if "unexpected error" in line]


@pytest.mark.parametrize("who", QUICK)
def test_nobody_is_sent_what_they_may_not_read(canaries: Canaries, who: str) -> None:
    may_read = PEOPLE[who][1]
    # It ends at the first mark too many, so that the test of this test is quick.
    presses = frozenset() if who in _STAFF else EVERYTHING
    assert not too_much(canaries.walk(who, seen=Seen(may_read), presses=presses), may_read)


@pytest.mark.prove
@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_is_sent_it_whatever_they_press(canaries: Canaries, who: str) -> None:
    seen = canaries.walk(who, presses=EVERYTHING, strangers=(None, PEOPLE["an owner of another client"][0]))
    _told(who, seen)
    assert not too_much(seen, PEOPLE[who][1])


def test_an_analyst_asks_in_vain_for_a_field_in_the_clear(canaries: Canaries) -> None:
    desk = canaries.server.desk
    for who, is_clear in ((_OWNER, True), ("an analyst of the client", False)):
        person = desk.ask(admin(desk), people.known_person, str(PEOPLE[who][0]))
        offered = desk.ask(person, map_desk.map_desk, "site", "lead")
        assert offered.current is not None
        draft = MapDraft("site", "lead").begun(offered.current.field_map, "the map in use")
        sample = desk.ask(person, map_samples.sample_delivery, 1)
        form = desk.ask(
            person, map_steps.field_form, draft.sampled(sample, offered.current.field_map), "name", is_clear=True
        )
        assert ("crm_leads.name" in marked_in(str(form.preview))) is is_clear


def _told(who: str, seen: Seen) -> None:
    """The table of marks and where they were seen first, for whoever runs this with -s."""
    lines = [f"\n{who}: {len(seen.marks)} of {len(PLANTED)} marks in {seen.runs} runs"]
    lines += [f"  {name:50} {PLANTED[name].name.lower():8} {where}" for name, where in sorted(seen.marks.items())]
    sys.stdout.write("\n".join(lines) + "\n")


def _asking_in_vain(desk: Desk, _found: object) -> object:
    with desk.app.connect() as connection:
        return connection.execute(text("SELECT nothing FROM nowhere WHERE it = :it"), {"it": _BUG})


def _breaking(_desk: Desk, found: object) -> object:
    raise RuntimeError(f"{_BUG} was met in {found!r}")


_honest_ask = Desk.ask


@pytest.mark.parametrize("breaks", [_breaking, _asking_in_vain])
def test_a_bug_on_any_page_says_nothing_of_what_it_met(
    canaries: Canaries,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    breaks: Callable[[Desk, object], object],
) -> None:
    def ask(desk: Desk, actor: Actor, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = _honest_ask(desk, actor, verb, *args, **kwargs)
        # Who is at the door is known before anything else is asked.
        return found if verb.__module__.startswith("lib.services.people") else breaks(desk, found)

    monkeypatch.setattr(Desk, "ask", ask)
    before = len(canaries.heard)
    for page in every_page():
        with canaries.server.tab(PEOPLE[_OWNER][0]) as tab:
            run = tab.open(page)
        assert not marked_in(run.raw.decode("latin-1")) - {"people.email", "people.name"}, page
        assert run.only("alert"), f"{page} broke and said nothing"
    # Streamlit logs by itself what leaves a script, and past every logger where it is let.
    assert not marked_in("\n".join([*canaries.heard[before:], *capfd.readouterr()]))


def test_no_address_of_the_server_hands_a_mark_to_whoever_just_asks(canaries: Canaries) -> None:
    routes = importlib.import_module("app").app._user_routes
    paths = {route.path for route in routes if isinstance(route, Route)}
    assert {"/hooks/{account}", "/downloads/{ticket}"} <= paths
    asked = [re.sub(r"\{[^}]*\}", word, path) for path in sorted(paths) for word in ("site", "1")]
    for who in ("nobody", "an owner of another client"):
        seen = Seen()
        for path in [*asked, "/_stcore/metrics", "/_stcore/health", "/_stcore/host-config"]:
            for method in ("GET", "POST", "PUT", "DELETE"):
                answer = canaries.server.ask(method, path, email=PEOPLE[who][0], content=b"{}")
                seen.note(f"{method} {path}", repr(answer.headers).encode() + answer.content)
        canaries.still.put_back()
        assert not too_much(seen, 0), who


def test_mails_hold_no_mark_that_their_reader_may_not_read(canaries: Canaries) -> None:
    read = {PEOPLE[who][0]: min(PEOPLE[who][1], For.DESK) for who in PEOPLE if who not in ("nobody", _REMOVED)}
    with mail_server() as post:
        settings = replace(
            canaries.server.desk.settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="desk@desk.example"
        )
        desk = replace(canaries.server.desk, settings=settings)
        for address in read:
            person = desk.ask(admin(desk), people.known_person, address)
            client = OTHER if address.endswith(f"{OTHER}.example") else MARKED
            at_day(desk, date(2026, 3, 20)).do_own(person, report_notes.subscribe, client, is_on=True)
            if person.may(Right.SEE_DETAIL):
                desk.do(person, alerts.subscribe, person="", destination="", least="routine", quiet="", timezone="")
        send_report_notes(at_day(desk, date(2026, 4, 5)), admin(desk))
        assert {mail["To"] for mail in post.got} == set(read), "everybody who asked was written to"
        desk.do(admin(desk), canary_desk.trouble)
        send_alerts(desk, admin(desk))
    canaries.still.put_back()
    assert len(post.got) == len(read) + 4, "two of each client were told"
    for mail in post.got:
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        seen = Seen()
        seen.note(mail["To"], "\n".join([*map(str, mail.values()), *map(str, parts)]).encode())
        assert not too_much(seen, read[mail["To"]])


def test_nothing_that_was_logged_meanwhile_holds_a_mark(canaries: Canaries) -> None:
    with canaries.server.tab(PEOPLE["an owner of another client"][0]) as tab:
        for page, query in _addresses(canaries)[:20]:
            tab.open(page, query)
    assert canaries.server.get("/downloads/none").status_code
    assert not marked_in("\n".join(canaries.heard))
