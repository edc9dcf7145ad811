"""A draft is replaced, never changed: what was done can be undone, and what was undone done again."""

from __future__ import annotations

from lib.domain.maps import FieldMap, FieldRule
from lib.mapping.drafts import MapDraft


def a_map(target: str) -> FieldMap:
    return FieldMap("lead", (FieldRule("Id", target),))


def test_an_edit_is_undone_and_redone() -> None:
    draft = MapDraft("site", "lead").begun(a_map("reference"), "the suggestion").changed(a_map("external_id"))
    assert draft.undone().field_map == a_map("reference")
    assert draft.undone().redone().field_map == a_map("external_id")
    assert draft.undone().undone().field_map == a_map("reference")
    assert draft.redone() is draft


def test_an_edit_that_changes_nothing_is_not_remembered_and_a_new_one_ends_the_redoing() -> None:
    draft = MapDraft("site", "lead").begun(a_map("reference"), "the suggestion")
    assert draft.changed(a_map("reference")).past == ()
    back = draft.changed(a_map("external_id")).undone()
    assert back.future
    assert back.changed(a_map("job_id")).future == ()


def test_every_change_has_a_revision_of_its_own() -> None:
    draft = MapDraft("site", "lead").begun(a_map("reference"), "the suggestion")
    later = draft.changed(a_map("external_id"))
    assert len({draft.revision, later.revision, later.undone().revision, later.undone().redone().revision}) == 4
