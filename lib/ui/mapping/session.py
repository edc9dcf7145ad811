"""The draft a person works on: read once a session, kept by every change, and every widget's value taken in first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline.loading.inward import preview_map
from lib.services.mapping import draft_view, kept_drafts, map_desk, map_drafts, map_samples, maps
from lib.services.mapping.draft_view import DraftView
from lib.services.mapping.kept_drafts import Kept
from lib.services.mapping.map_desk import MapDesk
from lib.services.mapping.map_drafts import MapDraft
from lib.services.mapping.map_preview import MapPreview
from lib.services.mapping.map_samples import KeptDelivery, Sample
from lib.ui.entry.guard import Visit, require
from lib.ui.mapping.lines import cell_of, shown_lines
from lib.ui.mapping.sample_shelf import shelf

_KEY = "map-drafts"
UNDECIDED = "not decided"
GRID_COLUMNS = {
    "Source": "source",
    "Target": "target",
    "Transform": "transform",
    "Band": "band",
    "Why": "reason",
    "Client-safe explanation": "explanation",
    "Label": "label",
    "Sensitivity": "sensitivity",
}


@dataclass
class Grid:
    """A grid as its widget began: what stood in it then, and the cells (row, column) that were typed into since."""

    key: str
    begun: pd.DataFrame
    typed: set[tuple[int, str]] = field(default_factory=set)


@dataclass
class MapDrafts:
    """Drafts by account and object, the uploads that were taken into them, and the newest preview.

    `decided` are choices of values since the last run: (target, value or None for anything else, what it becomes).
    `gone` says of a draft which sample it had and why it is not here. `grids` counts how often its grid was begun anew,
    `rows` has the names of the lines that the grid shows, by which what was typed into a row finds its line; `grid` is
    the one that was drawn last.
    """

    drafts: dict[tuple[str, str], MapDraft] = field(default_factory=dict)
    uploads: set[str] = field(default_factory=set)
    decided: list[tuple[str, str | None, str]] = field(default_factory=list)
    preview: tuple[tuple[Any, ...], MapPreview] | None = None
    view: tuple[tuple[Any, ...], DraftView] | None = None
    gone: dict[tuple[str, str], str] = field(default_factory=dict)
    grids: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    grid: Grid | None = None


@dataclass(frozen=True)
class Work:
    """One run of the page on one draft; `newer` is what somebody else made of it since it was read, if anything."""

    visit: Visit
    desk: MapDesk
    kept: tuple[KeptDelivery, ...]
    draft: MapDraft
    view: DraftView
    newer: Kept | None = None


def drafts() -> MapDrafts:
    """The session's drafts."""
    found = st.session_state.setdefault(_KEY, MapDrafts())
    assert isinstance(found, MapDrafts)
    return found


def keep(draft: MapDraft) -> None:
    """Make this the draft of its account and object, for everybody who edits it."""
    _keep(draft)
    _new_grid(draft)


def discard(draft: MapDraft) -> None:
    """Begin anew from the map in use, or from nothing; Undo brings the draft back."""
    drafts().drafts[draft.account, draft.object] = require(Right.EDIT_MAPS).act(kept_drafts.discard, draft)
    _new_grid(draft)


def read_anew(draft: MapDraft) -> None:
    """Forget what this session knows of the draft, so that the next run reads what is kept."""
    drafts().drafts.pop((draft.account, draft.object), None)
    _new_grid(draft)


def _keep(draft: MapDraft) -> None:
    kept = require(Right.EDIT_MAPS).act(kept_drafts.keep_draft, draft)
    drafts().drafts[draft.account, draft.object] = kept


def _new_grid(draft: MapDraft) -> None:
    place = (draft.account, draft.object)
    drafts().grids[place] = drafts().grids.get(place, 0) + 1


def opened(visit: Visit, desk: MapDesk, version: int | None, kept: tuple[KeptDelivery, ...] | None = None) -> Work:
    """The draft with everything taken in that was typed since the last run; a new one begins from what there is.

    `kept` are the deliveries that a sample may come from, where somebody has asked for them already.
    """
    if kept is None:
        kept = visit.read(map_samples.kept_deliveries, desk.account.key, desk.object)
    place = (desk.account.key, desk.object)
    draft = drafts().drafts.get(place)
    if draft is None:
        draft = drafts().drafts[place] = _new(visit, desk, kept, version)
    view = _view(visit, desk, draft)
    changed = _taken_in(visit, draft, view)
    if changed is not draft:
        _keep(changed)
        draft = drafts().drafts[place]
        view = _view(visit, desk, draft)
    stands = visit.read(kept_drafts.what_stands, *place)
    draft = drafts().drafts[place] = replace(draft, kept=replace(draft.kept, others=stands.others))
    _settle_grid(draft, view)
    return Work(visit, desk, kept, draft, view, stands if stands.revision > draft.kept.revision else None)


def sampled(visit: Visit, draft: MapDraft, sample: Sample) -> None:
    """Look at the draft with another sample, and suggest a map for it."""
    suggestion = visit.read(maps.suggest_map, draft.account, draft.object, sample.frame)
    looked_at = draft.sampled(sample, suggestion)
    drafts().drafts[draft.account, draft.object] = looked_at
    drafts().gone.pop((draft.account, draft.object), None)
    shelf().put(_place(visit, draft.account, draft.object), sample)
    visit.act(kept_drafts.remember_sample, looked_at)


def previewed(work: Work, draw: Callable[[MapPreview], None] = lambda _: None) -> MapPreview | None:
    """What the draft makes of its sample; taken again only after something changed.

    `draw` is given the cells as soon as they are read; what comes back has the verdicts too. None where there is none.
    """
    draft, desk = work.draft, work.desk
    if draft.sample is None or draft.field_map is None or not len(draft.sample.frame):
        return None
    key = (draft.account, draft.object, work.view.fingerprint, draft.sample.id, desk.account.version, desk.epoch)
    known = drafts().preview
    if known is not None and known[0] == key:
        draw(known[1])
        return known[1]
    field_map = map_drafts.without_broken(draft)
    found = preview_map(work.visit.desk, work.visit.viewer, draft.account, field_map, draft.sample, draw)
    drafts().preview = (key, found)
    return found


def grid_key(draft: MapDraft) -> str:
    """The grid's widget. It stays while what was typed is what stands there, so that nobody loses their place in it."""
    return f"map-grid-{draft.account}-{draft.object}-{drafts().grids.get((draft.account, draft.object), 0)}"


def beneath(draft: MapDraft, frame: pd.DataFrame) -> pd.DataFrame:
    """What the grid is given to show `frame`: under a cell that was typed into, what stood there when the grid began.

    An editor lays what was typed over what it is given. Were it given that very text, it would forget it was typed and
    ask the server once more, while a person waits for the preview.
    """
    key, grid = grid_key(draft), drafts().grid
    if grid is None or grid.key != key:
        drafts().grid = Grid(key, frame)
        return frame
    given = {name: frame[name].tolist() for name in frame.columns}
    for row, column in grid.typed:
        given[column][row] = grid.begun[column].tolist()[row]
    return pd.DataFrame(given)


def value_key(draft: MapDraft, target: str, value: str | None) -> str:
    """The widget of one value; None is anything else."""
    return f"map-value-{draft.revision}-{target}" + ("" if value is None else f"-{value}")


def decide(target: str, value: str | None, becomes: str) -> None:
    """Take a choice in before the next run draws; it is checked there, whatever the browser sent."""
    drafts().decided.append((target, value, becomes))


def _view(visit: Visit, desk: MapDesk, draft: MapDraft) -> DraftView:
    """The draft as it is shown; found again only after something changed."""
    sample = draft.sample.id if draft.sample else ""
    key = (draft.account, draft.object, draft.revision, sample, desk.account.version, desk.epoch)
    known = drafts().view
    # The map itself is asked too: two drafts of one revision can come from two readings of the database.
    if known is not None and known[0][:-1] == key and known[0][-1] is draft.field_map:
        return known[1]
    found = visit.read(draft_view.draft_view, draft)
    drafts().view = ((*key, draft.field_map), found)
    return found


def _taken_in(visit: Visit, draft: MapDraft, view: DraftView) -> MapDraft:
    """The draft with what was typed into the grid and chosen for values since the last run; itself where nothing was."""
    values, drafts().decided = drafts().decided, []
    edits = [*_grid_edits(draft, view)]
    if edits:
        draft = visit.read(map_drafts.edit, draft, edits)
    for target, value, becomes in values:
        if value is None:
            draft = visit.read(map_drafts.set_otherwise, draft, target, becomes)
        else:
            draft = visit.read(map_drafts.set_value, draft, target, value, None if becomes == UNDECIDED else becomes)
    return draft


def _new(visit: Visit, desk: MapDesk, kept: tuple[KeptDelivery, ...], version: int | None) -> MapDraft:
    """What is kept, where it is more than some version already says; otherwise the version that waits or is in use."""
    place = (desk.account.key, desk.object)
    stands = visit.read(kept_drafts.kept_draft, *place)
    draft = MapDraft(*place, kept=stands)
    if visit.read(kept_drafts.is_pending, *place):
        draft = replace(draft, field_map=stands.content, origin=stands.origin)
    else:
        begin = desk.waiting or desk.current
        if version is not None and version in [line.version for line in desk.history]:
            begin = visit.read(map_desk.numbered, *place, version)
        if begin is not None:
            origin = f"map {begin.version}"
            base = stands.content if stands.revision else begin.field_map
            known = replace(stands, content=base, origin=stands.origin or origin, undo=None, redo=None)
            draft = replace(draft, field_map=begin.field_map, origin=origin, kept=known)
    sample = _sample_again(visit, draft, kept)
    if sample is None:
        return draft
    return draft.sampled(sample, visit.read(maps.suggest_map, *place, sample.frame))


def _sample_again(visit: Visit, draft: MapDraft, kept: tuple[KeptDelivery, ...]) -> Sample | None:
    """The sample the draft was last looked at with, where it is found again; else the newest delivery that is kept."""
    reference, place = draft.kept.sample, (draft.account, draft.object)
    words = str(reference.get("words", ""))
    held = shelf().find(_place(visit, *place), str(reference.get("id", "")))
    if held is not None:
        return held
    try:
        if reference.get("kind") == "delivery":
            return visit.read(map_samples.sample_delivery, int(reference["delivery"]))
        if reference.get("kind") == "example":
            return visit.read(map_samples.sample_example, *place)
    except DeskError as trouble:
        drafts().gone[place] = f"{words}: {trouble.message}"
        return None
    if reference.get("kind") == "brought":
        drafts().gone[place] = (
            f"{words}: what a person brings is held in memory only, for that person and for some hours."
        )
        return None
    return _newest(visit, kept)


def _newest(visit: Visit, kept: tuple[KeptDelivery, ...]) -> Sample | None:
    try:
        return visit.read(map_samples.sample_delivery, kept[0].id) if kept else None
    except DeskError:
        return None  # a file that cannot be read is offered below, and says there why


def _place(visit: Visit, account: str, name: str) -> tuple[int, str, str]:
    return visit.actor.person_id, account, name


def _grid_edits(draft: MapDraft, view: DraftView) -> Iterator[tuple[str, str, str]]:
    """What was typed into the grid and does not stand there yet, as (line, what, value).

    Rows added or taken out are refused by their name.
    """
    if grid_key(draft) not in st.session_state:
        # The person was elsewhere meanwhile: the grid comes back with nothing typed into it.
        drafts().grid = None
    state: Mapping[str, Any] = st.session_state.get(grid_key(draft), {})
    rows, lines = drafts().rows.get((draft.account, draft.object), ()), {line.name: line for line in view.lines}
    for (row, column), value in _typed(draft, state).items():
        line = lines.get(rows[row]) if 0 <= row < len(rows) else None
        typed = "" if value is None else str(value)
        if line is None or typed != cell_of(line, column):
            yield line.name if line else f"line {row}", GRID_COLUMNS.get(column, column), typed
    for kind in ("added_rows", "deleted_rows"):
        for _ in state.get(kind, ()):
            yield "A line of your own", "target", ""


def _typed(draft: MapDraft, state: Mapping[str, Any]) -> dict[tuple[int, str], Any]:
    """What stands in the cells that were typed into; one that was typed back is no longer named by the editor."""
    found = {
        (int(row), str(column)): value
        for row, cells in dict(state.get("edited_rows", {})).items()
        for column, value in cells.items()
    }
    grid = drafts().grid
    if grid is None or grid.key != grid_key(draft):
        return found
    back = {(row, column): grid.begun[column].tolist()[row] for row, column in grid.typed - found.keys()}
    grid.typed |= {(row, column) for row, column in found if row in grid.begun.index and column in grid.begun.columns}
    return found | back


def _settle_grid(draft: MapDraft, view: DraftView) -> None:
    """Begin the grid anew where what it holds is not what stands: an editor shows what was typed over what it is given.

    So it is after an edit that was refused, and after an undo. A grid that is begun anew stands at its top again.
    """
    place = (draft.account, draft.object)
    shown = tuple(line.name for line in shown_lines(draft, view))
    if drafts().rows.get(place, shown) != shown or any(True for _ in _grid_edits(draft, view)):
        _new_grid(draft)
    drafts().rows[place] = shown
