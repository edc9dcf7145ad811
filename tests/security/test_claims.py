"""What a provider vouches for, in every shape a cookie may say it: who is let in by it, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.services.people import people, sign_in
from lib.settings import SignIn
from lib.ui.entry import sign_in as settled
from lib.ui.entry.visitor import person_of
from tests.builders import a_person, admin, at, code_of, desk_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with two providers and one person."""
    monkeypatch.setattr(settled, "_SETTLED", [SignIn(("google", "okta"), "http://localhost:8501/oauth2callback")])
    with desk_on(sqlite_urls, tmp_path, lambda: NOON) as opened:
        a_person(opened, "ana@example.com", Role.ANALYST)
        yield opened


def claims(**said: Any) -> dict[str, Any]:
    """What the cookie of Ana says, with some of it said otherwise; `None` is said as such, `...` not at all."""
    usual = {"is_logged_in": True, "email": "ana@example.com", "email_verified": True, "iat": int(NOON.timestamp())}
    return {name: value for name, value in {**usual, **said}.items() if value is not ...}


def code(desk: Desk, **said: Any) -> str:
    with pytest.raises(DeskError) as trouble:
        person_of(desk, claims(**said))
    return code_of(trouble)


def let_in(desk: Desk, **said: Any) -> Actor:
    return person_of(desk, claims(**said))


@pytest.mark.parametrize("address", ["ANA@EXAMPLE.COM", " Ana@example.com ", "ana@EXAMPLE.com"])
def test_an_address_is_the_same_in_capitals(desk: Desk, address: str) -> None:
    assert let_in(desk, email=address).email == "ana@example.com"


@pytest.mark.parametrize(
    ("said", "is_checked"),
    [
        ({"email_verified": True}, True),
        ({"email_verified": "true"}, True),
        ({"email_verified": "True"}, True),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
        ({"email_verified": "no, true"}, False),
        ({"email_verified": None}, False),
        ({"email_verified": ["true"]}, False),
        ({"email_verified": ...}, False),
        # Entra ID, which says it of the domain and never of the address.
        ({"email_verified": ..., "xms_edov": True}, True),
        ({"email_verified": ..., "xms_edov": "1"}, True),
        ({"email_verified": ..., "xms_edov": False}, False),
        ({"email_verified": False, "xms_edov": True}, False),
    ],
)
def test_only_an_address_that_the_provider_checked_lets_anybody_in(
    desk: Desk, said: dict[str, Any], is_checked: bool
) -> None:
    if is_checked:
        assert let_in(desk, **said).email == "ana@example.com"
    else:
        assert code(desk, **said) == "address_unverified"


@pytest.mark.parametrize("address", [None, "", "   ", [], {"email": "ana@example.com"}, ...])
def test_no_address_is_nobody(desk: Desk, address: object) -> None:
    assert code(desk, email=address) in ("address_unverified", "not_on_this_desk")


@pytest.mark.parametrize("moment", [..., None, "x", "1763812800", True, float("nan"), float("inf"), 10**20, -(10**20)])
def test_a_sign_in_of_no_known_time_is_over(desk: Desk, moment: object) -> None:
    assert code(desk, iat=moment) == "signed_out"


@pytest.mark.parametrize(
    ("age", "is_good"),
    [(-60 * MINUTE, False), (-3 * MINUTE, False), (-MINUTE, True), (29 * DAY, True), (31 * DAY, False)],
)
def test_a_sign_in_is_neither_of_long_ago_nor_of_tomorrow(desk: Desk, age: timedelta, is_good: bool) -> None:
    issued = int((NOON - age).timestamp())
    if is_good:
        assert let_in(desk, iat=issued).email == "ana@example.com"
    else:
        assert code(desk, iat=issued) == "signed_out"


def test_a_word_that_was_late_when_it_came_is_refused_and_one_taken_in_time_holds(desk: Desk) -> None:
    assert code(desk, exp=int((NOON - SECOND).timestamp())) == "signed_out"
    until = int((NOON + 5 * MINUTE).timestamp())
    assert let_in(desk, exp=until).email == "ana@example.com"
    # A provider's word is good for minutes; whoever came by it in time works on.
    assert let_in(at(desk, lambda: NOON + 60 * MINUTE), exp=until).email == "ana@example.com"


@pytest.mark.parametrize("provider", ["google", "okta", ...])
def test_the_same_address_at_two_providers_is_one_person(desk: Desk, provider: object) -> None:
    ana = desk.ask(admin(desk), people.known_person, "ana@example.com")
    assert let_in(desk, provider=provider) == ana


@pytest.mark.parametrize("provider", ["default", "evil", "Google"])
def test_a_provider_that_the_desk_does_not_name_lets_nobody_in(desk: Desk, provider: str) -> None:
    assert code(desk, provider=provider) == "signed_out"


def test_a_sign_out_ends_the_sign_ins_at_every_provider(desk: Desk) -> None:
    for provider in ("google", "okta"):
        let_in(desk, provider=provider)
    desk.do(admin(desk), sign_in.sign_out_everywhere, "ana@example.com")
    for provider in ("google", "okta"):
        assert code(desk, provider=provider) == "signed_out"


def test_a_sign_out_ends_a_sign_in_that_the_provider_dated_ahead(desk: Desk) -> None:
    ahead = int((NOON + MINUTE).timestamp())
    ana = let_in(desk, iat=ahead)
    desk.do_own(ana, sign_in.sign_out)
    for later in (NOON + SECOND, NOON + 5 * MINUTE):
        with pytest.raises(DeskError) as trouble:
            person_of(at(desk, lambda later=later: later), claims(iat=ahead))  # type: ignore[misc]
        assert code_of(trouble) == "signed_out"


@pytest.mark.parametrize("said", [False, None, "", 0, ...])
def test_whoever_is_not_signed_in_is_nobody(desk: Desk, said: object) -> None:
    assert code(desk, is_logged_in=said) == "not_signed_in"
