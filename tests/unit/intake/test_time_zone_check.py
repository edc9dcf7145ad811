"""The check of the time zone: offsets that the provider's own moments carry are held against the account's zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from lib.domain.accounts import Account
from lib.domain.ladder.setup_checks import CheckResult
from lib.intake.checking.time_zone import time_zone_check

DENVER, NEW_YORK = "America/Denver", "America/New_York"


@dataclass(frozen=True)
class Zoned:
    """As much of an account as the check asks for."""

    timezone: str = DENVER
    client_timezone: str = DENVER
    key: str = "site"


def checked(record: Any, usual: frozenset[str] = frozenset(), **zones: str) -> CheckResult:
    return time_zone_check(cast("Account", Zoned(**zones)), [record], usual).result


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # Denver is at -07:00 in winter and at -06:00 in summer.
        ("2026-03-04T09:00:00-07:00", CheckResult.PASSED),
        ("2026-07-04T09:00:00.000-06:00", CheckResult.PASSED),
        ("2026-07-04T09:00:00-0600", CheckResult.PASSED),
        ("2026-07-04T09:00:00-07:00", CheckResult.WARNING),
        ("2026-03-04T09:00:00+05:30", CheckResult.WARNING),
        # UTC says nothing of where it was, and what is no moment says nothing at all.
        ("2026-03-04T09:00:00+00:00", CheckResult.PASSED),
        ("2026-03-04T09:00:00Z", CheckResult.PASSED),
        ("2026-13-45T09:00:00-05:00", CheckResult.PASSED),
    ],
)
def test_a_moment_is_compared_at_its_own_date(moment: str, expected: CheckResult) -> None:
    assert checked({"call": {"times": [moment]}}) is expected


def test_an_account_that_counts_in_another_zone_than_its_client_is_a_warning() -> None:
    assert checked({}, timezone=NEW_YORK) is CheckResult.WARNING
    # Unless the provider is known to tell its times so, whoever asks.
    assert checked({}, frozenset({NEW_YORK}), timezone=NEW_YORK) is CheckResult.PASSED
    assert checked({}, timezone="") is CheckResult.PASSED


def test_a_zone_that_does_not_exist_fails() -> None:
    assert checked({}, timezone="America/Nowhere") is CheckResult.FAILED
