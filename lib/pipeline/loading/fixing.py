"""A person's hand on rows under review: mend cells, hold, release, ignore, reclass, and take each of them back.

Only what changed is looked at again, by the very steps of an import, together with the rows that hang on it; all of it
is one transaction that fails when somebody else changed the load meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange, Load
from lib.domain.people import Actor, Right
from lib.domain.publishing.statement_states import CorrectionCause
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.domain.states import LoadStatus
from lib.pipeline.loading.arrival import settle_tasks
from lib.pipeline.loading.protecting import protect_from_load
from lib.pipeline.loading.settling import read_rows, settle
from lib.pipeline.loading.staging import Written
from lib.services.counting import roll_up
from lib.services.loading import commit, decide_rows, match_rows
from lib.services.loading.decide_rows import Word
from lib.services.reviewing import fix_panel, fix_rows
from lib.services.reviewing.fix_panel import Behind, RowForm

Seen = int | None


@dataclass(frozen=True)
class Changed:
    """What came of a change: the rows it was about, the cells it changed, and the load's verdicts after it."""

    rows: int
    cells: int
    load: Load

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        verdicts = {str(verdict): count for verdict, count in self.load.verdicts.items()}
        told = {"load": self.load.id, "version": self.load.version, "held": self.load.held}
        return {"rows": self.rows, "cells": self.cells, **told, "verdicts": verdicts}


def fix_cells(
    desk: Desk, actor: Actor, load_id: int, edits: Sequence[CellEdit], reason: str, seen: Seen = None
) -> Changed:
    """Put texts over cells of rows under review; `seen` is the version of the load that the person looked at."""

    def work(tx: UnitOfWork) -> Changed:
        load = fix_rows.fixable(tx, load_id, seen)
        return _fix(desk, tx, load, fix_rows.sound_edits(tx, load, edits), reason)

    return desk.do(actor, work)


def fix_column(
    desk: Desk,
    actor: Actor,
    load_id: int,
    which: WhichRows,
    source: str,
    becomes: Callable[[str], str | None],
    reason: str,
    seen: Seen = None,
) -> Changed:
    """Mend one column of many rows alike: `becomes` gives the new text for each text, None where it stays."""

    def work(tx: UnitOfWork) -> Changed:
        load = fix_rows.fixable(tx, load_id, seen)
        edits, _ = fix_rows.changed_cells(tx, load, which, source, becomes)
        return _fix(desk, tx, load, fix_rows.sound_edits(tx, load, edits), reason)

    return desk.do(actor, work)


def texts_behind(tx: UnitOfWork, load_id: int, which: WhichRows, source: str) -> Behind:
    """The texts of a column behind the reason that `which` names, with suggested mends."""
    return fix_panel.behind(tx, load_id, which.reason, source, fix_rows.cells_of(tx, load_id, which, source))


def preview_column(
    tx: UnitOfWork, load_id: int, which: WhichRows, source: str, becomes: Callable[[str], str | None]
) -> tuple[int, tuple[tuple[int, str, str], ...]]:
    """How many cells `fix_column` would change, and the first twenty: line, was, becomes."""
    tx.actor.require(Right.SEE_DETAIL)
    _, changed = fix_rows.changed_cells(tx, tx.loads.by_id(load_id), which, source, becomes)
    return len(changed), fix_panel.samples(tx, load_id, source, changed)


def form_of(tx: UnitOfWork, load_id: int, line_no: int) -> RowForm:
    """The cells of the row at a line of the file."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    row_no = fix_rows.places_of(tx, load, WhichRows(lines=((line_no, line_no),)))[0]
    return fix_panel.row_form(tx, load, row_no, *fix_rows.cells_of_row(tx, load, row_no))


def tried(desk: Desk, actor: Actor, load_id: int, edits: Sequence[CellEdit]) -> tuple[tuple[str, str], ...]:
    """What would still block the one row edited with these texts (column, sentence); nothing is written.

    Other rows are not looked at, so whether it shares its key with one of them shows only once it is mended.
    """

    def look(tx: UnitOfWork) -> tuple[tuple[str, str], ...]:
        load = fix_rows.fixable(tx, load_id, None)
        sound = fix_rows.sound_edits(tx, load, edits)
        raw = fix_rows.raw_now(tx, load, [sound[0].row_no])
        read = read_rows(desk, tx, load, fix_rows.with_edits(tx, load, raw, sound))
        words = [word for _, batch in read for text in batch.rows.reasons for word in text.split()]
        return fix_panel.failing_sentences(tx.maps.by_id(load.map_version_id).field_map, words)

    return desk.ask(actor, look)


def turn_fix(
    desk: Desk, actor: Actor, load_id: int, *, step: int | None = None, is_redo: bool = False, seen: Seen = None
) -> Changed:
    """Take back the last change of cells (or the one named), or bring back the last that was taken back."""

    def work(tx: UnitOfWork) -> Changed:
        load = fix_rows.fixable(tx, load_id, seen)
        turns = fix_rows.next_turn(tx, load, is_redo=is_redo) if step is None else step
        edits = fix_rows.turning_edits(tx, load, turns)
        words = "Brought back" if is_redo else "Taken back"
        return _fix(desk, tx, load, edits, f"{words}: step {turns}", turns=turns)

    return desk.do(actor, work)


def decide(
    desk: Desk,
    actor: Actor,
    load_id: int,
    which: WhichRows,
    kind: DecisionKind,
    reason: str,
    *,
    value: str = "",
    seen: Seen = None,
) -> Changed:
    """Hold, release, ignore, reclass or match rows of a load in review; of one that is committed held rows are released
    (matched ones too), and written.
    """
    actor.require(Right.APPROVE_LOADS)
    word, why = decide_rows.word(kind, value), fix_rows.reasoned(reason)
    load = desk.ask(actor, lambda tx: tx.loads.by_id(load_id))
    if kind in (DecisionKind.RELEASE, DecisionKind.MATCH) and load.status is LoadStatus.COMMITTED:
        return _release(desk, actor, load_id, which, word, why)

    def work(tx: UnitOfWork) -> Changed:
        load = fix_rows.fixable(tx, load_id, seen)
        rows = tx.rows.at(load.id, fix_rows.places_of(tx, load, which))
        row_nos = decide_rows.concerned(rows, kind)
        if kind is DecisionKind.MATCH:
            match_rows.require_choice(tx, load, row_nos, word.record_id)
        settled = settle(desk, tx, load, said=(row_nos, word.said))
        decide_rows.note(tx, load, kind, row_nos, why, value=word.value)
        settle_tasks(tx, tx.accounts.by_id(load.account_id), load.object)
        return Changed(len(row_nos), 0, settled)

    return desk.do(actor, work)


def take_back(desk: Desk, actor: Actor, load_id: int, decision_id: int, seen: Seen = None) -> Changed:
    """End a decision before the load is approved: its rows are judged as if it had never been made."""

    def work(tx: UnitOfWork) -> Changed:
        load = fix_rows.fixable(tx, load_id, seen)
        ended = decide_rows.standing(tx, load_id, decision_id)
        back = decide_rows.word(ended.kind, ended.value).back
        settled = settle(desk, tx, load, said=(ended.row_nos, back))
        decide_rows.note(tx, load, DecisionKind.TAKE_BACK, ended.row_nos, "", takes_back=ended.id)
        return Changed(len(ended.row_nos), 0, settled)

    return desk.do(actor, work)


def carrying_over(desk: Desk, written: Written = lambda _tx, _load: None) -> Written:
    """What is to be done when a load opens: first the cells mended in an earlier load of the same rows are mended again."""

    def opened(tx: UnitOfWork, load: Load) -> None:
        earlier = tx.edits.newest_edited(load)
        is_kept = earlier is not None and tx.payloads.count(load.delivery_id, load.id, "raw") > 0
        if earlier is not None and is_kept and not tx.edits.steps(load.id):
            row_nos = tx.edits.carry_over(earlier, load)
            load = settle(desk, tx, load, edited=row_nos) if row_nos else load
        written(tx, load)

    return opened


def _fix(desk: Desk, tx: UnitOfWork, load: Load, edits: Sequence[CellEdit], reason: str, *, turns: int = 0) -> Changed:
    why, row_nos = fix_rows.reasoned(reason), sorted({edit.row_no for edit in edits})
    step = tx.edits.last_step(load.id) + 1
    tx.edits.add_step(load, step, edits, why, turns=turns)
    settled = settle(desk, tx, load, edited=row_nos)
    sources = sorted({edit.source for edit in edits})
    tx.audit.note("cells mended", "load", load.id, load.client_id, rows=len(row_nos), columns=sources, reason=why[:300])
    return Changed(len(row_nos), len(edits), settled)


def _release(desk: Desk, actor: Actor, load_id: int, which: WhichRows, word: Word, reason: str) -> Changed:
    """Write held rows of a committed load as the commit would have: judged anew, once, and rolled up."""
    row_nos = desk.ask(actor, lambda tx: _held(tx, load_id, which))
    key = blake2b(repr(row_nos).encode(), digest_size=12).hexdigest()

    def work(tx: UnitOfWork) -> Changed:
        done = tx.once(f"release:{load_id}:{key}", lambda: _write_released(desk, tx, load_id, row_nos, word, reason))
        return Changed(done["rows"], 0, tx.loads.by_id(load_id))

    return desk.do(actor, work)


def _held(tx: UnitOfWork, load_id: int, which: WhichRows) -> list[int]:
    load = tx.loads.by_id(load_id)
    return decide_rows.held_rows(tx.rows.at(load.id, fix_rows.places_of(tx, load, which)))


def _write_released(
    desk: Desk, tx: UnitOfWork, load_id: int, row_nos: list[int], word: Word, reason: str
) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    commit.require_may_approve(tx, account, load)
    decide_rows.held_rows(tx.rows.at(load.id, row_nos))
    if word.kind is DecisionKind.MATCH:
        match_rows.require_choice(tx, load, row_nos, word.record_id)
    tx.accounts.advance_epoch(account.id, load.object)
    settled = settle(desk, tx, load, said=(row_nos, word.said), is_alone=True)
    touched = commit.commit_released(tx, account, settled, row_nos)
    span = DateRange(load.range_from, load.range_to) if load.range_from and load.range_to else None
    roll_up.roll_up(tx, account, load.object, touched.days, span)
    protect_from_load(tx, account, load, CorrectionCause.RELEASED)
    decide_rows.note(tx, settled, word.kind, row_nos, reason, value=word.value)
    settle_tasks(tx, account, load.object)
    return {"rows": len(row_nos)}
