"""A ticket lets one file of one person in by the streaming upload route, once, within the hour.

A page of somebody else's could post to a desk on this machine; so the page that asks for the file hands out a ticket,
and nothing is taken without one. It is signed with the desk's own key and kept nowhere; redeeming it writes its number
down. It is no key by itself: the route asks who is there as a page does, and the ticket is theirs or it is nobody's.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.errors import NotAllowed

_LIFE = timedelta(hours=1)


def issue_ticket(tx: UnitOfWork, account: str, key: bytes) -> str:
    """A ticket for a file to this account (its key), in the name of whoever asks; `key` is the desk's own."""
    tx.actor.require(Right.IMPORT)
    found = tx.accounts.by_key(account)
    until = int((tx.now + _LIFE).timestamp())
    said = f"{tx.actor.person_id}.{found.id}.{until}.{secrets.token_hex(12)}"
    return f"{said}.{_signature(said, key)}"


def redeem_ticket(tx: UnitOfWork, ticket: str, account: str, key: bytes) -> None:
    """Use a ticket up; NotAllowed when it is somebody else's, not for this account, used, too old, or not of this desk."""
    tx.actor.require(Right.IMPORT)
    said, _, signature = ticket.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(said, key).encode()):
        raise _refused()
    person_id, account_id, until, number = said.split(".")
    is_theirs = int(person_id) == tx.actor.person_id
    # Somebody else's attempt leaves the ticket good for the person it is for.
    if not is_theirs or not _is_new(tx, number) or datetime.fromtimestamp(int(until), UTC) < tx.now:
        raise _refused()
    if tx.accounts.by_key(account).id != int(account_id):
        raise _refused()


def _is_new(tx: UnitOfWork, number: str) -> bool:
    mine = secrets.token_hex(8)

    def written() -> dict[str, Any]:
        return {"by": mine}

    return bool(tx.once(f"upload:{number}", written)["by"] == mine)


def _signature(said: str, key: bytes) -> str:
    return hmac.new(key, b"upload ticket\n" + said.encode(), "sha256").hexdigest()


def _refused() -> NotAllowed:
    return NotAllowed(
        "This upload has no ticket that is good, so nothing was taken.", "Reload the page and choose the file again."
    )
