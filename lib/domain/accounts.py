"""A provider account: one connection of one client to one provider, with the person who answers for it (R2, R8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lib.domain.arriving.intake import IntakeSettings
from lib.domain.objects import Destination
from lib.domain.people import Actor, Right
from lib.domain.rows.class_rules import ClassRule
from lib.domain.rows.matching import MatchRule
from lib.domain.rows.policies import Policies
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus
from lib.errors import DeskError


@dataclass(frozen=True)
class Client:
    """A service business the desk reports to; its days are counted in its own time zone."""

    id: int
    key: str
    name: str
    timezone: str
    is_demo: bool = False


@dataclass(frozen=True)
class Account:
    """One row of `integration_provider_accounts`, with the signal of each object it sends."""

    id: int
    key: str
    client_id: int
    client_key: str
    client_name: str
    client_timezone: str
    provider: str
    source_label: str
    owner_id: int
    owner_email: str
    reason: str
    status: AccountStatus
    destination: Destination
    timezone: str
    auth_model: str
    auth_scopes: str
    # The last day on which the provider still lets the credential in; None where it has no end or nobody knows it.
    auth_expires_on: date | None
    credential_ref: str
    webhook_secret_ref: str
    public_promise: str
    # The keys of the metrics that the client was told this connector will show.
    promised: tuple[str, ...]
    failure_path: str
    manual_fallback: str
    rollback_note: str
    retry_rules: str
    retention_days: int
    freshness_hours: int
    policies: Policies
    intake: IntakeSettings
    class_rules: tuple[ClassRule, ...]
    phone_region: str
    currency: str
    is_four_eyes: bool
    version: int
    signals: dict[str, ObjectSignal] = field(default_factory=dict)
    # Ordered, by object; an object that is not there is known by its external id alone.
    matching: dict[str, tuple[MatchRule, ...]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Everything it says as plain values, by the names of its settings; secrets appear as references only (R20)."""
        plain = {name: value for name, value in vars(self).items() if name not in _SAID_OTHERWISE}
        return {
            **plain,
            "auth_expires_on": self.auth_expires_on.isoformat() if self.auth_expires_on else None,
            "promised": list(self.promised),
            "policies": self.policies.as_dict(),
            "intake": self.intake.as_dict(),
            "client": self.client_key,
            "owner": self.owner_email,
            "signals": {name: {"signal": item.signal, "paid": item.paid} for name, item in self.signals.items()},
            "class_rules": [rule.as_dict() for rule in self.class_rules],
            "matching": {name: [str(rule) for rule in rules] for name, rules in self.matching.items()},
        }


_SAID_OTHERWISE = frozenset(
    {"id", "client_id", "owner_id", "client_key", "client_name", "owner_email", "client_timezone"}
)


def require_owner(person: Actor, client_id: int, client_name: str) -> None:
    """DeskError `owner_may_not` where a person could not do what an owner answers for (R2)."""
    if person.may(Right.MANAGE_ACCOUNTS) and person.may_see(client_id):
        return
    lacks = "may not manage provider accounts" if person.may_see(client_id) else f"sees nothing of {client_name}"
    raise DeskError(
        "owner_may_not",
        f"{person.email} {lacks}, so they cannot answer for this one.",
        "Name an owner or an admin who may see this client.",
    )
