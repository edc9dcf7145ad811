"""Whether the account's time zone is the one that the provider's own moments are told in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from lib.clock import zone
from lib.domain.accounts import Account
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck
from lib.errors import DeskError

TIME_ZONE = "time_zone"
# A moment with an offset of its own; one in UTC says nothing of where it was.
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?[+-]\d\d:?\d\d")
_DEEPEST = 6


def time_zone_check(account: Account, records: Sequence[Any], usual: Collection[str] = ()) -> SetupCheck:
    """Compares the account's zone with the offsets in `records`, and with the zone in which the client's days are counted.

    `usual` are zones that the provider is known to tell its times in, whoever its customer is. A moment that carries its
    offset is read right in any zone; days asked for in the wrong zone are not.
    """
    name = account.timezone or account.client_timezone
    try:
        where = zone(name)
    except DeskError as unknown:
        return SetupCheck(TIME_ZONE, CheckResult.FAILED, unknown.message, unknown.hint)
    moments = list(_moments(records, _DEEPEST))
    # An offset of +00:00 is how some write UTC, so it proves nothing either way.
    told = [moment for moment in moments if moment.utcoffset()]
    strange = Counter(_offset(moment) for moment in told if moment.utcoffset() != moment.astimezone(where).utcoffset())
    if strange:
        offset, count = strange.most_common(1)[0]
        said = f"{count} of {len(told)} moments on the page are told at UTC{offset}, which is not {name}."
        mend = f"Run `account set {account.key} timezone=ZONE` with the zone the provider's days are counted in."
        return SetupCheck(TIME_ZONE, CheckResult.WARNING, said, mend)
    if name != account.client_timezone and name not in usual:
        said = (
            f"Times without a zone are read as {name}, and the client's days are counted in {account.client_timezone}."
        )
        mend = "Leave it so where the provider tells times in another zone than the client lives in."
        return SetupCheck(TIME_ZONE, CheckResult.WARNING, said, mend)
    seen = f", and {len(told)} moments on the page agree" if told else ""
    who = "The account and the client both count" if name == account.client_timezone else "The provider counts"
    return SetupCheck(TIME_ZONE, CheckResult.PASSED, f"{who} in {name}{seen}.")


def _moments(value: Any, depth: int) -> Iterator[datetime]:
    if isinstance(value, str):
        if _LOCAL.fullmatch(value) and (moment := _read(value)) is not None:
            yield moment
    elif depth and isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _moments(item, depth - 1)


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _offset(moment: datetime) -> str:
    away = moment.utcoffset() or timedelta()
    minutes = round(abs(away).total_seconds()) // 60
    return f"{'-' if away < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
