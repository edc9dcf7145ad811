"""An account as plain values, for tests that need no database."""

from __future__ import annotations

from typing import Any

from lib.domain.accounts import Account
from lib.domain.arriving.intake import IntakeSettings
from lib.domain.objects import Destination
from lib.domain.rows.policies import Policies
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.states import AccountStatus

LEADS = ObjectSignal(Signal.FORM_LEAD, Paid.ORGANIC)
ANA = "ana@desk.example"


def an_account(**more: Any) -> Account:
    texts = (
        "timezone", "auth_model", "auth_scopes", "credential_ref", "webhook_secret_ref", "public_promise",
        "failure_path", "manual_fallback", "rollback_note", "retry_rules",
    )  # fmt: skip
    plain: dict[str, Any] = {
        **dict.fromkeys(texts, ""),
        "id": 1, "key": "site", "client_id": 1, "client_key": "acme", "client_name": "Acme", "client_timezone": "UTC",
        "provider": "other", "source_label": "Site", "owner_id": 1, "owner_email": ANA, "reason": "to see it",
        "status": AccountStatus.SETUP, "destination": Destination.APP, "auth_expires_on": None, "promised": (),
        "retention_days": 90, "freshness_hours": 26, "policies": Policies(), "intake": IntakeSettings(),
        "class_rules": (), "phone_region": "US", "currency": "USD", "is_four_eyes": False, "version": 1,
        "signals": {"lead": LEADS},
    }  # fmt: skip
    return Account(**{**plain, **more})
