"""A draft is found again by everybody who edits it, and nobody overwrites anybody without a word; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.maps import FieldMap, FieldRule
from lib.domain.people import Actor, Role
from lib.errors import NotAllowed, NotFound
from lib.mapping.draft_merge import lines_of, with_line
from lib.mapping.drafts import Kept, MapDraft
from lib.services.mapping import kept_drafts, maps
from tests.builders import LEAD_FIELDS, a_map, a_person, admin, an_account, an_approved_map, at, desk_on

TEN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
BASE = a_map("lead", LEAD_FIELDS)


class Scene:
    """A desk with an account whose map is in use, and two people who edit it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        an_account(desk, "site")
        an_approved_map(desk, "site", BASE)
        self.ana, self.ben = (a_person(desk, f"{name}@desk.example", Role.ANALYST) for name in ("ana", "ben"))

    def read(self, who: Actor, minute: int = 0) -> MapDraft:
        """The draft as a page opens it: what is kept, or the map in use where nothing is."""
        kept = self.at(minute).ask(who, kept_drafts.kept_draft, "site", "lead")
        if kept.revision == 0:
            kept = Kept(content=BASE, origin="map 1")
        return MapDraft("site", "lead", field_map=kept.content, origin=kept.origin, kept=kept)

    def keep(self, who: Actor, draft: MapDraft, minute: int = 0) -> MapDraft:
        """Write it at so many minutes past ten."""
        return self.at(minute).do(who, kept_drafts.keep_draft, draft)

    def at(self, minute: int) -> Desk:
        """The desk at so many minutes past ten."""
        return at(self.desk, lambda: TEN + timedelta(minutes=minute))


@pytest.fixture
def scene(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Scene]:
    with desk_on(database_urls, tmp_path) as desk:
        yield Scene(desk)


@pytest.fixture
def small_scene(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Scene]:
    """What no database makes another of."""
    with desk_on(sqlite_urls, tmp_path) as desk:
        yield Scene(desk)


def labelled(draft: MapDraft, line: str, label: str) -> MapDraft:
    assert draft.field_map is not None
    answer = lines_of(draft.field_map)[line]
    assert isinstance(answer, FieldRule)
    return draft.changed(with_line(draft.field_map, line, replace(answer, label=label)))


def label(draft: MapDraft, line: str) -> str:
    answer = lines_of(draft.field_map)[line]
    assert isinstance(answer, FieldRule)
    return answer.label


def test_two_people_at_once_lose_nothing_and_overwrite_nothing_in_silence(scene: Scene) -> None:
    """Each of eight edits a line of their own and one that all of them edit, all from the same revision."""
    lines = list(lines_of(BASE))
    people = [scene.ana, scene.ben] * 4
    draft = scene.read(scene.ana)

    def edit(place: int) -> MapDraft:
        mine = labelled(labelled(draft, lines[place % 7 + 1], f"own {place}"), lines[0], f"all {place}")
        return scene.keep(people[place], mine)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(edit, range(7)))
    stands = scene.read(scene.ben)
    assert [label(stands, lines[place + 1]) for place in range(7)] == [f"own {place}" for place in range(7)]
    won = [place for place, item in enumerate(done) if not item.conflicts]
    assert [label(stands, lines[0])] == [f"all {place}" for place in won]
    # Whoever was not first has both answers before them.
    for place, item in enumerate(done):
        if place not in won:
            assert [(each.line, each.mine.label, each.theirs.label) for each in item.conflicts] == [  # type: ignore[union-attr]
                (lines[0], f"all {place}", f"all {won[0]}")
            ]


def test_an_edit_of_other_lines_is_made_on_top_and_says_whose_came_in(small_scene: Scene) -> None:
    scene = small_scene
    mine = scene.read(scene.ana)
    scene.keep(scene.ben, labelled(scene.read(scene.ben), "phone", "Mobile"), 4)
    stands = scene.keep(scene.ana, labelled(mine, "email", "Mail"), 5)
    assert (label(stands, "phone"), label(stands, "email")) == ("Mobile", "Mail")
    assert (stands.refusals, stands.conflicts) == ((), ())
    assert stands.taken_in == "Ben changed phone at 10:04 UTC, after what you saw."
    assert stands.kept.others == (("Ben", TEN + timedelta(minutes=4)),)


def test_a_line_that_both_changed_is_refused_with_who_what_when_and_both_values(small_scene: Scene) -> None:
    scene = small_scene
    mine = scene.read(scene.ana)
    scene.keep(scene.ben, labelled(scene.read(scene.ben), "phone", "Mobile"), 4)
    scene.keep(scene.ben, labelled(scene.read(scene.ben), "email", "Mail"), 6)
    stands = scene.keep(scene.ana, labelled(mine, "phone", "Cell"), 7)
    assert [(item.source, item.sentence) for item in stands.refusals] == [
        (
            "phone",
            "Ben changed phone at 10:04 UTC, after what you saw. Theirs: label Mobile. Yours: label Cell.",
        )
    ]
    assert label(stands, "phone") == "Mobile"
    settled = scene.keep(scene.ana, stands.settled(stands.conflicts[0]), 8)
    assert (label(settled, "phone"), label(settled, "email"), settled.conflicts) == ("Cell", "Mail", ())
    assert label(scene.keep(scene.ana, settled.undone(), 9), "phone") == "Mobile"


def test_an_undo_after_somebody_elses_step_is_refused_and_shows_it(small_scene: Scene) -> None:
    scene = small_scene
    mine = scene.keep(scene.ana, labelled(scene.read(scene.ana), "phone", "Cell"), 1)
    scene.keep(scene.ben, labelled(scene.read(scene.ben), "email", "Mail"), 2)
    stands = scene.keep(scene.ana, mine.undone(), 3)
    assert stands.refusals[0].sentence == "Ben changed email at 10:02 UTC, after what you saw."
    assert (label(stands, "phone"), label(stands, "email")) == ("Cell", "Mail")
    assert stands.kept.undo is not None
    assert (stands.kept.undo.said, stands.kept.undo.person) == ("email", "Ben")


def test_undo_and_redo_reach_over_a_reload_and_a_new_edit_ends_the_redoing(small_scene: Scene) -> None:
    scene = small_scene
    for minute, name in enumerate(("Cell", "Mobile")):
        scene.keep(scene.ana, labelled(scene.read(scene.ana), "phone", name), minute)
    back = scene.keep(scene.ana, scene.read(scene.ana).undone())
    assert label(back, "phone") == "Cell"
    assert label(scene.keep(scene.ana, scene.read(scene.ana).redone()), "phone") == "Mobile"
    scene.keep(scene.ana, scene.read(scene.ana).undone())
    first = scene.keep(scene.ana, scene.read(scene.ana).undone())
    assert first.field_map == BASE
    assert first.kept.undo is None
    assert scene.read(scene.ana).undone().move.value == "none"
    assert scene.keep(scene.ana, labelled(scene.read(scene.ana), "email", "Mail")).kept.redo is None


def test_the_past_of_a_draft_is_bounded(small_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.db.repositories.map_drafts.KEPT_STEPS", 3)
    scene, draft = small_scene, small_scene.read(small_scene.ana)
    for number in range(6):
        draft = scene.keep(scene.ana, labelled(draft, "phone", str(number)))
    steps = 0
    while draft.kept.undo:
        draft, steps = scene.keep(scene.ana, draft.undone()), steps + 1
    assert (steps, label(draft, "phone")) == (3, "2")


def test_a_discarded_draft_is_the_map_in_use_and_one_step_back(small_scene: Scene) -> None:
    scene = small_scene
    draft = scene.keep(scene.ana, labelled(scene.read(scene.ana), "phone", "Cell"))
    gone = scene.desk.do(scene.ana, kept_drafts.discard, draft)
    assert (gone.field_map, gone.origin) == (BASE, "map 1")
    assert label(scene.keep(scene.ana, scene.read(scene.ana).undone()), "phone") == "Cell"


def test_what_was_submitted_since_is_no_pending_draft_and_what_was_changed_after_is(small_scene: Scene) -> None:
    scene = small_scene
    assert not scene.desk.ask(scene.ana, kept_drafts.is_pending, "site", "lead")
    draft = scene.keep(scene.ana, labelled(scene.read(scene.ana), "phone", "Cell"), 1)
    assert scene.desk.ask(scene.ana, kept_drafts.is_pending, "site", "lead")
    assert draft.field_map is not None
    scene.at(2).do(scene.ana, maps.save_map, "site", draft.field_map)
    assert not scene.desk.ask(scene.ana, kept_drafts.is_pending, "site", "lead")
    scene.keep(scene.ana, scene.read(scene.ana).undone(), 3)
    scene.keep(scene.ana, scene.read(scene.ana).redone(), 4)
    assert scene.desk.ask(scene.ana, kept_drafts.is_pending, "site", "lead")


def test_a_draft_begun_by_both_at_once_is_one_draft(small_scene: Scene) -> None:
    scene = small_scene
    mine, theirs = scene.read(scene.ana), scene.read(scene.ben)
    scene.keep(scene.ben, labelled(theirs, "phone", "Mobile"))
    stands = scene.keep(scene.ana, mine.begun(FieldMap("lead", ()), "the suggestion"))
    assert "after what you saw" in stands.refusals[0].sentence
    assert label(stands, "phone") == "Mobile"


def test_nobody_without_the_right_or_outside_the_client_keeps_a_draft(small_scene: Scene) -> None:
    scene = small_scene
    viewer = a_person(scene.desk, "sam@client.example", Role.STAKEHOLDER, "acme")
    with pytest.raises(NotAllowed):
        scene.keep(viewer, labelled(scene.read(scene.ana), "phone", "Cell"))
    an_account(scene.desk, "other", client="other")
    outsider = a_person(scene.desk, "out@desk.example", Role.ANALYST, "other")
    with pytest.raises(NotFound):
        scene.keep(outsider, labelled(scene.read(scene.ana), "phone", "Cell"))
    assert scene.read(admin(scene.desk)).kept.revision == 0
