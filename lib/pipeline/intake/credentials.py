"""An account's secrets put where a source asks for them, and their mark; they live in memory only, while they are used."""

from __future__ import annotations

from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.api.sources import ApiSource
from lib.intake.checking.credentials import credential_mark
from lib.intake.secret_values import secret_value
from lib.services.arriving.pulls import Prepared


def mark_of(desk: Desk, account: Account) -> str:
    """The mark of an account's present credentials, to be compared with that of its last test; '' where it has none."""
    return credential_mark(account, desk.settings, desk.hash_key)


def signed_source(desk: Desk, ready: Prepared) -> tuple[ApiSource, str]:
    """The source with what the account says in it, and the credential that signs in ('' where none is due).

    DeskError `secret_missing` where nothing lies behind a reference.
    """
    said, needs = ready.account.intake.pull, ready.source.needs
    secret = secret_value(ready.account.credential_ref, desk.settings) if "secret" in needs else ""
    app_key = secret_value(said.app_key_ref, desk.settings) if "app_key" in needs else ""
    return ready.source.with_values({"tenant": said.tenant, "app_key": app_key, "secret": secret}), secret
