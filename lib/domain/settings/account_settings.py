"""The settings of an account, each read from a text a person typed: its column, and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from lib.clock import zone
from lib.domain.access.secrets import parse_reference
from lib.domain.settings.destinations import parse_destination
from lib.domain.settings.retention import FOR_GOOD
from lib.errors import DeskError

_METRIC = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_MOST_PROMISED = 50


def require_key(key: str) -> None:
    """DeskError `key_invalid` where this cannot be the key of an account."""
    if not _KEY.fullmatch(key):
        raise DeskError(
            "key_invalid",
            f"{key!r} cannot be the key of an account.",
            "Use up to 60 small letters, digits, - and _, beginning with a letter or digit.",
        )


def read_setting(name: str, text: str) -> tuple[str, Any]:
    """The column that the setting is kept in, and the value that the text says for it; DeskError says what is wrong."""
    if name == "status":
        raise DeskError(
            "status_not_a_setting",
            "The status of an account is no setting.",
            "`account pause` and `account resume` change it; live is reached by evidence alone: `account promote`.",
        )
    column, read = SETTINGS[name]
    return column, read(text.strip())


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) > 36500:
        raise DeskError("not_a_number", f"{text!r} is not a whole number of a sensible size.", "Write digits only.")
    return int(text)


def _kept_days(text: str) -> int:
    if text.lower() in ("forever", str(FOR_GOOD)):
        return FOR_GOOD
    try:
        return _whole(text)
    except DeskError:
        raise DeskError(
            "retention_invalid",
            f"{text!r} does not say how long payloads are kept.",
            "Write a number of days, 0 for not at all, or forever.",
        ) from None


def _yes(text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no", "on", "off"):
        raise DeskError("not_yes_or_no", f"{text!r} is neither yes nor no.", "Write yes or no.")
    return text.lower() in ("true", "yes", "on")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeskError(
            "day_invalid", f"{text!r} is not a day.", "Write it as 2027-03-31, or nothing where there is none."
        ) from None


def _promised(text: str) -> list[str]:
    """Metric keys, each once; whether there are such metrics is asked by the ladder, so that a promise can come first."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > _MOST_PROMISED or not all(_METRIC.fullmatch(name) for name in names):
        raise DeskError(
            "promise_invalid",
            "That is not a list of metrics.",
            f"Write at most {_MOST_PROMISED} metric keys with commas between them, such as paid_leads,lead_fees.",
        )
    return list(dict.fromkeys(names))


def _zone(text: str) -> str:
    if text:
        zone(text)
    return text


def _reference(text: str) -> str:
    return str(parse_reference(text)) if text else ""


def _words(length: int, *, missing: str = "") -> Callable[[str], str]:
    """Text of so many characters; `missing` is the sentence that refuses an empty one."""

    def read(text: str) -> str:
        if missing and not text:
            raise DeskError("text_missing", missing, "Write it in a few words.")
        if len(text) > length:
            raise DeskError("too_long", f"That text has {len(text)} characters.", f"Use at most {length}.")
        return text

    return read


def _label(text: str) -> str:
    if not text:
        raise DeskError("source_label_missing", "The source label cannot be blank.", "Name the source.")
    return _words(100)(text)


def _letters(count: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) != count or not (text.isascii() and text.isalpha()):
            raise DeskError("not_a_code", f"{text!r} is not a code of {count} letters.", "Use one such as US or USD.")
        return text.upper()

    return read


SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "source_label": ("source_label", _label),
    "reason": ("reason", _words(500, missing="An account needs a reason for being connected.")),
    "destination": ("destination", parse_destination),
    "timezone": ("timezone", _zone),
    "auth_model": ("auth_model", _words(100)),
    "auth_scopes": ("auth_scopes", _words(500)),
    "auth_expires_on": ("auth_expires_on", _day),
    "credential_ref": ("credential_ref", _reference),
    "webhook_secret": ("webhook_secret_ref", _reference),
    "public_promise": ("public_promise", _words(1000)),
    "promised": ("promised", _promised),
    "failure_path": ("failure_path", _words(1000)),
    "manual_fallback": ("manual_fallback", _words(1000)),
    "rollback_note": ("rollback_note", _words(1000)),
    "retry_rules": ("retry_rules", _words(500)),
    "retention_days": ("retention_days", _kept_days),
    "freshness_hours": ("freshness_hours", _whole),
    "phone_region": ("phone_region", _letters(2)),
    "currency": ("currency", _letters(3)),
    "four_eyes": ("is_four_eyes", _yes),
}
# These hold references, which are refused for what they are, not for what they look like.
REFERENCES = frozenset({"credential_ref", "webhook_secret"})
