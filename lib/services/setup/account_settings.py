"""Change an account's settings, all of them or none, pause and resume it, and tell what was changed, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.db.shared_steps.metric_terms import carry_currency, carry_signal
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account, require_owner
from lib.domain.arriving.intake import IntakeSettings, is_intake_setting
from lib.domain.arriving.unattended import SWITCHED_OFF, SWITCHED_ON
from lib.domain.hooks import HookSettings
from lib.domain.people import Right
from lib.domain.settings.account_settings import REFERENCES, SETTINGS, read_setting
from lib.domain.settings.account_versions import AccountVersion, differences, in_words
from lib.domain.settings.destinations import require_agreement
from lib.domain.signals import parse_signal
from lib.domain.states import HAS_GONE_LIVE, AccountStatus
from lib.errors import DeskError
from lib.providers.senders import sender
from validation.policy_settings import POLICY_SETTINGS, is_policy_setting, policies_with

_MANY = 200


def set_account(tx: UnitOfWork, key: str, changes: Mapping[str, str]) -> dict[str, Any]:
    """Change settings given as text; one bad value and nothing is changed.

    Returns the account as plain values. What changed is kept as the account's next version and as one line of its
    timeline; what says the same as before makes neither.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    # Addresses look for passwords in themselves, and say where those belong.
    refuse_secrets(
        (name, text) for name, text in changes.items() if name not in REFERENCES and not name.endswith("url")
    )
    values = _values(tx, account, changes)
    signals = _signals(tx, account, changes)
    _require_lawful(tx, account, values, signals)
    for name, signal in signals.items():
        carry_signal(tx, account, name, signal)
    if "currency" in values:
        carry_currency(tx, account, values["currency"])
    if "unattended.on" in changes:
        # Whose order it is: loads go in by themselves in the name of whoever said so last.
        intake = IntakeSettings.of_dict(values["intake"]) if "intake" in values else account.intake
        line = SWITCHED_ON if intake.unattended.is_on else SWITCHED_OFF
        tx.audit.note(line, "account", account.id, account.client_id)
    if not values and not signals:
        return account.as_dict()
    return _changed(tx, account, values, "account changed").as_dict()


def pause_account(tx: UnitOfWork, key: str) -> dict[str, Any]:
    """Let nothing in any more, by itself or by hand, until somebody resumes it; a paused one stays as it is."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        return account.as_dict()
    return _changed(tx, account, {"status": AccountStatus.PAUSED}, "account paused").as_dict()


def resume_account(tx: UnitOfWork, key: str) -> dict[str, Any]:
    """Let deliveries in again; one that runs stays as it is.

    What was live before it was paused needs a look before it is called live again (R17); anything else is in setup.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if account.status is not AccountStatus.PAUSED:
        return account.as_dict()
    paused = tx.account_versions.last_of(account, "status")
    before = paused.changes["status"][0] if paused else None
    then = AccountStatus.NEEDS_REVIEW if before in HAS_GONE_LIVE else AccountStatus.SETUP
    return _changed(tx, account, {"status": then}, "account resumed").as_dict()


def account_versions(tx: UnitOfWork, key: str) -> list[AccountVersion]:
    """The versions of an account's settings with what each changed, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.account_versions.of(tx.accounts.by_key(key), _MANY)


def _changed(tx: UnitOfWork, account: Account, values: dict[str, Any], action: str) -> Account:
    changed = tx.accounts.change(account, values)
    told = in_words(differences(account, changed))
    tx.audit.note(action, "account", account.id, account.client_id, version=changed.version, changed=told)
    return changed


def _values(tx: UnitOfWork, account: Account, changes: Mapping[str, str]) -> dict[str, Any]:
    """The columns that these texts change, without those that say so already."""
    values: dict[str, Any] = {}
    policies, intake = account.policies, account.intake
    for name, text in changes.items():
        if name.startswith("signal."):
            continue
        if is_policy_setting(name):
            policies = policies_with(policies, name, text)
        elif is_intake_setting(name):
            intake = intake.with_setting(name, text)
            _refuse_unknown(account, intake.hook)
        elif name == "owner":
            values["owner_id"] = _owner(tx, account, text)
        elif name in SETTINGS or name == "status":
            column, value = read_setting(name, text)
            values[column] = value
        else:
            raise _unknown(name)
    now = {**vars(account), "promised": list(account.promised)}
    kept = {column: value for column, value in values.items() if value != now[column]}
    if policies != account.policies:
        kept["policies"] = policies.as_dict()
    if intake != account.intake:
        kept["intake"] = intake.as_dict()
    return kept


def _signals(tx: UnitOfWork, account: Account, changes: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for setting, text in changes.items():
        if not setting.startswith("signal."):
            continue
        name = setting.removeprefix("signal.")
        if name not in account.signals:
            raise _not_offered(account, name)
        signal = parse_signal(text)
        if signal != account.signals[name] and tx.committed_loads.ids(account.id, name):
            raise DeskError(
                "signal_fixed",
                f"{name} of {account.key} has committed loads, so its signal stays {account.signals[name].signal}.",
                "Undo them first, or set up another account.",
            )
        if signal != account.signals[name]:
            found[name] = signal
    return found


def _require_lawful(tx: UnitOfWork, account: Account, values: Mapping[str, Any], signals: Mapping[str, Any]) -> None:
    """What the desk, the signals and the other accounts of the client have to say to the new values."""
    if "destination" in values and tx.accounts.has_deliveries(account):
        raise DeskError(
            "destination_fixed",
            f"{account.key} has deliveries already, so its destination stays {account.destination}.",
            "Set up a new account for the other database.",
        )
    if "destination" in values or signals:
        require_agreement(values.get("destination", account.destination), {**account.signals, **signals})
    if "retention_days" in values:
        tx.desk_settings.now().require_retention(values["retention_days"])
    if "source_label" in values:
        twin = tx.accounts.twin(account.client_id, account.provider, values["source_label"], besides=account.id)
        if twin is not None:
            raise DeskError(
                "account_duplicate",
                f"{twin} is {account.provider} for {account.client_name} under that source label already, so nobody "
                "could tell their numbers apart.",
                "Give this one a label that says what is different about it.",
            )


def _owner(tx: UnitOfWork, account: Account, email: str) -> int:
    owner = tx.people.by_email(email.strip().lower())
    if owner is None:
        raise DeskError("unknown_person", f"{email} is not a person of this desk.", "Add them with `user add`.")
    require_owner(owner, account.client_id, account.client_name)
    return owner.person_id


def _refuse_unknown(account: Account, hook: HookSettings) -> None:
    """A sender that is in no table, and an object the account does not send, are refused by name."""
    if hook.sender:
        sender(hook.sender)
    if hook.object and hook.object not in account.signals:
        raise _not_offered(account, hook.object)


def _not_offered(account: Account, name: str) -> DeskError:
    return DeskError(
        "object_not_offered", f"{account.key} has no object {name!r}.", f"It has {', '.join(account.signals)}."
    )


def _unknown(name: str) -> DeskError:
    return DeskError(
        "unknown_setting",
        f"An account has no setting {name!r}.",
        f"Settings are owner, signal.OBJECT, hook.…, pull.…, drop.…, unattended.…, "
        f"{', '.join((*POLICY_SETTINGS, *SETTINGS))}.",
    )
