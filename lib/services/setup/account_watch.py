"""How each account stands now: when it last came and is next expected, how its last run went, and how many runs failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.db.shared_steps.rhythms import rhythms_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.api.pulls import SyncCursor
from lib.domain.people import Right
from lib.domain.running.breaker import BreakerPlace, BreakerState
from lib.domain.running.runs import Run, RunLoad
from lib.domain.states import AccountStatus, DeliveryStatus, LoadStatus
from lib.reporting.silence import Rhythm, silence_in_words

BUDGET_DAYS, BUDGET_PERCENT = 28, 1.0
# Work that brings something from a provider: where it fails for good, there is no delivery that says so.
_BRINGING = ("pull", "drop", "receipts")


@dataclass(frozen=True)
class Budget:
    """The share of runs of the last 28 days that failed, against the one per cent that may."""

    runs: int
    failed: int

    @property
    def percent(self) -> float:
        """The share that failed, 0 to 100."""
        return 100 * self.failed / self.runs if self.runs else 0.0

    @property
    def is_spent(self) -> bool:
        """Whether more failed than may."""
        return self.percent > BUDGET_PERCENT


@dataclass(frozen=True)
class Watched:
    """One account. `fresh_until` is the moment from which it is late, None while nothing was ever committed.

    `came_at` is when the newest delivery came of which something was committed, and `good` that load; `last` is the newest
    delivery of all, `loads` what it was read into. `receipts` are webhooks that wait to become a delivery, `cursors` how
    far its pulls have come, with the limits that the provider told last.
    """

    account: Account
    came_at: datetime | None
    good: RunLoad | None
    fresh_until: datetime | None
    is_late: bool
    rhythm: Rhythm
    is_silent: bool
    last: Run | None
    loads: tuple[RunLoad, ...]
    budget: Budget
    breaker: BreakerState
    receipts: int
    cursors: tuple[SyncCursor, ...]

    @property
    def is_paused(self) -> bool:
        """Whether nothing is asked of it now."""
        return self.account.status is AccountStatus.PAUSED

    @property
    def is_stopped(self) -> bool:
        """Whether its provider is left alone, because call after call failed."""
        return self.breaker.place is not BreakerPlace.CLOSED

    @property
    def has_failed(self) -> bool:
        """Whether its newest run came to nothing."""
        is_refused = self.last is not None and self.last.status is DeliveryStatus.REFUSED
        return is_refused or any(load.status is LoadStatus.FAILED for load in self.loads)

    @property
    def silence(self) -> str:
        """What is missing, in words; '' where nothing is."""
        return silence_in_words(self.rhythm, self.account.client_timezone) if self.is_silent else ""


def watched(tx: UnitOfWork, client: str = "", *, account: str = "") -> tuple[Watched, ...]:
    """The accounts this person may see (of one client, or one of them) in a dozen queries, whatever their number.

    NotFound for a client or an account outside the scope.
    """
    tx.actor.require(Right.SEE_DETAIL)
    accounts = (
        [tx.accounts.by_key(account)]
        if account
        else tx.accounts.every(tx.clients.by_key(client).id if client else None)
    )
    return _watched(tx, accounts) if accounts else ()


def _watched(tx: UnitOfWork, accounts: Sequence[Account]) -> tuple[Watched, ...]:
    ids = [account.id for account in accounts]
    rhythms, last, good = rhythms_of(tx, accounts), tx.runs.newest_of_each(ids), tx.runs.last_good(ids)
    budgets = tx.runs.budgets(ids, tx.now - timedelta(days=BUDGET_DAYS), _BRINGING)
    breakers, waiting = tx.breakers.not_closed(), Counter[int]()
    for item in tx.receipts.waiting():
        waiting[item.account_id] += item.number
    read: dict[int, list[RunLoad]] = {}
    for load in tx.runs.newest_loads([run.id for run in last.values()]):
        read.setdefault(load.delivery_id, []).append(load)
    cursors: dict[int, list[SyncCursor]] = {}
    for cursor in tx.cursors.every_of(ids):
        cursors.setdefault(cursor.account_id, []).append(cursor)
    found = []
    for account in accounts:
        came_at, committed = good.get(account.id, (None, None))
        until = came_at + timedelta(hours=account.freshness_hours) if came_at else None
        is_awake = account.status is not AccountStatus.PAUSED
        run, sent = last.get(account.id), rhythms[account.id]
        found.append(
            Watched(
                account=account,
                came_at=came_at,
                good=committed,
                fresh_until=until,
                is_late=is_awake and until is not None and tx.now > until,
                rhythm=sent,
                is_silent=is_awake and sent.is_silent(tx.now),
                last=run,
                loads=tuple(read.get(run.id, ())) if run else (),
                budget=Budget(*budgets.get(account.id, (0, 0))),
                breaker=breakers.get(account.id, BreakerState()),
                receipts=waiting[account.id],
                cursors=tuple(cursors.get(account.id, ())),
            )
        )
    return tuple(found)
