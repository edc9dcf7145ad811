"""Whether something lies behind each reference to a secret that an account names; what it is never leaves this file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.intake.secret_values import secret_value


@dataclass(frozen=True)
class LookedBehind:
    """One reference: the setting that holds it, where it points, whether something is there, in one sentence."""

    setting: str
    reference: str
    resolves: bool
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for machines."""
        return vars(self).copy()


def references_of(account: Account) -> dict[str, str]:
    """{setting: reference} of every secret that this account names, by the names of `account set`."""
    intake = account.intake
    named = {
        "credential_ref": account.credential_ref,
        "webhook_secret": account.webhook_secret_ref,
        "hook.previous_secret_ref": intake.hook.previous_secret_ref,
        "hook.challenge_ref": intake.hook.challenge_ref,
        "pull.app_key_ref": intake.pull.app_key_ref,
        "drop.credential_ref": intake.drop.credential_ref,
    }
    return {setting: reference for setting, reference in named.items() if reference}


def look_behind(desk: Desk, actor: Actor, key: str) -> tuple[LookedBehind, ...]:
    """Look behind every reference of an account, here and now: what this machine finds, a worker elsewhere may not."""
    actor.require(Right.SEE_DETAIL)
    account = desk.ask(actor, lambda tx: tx.accounts.by_key(key))
    return tuple(_looked(desk, setting, reference) for setting, reference in references_of(account).items())


def _looked(desk: Desk, setting: str, reference: str) -> LookedBehind:
    try:
        secret_value(reference, desk.settings)
    except DeskError as error:
        return LookedBehind(setting, reference, resolves=False, sentence=f"{error.message} {error.hint}")
    return LookedBehind(setting, reference, resolves=True, sentence=f"Something lies behind {reference}.")
