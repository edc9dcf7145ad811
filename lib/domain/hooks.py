"""How an account takes webhooks, how a sender signs and shapes them, and what one that came in is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from lib.domain.access.secrets import parse_reference
from lib.errors import DeskError

# The name under which each row says when it came in; a payload's own field of that name stays what it is.
ROW_RECEIVED_AT = "received_at"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MOST_BYTES = 16_000_000


@dataclass(frozen=True)
class HookSettings:
    """What an account says of its webhooks; `sender` names one of lib/providers/senders.py, and empty is its template's.

    Secrets are references only (R20). DeskError `not_a_reference`, `header_invalid`, `limit_invalid`.
    """

    sender: str = ""
    # Receipts wait this long, or until there are so many, and then become one delivery.
    window_seconds: int = 60
    window_rows: int = 500
    requests_per_minute: int = 30_000
    # How far a signed timestamp may lie from now, either way.
    tolerance_seconds: int = 300
    most_bytes: int = 1_000_000
    # What the rows are, where the account sends several objects and neither event nor sender says it.
    object: str = ""
    # The header that carries the key or the signature, where the provider lets one choose or its name is in doubt.
    header: str = ""
    # The old HomeAdvisor feed takes an answer for success only where it holds this text.
    success_text: str = ""
    # Still good while the secret is being changed.
    previous_secret_ref: str = ""
    # What a handshake by GET must say to be answered.
    challenge_ref: str = ""

    def __post_init__(self) -> None:
        for reference in (self.previous_secret_ref, self.challenge_ref):
            if reference:
                parse_reference(reference)
        if self.header and not _HEADER.fullmatch(self.header):
            raise DeskError("header_invalid", "That is not the name of a header.", "Write one such as X-Api-Key.")
        if not (self.requests_per_minute and self.window_rows and 0 < self.most_bytes <= _MOST_BYTES):
            raise DeskError(
                "limit_invalid",
                "requests_per_minute and window_rows are at least 1, most_bytes is 1 to 16000000.",
                "Pause the account to let no webhook become a delivery.",
            )


class Scheme(StrEnum):
    """How a webhook proves where it comes from."""

    HMAC = "hmac"
    SHARED_HEADER = "shared_key_header"
    SHARED_BODY = "shared_key_body"
    URL_TOKEN = "url_token"  # noqa: S105 - the name of a scheme


@dataclass(frozen=True)
class Unfold:
    """A list of named answers that becomes fields of their own, in the place of the list at `at`.

    Of each item `name` and `value` are paths, best first; a value path `*` is the member that the item's `type` names.
    `titles` is a list elsewhere whose items have `id` and `title`: an item is then called by the title of its name.
    `is_text` makes one text `question: answer; …` of the list, where the questions differ from lead to lead.
    """

    at: str
    name: tuple[str, ...]
    value: tuple[str, ...]
    titles: str = ""
    is_text: bool = False


@dataclass(frozen=True)
class Success:
    """What the sender takes for success: status and JSON body."""

    status: int = 202
    body: Mapping[str, Any] = field(default_factory=lambda: {"status": "received"})


@dataclass(frozen=True)
class Challenge:
    """A handshake by GET: the parameter that is given back, in a JSON field of this name or as plain text.

    Where `token` names a parameter, it must hold the account's `hook.challenge_ref`.
    """

    parameter: str
    token: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Sender:
    """One way of sending webhooks, as data: proof, the id of a receipt, events, the shape of the body, and the answer.

    HMAC: `template` with {id}, {timestamp} and {body} is signed with `digest`, written in one of `encodings` (hex or
    base64) behind `prefix`, in `header`; `is_list` where several signatures stand there, divided by blanks;
    `timestamp_unit` is s or ms. A secret that begins with `secret_prefix` is base64 behind it.
    Shared key: in `header` behind `prefix` (`encodings` base64 for Basic), or in the body's field `body_field`.
    URL token: the parameter `token` of the address.

    `key_paths` name the fields that together tell a receipt from others: `a|b` is the first that is there, `a?` may be
    missing; where another is, the content tells. `is_keyed_with_content` where the same id comes again with news,
    `is_message_id` where the id belongs to one message whose content never changes.
    `objects` are (beginning of an event, object) pairs, "" for any; `left_out` are events that bring no record.
    `each` are lists whose items are records of their own, `parsed` are fields that hold JSON as text. `is_verified` is
    False where nobody official describes it.
    """

    key: str
    name: str
    scheme: Scheme
    header: str = ""
    id_header: str = ""
    timestamp_header: str = ""
    timestamp_unit: str = "s"
    template: str = "{body}"
    digest: str = "sha256"
    encodings: tuple[str, ...] = ("hex",)
    prefix: str = ""
    is_list: bool = False
    secret_prefix: str = ""
    body_field: str = ""
    key_paths: tuple[str, ...] = ()
    is_keyed_with_content: bool = False
    is_message_id: bool = False
    event_path: str = ""
    objects: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    unfolds: tuple[Unfold, ...] = ()
    parsed: tuple[str, ...] = ()
    success: Success = field(default_factory=Success)
    challenge: Challenge | None = None
    is_verified: bool = True


def as_set(sender: Sender, hook: HookSettings) -> Sender:
    """The sender with the header that the account names; a key of one's own header stands there as it is."""
    if not hook.header:
        return sender
    is_key = sender.scheme is Scheme.SHARED_HEADER
    return replace(sender, header=hook.header, prefix="" if is_key else sender.prefix)


class ReceiptStatus(StrEnum):
    """A receipt waits, lies in a delivery, or was refused."""

    RECEIVED = "received"
    GROUPED = "grouped"
    REFUSED = "refused"


class Stored(StrEnum):
    """What became of a receipt that was to be stored."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"
    # Kept on disk while the database is away: whether it is known will show.
    SPOOLED = "spooled"
    LOST = "lost"


@dataclass(frozen=True)
class Receipt:
    """One record of a verified webhook, on its way into the log. `body` is its row as a line of JSON, without secrets."""

    account_id: int
    client_id: int
    key: str
    event: str
    body: bytes
    content_hash: str
    received_at: datetime
    is_test: bool = False
    is_message_id: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why webhooks of an account were refused, and within which hour: all of an hour are one line with a count."""

    account_id: int
    client_id: int
    code: str
    hour: datetime

    @property
    def key(self) -> str:
        """The key of its line; no receipt's key begins so."""
        return f"{REFUSED_KEY}{self.code} {self.hour:%Y-%m-%dT%H}"


REFUSED_KEY = "refused "
# Why a webhook is refused that is not proved to be its sender's.
NOT_VERIFIED = "not_verified"
