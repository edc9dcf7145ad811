"""How each connector's newest loads came in: rows, and the share that nobody had to touch (F155)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right

LOADS = 12


@dataclass(frozen=True)
class Pulse:
    """One account's newest loads, oldest first: rows that arrived, and those that came through without anybody.

    A row came through where it neither fails nor was touched by hand, as in the score card.
    """

    account: str
    client_name: str
    source_label: str
    rows: tuple[int, ...]
    passed: tuple[int, ...]

    @property
    def yields(self) -> tuple[float, ...]:
        """The first-pass yield of each load, 0 to 100."""
        return tuple(100 * good / rows for good, rows in zip(self.passed, self.rows, strict=True))

    @property
    def first_pass_percent(self) -> float:
        """The share of all rows of these loads, 0 to 100."""
        return 100 * sum(self.passed) / sum(self.rows)


def pulses(tx: UnitOfWork, client: str = "", *, loads: int = LOADS) -> tuple[Pulse, ...]:
    """One for each account in scope, or of one client, of which a load came to review, in four queries."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = tx.accounts.every(tx.clients.by_key(client).id if client else None)
    facts = tx.scores.newest_of_each([account.id for account in accounts], loads)
    touched = tx.scores.touched([item.load_id for item in facts]) if facts else {}
    both = tx.scores.failing_among(touched)
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for item in facts:
        by_hand = len(touched.get(item.load_id, ()))
        passed = item.row_count - item.failed - by_hand + both.get(item.load_id, 0)
        rows[item.account_id].append((item.row_count, passed))
    return tuple(
        Pulse(
            account.key,
            account.client_name,
            account.source_label,
            tuple(many for many, _ in rows[account.id]),
            tuple(good for _, good in rows[account.id]),
        )
        for account in accounts
        if rows[account.id]
    )
