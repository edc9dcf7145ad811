"""A person's hand on rows under review: which rows, what becomes of their cells, and what was decided about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lib.domain.verdicts import Verdict
from lib.errors import DeskError

# One press of a button waits in one transaction; what concerns more rows than this is a matter of the map.
MOST_ROWS = 50_000


@dataclass(frozen=True)
class WhichRows:
    """These rows (`row_nos`, or by runs of file lines), or else all that are so.

    `reason` is `code` or `code:column`; '' and () stand for any.
    """

    row_nos: tuple[int, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    row_class: str = ""
    reason: str = ""
    is_held: bool = False


@dataclass(frozen=True)
class CellEdit:
    """One cell of one row: the column of the file, and its new text; None is the cell as it came."""

    row_no: int
    source: str
    value: str | None


@dataclass(frozen=True)
class FixStep:
    """What one press of a button did to cells. `turns` is 0, or the step that this one took back or brought back."""

    step: int
    turns: int
    rows: int
    sources: tuple[str, ...]
    reason: str
    edited_by: int
    edited_at: datetime


class DecisionKind(StrEnum):
    """What a person decides about a whole row."""

    HOLD = "hold"
    RELEASE = "release"
    IGNORE = "ignore"
    RECLASS = "reclass"
    MATCH = "match"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class RowDecision:
    """One line of `row_decisions`; `takes_back` names the decision that this one ended, None for any other."""

    id: int
    kind: DecisionKind
    value: str
    row_nos: tuple[int, ...]
    takes_back: int | None
    reason: str
    decided_by: int
    decided_at: datetime


def runs_of(row_nos: Iterable[int]) -> list[list[int]]:
    """Ordinals as runs of [first, last], in order."""
    runs: list[list[int]] = []
    for row_no in sorted(set(row_nos)):
        if runs and runs[-1][1] == row_no - 1:
            runs[-1][1] = row_no
        else:
            runs.append([row_no, row_no])
    return runs


def rows_of_runs(runs: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The ordinals in some runs."""
    return tuple(row_no for first, last in runs for row_no in range(first, last + 1))


def standing_steps(steps: Sequence[FixStep]) -> tuple[list[int], list[int]]:
    """The steps that stand, and those that were taken back and can be brought back; the next one of each is the last.

    A new step forgets what was taken back before it, as everywhere where there is an undo.
    """
    done: list[int] = []
    undone: list[int] = []
    for step in steps:
        if not step.turns:
            done = [*(earlier for earlier in done if earlier != step.step), step.step]
            undone.clear()
        elif step.turns in done:
            done.remove(step.turns)
            undone.append(step.turns)
        elif step.turns in undone:
            undone.remove(step.turns)
            done.append(step.turns)
    return done, undone


Place = tuple[int, str]


@dataclass
class CellHistory:
    """One cell: the texts laid over it, the newest last, each with its step; and those that were taken away again."""

    layers: list[tuple[int, str | None]] = field(default_factory=list)
    taken: dict[int, str | None] = field(default_factory=dict)

    @property
    def value(self) -> str | None:
        """What stands there; None is the cell as it came."""
        return self.layers[-1][1] if self.layers else None

    def note(self, step: int, turns: int, value: str | None) -> None:
        """One more edit, as it was written down."""
        if not turns:
            self.layers.append((step, value))
        elif self.layers and self.layers[-1][0] == turns:
            self.taken[turns] = self.layers.pop()[1]
        else:
            self.layers.append((turns, value))

    def turned(self, step: int) -> tuple[bool, str | None]:
        """Whether taking this step back (or bringing it back) changes the cell, and what stands there then.

        A cell that a later step covers stays as it is.
        """
        if self.layers and self.layers[-1][0] == step:
            return True, self.layers[-2][1] if len(self.layers) > 1 else None
        if step in self.taken and all(number != step for number, _ in self.layers):
            return True, self.taken[step]
        return False, None


def turning(histories: dict[Place, CellHistory], step: int) -> list[CellEdit]:
    """The edits that take a step back, or bring it back."""
    found = {place: history.turned(step) for place, history in histories.items()}
    return [CellEdit(*place, value) for place, (is_changed, value) in found.items() if is_changed]


def lines_of(text: str) -> tuple[tuple[int, int], ...]:
    """File lines as a person types them (`4, 9-12`) as runs; DeskError `bad_lines`."""
    runs = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or int(last or first) < int(first):
            raise DeskError(
                "bad_lines", f"{part or text!r} names no line of a file.", "Write lines like this: 4, 9-12."
            )
        runs.append((int(first), int(last or first)))
    return tuple(runs)
