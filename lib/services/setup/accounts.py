"""Set a provider account up from its template, show it, and change its settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from lib.clock import zone
from lib.db.metric_terms import carry_currency, carry_signal
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.hooks import HookSettings
from lib.domain.intake import is_intake_setting
from lib.domain.objects import Destination, object_type
from lib.domain.people import Actor, Right
from lib.domain.providers import ProviderTemplate
from lib.domain.retention import FOR_GOOD
from lib.domain.secrets import parse_reference
from lib.domain.signals import ObjectSignal, parse_signal
from lib.domain.states import AccountStatus
from lib.domain.unattended import SWITCHED_OFF, SWITCHED_ON
from lib.errors import DeskError
from lib.providers import template
from lib.providers.senders import sender
from validation.policy_settings import POLICY_SETTINGS, is_policy_setting, policies_with

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def add_account(
    tx: UnitOfWork,
    key: str,
    *,
    client: str,
    provider: str,
    owner: Actor,
    reason: str,
    signals: Mapping[str, str] | None = None,
    destination: str | None = None,
) -> Account:
    """Write the account record that everything else hangs on (R8), with the metrics of its template."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    if not _KEY.fullmatch(key):
        raise DeskError(
            "key_invalid",
            f"{key!r} cannot be the key of an account.",
            "Use up to 60 small letters, digits, - and _, beginning with a letter or digit.",
        )
    if not reason.strip():
        raise DeskError("reason_missing", "An account needs a reason for being connected.", "Give one with --reason.")
    found, chosen = tx.clients.by_key(client), template(provider)
    if tx.accounts.is_key_taken(key):
        raise DeskError("account_exists", f"There is an account {key} already.", "Choose another key.")
    where = _destination(destination) if destination else chosen.destination
    carried = _signals(chosen, signals or {})
    account = tx.accounts.add_account(_values(key, found.id, chosen, owner, reason, where), carried)
    offered = [item for item in chosen.metrics if object_type(item.object).destination is where]
    tx.metrics.add_definitions(account, offered)
    tx.audit.note("account added", "account", account.id, account.client_id, key=key, provider=provider)
    return account


def show_account(tx: UnitOfWork, key: str) -> dict[str, Any]:
    """Everything the account record says, as plain values; secrets appear as references only (R20)."""
    tx.actor.require(Right.SEE_DETAIL)
    return as_dict(tx.accounts.by_key(key))


def assumed_signals(tx: UnitOfWork, key: str, given: Collection[str]) -> list[str]:
    """`OBJECT=SIGNAL` for every object whose signal the template only assumes and nobody gave."""
    account = tx.accounts.by_key(key)
    offered = {item.object: item for item in template(account.provider).objects}
    return [
        f"{name}={item.signal}"
        for name, item in account.signals.items()
        if offered[name].is_signal_assumed and name not in given
    ]


def set_account(tx: UnitOfWork, key: str, changes: Mapping[str, str]) -> dict[str, Any]:
    """Change settings given as text; one bad value and nothing is changed."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    values: dict[str, Any] = {}
    policies, intake = account.policies, account.intake
    for name, text in changes.items():
        if name.startswith("signal."):
            _change_signal(tx, account, name.removeprefix("signal."), text)
        elif is_policy_setting(name):
            policies = policies_with(policies, name, text)
        elif is_intake_setting(name):
            intake = intake.with_setting(name, text)
            _refuse_unknown(account, intake.hook)
        elif name == "owner":
            owner = tx.people.by_email(text)
            if owner is None:
                raise DeskError("unknown_person", f"{text} is not a person of this desk.", "Add them with `user add`.")
            values["owner_id"] = owner.person_id
        else:
            column, read = _setting(name)
            values[column] = read(text)
    if "destination" in values and values["destination"] != account.destination and tx.accounts.has_deliveries(account):
        raise DeskError(
            "destination_fixed",
            f"{key} has deliveries already, so its destination stays {account.destination} (R7).",
            "Set up a new account for the other database.",
        )
    if policies != account.policies:
        values["policies"] = policies.as_dict()
    if intake != account.intake:
        values["intake"] = intake.as_dict()
    if "currency" in values:
        carry_currency(tx, account, values["currency"])
    if "unattended.on" in changes:
        # Whose order it is: loads go in by themselves in the name of whoever said so last.
        line = SWITCHED_ON if intake.unattended.is_on else SWITCHED_OFF
        tx.audit.note(line, "account", account.id, account.client_id)
    changed = tx.accounts.change(account, values)
    tx.audit.note("account changed", "account", account.id, account.client_id, fields=sorted(changes))
    return as_dict(changed)


def as_dict(account: Account) -> dict[str, Any]:
    """The account as plain values for machines."""
    skipped = {"id", "client_id", "owner_id", "client_key", "client_name", "owner_email", "client_timezone", "signals"}
    skipped |= {"class_rules", "matching"}
    plain = {name: value for name, value in vars(account).items() if name not in skipped}
    return {
        **plain,
        "policies": account.policies.as_dict(),
        "intake": account.intake.as_dict(),
        "client": account.client_key,
        "owner": account.owner_email,
        "signals": {name: {"signal": item.signal, "paid": item.paid} for name, item in account.signals.items()},
        "class_rules": [rule.as_dict() for rule in account.class_rules],
        "matching": {name: [str(rule) for rule in rules] for name, rules in account.matching.items()},
    }


def _refuse_unknown(account: Account, hook: HookSettings) -> None:
    """A sender that is in no table, and an object the account does not send, are refused by name."""
    if hook.sender:
        sender(hook.sender)
    if hook.object and hook.object not in account.signals:
        raise DeskError(
            "object_not_offered",
            f"{account.key} has no object {hook.object!r}.",
            f"It has {', '.join(account.signals)}.",
        )


def _values(
    key: str, client_id: int, chosen: ProviderTemplate, owner: Actor, reason: str, where: Destination
) -> dict[str, Any]:
    return {
        "key": key,
        "client_id": client_id,
        "provider": chosen.key,
        # "Another provider" would say nothing to a client; the account's own key at least names it (R1).
        "source_label": key.replace("_", " ").replace("-", " ").title()
        if chosen.key == "other"
        else chosen.source_label,
        "owner_id": owner.person_id,
        "reason": reason.strip(),
        "status": AccountStatus.SETUP,
        "destination": where,
        "timezone": "",
        "auth_model": chosen.auth_model,
        "auth_scopes": " ".join(chosen.auth_scopes),
        "credential_ref": "",
        "webhook_secret_ref": "",
        "public_promise": "",
        "failure_path": "",
        "manual_fallback": "",
        "rollback_note": "",
        "retry_rules": chosen.retry_rules,
        "retention_days": chosen.retention_days,
        "freshness_hours": chosen.freshness_hours,
        "policies": {},
        "intake": {},
        "class_rules": [],
        "phone_region": "US",
        "currency": "USD",
        "is_four_eyes": False,
    }


def _signals(chosen: ProviderTemplate, given: Mapping[str, str]) -> dict[str, ObjectSignal]:
    carried = {item.object: item.signal for item in chosen.objects}
    for name, text in given.items():
        object_type(name)
        chosen.object(name)
        carried[name] = parse_signal(text)
    return carried


def _change_signal(tx: UnitOfWork, account: Account, name: str, text: str) -> None:
    if name not in account.signals:
        raise DeskError(
            "object_not_offered",
            f"{account.key} has no object {name!r}.",
            f"It has {', '.join(account.signals)}.",
        )
    if tx.committed_loads.ids(account.id, name):
        raise DeskError(
            "signal_fixed",
            f"{name} of {account.key} has committed loads, so its signal stays {account.signals[name].signal} (R3).",
            "Undo them first, or set up another account.",
        )
    carry_signal(tx, account, name, parse_signal(text))


def _destination(text: str) -> Destination:
    try:
        return Destination(text)
    except ValueError:
        raise DeskError(
            "unknown_destination", f"{text!r} is not a database of this desk.", "Use app or traffic."
        ) from None


def _status(text: str) -> AccountStatus:
    allowed = (AccountStatus.PAUSED, AccountStatus.SETUP, AccountStatus.NEEDS_REVIEW)
    if text not in allowed:
        raise DeskError(
            "unknown_status",
            f"An account cannot be set to {text!r}.",
            f"Use one of {', '.join(allowed)}; live is reached by evidence, not by a setting (R17).",
        )
    return AccountStatus(text)


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) > 36500:
        raise DeskError("not_a_number", f"{text!r} is not a whole number of a sensible size.", "Write digits only.")
    return int(text)


def _kept_days(text: str) -> int:
    if text.strip().lower() in ("forever", str(FOR_GOOD)):
        return FOR_GOOD
    try:
        return _whole(text.strip())
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


def _zone(text: str) -> str:
    if text:
        zone(text)
    return text


def _reference(text: str) -> str:
    return str(parse_reference(text)) if text else ""


def _words(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > length:
            raise DeskError("too_long", f"That text has {len(text)} characters.", f"Use at most {length}.")
        return text.strip()

    return read


def _label(text: str) -> str:
    if not text.strip():
        raise DeskError("source_label_missing", "The source label cannot be blank (R1).", "Name the source.")
    return _words(100)(text)


def _letters(count: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) != count or not text.isalpha():
            raise DeskError("not_a_code", f"{text!r} is not a code of {count} letters.", "Use one such as US or USD.")
        return text.upper()

    return read


_SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "source_label": ("source_label", _label),
    "reason": ("reason", _words(500)),
    "status": ("status", _status),
    "destination": ("destination", _destination),
    "timezone": ("timezone", _zone),
    "auth_model": ("auth_model", _words(100)),
    "auth_scopes": ("auth_scopes", _words(500)),
    "credential_ref": ("credential_ref", _reference),
    "webhook_secret": ("webhook_secret_ref", _reference),
    "public_promise": ("public_promise", _words(1000)),
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


def _setting(name: str) -> tuple[str, Callable[[str], Any]]:
    try:
        return _SETTINGS[name]
    except KeyError:
        raise DeskError(
            "unknown_setting",
            f"An account has no setting {name!r}.",
            f"Settings are owner, signal.OBJECT, hook.…, pull.…, drop.…, unattended.…, "
            f"{', '.join((*POLICY_SETTINGS, *_SETTINGS))}.",
        ) from None
