"""What each client's report of last month still waits for, one answer a client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lib.clock import zone
from lib.db.repositories.committed_loads import Coverage
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.ladder.gates import height
from lib.domain.ladder.ladder import ladder
from lib.domain.ladder.standing import Standing
from lib.domain.people import Right
from lib.domain.states import AccountStatus
from lib.domain.wording import counted
from lib.reporting.periods import covered_days, days_of, month_of

_MOST_LOADS = 200
_Covered = Mapping[tuple[int, str], list[Coverage]]


@dataclass(frozen=True)
class Missing:
    """One thing that a report waits for, with the page where it is done and what stands in its address."""

    account: str
    source_label: str
    sentence: str
    page: str
    address: Mapping[str, str]


@dataclass(frozen=True)
class Readiness:
    """One client's last whole month, in the client's own days: ready where nothing of what was promised is missing.

    `promised` is how many metrics the client was promised; with none there is nothing to report.
    """

    client: str
    client_name: str
    month: DateRange
    promised: int
    missing: tuple[Missing, ...]

    @property
    def is_ready(self) -> bool:
        """Whether the month can be reported."""
        return self.promised > 0 and not self.missing


def readiness(tx: UnitOfWork, client: str = "") -> tuple[Readiness, ...]:
    """One line for each client in scope that has an account, or for one; in a handful of queries, however many there are.

    An account that promises nothing keeps no report waiting; neither does a test import.
    """
    tx.actor.require(Right.SEE_DETAIL)
    accounts = tx.accounts.every(tx.clients.by_key(client).id if client else None)
    promising = [account for account in accounts if account.promised]
    standings = tx.standings.of(promising)
    months = {account.client_id: last_month(tx.now, account.client_timezone) for account in accounts}
    covered = _coverage(tx, promising, months)
    waiting: dict[int, list[int]] = defaultdict(list)
    for load in tx.loads.in_review(_MOST_LOADS):
        if not load.is_test:
            waiting[load.account_id].append(load.id)
    missing: dict[int, list[Missing]] = defaultdict(list)
    for account in promising:
        month = months[account.client_id]
        found = _missing(account, standings[account.id], month, covered, waiting[account.id], tx.now)
        missing[account.client_id].extend(found)
    by_client = {account.client_id: account for account in accounts}
    return tuple(
        Readiness(
            one.client_key,
            one.client_name,
            months[number],
            sum(len(account.promised) for account in promising if account.client_id == number),
            tuple(missing[number]),
        )
        for number, one in sorted(by_client.items(), key=lambda item: item[1].client_name)
    )


def last_month(now: datetime, timezone: str) -> DateRange:
    """The last calendar month that was over, in days of this zone."""
    today = now.astimezone(zone(timezone)).date()
    return month_of(today.replace(day=1) - timedelta(days=1))


def _coverage(tx: UnitOfWork, accounts: list[Account], months: Mapping[int, DateRange]) -> _Covered:
    if not accounts:
        return {}
    spans = [months[account.client_id] for account in accounts]
    around = DateRange(min(span.first for span in spans), max(span.last for span in spans))
    return tx.committed_loads.coverage_within([account.id for account in accounts], around)


def _missing(
    account: Account,
    standing: Standing,
    month: DateRange,
    covered: _Covered,
    loads: Collection[int],
    now: datetime,
) -> list[Missing]:
    """What is missing of one account: being live first, then a decision, then days."""
    found = []
    if account.status is not AccountStatus.LIVE:
        found.append(_of(account, _not_live(account, standing, now), "provider_setup"))
    if loads:
        waits = "waits" if len(loads) == 1 else "wait"
        sentence = f"{counted(len(loads), 'load')} {waits} for a decision"
        found.append(_of(account, sentence, "import_review", load=str(min(loads))))
    names = {standing.metrics[key].object for key in account.promised if key in standing.metrics}
    for name in sorted(names):
        days = _days_missing(account, month, covered.get((account.id, name), []))
        if days:
            sentence = f"{_days(days, month)} of {month.first:%B} missing in {name.replace('_', ' ')}"
            found.append(_of(account, sentence, "import_review", object=name))
    return found


def _not_live(account: Account, standing: Standing, now: datetime) -> str:
    if account.status is AccountStatus.PAUSED:
        return "it is paused"
    if account.status is AccountStatus.NEEDS_REVIEW:
        return "it is not live, and waits for a review"
    return f"it is not live, on rung {height(ladder(account, standing, now), is_live=False)} of 6"


def _days_missing(account: Account, month: DateRange, found: list[Coverage]) -> list[date]:
    known = covered_days(span for item in found if (span := item.whole_days(account.client_timezone)))
    return [day for day in days_of(month) if day not in known]


def _days(days: list[date], month: DateRange) -> str:
    if len(days) == month.days:
        return "every day"
    return counted(len(days), "day")


def _of(account: Account, sentence: str, page: str, **address: str) -> Missing:
    return Missing(account.key, account.source_label, sentence, page, {"account": account.key, **address})
