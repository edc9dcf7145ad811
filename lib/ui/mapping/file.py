"""The map as a file: out to be kept or edited by hand, and in again."""

from __future__ import annotations

import streamlit as st

from lib.errors import DeskError
from lib.pipeline.leaving.accounts import map_wanted
from lib.services.mapping import maps
from lib.ui.controls.download import leaving_button
from lib.ui.entry.door import show_trouble
from lib.ui.mapping.session import Work, drafts, keep
from lib.ui.parts.words import plain


def map_file(work: Work) -> None:
    """Download the draft as MAP.yaml, or begin it anew from one."""
    draft = work.draft
    with st.expander("The map as a file"):
        if draft.field_map is not None:
            said = "Every line with its reason, documented and editable by hand."
            wanted = map_wanted(draft.account, draft.object, draft.field_map)
            leaving_button(work.visit, "Download MAP.yaml", wanted, key="map-download", help_=said)
        file = st.file_uploader(
            "Begin from a MAP.yaml",
            type=["yaml", "yml"],
            key=f"map-file-{draft.account}-{draft.object}",
            help="It becomes the draft; Undo brings back what stood here. Nothing is in use before it is approved.",
        )
        if file is not None and file.file_id not in drafts().uploads:
            drafts().uploads.add(file.file_id)
            _begin(work, file.name, file.getvalue())


def _begin(work: Work, name: str, content: bytes) -> None:
    try:
        field_map = maps.from_text(_text(content))
        if field_map.object != work.draft.object:
            raise DeskError(
                "map_invalid",
                f"{name} maps a {field_map.object.replace('_', ' ')}, and this is the map of a "
                f"{work.draft.object.replace('_', ' ')}.",
                "Choose that object above, or another file.",
            )
    except DeskError as trouble:
        show_trouble(trouble)
        return
    keep(work.draft.begun(field_map, f"the file {plain(name)}"))
    st.rerun()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeskError("map_invalid", "The file is not UTF-8 text.", "Save it as plain UTF-8 text.") from error
