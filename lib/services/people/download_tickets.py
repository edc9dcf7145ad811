"""A ticket lets one person take one file out of the desk by the download route, once, within minutes.

The route cannot read who is signed in, and what a browser keeps of an address must open nothing later; so a ticket is
handed out when somebody presses the button. It is signed with the desk's own key and kept nowhere; redeeming it writes
its number down.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.fixes import WhichRows
from lib.domain.people import Actor, Right
from lib.domain.verdicts import Verdict
from lib.errors import NotAllowed

_LIFE = timedelta(minutes=10)
KINDS = ("xlsx", "csv")
PACK = "pack"


@dataclass(frozen=True)
class Download:
    """Who takes which rows out, and as what; `is_clear` is whether personal values were to be seen where it was asked."""

    person: Actor
    load_id: int
    which: WhichRows
    kind: str
    is_clear: bool


@dataclass(frozen=True)
class PackDownload:
    """Who takes the handover pack of which account out."""

    person: Actor
    account: str


def issue_ticket(tx: UnitOfWork, load_id: int, which: WhichRows, kind: str, key: bytes, *, is_clear: bool) -> str:
    """A ticket for these rows as `xlsx` or `csv`, in the name of whoever asks; `key` is the desk's own."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    said = {
        "by": tx.actor.person_id,
        "load": load.id,
        "verdicts": [str(verdict) for verdict in which.verdicts],
        "class": which.row_class,
        "reason": which.reason,
        "kind": kind,
        "clear": is_clear,
    }
    return _ticket(tx, said, key)


def issue_pack_ticket(tx: UnitOfWork, account: str, key: bytes) -> str:
    """A ticket for the handover pack of an account, in the name of whoever asks; `key` is the desk's own."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = tx.accounts.by_key(account)
    return _ticket(tx, {"by": tx.actor.person_id, "account": found.key, "kind": PACK}, key)


def redeem_ticket(tx: UnitOfWork, ticket: str, key: bytes) -> Download | PackDownload:
    """What the ticket is for, once; NotAllowed when it is used, too old, not of this desk, or its holder may no more."""
    body, _, signature = ticket.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise _refused()
    said = _read(body)
    is_late = int(said["until"]) < tx.now.timestamp()
    if is_late or said["kind"] not in (*KINDS, PACK) or not _is_new(tx, said["number"]):
        raise _refused()
    person = tx.people.by_id(int(said["by"]))
    if said["kind"] == PACK:
        return _pack(tx, person, said["account"])
    load = tx.loads.by_id(int(said["load"]))
    if person is None or not person.may_see(load.client_id):
        raise _refused()
    person.require(Right.SEE_DETAIL)
    verdicts = tuple(Verdict(name) for name in said["verdicts"])
    which = WhichRows(verdicts=verdicts, row_class=said["class"], reason=said["reason"])
    return Download(person, load.id, which, said["kind"], bool(said["clear"]))


def _pack(tx: UnitOfWork, person: Actor | None, account: str) -> PackDownload:
    if person is None or not person.may_see(tx.accounts.by_key(account).client_id):
        raise _refused()
    person.require(Right.MANAGE_ACCOUNTS)
    return PackDownload(person, account)


def _ticket(tx: UnitOfWork, said: dict[str, Any], key: bytes) -> str:
    limits = {"until": int((tx.now + _LIFE).timestamp()), "number": secrets.token_hex(12)}
    body = base64.urlsafe_b64encode(json.dumps({**said, **limits}).encode()).decode().rstrip("=")
    return f"{body}.{_signature(body, key)}"


def _read(body: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        raise _refused() from None
    return found


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
