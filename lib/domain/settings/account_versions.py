"""What an account's settings say, name by name as `account set` knows them, and what differs between two versions of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.domain.accounts import Account

# {setting: [before, after]}, as plain values; before is None where the setting was not there.
Changes = dict[str, list[Any]]

_PLAIN = (
    "key", "client_key", "provider", "source_label", "reason", "status", "destination", "timezone", "auth_model",
    "auth_scopes", "credential_ref", "public_promise", "failure_path", "manual_fallback", "rollback_note", "retry_rules",
    "retention_days", "freshness_hours", "phone_region", "currency",
)  # fmt: skip
_RENAMED = {"owner_email": "owner", "webhook_secret_ref": "webhook_secret", "client_key": "client"}
_SHOWN = 60


@dataclass(frozen=True)
class AccountVersion:
    """One version of an account's settings: what it changed, who changed it and when."""

    account_id: int
    version: int
    at: datetime
    person: str
    changes: Changes

    @property
    def lines(self) -> list[str]:
        """A line for each change; of the first version a line for each setting."""
        if self.version > 1:
            return in_words(self.changes)
        return [f"{name}: {_short(after)}" for name, (_, after) in self.changes.items()]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for machines."""
        return {"version": self.version, "at": self.at.isoformat(), "by": self.person, "changes": self.changes}


def said_by(account: Account) -> dict[str, Any]:
    """Every setting that says something, by its name: an empty one is left out, so that it differs from none by nothing."""
    said = {_RENAMED.get(name, name): _plain(getattr(account, name)) for name in (*_PLAIN, *_RENAMED)}
    said["auth_expires_on"] = account.auth_expires_on.isoformat() if account.auth_expires_on else ""
    said["promised"] = ", ".join(account.promised)
    said["four_eyes"] = "yes" if account.is_four_eyes else "no"
    policies = account.policies.as_dict()
    said |= {f"policy.{code}": word for code, word in policies.pop("reasons", {}).items()} | policies
    said |= {
        f"{part}.{name}": value for part, inner in account.intake.as_dict().items() for name, value in inner.items()
    }
    said |= {f"signal.{name}": f"{item.signal}:{item.paid}" for name, item in account.signals.items()}
    said |= {f"match.{name}": ", ".join(map(str, rules)) for name, rules in account.matching.items()}
    for rule in account.class_rules:
        mark = rule.mark
        said[f"rule.{rule.number}"] = f"{mark.row_class}: {mark.field} {mark.test} {', '.join(mark.values)}"
    return {name: value for name, value in said.items() if value not in ("", None)}


def differences(before: Account | None, after: Account) -> Changes:
    """What the later one says otherwise, by the setting's name; all of it where there was none before."""
    was, now = said_by(before) if before else {}, said_by(after)
    return {name: [was.get(name), now.get(name)] for name in {**was, **now} if was.get(name) != now.get(name)}


def in_words(changes: Mapping[str, list[Any]]) -> list[str]:
    """A line for each change, `retention_days: 90 → 30`; long texts are cut."""
    return [f"{name}: {_short(before)} → {_short(after)}" for name, (before, after) in changes.items()]


def _plain(value: object) -> Any:
    return value if isinstance(value, int) else str(value)


def _short(value: object) -> str:
    words = "nothing" if value in (None, "") else str(value)
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1].rstrip()}…"
