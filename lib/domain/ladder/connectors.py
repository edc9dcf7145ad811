"""A connector at a glance: setup, sign-in, last run and freshness are four questions, so they have four answers (F2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.domain.accounts import Account
from lib.domain.ladder.gates import Rung, height
from lib.domain.ladder.standing import LoadSeen, Standing
from lib.domain.running.breaker import BreakerPlace
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus, LoadStatus

# Somebody should sign in anew while there is still time to.
EXPIRES_SOON_DAYS = 14
_HOUR = 3600
# The checks of a setup test that fail where the provider does not let the desk in.
_LETS_IN = ("credential", "scopes")


class SignIn(StrEnum):
    """How the desk signs in to a provider."""

    REFERENCE_SET = "reference set"
    NOT_NEEDED = "not needed"
    MISSING = "missing"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True)
class Connector:
    """One account at a glance.

    `rung` is the highest with nothing missing on it or below. `age_hours` is None until something was committed;
    `freshness_hours` is how old the newest delivery may be; `sign_in_days` how long the sign-in lasts, None for no end.
    """

    key: str
    source_label: str
    client_name: str
    signals: tuple[ObjectSignal, ...]
    status: AccountStatus
    rung: int
    sign_in: SignIn
    last_load: LoadSeen | None
    age_hours: int | None
    freshness_hours: int
    owner_email: str
    has_approved_map: bool
    sign_in_days: int | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the newest committed delivery is older than the account allows."""
        return self.age_hours is not None and self.age_hours > self.freshness_hours

    @property
    def signs_in_soon(self) -> bool:
        """Whether somebody has to sign in to the provider anew before long."""
        is_in = self.sign_in is SignIn.REFERENCE_SET
        return is_in and self.sign_in_days is not None and self.sign_in_days <= EXPIRES_SOON_DAYS

    @property
    def needs_attention(self) -> bool:
        """Whether one of the four answers asks somebody to look; a paused account asks for nothing."""
        if self.status is AccountStatus.PAUSED:
            return False
        troubled = (LoadStatus.FAILED, LoadStatus.IN_REVIEW)
        return (
            self.status is AccountStatus.NEEDS_REVIEW
            or self.sign_in in (SignIn.MISSING, SignIn.REFUSED, SignIn.ENDED)
            or self.signs_in_soon
            or (self.last_load is not None and self.last_load.status in troubled)
            or self.is_stale
        )


def connector(account: Account, standing: Standing, rungs: tuple[Rung, ...], now: datetime) -> Connector:
    """The four answers of an account, from the facts and the rungs that were read of it."""
    came, ends = standing.last_delivery_at, account.auth_expires_on
    return Connector(
        key=account.key,
        source_label=account.source_label,
        client_name=account.client_name,
        signals=tuple(dict.fromkeys(item.signal for item in standing.used or standing.objects)),
        status=account.status,
        rung=height(rungs, is_live=account.status is AccountStatus.LIVE),
        sign_in=_sign_in(account, standing, now),
        last_load=standing.last_load,
        age_hours=None if came is None else int((now - came).total_seconds() // _HOUR),
        freshness_hours=account.freshness_hours,
        owner_email=account.owner_email,
        has_approved_map=any(item.approved_version is not None for item in standing.objects),
        sign_in_days=None if ends is None else (ends - now.date()).days,
    )


def _sign_in(account: Account, standing: Standing, now: datetime) -> SignIn:
    if not (account.credential_ref or account.webhook_secret_ref):
        return SignIn.NOT_NEEDED if standing.needs_no_credential else SignIn.MISSING
    if account.auth_expires_on is not None and account.auth_expires_on < now.date():
        return SignIn.ENDED
    return SignIn.REFUSED if _is_refused(standing) else SignIn.REFERENCE_SET


def _is_refused(standing: Standing) -> bool:
    """Whether the newest test or the newest call found that the provider does not let the desk in."""
    breaker, test = standing.breaker, standing.setup_test
    is_shut = breaker is not None and breaker.place is not BreakerPlace.CLOSED and breaker.error_class == "refused"
    return is_shut or (test is not None and any(check.key in _LETS_IN for check in test.failed))
