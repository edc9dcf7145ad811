"""Keep a draft where a reload, a second tab and a second person find it; nobody overwrites anybody without a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from lib.db.repositories.map_drafts import KeptDraft, KeptStep
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.errors import DeskError
from lib.mapping.document import fingerprint
from lib.mapping.draft_content import as_content, from_content, same_content
from lib.mapping.draft_merge import Conflict, changed_lines, in_words, merged, said_of
from lib.mapping.drafts import Kept, MapDraft, Move, Refusal, Step

__all__ = [
    "Conflict",
    "Kept",
    "Step",
    "discard",
    "in_words",
    "is_pending",
    "keep_draft",
    "kept_draft",
    "remember_sample",
    "what_stands",
]

# Somebody who changed a draft so lately is said to be at it.
_LATELY = timedelta(minutes=30)
_TRIES = 5


def kept_draft(tx: UnitOfWork, key: str, name: str) -> Kept:
    """The draft of an object as it is kept; one of revision 0 where nobody has changed anything yet."""
    tx.actor.require(Right.EDIT_MAPS)
    return _kept(tx, tx.accounts.by_key(key), name)


def is_pending(tx: UnitOfWork, key: str, name: str) -> bool:
    """Whether what is kept says something that was not submitted since."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    kept = _kept(tx, account, name)
    if kept.content is None or kept.edited_at is None:
        return False
    return not tx.map_drafts.is_submitted(account, name, fingerprint(kept.content), kept.edited_at)


def what_stands(tx: UnitOfWork, key: str, name: str) -> Kept:
    """Who changed the draft last, and its revision, without what it says: cheap enough to ask on every run."""
    tx.actor.require(Right.EDIT_MAPS)
    found = tx.map_drafts.of(tx.accounts.by_key(key), name)
    return Kept() if found is None else _head(tx, found)


def keep_draft(tx: UnitOfWork, draft: MapDraft) -> MapDraft:
    """Write what was done to a draft since it was read; the draft as it then stands.

    An edit of lines that nobody else touched meanwhile is made on top of theirs. A line that both changed keeps their
    answer and comes back as a conflict with mine; anything but an edit is refused, in one sentence, once somebody else
    was faster.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(draft.account)
    if draft.move is Move.NONE:
        return draft
    for _ in range(_TRIES):
        stands = _tried(tx, account, draft)
        if stands is not None:
            return stands
    raise DeskError(
        "changed_meanwhile",
        "Others change this draft faster than yours could be written, so yours was not.",
        "Repeat it.",
        is_retryable=True,
    )


def discard(tx: UnitOfWork, draft: MapDraft) -> MapDraft:
    """Begin anew from the version that waits or is in use, or from nothing; one step back brings the draft again."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(draft.account)
    current = tx.maps.approved(account, draft.object)
    emptied = draft.begun(
        current.field_map if current else None, f"map {current.version}" if current else "nothing, after a discard"
    )
    return keep_draft(tx, emptied)


def remember_sample(tx: UnitOfWork, draft: MapDraft) -> None:
    """Write down where the draft's sample is found again, where there is a draft."""
    tx.actor.require(Right.EDIT_MAPS)
    found = tx.map_drafts.of(tx.accounts.by_key(draft.account), draft.object)
    if found is not None and draft.sample is not None:
        tx.map_drafts.point_sample(found, draft.sample.reference)


def _tried(tx: UnitOfWork, account: Account, draft: MapDraft) -> MapDraft | None:
    """The draft once it is written; None where somebody was faster between reading and writing."""
    found = tx.map_drafts.of(account, draft.object)
    if found is None:
        base = as_content(draft.kept.content)
        try:
            tx.map_drafts.begin(account, draft.object, base, draft.kept.origin, _sample(draft))
        except DeskError as trouble:
            if trouble.code != "changed_meanwhile":
                raise
            return None
        found = tx.map_drafts.of(account, draft.object)
        assert found is not None
    elif found.revision != draft.kept.revision:
        return _on_top(tx, account, found, draft)
    return _standing(tx, account, draft) if _is_written(tx, found, draft) else None


def _is_written(tx: UnitOfWork, found: KeptDraft, draft: MapDraft) -> bool:
    """Make the move under the revision that was read; False where it no longer stands."""
    step = {Move.UNDO: -1, Move.REDO: 1}.get(draft.move, 1)
    if not tx.map_drafts.advance(found, found.position + step, _sample(draft) or None):
        return False
    if draft.move in (Move.EDIT, Move.BEGIN):
        lines = changed_lines(draft.kept.content, draft.field_map)
        said = f"begun from {draft.origin}" if draft.move is Move.BEGIN else said_of(lines)
        tx.map_drafts.add_step(found, as_content(draft.field_map), draft.origin, said)
    return True


def _on_top(tx: UnitOfWork, account: Account, found: KeptDraft, draft: MapDraft) -> MapDraft | None:
    """Somebody else changed the draft since this one was read."""
    theirs, base, mine = _kept(tx, account, draft.object), draft.kept.content, draft.field_map
    if draft.move is not Move.EDIT or base is None or mine is None or theirs.content is None:
        fresh = _as_kept(draft, theirs)
        what = {Move.UNDO: "Undo", Move.REDO: "Redo"}.get(draft.move, "The draft")
        who = _who_changed(tx, found, draft, changed_lines(base, theirs.content))
        return replace(fresh, refusals=(Refusal(what, who, "Look at it below, then repeat yours if it is needed."),))
    together, conflicts = merged(base, mine, theirs.content)
    refusals = tuple(_conflicting(tx, found, draft, conflict) for conflict in conflicts)
    news = changed_lines(base, theirs.content)
    taken_in = _who_changed(tx, found, draft, news) if news else ""
    if same_content(together, theirs.content):
        stands = _as_kept(draft, theirs)
    else:
        on_theirs = replace(draft, kept=theirs, field_map=together, origin=theirs.origin, move=Move.EDIT)
        if not _is_written(tx, found, on_theirs):
            return None
        stands = _standing(tx, account, on_theirs)
    return replace(stands, refusals=(*draft.refusals, *refusals), conflicts=conflicts, taken_in=taken_in)


def _conflicting(tx: UnitOfWork, found: KeptDraft, draft: MapDraft, conflict: Conflict) -> Refusal:
    who = _who_changed(tx, found, draft, (conflict.line,))
    both = f"Theirs: {in_words(conflict.theirs, conflict.mine)}. Yours: {in_words(conflict.mine, conflict.theirs)}."
    return Refusal(conflict.line, f"{who} {both}", "Keep theirs, or put yours in its place.")


def _who_changed(tx: UnitOfWork, found: KeptDraft, draft: MapDraft, lines: tuple[str, ...]) -> str:
    """`Ben Boss changed Status at 10:04 UTC, after what you saw.`"""
    person, moment = found.edited_by, found.edited_at
    steps = tx.map_drafts.steps(found, 0, found.position)
    for before, after in pairwise(steps):
        touched = changed_lines(from_content(before.content), from_content(after.content))
        if after.revision > draft.kept.revision and set(touched) & set(lines):
            person, moment = after.edited_by, after.edited_at
    name = (
        "You, in another tab," if person == tx.actor.person_id else tx.people.names_of([person]).get(person, "Somebody")
    )
    what = said_of(lines) or "it and back"
    return f"{name} changed {what} at {moment:%H:%M} UTC, after what you saw."


def _standing(tx: UnitOfWork, account: Account, draft: MapDraft) -> MapDraft:
    found = _as_kept(draft, _kept(tx, account, draft.object), draft.refusals)
    return replace(found, conflicts=draft.conflicts)


def _as_kept(draft: MapDraft, kept: Kept, refusals: tuple[Refusal, ...] = ()) -> MapDraft:
    return replace(
        draft,
        kept=kept,
        field_map=kept.content,
        origin=kept.origin,
        move=Move.NONE,
        refusals=refusals,
        revision=draft.revision + 1,
        conflicts=(),
        taken_in="",
    )


def _kept(tx: UnitOfWork, account: Account, name: str) -> Kept:
    found = tx.map_drafts.of(account, name)
    if found is None:
        return Kept()
    steps = {step.position: step for step in tx.map_drafts.steps(found, found.position - 1, found.position + 1)}
    if found.position not in steps:  # undone and written over between the two questions
        return _kept(tx, account, name)
    stands = steps[found.position]
    before, after = steps.get(found.position - 1), steps.get(found.position + 1)
    names = tx.people.names_of([step.edited_by for step in steps.values()])
    return replace(
        _head(tx, found),
        content=from_content(stands.content),
        origin=stands.origin,
        undo=_step(stands, names) if before else None,
        redo=_step(after, names) if after else None,
    )


def _head(tx: UnitOfWork, found: KeptDraft) -> Kept:
    lately = tx.map_drafts.editors_since(found, tx.now - _LATELY)
    names = tx.people.names_of(lately)
    others = tuple(
        (names.get(person, "Somebody"), moment) for person, moment in lately.items() if person != tx.actor.person_id
    )
    return Kept(
        revision=found.revision,
        edited_by="you" if found.edited_by == tx.actor.person_id else found.editor,
        edited_at=found.edited_at,
        others=others,
        sample=found.sample,
    )


def _step(step: KeptStep, names: dict[int | None, str]) -> Step:
    return Step(step.said, names.get(step.edited_by, "Somebody"), step.edited_at)


def _sample(draft: MapDraft) -> dict[str, object]:
    return draft.sample.reference if draft.sample else {}
