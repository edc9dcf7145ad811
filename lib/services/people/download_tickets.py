"""A ticket lets one person take one file out of the desk by the download route, once, within minutes.

What a browser keeps of an address must open nothing later, so an address is good once: the ticket in it is handed out
when somebody presses the button, signed with the desk's own key and kept nowhere; redeeming it writes its number down.
It is no key by itself. The route asks who is there as a page does, and the ticket is theirs or it is nobody's.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.leaving import Wanted
from lib.domain.people import Right
from lib.errors import NotAllowed

_LIFE = timedelta(minutes=10)


def issue_ticket(tx: UnitOfWork, wanted: Wanted, key: bytes) -> str:
    """A ticket for this file in the name of whoever asks; `key` is the desk's own.

    Whether they may have it is asked by what makes the file, at the moment it is made.
    """
    tx.actor.require(Right.SEE_DETAIL)
    said = {
        "by": tx.actor.person_id,
        "kind": wanted.kind,
        "about": dict(wanted.about),
        "until": int((tx.now + _LIFE).timestamp()),
        "number": secrets.token_hex(12),
    }
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{body}.{_signature(body, key)}"


def redeem_ticket(tx: UnitOfWork, ticket: str, key: bytes) -> Wanted:
    """What the ticket is for, once; NotAllowed when it is used, too old, not of this desk, or somebody else's."""
    body, _, signature = ticket.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise _refused()
    said = _read(body)
    # Somebody else's attempt leaves the ticket good for the person it is for.
    if not _is_theirs(tx, said) or int(said["until"]) < tx.now.timestamp() or not _is_new(tx, said["number"]):
        raise _refused()
    return Wanted(said["kind"], said["about"])


def _read(body: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        raise _refused() from None
    return found


def _is_theirs(tx: UnitOfWork, said: Mapping[str, Any]) -> bool:
    return bool(said["by"] == tx.actor.person_id)


def _is_new(tx: UnitOfWork, number: str) -> bool:
    mine = secrets.token_hex(8)
    return bool(tx.once(f"download:{number}", lambda: {"by": mine})["by"] == mine)


def _signature(body: str, key: bytes) -> str:
    return hmac.new(key, b"download ticket\n" + body.encode(), "sha256").hexdigest()


def _refused() -> NotAllowed:
    return NotAllowed(
        "This download has no ticket that is good, so nothing left the desk.",
        "Go back to the page and ask for it again.",
    )
