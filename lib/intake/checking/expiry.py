"""Whether the provider will let the account in tomorrow: the last day of its sign-in, where that is known."""

from __future__ import annotations

from datetime import datetime

from lib.clock import zone
from lib.domain.accounts import Account
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck

EXPIRY = "auth_expiry"
# Long enough to get somebody at the provider to renew it.
_SOON_DAYS = 14


def expiry_check(account: Account, now: datetime) -> SetupCheck:
    """Failed once the last day is over, a warning in the two weeks before."""
    last = account.auth_expires_on
    if last is None:
        return SetupCheck(EXPIRY, CheckResult.NOT_APPLICABLE, "Nobody wrote down when its sign-in ends.")
    left = (last - now.astimezone(zone(account.client_timezone)).date()).days
    mend = f"Renew it at the provider, then run `account set {account.key} auth_expires_on=DATE`."
    if left < 0:
        return SetupCheck(EXPIRY, CheckResult.FAILED, f"Its sign-in ended on {last}.", mend)
    if left <= _SOON_DAYS:
        return SetupCheck(EXPIRY, CheckResult.WARNING, f"Its sign-in ends on {last}.", mend)
    return SetupCheck(EXPIRY, CheckResult.PASSED, f"Its sign-in is good until {last}.")
