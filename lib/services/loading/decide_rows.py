"""Write down what a person decided about whole rows: held, released, ignored, of another class, or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.imports import Load
from lib.domain.people import Right
from lib.domain.rows.fixes import DecisionKind, RowDecision
from lib.domain.rows.matching import NEW_RECORD
from lib.domain.verdicts import RowClass
from lib.errors import DeskError

# The value of a match to a record that is not there yet.
NEW = "new"
_DONE = {
    DecisionKind.HOLD: "rows held",
    DecisionKind.RELEASE: "rows released",
    DecisionKind.IGNORE: "rows ignored",
    DecisionKind.RECLASS: "rows given a class",
    DecisionKind.MATCH: "rows matched to a record",
    DecisionKind.TAKE_BACK: "decision on rows taken back",
}


@dataclass(frozen=True)
class Word:
    """A decision as it changes rows: what is said of them (see `mapping.person_words.with_words`)."""

    kind: DecisionKind
    value: str = ""

    @property
    def record_id(self) -> int:
        """The record that a match is to, NEW_RECORD for a new one."""
        return NEW_RECORD if self.value == NEW else int(self.value)

    @property
    def said(self) -> dict[str, bool | str | int]:
        """What the rows bear from now on."""
        if self.kind is DecisionKind.MATCH:
            return {"chosen": self.record_id, "is_held": False}
        if self.kind is DecisionKind.RECLASS:
            return {"classes": self.value}
        return {"is_ignored": True} if self.kind is DecisionKind.IGNORE else {"is_held": self.kind is DecisionKind.HOLD}

    @property
    def back(self) -> dict[str, bool | str | int]:
        """What they bear once it is taken back; a match that is in doubt again is held again."""
        if self.kind is DecisionKind.MATCH:
            return {"chosen": 0}
        if self.kind is DecisionKind.RECLASS:
            return {"classes": ""}
        return {"is_ignored": False} if self.kind is DecisionKind.IGNORE else {"is_held": False}


def word(kind: DecisionKind, value: str = "") -> Word:
    """A decision, looked at: a class has one of ours as its value, a match a record's number or `new`. DeskError
    `unknown_class` or `unknown_record`.
    """
    if kind is DecisionKind.TAKE_BACK:
        raise DeskError("unknown_decision", "Taking back names the decision it ends.", "Choose it in the list.")
    if kind is DecisionKind.RECLASS and value not in list(RowClass):
        raise DeskError("unknown_class", f"There is no class {value!r}.", f"Use one of {', '.join(RowClass)}.")
    if kind is DecisionKind.MATCH and value != NEW and not (value.isascii() and value.isdigit() and len(value) < 19):
        raise DeskError("unknown_record", f"{value!r} names no record.", f"Give a record's number, or {NEW}.")
    return Word(kind, value if kind in (DecisionKind.RECLASS, DecisionKind.MATCH) else "")


def concerned(rows: pa.Table, kind: DecisionKind) -> list[int]:
    """Those of the rows that a decision changes something about, by ordinal; DeskError `no_rows` where that leaves none.

    An ignored row is not ignored again, a held one not held again, and only held ones are released.
    """
    if kind in (DecisionKind.HOLD, DecisionKind.RELEASE):
        rows = rows.filter(pc.equal(rows["is_held"], kind is DecisionKind.RELEASE))
    elif kind is DecisionKind.IGNORE:
        rows = rows.filter(pc.invert(pc.match_substring(rows["reasons"], "ignored_by_person")))
    if not rows.num_rows:
        raise DeskError("no_rows", "None of these rows is like that any more, so nothing was changed.")
    return list(rows["row_no"].to_pylist())


def note(
    tx: UnitOfWork,
    load: Load,
    kind: DecisionKind,
    row_nos: Sequence[int],
    reason: str,
    *,
    value: str = "",
    takes_back: int | None = None,
) -> int:
    """Write a decision down, in the log as well; its number comes back. DeskError `secret_in_text`."""
    refuse_secrets([("the reason", reason)])
    detail = {"rows": len(row_nos), "reason": reason[:300]} | ({"class": value} if value else {})
    tx.audit.note(_DONE[kind], "load", load.id, load.client_id, **detail)
    return tx.decisions.add_decision(load, kind, row_nos, reason, value=value, takes_back=takes_back)


def standing(tx: UnitOfWork, load_id: int, decision_id: int) -> RowDecision:
    """A decision of this load that can still be taken back; DeskError `nothing_to_undo` or `not_in_review`."""
    found = decisions_of(tx, load_id)
    chosen = next((item for item in found if item.id == decision_id), None)
    ended = {item.takes_back for item in found}
    if chosen is None or chosen.id in ended or chosen.kind in (DecisionKind.TAKE_BACK, DecisionKind.RELEASE):
        raise DeskError(
            "nothing_to_undo",
            f"Decision {decision_id} is not one of load {load_id} that still stands.",
            "Look at the list of what was done.",
        )
    return chosen


def decisions_of(tx: UnitOfWork, load_id: int) -> list[RowDecision]:
    """Every decision on rows of a load, in order; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.decisions.of(tx.loads.by_id(load_id).id)


def held_rows(rows: pa.Table) -> list[int]:
    """The ordinals of those that are held; DeskError `no_rows` where none is."""
    return concerned(rows, DecisionKind.RELEASE)
