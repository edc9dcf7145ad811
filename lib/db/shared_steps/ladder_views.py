"""The ladder of an account as it is read: its rungs by the facts of this moment, and the one sentence of what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.ladder.gates import WARNINGS, Gate, Rung, height, lacking, lapsed
from lib.domain.ladder.ladder import ladder
from lib.domain.ladder.standing import FellBack, Standing
from lib.domain.states import AccountStatus


@dataclass(frozen=True)
class LadderView:
    """The six rungs of an account as they stand now; nothing of it is stored but what persons said and promotions.

    `height` is the highest rung with nothing missing below it, and 6 only while it is live; `next` the one sentence that
    says what to do, `next_gate` the gate it speaks of (None where none lacks).
    """

    account: Account
    standing: Standing
    rungs: tuple[Rung, ...]

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Every gate, from below."""
        return tuple(gate for rung in self.rungs for gate in rung.gates)

    @property
    def lacking(self) -> tuple[Gate, ...]:
        """What a promotion is refused for: every gate but a warning that does not hold."""
        return tuple(gate for gate in self.gates if not gate.holds and gate.name not in WARNINGS)

    @property
    def lapsed(self) -> tuple[Gate, ...]:
        """The blocking gates that held once and no longer do."""
        return lapsed(self.rungs)

    @property
    def warnings(self) -> tuple[Gate, ...]:
        """The warning gates that do not hold."""
        return tuple(gate for rung in self.rungs for gate in rung.warnings)

    @property
    def is_live(self) -> bool:
        """Whether its status is live."""
        return self.account.status is AccountStatus.LIVE

    @property
    def height(self) -> int:
        """The highest rung with nothing missing on it or below it."""
        return height(self.rungs, is_live=self.is_live)

    @property
    def may_be_promoted(self) -> bool:
        """Whether everything holds, and it waits only for somebody to promote it."""
        return not self.lacking and self.account.status in (AccountStatus.SETUP, AccountStatus.NEEDS_REVIEW)

    @property
    def promoted_by(self) -> str:
        """Whose the newest promotion is, '' while it never was live."""
        return self.standing.promotion.by if self.standing.promotion else ""

    @property
    def promoted_at(self) -> datetime | None:
        """When it was promoted last."""
        return self.standing.promotion.at if self.standing.promotion else None

    @property
    def fell_back(self) -> FellBack | None:
        """Why it fell from live and when, until it is promoted anew; None where it did not."""
        fell, promoted = self.standing.fell_back, self.promoted_at
        is_down = self.account.status is AccountStatus.NEEDS_REVIEW
        return fell if is_down and fell is not None and promoted is not None and fell.at >= promoted else None

    @property
    def next_gate(self) -> Gate | None:
        """The lowest gate that lacks: one that blocks, else one of an object begun with since it went live."""
        return next(iter(lacking(self.rungs)), None) or next(iter(self.lacking), None)

    @property
    def next(self) -> str:
        """What to do, in one or two sentences."""
        key, gate = self.account.key, self.next_gate
        if self.account.status is AccountStatus.PAUSED:
            return f"{key} is paused: resume it with `account resume {key}`."
        if gate is not None:
            return f"{gate.what}: {_small(gate.why)}. {gate.climb}".strip()
        if not self.is_live:
            return f"Everything holds: promote it with `account promote {key}`."
        warned = next(iter(self.warnings), None)
        return (
            f"{warned.what}: {_small(warned.why)}. {warned.climb}" if warned else "It is live, and nothing is missing."
        )


def ladder_view(tx: UnitOfWork, account: Account) -> LadderView:
    """The ladder of an account that was read in this transaction."""
    standing = tx.standings.of([account])[account.id]
    return LadderView(account, standing, ladder(account, standing, tx.now))


def _small(words: str) -> str:
    """Words behind a colon, without the full stop that follows them anyway."""
    return words.rstrip(".")
