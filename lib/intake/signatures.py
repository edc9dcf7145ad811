"""Decides whether a webhook comes from whom it says, over the bytes as they came and in constant time."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.domain.hooks import Scheme, Sender

# Several signatures stand in one header while a secret is being changed; nobody needs more.
_MOST_SIGNATURES = 8
_TOKEN = "token"  # noqa: S105 - the name of a parameter


@dataclass(frozen=True)
class Sent:
    """A request as it came: headers by their names in small letters, the address's parameters, the bytes."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


def is_genuine(
    sender: Sender, secrets: Sequence[str], sent: Sent, now: datetime, tolerance_seconds: int, fields: Any = None
) -> bool:
    """Whether any of the account's secrets proves the request; `fields` is the parsed body, for a key that lies in it.

    What is compared is compared whole, text against text: a signature that differs in one bit is another one, also
    where both would decode to the same bytes. Without a secret nothing is genuine.
    """
    known = [secret for secret in secrets if secret]
    if sender.scheme is Scheme.HMAC:
        return _is_in_window(sender, sent, now, tolerance_seconds) and _is_signed(sender, known, sent)
    given, expected = _shared(sender, known, sent, fields)
    return _any_equal([given], expected) if given else False


def _shared(sender: Sender, known: Sequence[str], sent: Sent, fields: Any) -> tuple[str, list[str]]:
    """The key that was sent, and those that would be right."""
    if sender.scheme is Scheme.SHARED_HEADER:
        return sent.headers.get(sender.header.lower(), ""), [as_written(sender, secret) for secret in known]
    if sender.scheme is Scheme.SHARED_BODY:
        return _key_in(fields, sender.body_field), list(known)
    return sent.query.get(_TOKEN, ""), list(known)


def as_written(sender: Sender, secret: str) -> str:
    """A shared secret as it stands in its header: behind a prefix, and in base64 for Basic."""
    is_base64 = bool(sender.prefix) and "base64" in sender.encodings
    return sender.prefix + (base64.b64encode(secret.encode()).decode() if is_base64 else secret)


def _key_in(fields: Any, name: str) -> str:
    """The text of a body's field, whatever the case of its name; senders spell their own differently."""
    if not isinstance(fields, dict):
        return ""
    found = [value for key, value in fields.items() if key.lower() == name.lower() and isinstance(value, str)]
    return found[0] if len(found) == 1 else ""


def _is_in_window(sender: Sender, sent: Sent, now: datetime, tolerance_seconds: int) -> bool:
    if not sender.timestamp_header:
        return True
    text = sent.headers.get(sender.timestamp_header.lower(), "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        return False
    seconds = int(text) / (1000 if sender.timestamp_unit == "ms" else 1)
    return abs(now.timestamp() - seconds) <= tolerance_seconds


def _is_signed(sender: Sender, known: Sequence[str], sent: Sent) -> bool:
    header = sent.headers.get(sender.header.lower(), "")
    given = header.split(" ")[:_MOST_SIGNATURES] if sender.is_list else [header]
    content = signed_content(sender, sent)
    return _any_equal(given, [text for secret in known for text in signatures(sender, secret, content)])


def signed_content(sender: Sender, sent: Sent) -> bytes:
    """The bytes that a sender signs."""
    before, _, behind = sender.template.partition("{body}")
    names = {
        "id": sent.headers.get(sender.id_header.lower(), ""),
        "timestamp": sent.headers.get(sender.timestamp_header.lower(), ""),
    }
    return before.format(**names).encode() + sent.body + behind.format(**names).encode()


def signatures(sender: Sender, secret: str, content: bytes) -> Iterator[str]:
    """What the sender would write for this content, once for each encoding it may use."""
    digest = hmac.new(_key(sender, secret), content, sender.digest).digest()
    for encoding in sender.encodings:
        text = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
        yield sender.prefix + text


def _key(sender: Sender, secret: str) -> bytes:
    if sender.secret_prefix:
        try:
            return base64.b64decode(secret.removeprefix(sender.secret_prefix), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _any_equal(given: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether any two are equal; every pair is compared, so that the time says nothing of which."""
    found = False
    for one in given:
        for other in expected:
            found |= hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
    return found
