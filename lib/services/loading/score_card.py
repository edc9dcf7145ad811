"""The score card of a provider's deliveries: how clean they come in, and how much work they make, load by load (F155)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from lib.db.repositories.scores import LoadFacts
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.rows.policies import Policies
from lib.domain.verdicts import Severity
from validation.policy import severity_under
from validation.reasons import REASONS

LOADS = 30
_MOST_ACCOUNTS = 200


@dataclass(frozen=True)
class LoadScore:
    """One load: rows that arrived, those that fail as it stands, those touched by hand, and those that are neither.

    `touched` counts a row once, however often a cell of it was mended or something was decided about it, and also where
    it fails all the same; `passed` are the rows that came through without anybody: they neither fail nor were touched.
    `hours` is the time from its import to its approval, None without one; `repeats` are the failing reasons that the
    account's load of the same object before it had too.
    """

    load_id: int
    object: str
    at: datetime
    rows: int
    failed: int
    touched: int
    passed: int
    hours: float | None
    repeats: tuple[str, ...]

    @property
    def first_pass_percent(self) -> float:
        """The share of rows that came through without anybody, 0 to 100."""
        return 100 * self.passed / self.rows


@dataclass(frozen=True)
class ScoreCard:
    """One account over its newest loads, oldest first; `is_any` tells whether there are some."""

    account: Account
    loads: tuple[LoadScore, ...]

    @property
    def first_pass_percent(self) -> float | None:
        """The share of all rows of these loads that came through without anybody, 0 to 100."""
        rows = sum(item.rows for item in self.loads)
        return 100 * sum(item.passed for item in self.loads) / rows if rows else None

    @property
    def hours(self) -> float | None:
        """The median time to approval, in hours."""
        found = [item.hours for item in self.loads if item.hours is not None]
        return median(found) if found else None

    @property
    def touched(self) -> int:
        """Rows touched by hand in all loads."""
        return sum(item.touched for item in self.loads)

    @property
    def repeating(self) -> int:
        """Loads with a failure that the load before them had too."""
        return sum(bool(item.repeats) for item in self.loads)

    @property
    def change(self) -> float | None:
        """Percentage points of first-pass yield between the older and the newer half; None with fewer than four loads."""
        if len(self.loads) < 4:
            return None
        half = len(self.loads) // 2
        older, newer = (ScoreCard(self.account, part) for part in (self.loads[:half], self.loads[half:]))
        before, after = older.first_pass_percent, newer.first_pass_percent
        return None if before is None or after is None else after - before

    def as_dict(self) -> dict[str, Any]:
        """The same for machines; percentages in percent, times in hours."""
        loads = [
            {
                "load": item.load_id,
                "object": item.object,
                "at": item.at,
                "rows": item.rows,
                "failed": item.failed,
                "touched": item.touched,
                "passed": item.passed,
                "first_pass": round(item.first_pass_percent, 2),
                "hours": None if item.hours is None else round(item.hours, 2),
                "repeats": list(item.repeats),
            }
            for item in self.loads
        ]
        return {
            "account": self.account.key,
            "provider": self.account.provider,
            "source": self.account.source_label,
            "first_pass": _rounded(self.first_pass_percent),
            "change": _rounded(self.change),
            "hours": _rounded(self.hours),
            "touched": self.touched,
            "repeating_loads": self.repeating,
            "loads": loads,
        }


def score_cards(tx: UnitOfWork, key: str = "", *, client: str = "", loads: int = LOADS) -> tuple[ScoreCard, ...]:
    """The card of one account, or of each in scope (or of one client) that has loads, the worst first-pass yield first.

    NotFound for an account or a client outside the person's scope.
    """
    tx.actor.require(Right.SEE_DETAIL)
    client_id = tx.clients.by_key(client).id if client else None
    accounts = [tx.accounts.by_key(key)] if key else tx.accounts.every(client_id)[:_MOST_ACCOUNTS]
    cards = [_card(tx, account, loads) for account in accounts]
    found = [card for card in cards if card.loads or key]
    return tuple(sorted(found, key=lambda card: (card.first_pass_percent or 0.0, card.account.key)))


def _card(tx: UnitOfWork, account: Account, most: int) -> ScoreCard:
    # One more than is shown of each object, so that the first of them has one before it where there is one.
    facts = tx.scores.newest([account.id], most + len(account.signals))
    ids = [item.load_id for item in facts]
    by_hand = tx.scores.touched(ids) if ids else {}
    scores: list[LoadScore] = []
    before: dict[str, set[str]] = {}
    for item in facts:
        failing = _failing(item, account.policies)
        repeats = sorted(failing & before.get(item.object, set()))
        before[item.object] = failing
        scores.append(_score(tx, item, sorted(by_hand.get(item.load_id, ())), repeats))
    return ScoreCard(account, tuple(scores[-most:]))


def _score(tx: UnitOfWork, item: LoadFacts, touched: Sequence[int], repeats: Sequence[str]) -> LoadScore:
    hours = (item.approved_at - item.created_at).total_seconds() / 3600 if item.approved_at else None
    both = tx.scores.failing(item.load_id, touched) if touched else 0
    passed = item.row_count - item.failed - len(touched) + both
    counts = (item.row_count, item.failed, len(touched), passed)
    return LoadScore(item.load_id, item.object, item.created_at, *counts, hours, tuple(repeats))


def _failing(item: LoadFacts, policies: Policies) -> set[str]:
    """The codes of the load's reasons that fail rows."""
    kind = object_type(item.object)
    known = (code for code, rows in item.reasons.items() if rows and code in REASONS)
    return {code for code in known if severity_under(policies, code, kind) is Severity.BLOCK}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
