"""An account's secrets put where a source asks for them; they live in memory only, for as long as a pull takes."""

from __future__ import annotations

from lib.db.unit_of_work import Desk
from lib.domain.api_sources import ApiSource
from lib.intake.secret_values import secret_value
from lib.services.arriving.pulls import Prepared


def signed_source(desk: Desk, ready: Prepared) -> tuple[ApiSource, str]:
    """The source with what the account says in it, and the credential that signs in ('' where none is due).

    DeskError `secret_missing` where nothing lies behind a reference.
    """
    said, needs = ready.account.intake.pull, ready.source.needs
    secret = secret_value(ready.account.credential_ref, desk.settings) if "secret" in needs else ""
    app_key = secret_value(said.app_key_ref, desk.settings) if "app_key" in needs else ""
    return ready.source.with_values({"tenant": said.tenant, "app_key": app_key, "secret": secret}), secret
