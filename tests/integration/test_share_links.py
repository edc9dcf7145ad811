"""A link opens one report note for somebody without an account, until it ends; whatever else is tried sees one calm page."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.db.tables.audit import audit_log
from lib.db.tables.share_links import share_links as kept_links
from lib.db.tables.share_links import share_visits
from lib.db.unit_of_work import Desk
from lib.domain.access.share_links import ShareAnswer, guest_of, network_of
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.entrypoints.doors.shared import SharedDoor, routes_of
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.opening import open_desk
from lib.reporting.shared_note import NOTHING_HERE
from lib.services.publishing import portal_cards, share_links, statements
from lib.services.publishing.share_links import ListedLink, NewLink
from tests.builders import a_person, admin, at, code_of, desk_on, settings_on, table_rows
from tests.published import METRIC, at_day, published, two_fortnights
from tests.terminal import Terminal

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))


TODAY = date(2026, 4, 2)


@pytest.fixture(scope="module")
def as_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that is closed again: Acme with one published number."""
    home = tmp_path_factory.mktemp("published")
    with desk_on((f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db"), home) as opened:
        then = at_day(opened, TODAY)
        published(then, two_fortnights(then))
    assert not list(home.glob("*-wal")), "what is not in the file yet would not be copied"
    return home


@pytest.fixture
def desk(as_published: Path, sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """Acme with one published number, on 2 April 2026."""
    shutil.copytree(as_published, tmp_path, dirs_exist_ok=True)
    with contextlib.closing(open_desk(settings_on(sqlite_urls, tmp_path))) as opened:
        yield at_day(opened, TODAY)


def made(desk: Desk, **more: int) -> NewLink:
    return desk.do(admin(desk), share_links.share, "acme", MARCH, "Rosa, by e-mail", desk.hash_key, **more)


def asked(desk: Desk, path: str, method: str = "GET") -> httpx.Response:
    door = SharedDoor(lambda: desk)
    with TestClient(Starlette(routes=routes_of(door)), client=("203.0.113.77", 5000)) as client:
        return client.request(method, path)


def opened(desk: Desk, token: str) -> httpx.Response:
    return asked(desk, f"/shared/{token}")


def listed(desk: Desk) -> ListedLink:
    (found,) = desk.ask(admin(desk), share_links.links, "acme")
    return found


def later(desk: Desk, **more: int) -> Desk:
    now = desk.clock() + timedelta(**more)
    return at(desk, lambda: now)


def test_a_link_opens_the_note_and_nothing_else(desk: Desk) -> None:
    link = made(desk)
    answer = opened(desk, link.token)
    assert answer.status_code == 200
    text = answer.text
    assert "Report note for March 2026" in text
    assert "83 leads" in text
    assert "This page can be opened until 16 April 2026." in text
    # No way anywhere, nothing fetched, nothing run: pictures are in the page, the style is known by its hash.
    assert not re.search(r"<(script|a|form|link|iframe|object|base)\b|href=|\son\w+=|url\(|http", text)
    assert re.findall(r'src="(.{5})', text) == ["data:"]
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in headers


def test_each_opening_is_kept_with_its_network_and_the_token_is_not(desk: Desk) -> None:
    link = made(desk)
    opened(desk, link.token)
    opened(later(desk, days=20), link.token)
    visits = [(row["network"], row["answer"]) for row in table_rows(desk.app, share_visits)]
    assert visits == [("203.0.113.0/24", "shown"), ("203.0.113.0/24", "expired")]
    assert (listed(desk).visits, listed(desk).shown) == (2, 1)
    opens = link.token.partition(".")[0]
    assert opens not in json.dumps(table_rows(desk.app, kept_links), default=str)
    (line,) = [row for row in table_rows(desk.app, audit_log) if row["action"] == "report note shared"]
    assert opens not in json.dumps(line, default=str)


def forged(desk: Desk, link: NewLink) -> str:
    body, _, signature = link.token.rpartition(".")
    return f"{body[:-1]}{'A' if body[-1] != 'A' else 'B'}.{signature}"


def signed_but_never_made(desk: Desk, _link: NewLink) -> str:
    from lib.domain.access.share_links import new_token

    return new_token(1, desk.hash_key)


@pytest.mark.parametrize("token", [forged, signed_but_never_made, lambda _desk, _link: "x", lambda _d, _l: "é." * 200])
def test_a_link_that_is_none_answers_like_one_that_has_ended(desk: Desk, token: Callable[[Desk, NewLink], str]) -> None:
    link = made(desk)
    answer = opened(desk, token(desk, link))
    ended = opened(later(desk, days=15), link.token)
    assert (answer.status_code, answer.text) == (ended.status_code, ended.text)
    assert answer.status_code == 404
    assert NOTHING_HERE[0] in answer.text
    assert "Acme" not in answer.text
    assert answer.headers == ended.headers


def hide(desk: Desk) -> None:
    desk.do(admin(desk), portal_cards.show_card, "acme", METRIC, is_shown=False)


def take_back(desk: Desk) -> None:
    desk.do(admin(desk), statements.withdraw, 1, "It counted another town.")


def say_anew(desk: Desk) -> None:
    (shown,) = desk.ask(admin(desk), statements.versions_of, "acme", METRIC)
    text = desk.ask(admin(desk), statements.draft_for, "acme", METRIC, 1, shown.period, "week", sentence=None).template
    args = ("acme", METRIC, 1, shown.period, "week")
    version = desk.do(admin(desk), statements.write, *args, sentence=text, next_action="Call them.")
    desk.do(admin(desk), statements.review, version.id)
    desk.do(admin(desk), statements.publish, version.id)


@pytest.mark.parametrize("ended", [hide, take_back, say_anew])
def test_a_note_that_may_not_be_shown_any_more_is_not(desk: Desk, ended: Callable[[Desk], None]) -> None:
    link = made(desk)
    assert opened(desk, link.token).status_code == 200
    ended(desk)
    assert opened(desk, link.token).status_code == 404
    assert listed(desk).answer is ShareAnswer.WITHDRAWN
    assert (listed(desk).visits, listed(desk).shown) == (2, 1)


def test_a_link_outlives_the_next_months_number_as_it_is_of_its_own_month(desk: Desk) -> None:
    link = made(desk)
    span = DateRange(date(2026, 3, 23), date(2026, 3, 29))
    published(desk, 1, span=span)
    answer = opened(desk, link.token)
    assert answer.status_code == 200
    assert "83 leads" in answer.text


def test_a_link_is_ended_at_once_and_by_itself(desk: Desk) -> None:
    link = made(desk, days=90)
    assert opened(later(desk, days=89), link.token).status_code == 200
    assert opened(later(desk, days=90), link.token).status_code == 404
    desk.do(admin(desk), share_links.revoke, link.link.id)
    assert opened(desk, link.token).status_code == 404
    assert listed(desk).answer is ShareAnswer.REVOKED
    desk.do(admin(desk), share_links.revoke, link.link.id)
    actions = [row["action"] for row in table_rows(desk.app, audit_log)]
    assert actions.count("report note no longer shared") == 1


def test_only_get_opens_and_every_other_address_below_is_calm_too(desk: Desk) -> None:
    link = made(desk)
    for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        assert asked(desk, f"/shared/{link.token}", method).status_code == 405
    for path in ("/shared/", "/shared", f"/shared/{link.token}/more", "/shared/a/b/c"):
        answer = asked(desk, path)
        assert answer.status_code == 404
        assert NOTHING_HERE[0] in answer.text
    assert table_rows(desk.app, share_visits) == []


def test_trouble_of_the_desks_own_tells_a_stranger_nothing(desk: Desk) -> None:
    def broken() -> Desk:
        raise RuntimeError("mysql://desk:hunter2@db")

    with TestClient(Starlette(routes=routes_of(SharedDoor(broken)))) as client:
        answer = client.get(f"/shared/{made(desk).token}")
    assert answer.status_code == 404
    assert "hunter2" not in answer.text


def test_a_guest_sees_their_client_and_only_through_the_portals_views(desk: Desk) -> None:
    link = made(desk)
    guest = guest_of(link.token, desk.hash_key)
    assert guest is not None
    assert guest.actor.client_ids == frozenset({link.link.client_id})
    with pytest.raises(NotAllowed):
        desk.ask(guest.actor, share_links.links)
    assert guest_of(link.token, b"x" * 32) is None


def test_links_are_made_and_ended_by_whoever_publishes_within_their_clients(desk: Desk) -> None:
    link = made(desk)
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
    elsewhere = Actor(9, "olga@desk.example", "Olga", Role.OWNER, frozenset({999}))
    for person, error in ((analyst, NotAllowed), (elsewhere, NotFound)):
        with pytest.raises(error):
            desk.do(person, share_links.share, "acme", MARCH, "Rosa", desk.hash_key)
        with pytest.raises(error):
            desk.do(person, share_links.revoke, link.link.id)
    assert len(desk.ask(analyst, share_links.links)) == 1
    assert desk.ask(elsewhere, share_links.links) == ()


@pytest.mark.parametrize(
    ("words", "days", "code"), [("", 14, "nobody_named"), ("Rosa", 0, "too_long"), ("Rosa", 91, "too_long")]
)
def test_a_link_says_for_whom_and_ends_within_ninety_days(desk: Desk, words: str, days: int, code: str) -> None:
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), share_links.share, "acme", MARCH, words, desk.hash_key, days)
    assert code_of(refused) == code


def test_nothing_published_is_nothing_to_share(desk: Desk) -> None:
    take_back(desk)
    with pytest.raises(DeskError) as refused:
        made(desk)
    assert code_of(refused) == "nothing_published"


def test_the_networks_of_addresses() -> None:
    asked_from = ("203.0.113.77", "2001:db8:1:2::7", "2001:db8:1:2::/64", "::ffff:203.0.113.77", "testclient", "")
    found = ["203.0.113.0/24", "2001:db8:1::/48", "2001:db8:1::/48", "203.0.113.0/24", "", ""]
    assert [network_of(address) for address in asked_from] == found


def test_links_on_the_terminal(desk: Desk, sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    run = Terminal(tmp_path, sqlite_urls)
    told = run.json("share", "add", "acme", "--for", "Rosa", "--month", "2026-03", "--by", "ana@example.com")
    assert told["address"].startswith("/shared/")
    assert opened(at(desk, replace(desk).clock), told["address"].removeprefix("/shared/")).status_code == 200
    (line,) = run.json("share", "list", "acme")
    assert (line["for"], line["month"], line["answers"], line["visits"]) == ("Rosa", "2026-03", "shown", 1)
    assert run.json("share", "revoke", told["link"], "--by", "ana@example.com")["link"] == told["link"]
    assert run.json("share", "list")[0]["answers"] == "revoked"
