"""A draft is replaced, never changed; what was done to it is a move that the database then makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lib.domain.maps import FieldMap, FieldRule
from lib.mapping.draft_merge import Conflict
from lib.mapping.drafts import Kept, MapDraft, Move, Step


def a_map(target: str) -> FieldMap:
    return FieldMap("lead", (FieldRule("Id", target),))


def test_an_edit_that_changes_nothing_is_no_move() -> None:
    draft = MapDraft("site", "lead", field_map=a_map("reference"))
    assert draft.changed(a_map("reference")).move is Move.NONE
    assert draft.changed(a_map("external_id")).move is Move.EDIT
    assert draft.changed(a_map("external_id")).changed(a_map("external_id")).move is Move.EDIT


def test_a_draft_begun_anew_stays_so_through_an_edit_before_it_is_kept() -> None:
    draft = MapDraft("site", "lead").begun(a_map("reference"), "the suggestion").changed(a_map("external_id"))
    assert (draft.move, draft.origin) == (Move.BEGIN, "the suggestion")


def test_there_is_nothing_to_undo_or_redo_before_a_step_was_kept() -> None:
    draft = MapDraft("site", "lead", field_map=a_map("reference"))
    assert draft.undone() is draft
    assert draft.redone() is draft
    step = Step("Id", "Ana", datetime(2026, 3, 4, tzinfo=UTC))
    assert replace(draft, kept=Kept(undo=step)).undone().move is Move.UNDO
    assert replace(draft, kept=Kept(redo=step)).redone().move is Move.REDO


def test_every_change_has_a_revision_of_its_own() -> None:
    draft = MapDraft("site", "lead").begun(a_map("reference"), "the suggestion")
    later = draft.changed(a_map("external_id"))
    assert len({draft.revision, later.revision, later.changed(a_map("job_id")).revision}) == 3


def test_my_answer_to_a_line_that_both_changed_takes_its_place() -> None:
    mine, theirs = FieldRule("Id", "job_id"), FieldRule("Id", "reference")
    draft = MapDraft("site", "lead", field_map=a_map("reference"), conflicts=(Conflict("Id", mine, theirs),))
    settled = draft.settled(draft.conflicts[0])
    assert (settled.field_map, settled.conflicts, settled.move) == (a_map("job_id"), (), Move.EDIT)
    left = draft.without(draft.conflicts[0])
    assert (left.field_map, left.conflicts, left.move) == (a_map("reference"), (), Move.NONE)
