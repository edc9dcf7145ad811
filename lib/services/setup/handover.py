"""What an account consists of, gathered to be handed over; and what of it another desk must still be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.domain.rows.class_rules import ClassRule, drawn_up
from lib.domain.states import MapStatus
from lib.errors import DeskError
from lib.mapping.glossary import glossary
from lib.mapping.handover import Pack, PackedMap

# Settings that the pack holds as they are and `set_account` reads again; the rest it holds is said when it is made.
SETTINGS = (
    "source_label", "timezone", "auth_model", "auth_scopes", "credential_ref", "public_promise", "failure_path",
    "manual_fallback", "rollback_note", "retry_rules", "retention_days", "freshness_hours", "phone_region", "currency",
)  # fmt: skip
_PROMISES = {
    "public_promise": "what is promised to the client",
    "failure_path": "what happens when it fails",
    "manual_fallback": "what is done by hand meanwhile",
    "rollback_note": "how a change is taken back",
}


def gather(tx: UnitOfWork, key: str) -> Pack:
    """Everything of an account but samples of its rows, to be carried out of the desk; the audit log says so."""
    pack, account = contents(tx, key), tx.accounts.by_key(key)
    tx.audit.note("handover pack written", "account", account.id, account.client_id, maps=len(pack.maps))
    return pack


def contents(tx: UnitOfWork, key: str) -> Pack:
    """Everything of an account but samples of its rows; no secret is read, only where it lies."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    packed = tuple(item for name in account.signals for item in _versions(tx, account, name))
    metrics = tuple(_metric(item) for item in tx.metrics.of_account(account))
    return Pack(
        made_at=tx.now.isoformat(timespec="seconds"),
        account={
            **{name: getattr(account, name) for name in SETTINGS},
            "key": account.key,
            "provider": account.provider,
            "reason": account.reason,
            "destination": str(account.destination),
            # What a time without a zone meant here is to mean the same elsewhere.
            "timezone": account.timezone or account.client_timezone,
            "webhook_secret_ref": account.webhook_secret_ref,
            "owner": account.owner_email,
            "four_eyes": account.is_four_eyes,
            "promised": ",".join(account.promised),
            "auth_expires_on": account.auth_expires_on.isoformat() if account.auth_expires_on else "",
        },
        signals={name: f"{item.signal}:{item.paid}" for name, item in account.signals.items()},
        policies=account.policies.as_dict(),
        class_rules=tuple(rule.as_dict() for rule in account.class_rules),
        match_rules={name: tuple(map(str, rules)) for name, rules in account.matching.items()},
        metrics=metrics,
        maps=packed,
        glossary=glossary([item.field_map for item in packed if item.is_used], metrics),
    )


def sample_sources(tx: UnitOfWork, key: str, deliveries: list[int]) -> dict[str, int]:
    """The newest of these deliveries, given newest first, that was loaded as each object."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account, found = tx.accounts.by_key(key), dict[str, int]()
    for delivery in deliveries:
        for load in tx.loads.of_delivery(delivery):
            if load.account_id == account.id:
                found.setdefault(load.object, delivery)
    return found


def settings_of(pack: Pack, client_timezone: str) -> dict[str, str]:
    """The pack's settings as the texts that `set_account` reads."""
    told = {name: str(pack.account[name]) for name in SETTINGS}
    if told["timezone"] == client_timezone:
        told["timezone"] = ""
    if told["retention_days"] == "-1":
        told["retention_days"] = "forever"
    policies = {f"policy.{code}": str(word) for code, word in dict(pack.policies.get("reasons", {})).items()}
    limits = {name: str(value) for name, value in pack.policies.items() if name != "reasons"}
    return {
        **told,
        **policies,
        **limits,
        "webhook_secret": str(pack.account["webhook_secret_ref"]),
        "four_eyes": "yes" if pack.account["four_eyes"] else "no",
        "promised": str(pack.account["promised"]),
        "auth_expires_on": str(pack.account["auth_expires_on"]),
    }


def restore_class_rules(tx: UnitOfWork, key: str, stored: tuple[Mapping[str, Any], ...]) -> None:
    """Give an account without rules these, under the numbers that they had; DeskError where one is none."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    rules = [_class_rule(item) for item in stored]
    if len({rule.number for rule in rules}) < len(rules):
        raise DeskError("pack_invalid", "Two class rules of the pack have one number.", "Have it written anew.")
    tx.accounts.change(account, {"class_rules": [rule.as_dict() for rule in rules]})
    for rule in rules:
        detail = {name: value for name, value in rule.as_dict().items() if name != "number"}
        tx.audit.note("class rule added", "account", account.id, account.client_id, rule=rule.number, **detail)


def left_to_fill(tx: UnitOfWork, key: str, pack: Pack) -> tuple[str, ...]:
    """What the pack cannot bring and somebody here must say or do, one sentence each."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    said = [f"The owner is {account.owner_email}; there it was {pack.account['owner']}."]
    for name, what in (("credential_ref", "credential"), ("webhook_secret_ref", "webhook secret")):
        if pack.account[name]:
            said.append(f"Put the {what} where {pack.account[name]} says, or change the reference.")
    said += [
        f"Write {what} (`account set {key} {name}=…`)." for name, what in _PROMISES.items() if not pack.account[name]
    ]
    said += [f"Approve the {item.object.replace('_', ' ')} map." for item in pack.used]
    owners = {rule.owner for item in pack.used for rule in item.field_map.fields if rule.owner}
    strangers = sorted(owner for owner in owners if tx.people.by_email(owner) is None)
    if strangers:
        said.append(f"Fields are owned by people this desk does not know: {', '.join(strangers)}.")
    here = {item.template.key: _metric(item) for item in tx.metrics.of_account(account)}
    other = sorted(item["label"] for item in pack.metrics if here.get(str(item.get("key"))) != dict(item))
    if other:
        said.append(f"Numbers that are defined otherwise here: {', '.join(other)}.")
    return (*said, "Import a small file as a test, then capture a baseline, before it goes live.")


def note_read(tx: UnitOfWork, key: str, pack: Pack) -> None:
    """Write down where the account came from."""
    account = tx.accounts.by_key(key)
    tx.audit.note(
        "handover pack read", "account", account.id, account.client_id, key=pack.account["key"], made_at=pack.made_at
    )


def _versions(tx: UnitOfWork, account: Account, name: str) -> list[PackedMap]:
    return [
        PackedMap(
            object=name,
            version=line.version,
            status=str(line.status),
            is_used=line.status is MapStatus.APPROVED,
            note=line.note,
            field_map=tx.maps.numbered(account, name, line.version).field_map,
        )
        for line in tx.maps.history(account, name)
    ]


def _metric(metric: Metric) -> dict[str, Any]:
    """A definition in plain values, without what belongs to one desk."""
    told = metric.template
    return {
        "key": told.key,
        "label": told.label,
        "object": told.object,
        "signal": str(metric.signal),
        "paid": str(metric.paid),
        "unit": told.unit,
        "aggregation": str(told.aggregation),
        "date_basis": told.date_basis,
        "column": told.column,
        "weight": told.weight,
        "where": [[column, list(values)] for column, values in told.where],
        "dimension": told.dimension,
        "numerator": told.numerator,
        "denominator": told.denominator,
        "counts_every_class": told.counts_every_class,
        "surface": str(told.surface),
        "client_meaning": told.client_meaning,
    }


def _class_rule(stored: Mapping[str, Any]) -> ClassRule:
    """A rule of a pack, looked at as if somebody typed it."""
    try:
        number, values = int(stored["number"]), [str(value) for value in stored["values"]]
        mark = drawn_up(
            str(stored["class"]), str(stored["field"]), str(stored["test"]), values,
            evidence=str(stored["evidence"]), on=str(stored["on"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise DeskError("pack_invalid", "A class rule of the pack is not whole.", "Have it written anew.") from error
    return ClassRule.of_dict(ClassRule(number, replace(mark, name="")).as_dict())
