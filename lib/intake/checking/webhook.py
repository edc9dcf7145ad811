"""Whether a webhook signed as its sender does would be let in, a forged one refused, and how those that came have fared."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lib.domain.hooks import Scheme, Sender
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, WebhooksSeen
from lib.errors import DeskError
from lib.intake.hook_bodies import parsed_body, rows_of
from lib.intake.json_text import compact
from lib.intake.signatures import Sent, as_written, is_genuine, signatures, signed_content

SIGNATURE = "webhook_signature"
_JSON = "application/json"
# Shorter ones can be guessed.
_SHORT = 16
_EXAMPLE_ID = "example"


@dataclass(frozen=True)
class Hooked:
    """How an account takes webhooks: its sender with the account's own header, its secret, the tolerance of timestamps."""

    sender: Sender
    secret: str
    tolerance_seconds: int


def example_request(sender: Sender, secret: str, example: Mapping[str, Any], now: datetime) -> Sent:
    """A request with this body as the sender would send it at this moment: signed, or with its key where it belongs."""
    own = sender.body_field.lower()
    body: dict[str, Any] = {name: value for name, value in example.items() if not own or name.lower() != own}
    headers, query = {"content-type": _JSON}, {}
    if sender.id_header:
        headers[sender.id_header.lower()] = _EXAMPLE_ID
    if sender.timestamp_header:
        scale = 1000 if sender.timestamp_unit == "ms" else 1
        headers[sender.timestamp_header.lower()] = str(int(now.timestamp() * scale))
    if sender.scheme is Scheme.SHARED_HEADER:
        headers[sender.header.lower()] = as_written(sender, secret)
    elif sender.scheme is Scheme.SHARED_BODY:
        body[sender.body_field] = secret
    elif sender.scheme is Scheme.URL_TOKEN:
        query["token"] = secret
    sent = Sent(headers, query, compact(body).encode())
    if sender.scheme is Scheme.HMAC:
        headers[sender.header.lower()] = next(signatures(sender, secret, signed_content(sender, sent)))
    return sent


def signature_check(
    hooked: Hooked, example: Mapping[str, Any], secret_fields: frozenset[str], seen: WebhooksSeen, now: datetime
) -> SetupCheck:
    """Passed where the example is let in and read, forgeries of it are not, and the last that came was taken.

    `secret_fields` as in `rows_of`. What came tells more than any example: the sender's own secret is in it.
    """
    sender = hooked.sender
    try:
        is_read = _is_proved(hooked, example, secret_fields, now)
    except DeskError as trouble:
        return _failed(f"The stored example of {sender.name} is not taken: {trouble.message}", trouble.hint)
    if not is_read:
        return _failed(
            f"The stored example, signed as {sender.name} does, is not told from a forged one.",
            "Look at hook.sender and hook.header of the account.",
        )
    if seen.refused_at is not None and (seen.taken_at is None or seen.refused_at > seen.taken_at):
        return _refused(sender, seen.refused_at, seen.taken_at)
    return _proved(hooked, seen)


def _refused(sender: Sender, refused_at: datetime, taken_at: datetime | None) -> SetupCheck:
    """Where none was ever taken the secret is wrong; else anybody may have sent the last one, and must not end live by it."""
    said = f"The last webhook came at {_moment(refused_at)} and could not be verified"
    mend = f"Give {sender.name} the same secret as the account, and look at hook.header."
    if taken_at is None:
        return _failed(f"{said}; none ever was.", mend)
    doubt = f"If {sender.name} sent it, its secret was changed: {mend[:1].lower()}{mend[1:]}"
    return SetupCheck(SIGNATURE, CheckResult.WARNING, f"{said}; one of {_moment(taken_at)} was.", doubt)


def _proved(hooked: Hooked, seen: WebhooksSeen) -> SetupCheck:
    sender = hooked.sender
    came = f"the last that came was taken at {_moment(seen.taken_at)}" if seen.taken_at else "none has come yet"
    said = f"The stored example, signed as {sender.name} does, is let in and forgeries of it are not; {came}."
    if (doubt := _doubt(hooked)) is not None:
        return SetupCheck(SIGNATURE, CheckResult.WARNING, f"{said} {doubt[0]}", doubt[1])
    return SetupCheck(SIGNATURE, CheckResult.PASSED, said)


def _doubt(hooked: Hooked) -> tuple[str, str] | None:
    """What is no fault yet: a sentence and its mend."""
    sender, secret = hooked.sender, hooked.secret
    if sender.secret_prefix and secret.startswith(sender.secret_prefix) and not _is_base64(sender, secret):
        return (
            f"What follows {sender.secret_prefix} in its secret is no base64.",
            "Copy the secret whole from where the sender shows it.",
        )
    if len(secret) < _SHORT:
        return f"Its secret has fewer than {_SHORT} characters.", "Choose a longer one, here and at the sender."
    if not sender.is_verified:
        return (
            f"How {sender.name} signs is told by third parties only.",
            "Let it send a test, and test again after it came.",
        )
    return None


def _is_proved(hooked: Hooked, example: Mapping[str, Any], secret_fields: frozenset[str], now: datetime) -> bool:
    """Whether the example is let in and read, and neither one of another secret nor one that was changed is."""
    sender, secret = hooked.sender, hooked.secret
    sent = example_request(sender, secret, example, now)
    if not _is_let_in(hooked, sent, now):
        return False
    rows_of(sender, sent.headers, parsed_body(_JSON, sent.body), secret_fields)
    forged = example_request(sender, f"{secret}?", example, now)
    changed = replace(sent, body=sent.body + b" ")
    is_changed_let_in = sender.scheme is Scheme.HMAC and _is_let_in(hooked, changed, now)
    return not _is_let_in(hooked, forged, now) and not is_changed_let_in


def _is_let_in(hooked: Hooked, sent: Sent, now: datetime) -> bool:
    fields = parsed_body(_JSON, sent.body) if hooked.sender.scheme is Scheme.SHARED_BODY else None
    return is_genuine(hooked.sender, [hooked.secret], sent, now, hooked.tolerance_seconds, fields)


def _is_base64(sender: Sender, secret: str) -> bool:
    try:
        base64.b64decode(secret.removeprefix(sender.secret_prefix), validate=True)
    except binascii.Error:
        return False
    return True


def _failed(sentence: str, mend: str) -> SetupCheck:
    return SetupCheck(SIGNATURE, CheckResult.FAILED, sentence, mend)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
