"""Loads that may go in without a person: off by default, only clean ones, and every condition said in words (F97).

A required field counts as strong by the confidence that its rule was approved with: what a person placed by hand or
wrote into a map has the greatest. Approving a whole map does not make a doubtful field of it any surer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.domain.wording import counted
from lib.errors import DeskError

_NAMED = 5
# What the audit log calls it; the newest of the first two lines of an account says whose order stands, if any does.
SWITCHED_ON, SWITCHED_OFF = "unattended switched on", "unattended switched off"
LET_IN_LINE, KEPT_LINE = "let in unattended", "kept waiting for a person"


@dataclass(frozen=True)
class Unattended:
    """When a load of an account is let through by itself; the share is of its rows, in percent."""

    is_on: bool = False
    max_failed_percent: int = 1

    def __post_init__(self) -> None:
        if self.max_failed_percent > 100:
            raise DeskError(
                "not_a_percentage", "More rows than there are cannot fail.", "Give a percentage from 0 to 100."
            )


@dataclass(frozen=True)
class ColumnsFound:
    """How the columns of a file differ from those its map reads, by their names."""

    new: Sequence[str] = ()
    gone: Sequence[str] = ()
    retyped: Sequence[str] = ()


@dataclass(frozen=True)
class LoadFacts:
    """Everything that is asked of a load before it goes in by itself.

    `orderer` is who switched this on, '' where nobody may be found; `weak` are required fields whose mapping is less
    than strong; `doubts` what was found against the arrival, `blockers` what stops an approval, both as sentences.
    """

    orderer: str
    may_orderer_approve: bool
    is_paused: bool
    needs_review: bool
    is_four_eyes: bool
    is_test: bool
    is_by_hand: bool
    is_map_in_use: bool
    weak: Sequence[str] = ()
    unplaced: int = 0
    unseen_rows: int = 0
    waiting_rows: int = 0
    columns: ColumnsFound = ColumnsFound()
    doubts: Sequence[str] = ()
    blockers: Sequence[str] = ()
    rows: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Condition:
    """One condition: a stable code, and why the load waits by it, '' where it is met."""

    code: str
    why: str

    @property
    def is_met(self) -> bool:
        """Whether nothing keeps the load waiting here."""
        return not self.why


def conditions(facts: LoadFacts, order: Unattended) -> tuple[Condition, ...]:
    """Every condition of a load that may go in by itself, met or not; all of them are looked at."""
    return tuple(Condition(code, why) for code, why in _conditions(facts, order))


def waits_because(found: Sequence[Condition]) -> tuple[str, ...]:
    """Why a load waits for a person, sentence by sentence; nothing where every condition is met."""
    return tuple(item.why for item in found if not item.is_met)


def _conditions(facts: LoadFacts, order: Unattended) -> Iterator[tuple[str, str]]:
    yield "standing_order", _orderer(facts)
    yield "not_paused", "the account is paused" if facts.is_paused else ""
    yield "not_in_doubt", "the account is marked as needing a review" if facts.needs_review else ""
    yield "no_four_eyes", "the account asks for a second person" if facts.is_four_eyes else ""
    yield "no_test", "it is a test import" if facts.is_test else ""
    yield "not_by_hand", "it was entered by hand" if facts.is_by_hand else ""
    yield "map_in_use", "" if facts.is_map_in_use else "another map has been approved since it was read"
    yield "required_strong", _weak(facts)
    yield "nothing_unplaced", _unplaced(facts)
    yield "no_new_value", _unseen(facts)
    yield "no_drift", _drift(facts.columns)
    yield "arrival_sound", _first(facts.doubts)
    yield "failures_few", _failures(facts, order)
    yield "nobody_asked", _waiting(facts)
    yield "unblocked", _first(facts.blockers)


def _orderer(facts: LoadFacts) -> str:
    if not facts.orderer:
        return "nobody is known to have asked for loads to go in by themselves; switch it off and on again"
    if not facts.may_orderer_approve:
        return f"{facts.orderer}, who asked for loads to go in by themselves, may not approve loads any more"
    return ""


def _weak(facts: LoadFacts) -> str:
    if not facts.weak:
        return ""
    what = "the mapping of the required field" if len(facts.weak) == 1 else "the mappings of the required fields"
    verb = "is" if len(facts.weak) == 1 else "are"
    return f"{what} {_named(facts.weak)} {verb} less than strong; place {'it' if verb == 'is' else 'them'} by hand"


def _unplaced(facts: LoadFacts) -> str:
    if not facts.unplaced:
        return ""
    return f"the map leaves {counted(facts.unplaced, 'column')} out because nothing fits, and nobody has said why"


def _unseen(facts: LoadFacts) -> str:
    if not facts.unseen_rows:
        return ""
    verb = "has" if facts.unseen_rows == 1 else "have"
    return f"{counted(facts.unseen_rows, 'row')} {verb} a value that nobody has decided about"


def _drift(columns: ColumnsFound) -> str:
    if columns.new:
        what = "a column appeared" if len(columns.new) == 1 else f"{len(columns.new)} columns appeared"
        return f"{what} that the map does not know: {_named(columns.new)}"
    if columns.gone:
        what = "a mapped column is" if len(columns.gone) == 1 else f"{len(columns.gone)} mapped columns are"
        return f"{what} gone: {_named(columns.gone)}"
    if columns.retyped:
        return f"the values of {_named(columns.retyped)} look like something else than they did"
    return ""


def _failures(facts: LoadFacts, order: Unattended) -> str:
    if facts.failed * 100 <= order.max_failed_percent * facts.rows:
        return ""
    verb = "fails" if facts.failed == 1 else "fail"
    return (
        f"{facts.failed:,} of {counted(facts.rows, 'row')} {verb}, {facts.failed / facts.rows:.1%}; "
        f"up to {order.max_failed_percent} % go in by themselves"
    )


def _waiting(facts: LoadFacts) -> str:
    if not facts.waiting_rows:
        return ""
    verb = "waits" if facts.waiting_rows == 1 else "wait"
    return f"{counted(facts.waiting_rows, 'row')} {verb} for somebody's choice"


def _first(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    said = sentences[0].strip().rstrip(".")
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
