"""The maps a person drafts in this session: one typed object, which every widget's value is taken into before drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.errors import DeskError
from lib.pipeline import preview_map
from lib.services import map_desk, map_drafts, map_samples, maps
from lib.services.map_desk import DraftView, MapDesk
from lib.services.map_drafts import MapDraft
from lib.services.map_preview import MapPreview
from lib.services.map_samples import KeptDelivery, Sample
from lib.ui.guard import Visit

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
class MapDrafts:
    """Drafts by account and object, the uploads that were taken into them, and the newest preview."""

    drafts: dict[tuple[str, str], MapDraft] = field(default_factory=dict)
    uploads: set[str] = field(default_factory=set)
    preview: tuple[tuple[Any, ...], MapPreview] | None = None


@dataclass(frozen=True)
class Work:
    """One run of the page on one draft."""

    visit: Visit
    desk: MapDesk
    kept: tuple[KeptDelivery, ...]
    draft: MapDraft
    view: DraftView


def drafts() -> MapDrafts:
    """The session's drafts."""
    found = st.session_state.setdefault(_KEY, MapDrafts())
    assert isinstance(found, MapDrafts)
    return found


def keep(draft: MapDraft) -> None:
    """Make this the draft of its account and object."""
    drafts().drafts[draft.account, draft.object] = draft


def opened(visit: Visit, desk: MapDesk, version: int | None) -> Work:
    """The draft with everything taken in that was typed since the last run; a new one begins from what there is."""
    kept = visit.read(map_samples.kept_deliveries, desk.account.key)
    draft = drafts().drafts.get((desk.account.key, desk.object)) or _new(visit, desk, kept, version)
    view = visit.read(map_desk.draft_view, draft)
    edits = [*_grid_edits(draft, view)]
    values = [*_value_edits(draft, view)]
    if edits:
        draft = visit.read(map_drafts.edit, draft, edits)
    for target, value, becomes in values:
        if value is None:
            draft = visit.read(map_drafts.set_otherwise, draft, target, becomes)
        else:
            draft = visit.read(map_drafts.set_value, draft, target, value, None if becomes == UNDECIDED else becomes)
    keep(draft)
    return Work(visit, desk, kept, draft, visit.read(map_desk.draft_view, draft) if edits or values else view)


def sampled(visit: Visit, draft: MapDraft, sample: Sample) -> None:
    """Look at the draft with another sample, and suggest a map for it."""
    suggestion = visit.read(maps.suggest_map, draft.account, draft.object, sample.frame)
    keep(draft.sampled(sample, suggestion))


def previewed(work: Work) -> MapPreview | None:
    """What the draft makes of its sample; taken again only after something changed."""
    draft, desk = work.draft, work.desk
    if draft.sample is None or draft.field_map is None or not len(draft.sample.frame):
        return None
    key = (draft.account, draft.object, draft.revision, draft.sample.id, desk.account.version, desk.epoch)
    known = drafts().preview
    if known is not None and known[0] == key:
        return known[1]
    found = preview_map(
        work.visit.desk, work.visit.viewer, draft.account, map_drafts.without_broken(draft), draft.sample
    )
    drafts().preview = (key, found)
    return found


def grid_key(draft: MapDraft) -> str:
    """The grid's widget; a new one after each edit, since an editor keeps what was typed beside what it is given."""
    return f"map-grid-{draft.revision}"


def value_key(draft: MapDraft, target: str, place: int) -> str:
    """The widget of one value; `place` -1 is anything else."""
    return f"map-value-{draft.revision}-{target}-{place}"


def _new(visit: Visit, desk: MapDesk, kept: tuple[KeptDelivery, ...], version: int | None) -> MapDraft:
    draft = MapDraft(desk.account.key, desk.object)
    begin = desk.waiting or desk.current
    if version is not None and version in [line.version for line in desk.history]:
        begin = visit.read(map_desk.numbered, desk.account.key, desk.object, version)
    if begin is not None:
        draft = draft.begun(begin.field_map, f"map {begin.version}")
    if kept:
        try:
            sample = visit.read(map_samples.sample_delivery, kept[0].id)
        except DeskError:
            return draft  # a file that cannot be read is offered below, and says there why
        draft = draft.sampled(sample, visit.read(maps.suggest_map, draft.account, draft.object, sample.frame))
    return draft


def _grid_edits(draft: MapDraft, view: DraftView) -> Iterator[tuple[str, str, str]]:
    """What was typed into the grid, as (line, what, value); rows added or taken out are refused by their name."""
    state: Mapping[str, Any] = st.session_state.get(grid_key(draft), {})
    for row, cells in dict(state.get("edited_rows", {})).items():
        name = view.lines[int(row)].name if 0 <= int(row) < len(view.lines) else f"line {row}"
        for column, value in cells.items():
            what = GRID_COLUMNS.get(str(column), str(column))
            yield name, what, "" if value is None else str(value)
    for kind in ("added_rows", "deleted_rows"):
        for _ in state.get(kind, ()):
            yield "A line of your own", "target", ""


def _value_edits(draft: MapDraft, view: DraftView) -> Iterator[tuple[str, str | None, str]]:
    """What was chosen for values, as (target, value or None for anything else, what it becomes)."""
    for table in view.values:
        for place, line in enumerate(table.lines):
            now = line.becomes or UNDECIDED
            chosen = st.session_state.get(value_key(draft, table.target, place), now)
            if chosen and chosen != now:
                yield table.target, line.value, str(chosen)
        rest = st.session_state.get(value_key(draft, table.target, -1), table.otherwise)
        if rest and rest != table.otherwise:
            yield table.target, None, str(rest)
