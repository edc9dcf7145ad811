"""The line under a sample that says which of its columns found no place, loudly where hardly any did (F33)."""

from __future__ import annotations

import streamlit as st

from lib.services import maps
from lib.ui.map_session import Work
from lib.ui.words import plain

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
