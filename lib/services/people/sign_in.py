"""Who somebody signed in is to this desk, asked again on each run; and how a sign-in ends before its cookie does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.db.own_work import OwnWork
from lib.db.shared_steps.people_checks import member_named
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.addresses import folded
from lib.domain.access.members import HERE, Member, Presence
from lib.domain.people import Actor, Right
from lib.errors import DeskError

# Streamlit tells the browser to forget the cookie after this long; a copy of it would be good for ever.
LONGEST = timedelta(days=30)
# How far ahead of this desk's a provider's clock may be. A sign-in of tomorrow would outlive every sign-out of today.
_AHEAD = timedelta(minutes=2)
# How old the note of when somebody was last here may be; a note on each click would write on each click.
_NOTED_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Claims:
    """What a provider vouches for: an address, whether it checked it, when it did (`iat`), until when that holds (`exp`)."""

    email: str
    is_verified: bool
    issued_at: datetime | None
    expires_at: datetime | None = None
    provider: str = ""


@dataclass(frozen=True)
class Arrival:
    """A person at the door, and whether to note it: a sign-in that the desk meets for the first time, or not lately."""

    person: Actor
    is_new: bool
    is_noted: bool


def person_at_the_door(tx: UnitOfWork, claims: Claims) -> Arrival:
    """The person a provider vouches for.

    DeskError `address_unverified`, `not_on_this_desk`, `invitation_lapsed`, or `signed_out` when they were signed out, or
    it is too long ago, or nobody can tell when it was.
    """
    address = folded(claims.email)
    if not address or not claims.is_verified:
        raise DeskError(
            "address_unverified",
            f"Your sign-in provider does not say that the address {address or 'it gave'} is yours.",
            "Verify it there, then sign in again.",
        )
    found = None if address.endswith(HERE) else tx.people.member(address)
    if found is None or not found.is_active:
        raise DeskError(
            "not_on_this_desk",
            f"You are signed in as {address}, and nobody of this desk has that address.",
            "Ask an admin of the desk to invite you, or sign in with another address.",
        )
    issued_at = claims.issued_at
    if issued_at is None or _is_over(tx, found, claims, issued_at):
        raise DeskError("signed_out", f"{address} was signed out.", "Sign in again to go on.")
    if found.presence(tx.now) is Presence.LAPSED:
        raise DeskError(
            "invitation_lapsed",
            f"The invitation of {address} has lapsed.",
            "Ask an admin of the desk to invite you again.",
        )
    is_new = _is_new(found, issued_at)
    is_noted = not is_new and found.last_seen_at is not None and tx.now - found.last_seen_at < _NOTED_FOR
    return Arrival(found.actor, is_new, is_noted)


def note_arrival(tx: OwnWork, claims: Claims) -> None:
    """Write down, in the name of the person who came, that they are here; a new sign-in is a line of the log."""
    person = tx.actor
    found = tx.own.me()
    if found is None or not found.is_active or claims.issued_at is None:
        return
    if not _is_new(found, claims.issued_at):
        tx.own.see()
        return
    tx.own.arrive(claims.issued_at)
    action = "invitation followed" if found.invited_until is not None else "signed in"
    tx.audit.note(action, "person", person.person_id, None, provider=claims.provider[:60])


def sign_out(tx: OwnWork) -> None:
    """End every sign-in of the person who asks: a cookie issued before now is refused, a copied one too."""
    tx.own.sign_out()
    tx.audit.note("signed out", "person", tx.actor.person_id, None)


def sign_out_everywhere(tx: UnitOfWork, email: str) -> None:
    """End every sign-in of another person, at once."""
    tx.actor.require(Right.MANAGE_DESK)
    found = member_named(tx, email)
    tx.people.sign_out(found.actor.person_id)
    tx.audit.note("person signed out everywhere", "person", found.actor.person_id, None, email=found.email)


def _is_over(tx: UnitOfWork, found: Member, claims: Claims, issued_at: datetime) -> bool:
    is_too_old, is_of_tomorrow = issued_at < tx.now - LONGEST, issued_at > tx.now + _AHEAD
    is_signed_out = found.signed_out_since is not None and issued_at <= found.signed_out_since
    # `exp` says until when a token may be handed over, not how long somebody works: it binds what was never seen here.
    is_late = _is_new(found, issued_at) and claims.expires_at is not None and claims.expires_at < tx.now
    return is_too_old or is_of_tomorrow or is_signed_out or is_late


def _is_new(found: Member, issued_at: datetime) -> bool:
    return found.signed_in_at is None or issued_at > found.signed_in_at
