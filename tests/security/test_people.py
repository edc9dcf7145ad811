"""People come and go: invited, changed, removed, put back; an admin stays, accounts are answered for, all is logged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.db.repositories.people import PeopleRepository
from lib.db.shared_steps.people_checks import member_named
from lib.db.unit_of_work import Desk
from lib.domain.access.members import Presence
from lib.domain.people import NOBODY, Actor, Right, Role
from lib.errors import DeskError
from lib.pipeline.setup import people as coming_and_going
from lib.services.people import inviting, people, removing, roles, sign_in
from lib.services.people.sign_in import Claims
from lib.services.setup import account_settings
from tests.builders import a_person, admin, an_account, at, code_of, desk_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path, lambda: NOON) as opened:
        yield opened


@pytest.fixture
def either_desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """Once on each kind of database, where that matters."""
    with desk_on(database_urls, tmp_path, lambda: NOON) as opened:
        yield opened


def arrived(desk: Desk, email: str, issued_at: datetime = NOON) -> Actor:
    """Somebody comes by a sign-in of that moment, as a page lets them in."""
    claims = Claims(email, is_verified=True, issued_at=issued_at)
    found = desk.ask(NOBODY, sign_in.person_at_the_door, claims)
    if not found.is_noted:
        desk.do_own(found.person, sign_in.note_arrival, claims)
    return found.person


def refused(desk: Desk, email: str, issued_at: datetime = NOON) -> str:
    with pytest.raises(DeskError) as trouble:
        arrived(desk, email, issued_at)
    return code_of(trouble)


def lines(desk: Desk, email: str) -> list[str]:
    """What the log says was done to this person, oldest first."""
    found = desk.ask(admin(desk), people.members)
    number = next(item.actor.person_id for item in found if item.email == email)
    return [row.action for row in desk.ask(admin(desk), lambda tx: tx.audit.of("person", number))]


def presence(desk: Desk, email: str) -> Presence:
    return next(i for i in desk.ask(admin(desk), people.members) if i.email == email).presence(desk.clock())


def owner_of(desk: Desk, key: str) -> str:
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key(key)).owner_email


def test_whoever_is_invited_gets_in_by_signing_in_with_that_address(either_desk: Desk) -> None:
    desk = either_desk
    an_account(desk)
    desk.do(admin(desk), inviting.invite_person, "Sam@Acme.example", Role.STAKEHOLDER, ["acme"], FORTNIGHT)
    assert presence(desk, "sam@acme.example") is Presence.INVITED
    sam = arrived(at(desk, lambda: NOON + timedelta(days=3)), "SAM@acme.example", NOON + timedelta(days=3))
    assert (sam.role, len(sam.client_ids or ())) == (Role.STAKEHOLDER, 1)
    assert presence(desk, "sam@acme.example") is Presence.ACTIVE
    assert lines(desk, "sam@acme.example") == ["person invited", "invitation followed"]


def test_an_invitation_lapses_and_is_renewed_by_inviting_again(desk: Desk) -> None:
    desk.do(admin(desk), inviting.invite_person, "bo@example.com", Role.ANALYST, None, FORTNIGHT)
    late = NOON + timedelta(days=14)
    later = at(desk, lambda: late)
    assert refused(later, "bo@example.com", late) == "invitation_lapsed"
    assert presence(later, "bo@example.com") is Presence.LAPSED
    later.do(admin(desk), inviting.invite_person, "bo@example.com", Role.OWNER, None, FORTNIGHT)
    assert arrived(later, "bo@example.com", late).role is Role.OWNER
    # Once they have come there is nothing to lapse.
    much_later = late + timedelta(days=60)
    assert arrived(at(desk, lambda: much_later), "bo@example.com", much_later).email == "bo@example.com"


def test_nobody_who_has_come_is_invited_over(desk: Desk) -> None:
    a_person(desk, "ana@example.com", Role.OWNER)
    with pytest.raises(DeskError) as trouble:
        desk.do(admin(desk), inviting.invite_person, "ana@example.com", Role.ANALYST, None, FORTNIGHT)
    assert code_of(trouble) == "person_exists"


def test_a_person_may_see_several_clients(either_desk: Desk) -> None:
    desk = either_desk
    for client in ("acme", "bolt", "cog"):
        an_account(desk, f"{client}_site", client=client)
    made = desk.do(admin(desk), people.add_person, "bo@example.com", Role.ANALYST, ["acme", "bolt"])
    seen = desk.ask(made, lambda tx: [item.key for item in tx.clients.every()])
    assert sorted(seen) == ["acme", "bolt"]
    changed = desk.do(admin(desk), roles.change_person, "bo@example.com", {"clients": "cog, bolt"}).member.actor
    assert sorted(desk.ask(changed, lambda tx: [item.key for item in tx.clients.every()])) == ["bolt", "cog"]
    changed = desk.do(admin(desk), roles.change_person, "bo@example.com", {"clients": "every"}).member.actor
    assert changed.client_ids is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "stakeholder"}, "stakeholder_needs_client"),
        ({"clients": ""}, "no_client_named"),
        ({"clients": "nobody_knows"}, "client_not_found"),
        ({"role": "king"}, "unknown_role"),
        ({"email": "else@example.com"}, "unknown_setting"),
        ({"role": "admin", "clients": "acme"}, "admin_sees_every_client"),
    ],
)
def test_what_a_person_may_is_changed_wholly_or_not_at_all(desk: Desk, changes: dict[str, str], code: str) -> None:
    an_account(desk)
    a_person(desk, "bo@example.com", Role.ANALYST)
    with pytest.raises(DeskError) as trouble:
        desk.do(admin(desk), roles.change_person, "bo@example.com", {"name": "Bob", **changes})
    assert code_of(trouble) == code
    before = desk.ask(admin(desk), people.known_person, "bo@example.com")
    assert (before.name, before.role, before.client_ids) == ("Bo", Role.ANALYST, None)


def test_no_client_is_called_every(desk: Desk) -> None:
    """Or whoever is let see that one client would see every one."""
    with pytest.raises(DeskError) as trouble:
        an_account(desk, client="every")
    assert code_of(trouble) == "key_invalid"


def test_the_last_admin_is_neither_removed_nor_demoted(either_desk: Desk) -> None:
    desk = either_desk
    ana = a_person(desk, "ana@example.com", Role.ADMIN)
    # Neither the desk's own admin nor one who was only invited could let anybody in again.
    desk.do(ana, inviting.invite_person, "bo@example.com", Role.ADMIN, None, FORTNIGHT)
    for verb, more in ((removing.remove_person, ()), (roles.change_person, ({"role": "owner"},))):
        with pytest.raises(DeskError) as trouble:
            desk.do(ana, verb, "ana@example.com", *more)
        assert code_of(trouble) == "last_admin"
    arrived(desk, "bo@example.com")
    desk.do(ana, removing.remove_person, "ana@example.com")
    assert presence(desk, "ana@example.com") is Presence.REMOVED


def test_two_admins_who_remove_one_another_at_once_leave_one(
    either_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = either_desk
    pair = [a_person(desk, f"{name}@example.com", Role.ADMIN) for name in ("ana", "bo")]
    codes: list[str] = []
    # Whoever has looked waits a moment for the other: if both come that far, both have seen an admin who stays.
    both_looked, write = threading.Barrier(2), PeopleRepository.remove

    def remove_late(people_: PeopleRepository, person_id: int) -> None:
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(0.3)
        write(people_, person_id)

    monkeypatch.setattr(PeopleRepository, "remove", remove_late)

    def remove(actor: Actor, other: Actor) -> None:
        try:
            desk.do(actor, removing.remove_person, other.email)
            codes.append("removed")
        except DeskError as trouble:
            codes.append(trouble.code)

    threads = [threading.Thread(target=remove, args=each) for each in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["last_admin", "removed"]


def test_the_desks_own_admin_stays_as_it_is(desk: Desk) -> None:
    for verb, more in (
        (removing.remove_person, ()),
        (roles.change_person, ({"role": "owner"},)),
        (sign_in.sign_out_everywhere, ()),
    ):
        with pytest.raises(DeskError) as trouble:
            desk.do(admin(desk), verb, "admin@localhost", *more)
        assert code_of(trouble) == "local_admin_stays"


def test_somebody_removed_is_out_and_comes_back_only_by_a_new_sign_in(either_desk: Desk) -> None:
    desk = either_desk
    a_person(desk, "bo@example.com", Role.ANALYST)
    arrived(desk, "bo@example.com", NOON - timedelta(hours=1))
    desk.do(admin(desk), removing.remove_person, "bo@example.com")
    assert refused(desk, "bo@example.com", NOON - timedelta(hours=1)) == "not_on_this_desk"
    with pytest.raises(DeskError) as trouble:
        a_person(desk, "bo@example.com", Role.ADMIN)
    assert code_of(trouble) == "person_removed"
    back = desk.do(admin(desk), removing.put_person_back, "bo@example.com")
    assert back.actor.role is Role.ANALYST
    # The cookie of before stays worthless.
    assert refused(desk, "bo@example.com", NOON - timedelta(hours=1)) == "signed_out"
    later = NOON + timedelta(seconds=5)
    assert arrived(at(desk, lambda: later), "bo@example.com", later).email == "bo@example.com"
    assert lines(desk, "bo@example.com") == [
        "person added", "signed in", "person removed", "person put back", "signed in",
    ]  # fmt: skip


def test_a_name_that_was_removed_is_not_made_anew_by_being_used(desk: Desk) -> None:
    a_person(desk, "bo@example.com", Role.ANALYST)
    desk.do(admin(desk), removing.remove_person, "bo@example.com")
    with pytest.raises(DeskError) as trouble:
        desk.do(admin(desk), people.person, "bo@example.com", may_create_as=Role.OWNER)
    assert code_of(trouble) == "person_removed"


def test_what_somebody_did_keeps_their_name_when_they_leave(desk: Desk) -> None:
    bo = a_person(desk, "bo@example.com", Role.ANALYST)
    desk.do(admin(desk), removing.remove_person, "bo@example.com")
    assert desk.ask(admin(desk), lambda tx: tx.people.names_of([bo.person_id])) == {bo.person_id: "Bo"}


def an_owner_of(desk: Desk, *accounts: str) -> None:
    a_person(desk, "ana@example.com", Role.OWNER)
    a_person(desk, "bo@example.com", Role.OWNER)
    for key in accounts:
        an_account(desk, key)
        desk.do(admin(desk), account_settings.set_account, key, {"owner": "ana@example.com"})


def test_whoever_owns_accounts_leaves_only_when_it_is_said_what_becomes_of_them(either_desk: Desk) -> None:
    desk = either_desk
    an_owner_of(desk, "shop", "site")
    with pytest.raises(DeskError, match="shop, site") as trouble:
        coming_and_going.remove(desk, admin(desk), "ana@example.com")
    assert code_of(trouble) == "owns_accounts"
    for heir in ("nobody@example.com", "ana@example.com"):
        with pytest.raises(DeskError):
            coming_and_going.remove(desk, admin(desk), "ana@example.com", accounts_to=heir)
    assert presence(desk, "ana@example.com") is Presence.ACTIVE
    assert coming_and_going.remove(desk, admin(desk), "ana@example.com", accounts_to="bo@example.com") == (
        "shop",
        "site",
    )
    assert [owner_of(desk, key) for key in ("shop", "site")] == ["bo@example.com"] * 2


def test_accounts_may_be_let_lapse_by_a_removal(desk: Desk) -> None:
    an_owner_of(desk, "site")
    coming_and_going.remove(desk, admin(desk), "ana@example.com", may_lapse=True)
    assert owner_of(desk, "site") == "ana@example.com"
    assert presence(desk, "ana@example.com") is Presence.REMOVED


@pytest.mark.parametrize("changes", [{"role": "analyst"}, {"clients": "bolt"}])
def test_an_owner_who_may_less_answers_for_nothing_they_may_not(desk: Desk, changes: dict[str, str]) -> None:
    an_owner_of(desk, "site")
    an_account(desk, "bolt_site", client="bolt")
    with pytest.raises(DeskError) as trouble:
        coming_and_going.change(desk, admin(desk), "ana@example.com", changes)
    assert code_of(trouble) == "owns_accounts"
    assert desk.ask(admin(desk), people.known_person, "ana@example.com").role is Role.OWNER
    coming_and_going.change(desk, admin(desk), "ana@example.com", changes, accounts_to="bo@example.com")
    assert owner_of(desk, "site") == "bo@example.com"


def test_only_an_admin_says_who_may_come_in(desk: Desk) -> None:
    ana, _ = a_person(desk, "ana@example.com", Role.OWNER), a_person(desk, "bo@example.com", Role.ANALYST)
    assert not ana.may(Right.MANAGE_DESK)
    tried = [
        (people.add_person, ("x@example.com", Role.ADMIN)),
        (people.members, ()),
        (inviting.invite_person, ("x@example.com", Role.ADMIN, None, FORTNIGHT)),
        (roles.change_person, ("ana@example.com", {"role": "admin"})),
        (removing.accounts_of, ("bo@example.com",)),
        (removing.remove_person, ("bo@example.com",)),
        (removing.put_person_back, ("bo@example.com",)),
        (sign_in.sign_out_everywhere, ("bo@example.com",)),
    ]
    for verb, said in tried:
        with pytest.raises(DeskError) as trouble:
            desk.do(ana, verb, *said)  # type: ignore[arg-type]
        assert code_of(trouble) == "not_allowed"


LOOKALIKES = [
    "\N{KELVIN SIGN}ate@example.com",
    "k\N{LATIN SMALL LETTER A WITH ACUTE}te@example.com",
    "kate@example.com.",
    "kate@exampl\N{FULLWIDTH LATIN SMALL LETTER E}.com",
    "kate+x@example.com",
    "kate@example.com\x00",
    "kat\N{CYRILLIC SMALL LETTER IE}@example.com",
]


@pytest.mark.parametrize("address", LOOKALIKES)
def test_an_address_that_only_looks_alike_is_another_persons(either_desk: Desk, address: str) -> None:
    a_person(either_desk, "kate@example.com", Role.ADMIN)
    assert arrived(either_desk, " KATE@Example.com ").email == "kate@example.com"
    assert refused(either_desk, address) == "not_on_this_desk"


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "a@b@c",
        "a b@c.d",
        "x@y.z\r\nBcc: all@example.com",
        "a,b@c.d",
        "<a@b.c>",
        "\x1b[2Ja@b.c",
        "a@" + "b" * 260,
    ],
)
def test_what_is_no_address_is_nobody(desk: Desk, address: str) -> None:
    with pytest.raises(DeskError) as trouble:
        a_person(desk, address, Role.ANALYST)
    assert code_of(trouble) == "not_an_address"


def test_when_somebody_was_last_here_is_noted_and_not_on_every_click(desk: Desk) -> None:
    a_person(desk, "bo@example.com", Role.ANALYST)
    writes = []
    for minutes in (0, 1, 9, 10, 11):
        now = NOON + timedelta(minutes=minutes)
        arrived(at(desk, lambda now=now: now), "bo@example.com")  # type: ignore[misc]
        writes.append(desk.ask(admin(desk), lambda tx: member_named(tx, "bo@example.com").last_seen_at))
    assert [(each - NOON) // timedelta(minutes=1) for each in writes if each] == [0, 0, 0, 10, 10]
    assert lines(desk, "bo@example.com") == ["person added", "signed in"]
