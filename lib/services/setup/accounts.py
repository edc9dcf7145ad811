"""Set a provider account up from its template, paused, and show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account, Client, require_owner
from lib.domain.objects import Destination, object_type
from lib.domain.people import Actor, Right
from lib.domain.providers import ProviderTemplate
from lib.domain.settings.account_settings import SETTINGS, require_key
from lib.domain.settings.destinations import parse_destination, require_agreement
from lib.domain.signals import ObjectSignal, parse_signal
from lib.domain.states import AccountStatus
from lib.errors import DeskError
from lib.providers import template


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
    source_label: str = "",
    second_because: str = "",
) -> Account:
    """Write the account record that everything else hangs on (R8), paused, with the metrics of its template.

    `source_label` is the template's where none is given. A second account of one client, provider and label needs a
    reason of its own, `second_because`, or is refused as `account_duplicate`.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    require_key(key)
    refuse_secrets([("the reason", reason), ("the source label", source_label), ("the second reason", second_because)])
    found, chosen = tx.clients.by_key(client), template(provider)
    if tx.accounts.is_key_taken(key):
        raise DeskError("account_exists", f"There is an account {key} already.", "Choose another key.")
    require_owner(owner, found.id, found.name)
    where = parse_destination(destination) if destination else chosen.destination
    carried = _signals(chosen, signals or {})
    require_agreement(where, carried)
    values = _values(key, found.id, chosen, owner, where) | {
        "reason": SETTINGS["reason"][1](reason.strip()),
        "source_label": SETTINGS["source_label"][1](source_label.strip() or _label(key, chosen)),
    }
    twin = _twin(tx, found, chosen, values["source_label"], second_because)
    values["retention_days"] = tx.desk_settings.now().at_least(chosen.retention_days)
    account = tx.accounts.add_account(values, carried)
    offered = [item for item in chosen.metrics if object_type(item.object).destination is where]
    tx.metrics.add_definitions(account, offered)
    told = {"beside": twin, "because": second_because.strip()} if twin else {}
    tx.audit.note("account added", "account", account.id, account.client_id, key=key, provider=provider, **told)
    return account


def show_account(tx: UnitOfWork, key: str) -> dict[str, Any]:
    """Everything the account record says, as plain values; secrets appear as references only (R20)."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.accounts.by_key(key).as_dict()


def assumed_signals(tx: UnitOfWork, key: str, given: Collection[str]) -> list[str]:
    """`OBJECT=SIGNAL` for every object whose signal the template only assumes and nobody gave."""
    account = tx.accounts.by_key(key)
    offered = {item.object: item for item in template(account.provider).objects}
    return [
        f"{name}={item.signal}"
        for name, item in account.signals.items()
        if offered[name].is_signal_assumed and name not in given
    ]


def _twin(tx: UnitOfWork, client: Client, chosen: ProviderTemplate, label: str, because: str) -> str | None:
    """The account that this one would be mistaken for, where somebody said why there are two."""
    twin = tx.accounts.twin(client.id, chosen.key, label)
    if twin is not None and not because.strip():
        raise DeskError(
            "account_duplicate",
            f"{client.name} has {chosen.name} as {twin} already, under the source label {label}.",
            "Use that one, give this one a --source-label of its own, or say why there are two with --second-because.",
        )
    return twin


def _label(key: str, chosen: ProviderTemplate) -> str:
    # "Another provider" would say nothing to a client; the account's own key at least names it (R1).
    return key.replace("_", " ").replace("-", " ").title() if chosen.key == "other" else chosen.source_label


def _values(key: str, client_id: int, chosen: ProviderTemplate, owner: Actor, where: Destination) -> dict[str, Any]:
    return {
        "key": key,
        "client_id": client_id,
        "provider": chosen.key,
        "owner_id": owner.person_id,
        "status": AccountStatus.PAUSED,
        "destination": where,
        "timezone": "",
        "auth_model": chosen.auth_model,
        "auth_scopes": " ".join(chosen.auth_scopes),
        "auth_expires_on": None,
        "credential_ref": "",
        "webhook_secret_ref": "",
        "public_promise": "",
        "promised": [],
        "failure_path": "",
        "manual_fallback": "",
        "rollback_note": "",
        "retry_rules": chosen.retry_rules,
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
