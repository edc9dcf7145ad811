"""What an admin says for the whole desk: the legal minimum of retention, and how long a test proves something."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.services.setup import desk_settings
from lib.services.setup.desk_settings import SaidSetting
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import cell
from lib.ui.parts.words import counted, plain

_WORDS = {
    "min_retention_days": (
        "Payloads are kept at least, days",
        "The legal minimum: no account may be set to less, and one that keeps less is no longer called live (R11, R17).",
    ),
    "test_days": (
        "A test stays good for, days",
        "Setup tests, test imports and rows compared with the provider's screen go stale after that.",
    ),
}
_TOLD = "desk-settings-told"


def desk_settings_cell(number: int, visit: Visit, said: Sequence[SaidSetting]) -> None:
    """The settings that hold for every account, each with who said it."""
    why = "Holds for every account; each change is kept with who made it."
    with cell(number, "What holds for every account", why=why):
        with st.form("desk-settings", border=False):
            texts = {}
            for place, item in zip(st.columns(len(said)), said, strict=True):
                words, hint = _WORDS[item.name]
                texts[item.name] = str(
                    place.number_input(words, 0, 36500, item.value, help=hint, key=f"desk-{item.name}")
                )
                place.markdown(f":small[:gray[{_who(item)}]]")
            pressed = st.form_submit_button("Save what holds for every account")
        if pressed:
            with shown_errors(goes_on=True):
                st.session_state[_TOLD] = visit.act(desk_settings.set_desk, texts)
                st.rerun()
        below = st.session_state.pop(_TOLD, ())
        if below:
            st.warning(f"Kept shorter than that by {counted(len(below), 'account')}: {plain(', '.join(below))}.")


def _who(item: SaidSetting) -> str:
    if item.said_at is None:
        return "As it comes: nobody said otherwise."
    return f"Said by {plain(item.said_by)}, {item.said_at.day} {item.said_at:%b %Y}."
