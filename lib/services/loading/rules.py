"""Show every rule in words with how often rows passed it, load by load, and what another policy would have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.db.repositories.reason_counts import ReasonCounts
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.rows.policies import Policies, ReasonPolicy
from lib.domain.wording import counted
from validation.catalogue import RuleInWords, rule_book

DAYS = 90
_MOST_LOADS = 500


@dataclass(frozen=True)
class RulePoint:
    """One load under one rule: the rows that were asked, and those that broke it."""

    load_id: int
    at: datetime
    rows: int
    broken: int

    @property
    def passed_percent(self) -> float:
        """The share of rows that passed, 0 to 100."""
        return 100 * (self.rows - self.broken) / self.rows


@dataclass(frozen=True)
class RuleHistory:
    """One rule and the loads it was asked of, oldest first; `policy` is what is done now, `is_own` if the account chose it."""

    rule: RuleInWords
    policy: ReasonPolicy
    is_own: bool
    points: tuple[RulePoint, ...]

    @property
    def rows(self) -> int:
        """Rows asked in all loads."""
        return sum(point.rows for point in self.points)

    @property
    def broken(self) -> int:
        """Rows that broke it in all loads."""
        return sum(point.broken for point in self.points)

    @property
    def loads_broken(self) -> int:
        """Loads with at least one row that broke it."""
        return sum(point.broken > 0 for point in self.points)

    @property
    def passed_percent(self) -> float | None:
        """The share of rows that passed, 0 to 100; None where no row was asked."""
        return 100 * (self.rows - self.broken) / self.rows if self.rows else None


@dataclass(frozen=True)
class AccountChoice:
    """An account that may be looked at alone."""

    key: str
    words: str


@dataclass(frozen=True)
class RuleBook:
    """Every rule about rows with its history, those about whole loads, and what was looked at."""

    of_rows: tuple[RuleHistory, ...]
    of_loads: tuple[RuleHistory, ...]
    account: Account | None
    loads: int
    days: int


def rule_accounts(tx: UnitOfWork, client: str = "") -> tuple[AccountChoice, ...]:
    """The accounts of a client, or all in scope."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = tx.accounts.every(tx.clients.by_key(client).id if client else None)
    return tuple(AccountChoice(item.key, f"{item.client_name}, {item.source_label}") for item in accounts)


def rule_history(tx: UnitOfWork, key: str = "", *, client: str = "", days: int = DAYS) -> RuleBook:
    """The rules, over the newest 500 loads of the last `days` days: of one account, of one client, or of all in scope.

    A load counts for a rule where its map fills a column that the rule is about. NotFound for an account or a client
    outside the person's scope.
    """
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key) if key else None
    client_id = tx.clients.by_key(client).id if client else None
    since = tx.now - timedelta(days=days)
    found = tx.reason_counts.since(since, _MOST_LOADS, account.id if account else None, client_id)
    counts = [item for item in found if item.row_count]
    mapped = tx.reason_counts.mapped_columns({item.map_version_id for item in counts})
    policies = account.policies if account else Policies()
    histories = [_history(rule, policies, counts, mapped) for rule in rule_book()]
    return RuleBook(
        tuple(item for item in histories if not item.rule.is_of_load),
        tuple(item for item in histories if item.rule.is_of_load),
        account,
        len(counts),
        days,
    )


def would_do(history: RuleHistory, policy: ReasonPolicy) -> str:
    """What a policy would have done to the loads of a history, in a sentence, before anybody switches it on."""
    loads, rows = history.loads_broken, history.broken
    if not history.points:
        return "No load of this time was asked this, so nothing is known of what it would have done."
    if not rows:
        return "No row of these loads broke the rule, so it would have changed nothing."
    rows_, loads_ = counted(rows, "row"), f"{loads:,} of {counted(len(history.points), 'load')}"
    return {
        ReasonPolicy.STOP: f"{loads_} would have waited until {rows_} had been mended.",
        ReasonPolicy.HOLD: f"{rows_} in {loads_} would have been held back.",
        ReasonPolicy.BLANK: f"{rows_} in {loads_} would have come in without the value.",
        ReasonPolicy.LET_IN: f"{rows_} in {loads_} would have come in as they are.",
    }[policy]


def _history(
    rule: RuleInWords, policies: Policies, counts: Sequence[ReasonCounts], mapped: Mapping[int, frozenset[str]]
) -> RuleHistory:
    own = policies.by_code.get(rule.code)
    points = [
        RulePoint(item.load_id, item.created_at, item.row_count, min(item.reasons.get(rule.code, 0), item.row_count))
        for item in counts
        if not rule.is_of_load
        and (rule.code in item.reasons or rule.concerns(item.object, mapped.get(item.map_version_id, frozenset())))
    ]
    return RuleHistory(rule, own or rule.policy, own is not None, tuple(points))
