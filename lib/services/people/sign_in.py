"""Who somebody signed in is to this desk, asked again on each run; and how a sign-in ends before its cookie does."""

from __future__ import annotations

from datetime import datetime, timedelta

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Actor, Right
from lib.errors import DeskError

# Streamlit tells the browser to forget the cookie after this long; a copy of it would be good for ever.
LONGEST = timedelta(days=30)
# The embedded desk's own admin lives here; no provider may vouch for that address.
_HERE = "@localhost"


def person_at_the_door(tx: UnitOfWork, email: str, issued_at: datetime | None, *, is_verified: bool) -> Actor:
    """The person a provider vouches for.

    `issued_at` is when it did (the ID token's `iat`). DeskError `address_unverified`, `not_on_this_desk`, or
    `signed_out` when they were signed out, or it is too long ago.
    """
    address = email.strip().lower()
    if not address or not is_verified:
        raise DeskError(
            "address_unverified",
            f"Your sign-in provider does not say that the address {address or 'it gave'} is yours.",
            "Verify it there, then sign in again.",
        )
    found = None if address.endswith(_HERE) else tx.people.by_email(address)
    if found is None:
        raise DeskError(
            "not_on_this_desk",
            f"You are signed in as {address}, and nobody of this desk has that address.",
            "Ask an admin of the desk to add you, or sign in with another address.",
        )
    since = tx.people.signed_out_since(found.person_id)
    is_ended = issued_at is None or issued_at < tx.now - LONGEST or (since is not None and issued_at <= since)
    if is_ended:
        raise DeskError("signed_out", f"{address} was signed out.", "Sign in again to go on.")
    return found


def sign_out(tx: UnitOfWork) -> None:
    """End every sign-in of the person who asks: a cookie issued before now is refused, a copied one too."""
    tx.people.sign_out(tx.actor.person_id)
    tx.audit.note("signed out", "person", tx.actor.person_id, None)


def sign_out_everywhere(tx: UnitOfWork, email: str) -> None:
    """End every sign-in of another person, at once."""
    tx.actor.require(Right.MANAGE_DESK)
    found = tx.people.by_email(email)
    if found is None:
        raise DeskError("unknown_person", f"{email} is not a person of this desk.", "`user list` shows everybody.")
    tx.people.sign_out(found.person_id)
    tx.audit.note("person signed out everywhere", "person", found.person_id, None, email=found.email)
