"""A link to one report note for somebody without an account: its token, how long it opens, and what it answers."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from lib.domain.people import Actor, Role
from lib.errors import DeskError

USUAL_DAYS, LONGEST_DAYS = 14, 90
_IPV4_KEPT, _IPV6_KEPT = 24, 48
_LONGEST_TOKEN = 200


class ShareAnswer(StrEnum):
    """What a genuine link answered; to whoever opened it all but the first look the same."""

    SHOWN = "shown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    # A number it showed was taken back, hidden, or said anew since.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ShareLink:
    """A link as the desk keeps it: `month` is `2026-10`, `made_for` whom it was given to."""

    id: int
    client_id: int
    client_key: str
    month: str
    made_for: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Guest:
    """Whoever holds a genuine token: somebody who may see one client's summaries, and the hash that finds the link."""

    actor: Actor
    token_hash: str


def new_token(client_id: int, key: bytes) -> str:
    """A token nobody can guess, signed with the desk's own key; kept nowhere but in the link."""
    body = f"{client_id:x}-{secrets.token_urlsafe(24)}"
    return f"{body}.{_signature(body, key)}"


def guest_of(token: str, key: bytes) -> Guest | None:
    """Who comes with this token; None where this desk did not sign it, which is told without asking the database."""
    body, _, signature = token.rpartition(".")
    if len(token) > _LONGEST_TOKEN or not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        return None
    client_id = int(body.partition("-")[0], 16)
    actor = Actor(0, "a shared link", "Guest", Role.STAKEHOLDER, frozenset({client_id}))
    return Guest(actor, hash_of(token))


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def answer_of(expires_at: datetime, revoked_at: datetime | None, now: datetime, *, is_whole: bool) -> ShareAnswer:
    """What a link answers; `is_whole` says whether every number it was made of may still be shown."""
    if revoked_at is not None:
        return ShareAnswer.REVOKED
    if now >= expires_at:
        return ShareAnswer.EXPIRED
    return ShareAnswer.SHOWN if is_whole else ShareAnswer.WITHDRAWN


def life_of(days: int) -> timedelta:
    """So long a link opens; DeskError `too_long` for none, or more than the most."""
    if not 1 <= days <= LONGEST_DAYS:
        raise DeskError("too_long", f"A link opens for 1 to {LONGEST_DAYS} days, not {days}.", "Choose fewer days.")
    return timedelta(days=days)


def network_of(address: str) -> str:
    """The network an address lies in, `203.0.113.0/24`; '' for what is no address."""
    try:
        found = ip_address(address.partition("/")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    kept = _IPV4_KEPT if found.version == 4 else _IPV6_KEPT
    return str(ip_network(f"{found}/{kept}", strict=False))


def _signature(body: str, key: bytes) -> str:
    return hmac.new(key, b"share link\n" + body.encode(), "sha256").hexdigest()[:40]
