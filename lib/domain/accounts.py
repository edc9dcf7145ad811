"""A provider account: one connection of one client to one provider, with the person who answers for it (R2, R8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from lib.domain.class_rules import ClassRule
from lib.domain.intake import IntakeSettings
from lib.domain.matching import MatchRule
from lib.domain.objects import Destination
from lib.domain.policies import Policies
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus


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
    credential_ref: str
    webhook_secret_ref: str
    public_promise: str
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
