"""Columns of a sample that have no place yet: said aloud where hardly any has one (F33), and placed one by one (F32)."""

from __future__ import annotations

import streamlit as st

from lib.services.mapping import map_drafts, map_memory, maps
from lib.services.mapping.map_drafts import LEFT_OUT
from lib.services.mapping.map_memory import LikelyTarget
from lib.ui.mapping.session import Work, keep
from lib.ui.parts.words import plain

_TOO_FEW = (
    "Perhaps it is another object's file, or its first line holds no names. Nobody may use such a map unattended."
)


def placement_line(work: Work) -> None:
    """What the draft, or the suggestion where none was begun, has no place for; nothing where all is answered for."""
    draft = work.draft
    field_map = draft.field_map or draft.suggestion
    if draft.sample is None or field_map is None:
        return
    found = maps.placed(field_map, draft.headers)
    if found.is_too_few:
        st.warning(f"**{plain(found.sentence)}** {_TOO_FEW}", icon=":material/change_history:")
    elif found.rest:
        st.markdown(f":small[:gray[{plain(found.sentence)}]]")
    if found.rest and draft.field_map is not None:
        _place_one(work, found.rest)


def _place_one(work: Work, names: tuple[str, ...]) -> None:
    """One column with its targets in the order in which they fit it, each with the reason."""
    draft = work.draft
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        source = st.selectbox("Place a column", names, key=f"place-source-{draft.revision}", width=220)
        offered = _offered(work, source if source in names else names[0])
        target = st.selectbox(
            "What it is",
            list(offered),
            key=f"place-target-{draft.revision}-{source}",
            format_func=lambda name: offered.get(name, name),
            width=360,
            help="The likeliest first: by what is remembered, by its name, then by what its values are.",
        )
        reason = ""
        if target == LEFT_OUT:
            reason = st.text_input("Why", key=f"place-reason-{draft.revision}-{source}", max_chars=500, width=220) or ""
        words = f"Leave {source} out" if target == LEFT_OUT else f"Map {source} to {target.replace('_', ' ')}"
        if st.button(plain(words), key="place-column"):
            keep(work.visit.read(map_drafts.place, draft, source, target, reason))
            st.rerun()


def _offered(work: Work, source: str) -> dict[str, str]:
    """The targets of a column, each in words; one that is filled already says by what."""
    draft = work.draft
    assert draft.sample is not None and draft.field_map is not None
    column = next(item for item in draft.sample.columns if item.name == source)
    filled = {rule.target: rule.source for rule in draft.field_map.fields}
    found = work.visit.read(map_memory.likely, draft.account, draft.object, column)
    # Where a name says nothing, a target that still waits for its column is the better guess.
    ordered = sorted(found, key=lambda item: item.target in filled and not item.confidence)
    in_words = {item.target: _in_words(item, filled.get(item.target, "")) for item in ordered}
    return {**in_words, LEFT_OUT: "nothing: leave it out, and say why"}


def _in_words(item: LikelyTarget, filled_by: str) -> str:
    name = item.target.replace("_", " ")
    if filled_by:
        return f"{name} (filled by {filled_by})"
    if not item.fits:
        return f"{name} (its values look otherwise)"
    return f"{name} ({item.reason})" if item.reason and item.confidence else name
