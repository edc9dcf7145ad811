"""Tell what people did to the rows of a load: cells mended and decisions made, by whom, when, why, and what still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.rows.fixes import DecisionKind, FixStep, RowDecision, standing_steps


@dataclass(frozen=True)
class DoneLine:
    """One thing that was done. `step` or `decision` names it (0: it is the other); `can_go_back` offers to take it back."""

    at: datetime
    who: str
    words: str
    rows: int
    reason: str
    step: int
    decision: int
    is_standing: bool
    can_go_back: bool


@dataclass(frozen=True)
class History:
    """Everything that was done, the newest first; the steps that undo and redo are next for, 0 for none."""

    lines: tuple[DoneLine, ...]
    undo: int
    redo: int


def history_of(tx: UnitOfWork, load_id: int) -> History:
    """What was done to the rows of a load; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    steps, decisions = tx.edits.steps(load.id), tx.decisions.of(load.id)
    names = tx.people.names_of([*(step.edited_by for step in steps), *(item.decided_by for item in decisions)])
    done, undone = standing_steps(steps)
    ended = {item.takes_back for item in decisions}
    lines = [_of_step(step, done, names) for step in steps]
    lines += [_of_decision(item, ended, names) for item in decisions if item.kind is not DecisionKind.TAKE_BACK]
    lines.sort(key=lambda line: line.at, reverse=True)
    return History(tuple(lines), done[-1] if done else 0, undone[-1] if undone else 0)


def _of_step(step: FixStep, done: list[int], names: dict[int | None, str]) -> DoneLine:
    columns = ", ".join(step.sources[:3]) + ("" if len(step.sources) <= 3 else f" and {len(step.sources) - 3} more")
    words = f"Step {step.step}: {columns}" if step.step else f"Carried over from an earlier load: {columns}"
    if step.turns:
        words = f"Step {step.step}: turned step {step.turns}, {columns}"
    stands = step.step in done
    who = names.get(step.edited_by, "")
    # Step 0 is many people's work; it goes back like any other, as one.
    return DoneLine(
        step.edited_at,
        who,
        words,
        step.rows,
        step.reason,
        step.step,
        0,
        stands,
        stands and not step.turns and step.step > 0,
    )


def _of_decision(item: RowDecision, ended: set[int | None], names: dict[int | None, str]) -> DoneLine:
    words = {
        DecisionKind.HOLD: "Held",
        DecisionKind.RELEASE: "Released",
        DecisionKind.IGNORE: "Ignored",
        DecisionKind.RECLASS: f"Class {item.value.replace('_', ' ')}",
    }[item.kind]
    stands = item.id not in ended
    return DoneLine(
        item.decided_at,
        names.get(item.decided_by, ""),
        words,
        len(item.row_nos),
        item.reason,
        0,
        item.id,
        stands,
        stands and item.kind is not DecisionKind.RELEASE,
    )
