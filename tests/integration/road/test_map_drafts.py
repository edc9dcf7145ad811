"""A draft is tried by the very steps of an import, on both databases, and trying it writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.states import MapStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError, NotAllowed, NotFound
from lib.mapping.drafts import MapDraft
from lib.pipeline.loading.inward import preview_map
from lib.services.mapping import draft_view, map_desk, map_drafts, map_samples, maps
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    everything,
    import_file,
)

FIRST = a_csv([a_lead(1), a_lead(2), a_lead(3)])
SECOND = a_csv(
    [
        a_lead(1),
        a_lead(2, fee="12.00"),
        a_lead(4),
        a_lead(4, modified="2026-03-05"),
        a_lead(5, date="no day"),
        a_lead(6, name="Test Test"),
    ]
)


def sample_of(desk: Desk, content: bytes) -> map_samples.Sample:
    return desk.ask(admin(desk), map_samples.sample_file, "leads.csv", content)


def test_a_preview_says_what_the_import_then_says(database_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(database_urls, tmp_path) as desk:
        a_lead_account(desk)
        committed(desk, FIRST)
        found = preview_map(desk, admin(desk), "site", a_map("lead", LEAD_FIELDS), sample_of(desk, SECOND))
        load = import_file(desk, SECOND)
        counts = {verdict: count for verdict, count in load["verdicts"].items() if count}
        assert {str(verdict): count for verdict, count in found.verdicts.items()} == counts
        assert found.verdicts[Verdict.UPDATED] == 1
        assert found.verdicts[Verdict.FAILED] == 1
        classes = {name: count for name, count in load["classes"].items() if count}
        assert {str(kind): count for kind, count in found.classes.items()} == classes
        # Old → new of the one row that is updated: what stands, and what the file says.
        assert (found.effect.compared, found.effect.fields) == (1, (("fee", 1),))
        (row,) = found.effect.rows
        assert [(row.line, each.field, each.becomes) for each in row.changes] == [(3, "fee", "12.00")]
        assert row.changes[0].was not in ("", "12.00")


def test_trying_a_draft_writes_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, FIRST)
    before = everything(desk)
    sample = sample_of(desk, SECOND)
    suggestion = desk.ask(admin(desk), maps.suggest_map, "site", "lead", sample.frame)
    draft = MapDraft("site", "lead").sampled(sample, suggestion).begun(suggestion, "the suggestion")
    draft = desk.ask(admin(desk), map_drafts.edit, draft, [("status", "label", "Where it stands")])
    desk.ask(admin(desk), draft_view.draft_view, draft)
    preview_map(desk, admin(desk), "site", map_drafts.without_broken(draft), sample)
    assert everything(desk) == before


def test_what_was_read_before_an_edit_is_what_is_read_after_it(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        a_lead_account(desk)
        boss, warm = admin(desk), sample_of(desk, SECOND)
        preview_map(desk, boss, "site", a_map("lead", LEAD_FIELDS), warm)
        after = a_map("lead", {**LEAD_FIELDS, "name": "email", "reference": "id"})
        again = preview_map(desk, boss, "site", after, warm)
        cold = preview_map(desk, boss, "site", after, sample_of(desk, SECOND))
        assert again.cells.equals(cold.cells)
        assert again.failing == cold.failing
        assert again.verdicts == cold.verdicts


def test_the_history_names_who_submitted_and_who_approved(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    ann = a_person(desk, "ann@desk.example", Role.ANALYST)
    desk.do(ann, maps.save_map, "site", a_map("lead", LEAD_FIELDS))
    seen = desk.ask(ann, map_desk.map_desk, "site", "lead")
    assert seen.waiting is not None
    assert seen.waiting.version == 1
    assert not seen.may_approve
    desk.do(admin(desk), maps.approve_map, "site", "lead", 1)
    an_approved_map(desk, "site", a_map("lead", {**LEAD_FIELDS, "reference": "id"}))
    seen = desk.ask(admin(desk), map_desk.map_desk, "site", "lead")
    assert [(line.version, line.status) for line in seen.history] == [
        (2, MapStatus.APPROVED),
        (1, MapStatus.RETIRED),
    ]
    assert seen.line_of(1).submitted_by == "ann@desk.example"
    assert seen.line_of(1).approved_by == "admin@localhost"
    assert (seen.waiting, seen.next_version) == (None, 3)


def test_a_kept_delivery_gives_a_sample_and_one_out_of_scope_does_not(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    delivery = import_file(desk, FIRST)["delivery"]
    assert [item.id for item in desk.ask(admin(desk), map_samples.kept_deliveries, "site", "lead")] == [delivery]
    assert desk.ask(admin(desk), map_samples.kept_deliveries, "site", "call") == ()
    sample = desk.ask(admin(desk), map_samples.sample_delivery, delivery)
    assert (sample.rows, list(sample.lines)) == (3, [2, 3, 4])
    an_account(desk, "other", client="other")
    stranger = a_person(desk, "sam@other.example", Role.STAKEHOLDER, "other")
    with pytest.raises(NotAllowed):
        desk.ask(stranger, map_samples.sample_delivery, delivery)
    narrow = a_person(desk, "otto@other.example", Role.OWNER, "other")
    with pytest.raises(NotFound):
        desk.ask(narrow, map_samples.sample_delivery, delivery)
    with pytest.raises(NotFound):
        desk.ask(narrow, map_desk.map_desk, "site", "lead")


def test_an_object_that_the_account_does_not_send_is_refused(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        an_account(desk, "st", provider="servicetitan")
        with pytest.raises(DeskError) as refused:
            desk.ask(admin(desk), map_desk.map_desk, "st", "traffic_day")
        assert code_of(refused) == "object_not_offered"


def test_an_edit_before_there_is_a_map_is_refused(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        an_account(desk)
        with pytest.raises(DeskError) as refused:
            desk.ask(admin(desk), map_drafts.edit, MapDraft("site", "lead"), [("id", "label", "x")])
        assert code_of(refused) == "no_draft"
