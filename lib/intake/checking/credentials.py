"""Whether something lies behind every reference of an account; what it is, is never said (R20)."""

from __future__ import annotations

import hashlib
import struct

from lib.domain.accounts import Account
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck
from lib.errors import DeskError
from lib.intake.secret_values import secret_value
from lib.settings import Settings

CREDENTIAL = "credential"
# Of a change of these a test knows nothing: the credential, the app key beside it, the secret of webhooks.
_MARKED = ("credential_ref", "pull.app_key_ref", "webhook_secret")
_WHO = b"desk credential"


def references_of(account: Account) -> dict[str, str]:
    """Every reference that an account holds, by the name of its setting."""
    intake = account.intake
    found = {
        "credential_ref": account.credential_ref,
        "pull.app_key_ref": intake.pull.app_key_ref,
        "webhook_secret": account.webhook_secret_ref,
        "hook.previous_secret_ref": intake.hook.previous_secret_ref,
        "hook.challenge_ref": intake.hook.challenge_ref,
        "drop.credential_ref": intake.drop.credential_ref,
    }
    return {name: reference for name, reference in found.items() if reference}


def credential_check(account: Account, settings: Settings, missing: DeskError | None = None) -> SetupCheck:
    """Passed where each reference leads to a value; `missing` is what the account's API asks for and nobody gave."""
    if missing is not None:
        return SetupCheck(CREDENTIAL, CheckResult.FAILED, missing.message, missing.hint)
    references = references_of(account)
    if not references:
        return SetupCheck(CREDENTIAL, CheckResult.NOT_APPLICABLE, "The account needs no credential, and has none.")
    empty = [f"{name} ({reference})" for name, reference in references.items() if not _value(reference, settings)]
    if empty:
        said = f"There is nothing behind {', '.join(empty)}."
        mend = "Put the value there, or let the setting name where it is, and start the desk again."
        return SetupCheck(CREDENTIAL, CheckResult.FAILED, said, mend)
    names = ", ".join(references.values())
    return SetupCheck(CREDENTIAL, CheckResult.PASSED, f"There is a value behind {names}.")


def credential_mark(account: Account, settings: Settings, hash_key: bytes) -> str:
    """A keyed hash of the account's present credentials, so that a rotated one shows; '' where it has no reference.

    A reference with nothing behind it counts as an empty value, so that a lost credential shows too.
    """
    references = references_of(account)
    values = [_value(references[name], settings).encode() for name in _MARKED if name in references]
    if not values:
        return ""
    # Each behind its length: two values never run together into those of another pair.
    told = b"".join(struct.pack(">I", len(value)) + value for value in values)
    return hashlib.blake2b(told, key=hash_key, person=_WHO, digest_size=32).hexdigest()


def _value(reference: str, settings: Settings) -> str:
    try:
        return secret_value(reference, settings)
    except DeskError:
        return ""
