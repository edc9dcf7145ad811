"""One field at a time: its steps, the usual options as widgets, what fills it, and the sentence a client may read."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.maps import Blank
from lib.domain.objects import Kind
from lib.errors import DeskError
from lib.services.mapping import map_drafts, map_steps
from lib.services.mapping.draft_view import GridLine
from lib.services.mapping.map_steps import FieldForm, Filling
from lib.ui.entry.door import show_trouble
from lib.ui.mapping.session import Work, keep
from lib.ui.mapping.steps import steps_form
from lib.ui.parts.marks import ATTENTION, NOTHING, STOPPED, badge
from lib.ui.parts.words import plain

_ORDERS = {"": "as the provider usually writes it", "mdy": "month first", "dmy": "day first", "ymd": "year first"}
_UNITS = {"": "as the provider usually counts", "dollars": "whole units", "cents": "cents", "micros": "millionths"}
_STEPS = {Kind.TIMESTAMP: "parse_datetime", Kind.DATE: "parse_date", Kind.MONEY: "parse_money"}
_BLANKS = {Blank.CLEAR: "clears the value", Blank.KEEP: "keeps the value"}
_FILLINGS = {
    Filling.FILE: "what the file says",
    Filling.DEFAULT: "what the file says, and for a blank:",
    Filling.ALWAYS: "always, whatever the file says:",
}


def field_form(work: Work) -> None:
    """Choose a mapped field and change how it is read."""
    lines = {line.name: line for line in work.view.lines if line.short_form or line.label or line.kind}
    if not lines:
        return
    with st.expander("Change how one field is read"):
        name = st.selectbox(
            "Field",
            list(lines),
            key="map-field",
            format_func=lambda name: f"{name} → {lines[name].target}" if name in lines else str(name),
        )
        line = lines[str(name)] if name in lines else next(iter(lines.values()))
        is_clear = bool(st.session_state.get("map-preview-clear"))
        form = work.visit.read(map_steps.field_form, work.draft, line.name, is_clear=is_clear)
        _marks(work, form)
        steps_form(work, line.name, form)
        _form(work, line, form)
        _second_reading(work, line)


def _marks(work: Work, form: FieldForm) -> None:
    """What the column is to its object: whether it must be filled, whether rows are told apart by it."""
    marks = []
    if form.is_required:
        marks.append(f"{badge('Required', ATTENTION)} every {plain(work.draft.object.replace('_', ' '))} needs it")
    if form.is_key:
        marks.append(f"{badge('Key', NOTHING)} two rows with the same one are the same thing")
    if marks:
        st.markdown(f":small[{' · '.join(marks)}]")


def _form(work: Work, line: GridLine, form: FieldForm) -> None:
    # A form's widgets keep what was typed, so they belong to one field of one revision.
    key = f"{work.draft.revision}-{line.name}"
    with st.form(f"map-form-{key}", border=False):
        chain = st.text_input(
            "Steps",
            value=line.short_form,
            key=f"map-chain-{key}",
            help="The same steps on one line, names in order and options in braces: "
            "`trim, split: {separator: ',', part: 1}`. The reading that the target asks for is added by itself.",
        )
        options = _options(line, key)
        filling, text = _filling(form, key)
        blank = st.radio(
            "An update with a blank cell",
            list(_BLANKS),
            index=list(_BLANKS).index(Blank(form.blank)),
            format_func=_BLANKS.__getitem__,
            horizontal=True,
            key=f"map-blank-{key}",
            help="A record that is already there, and a row about it in which this cell is blank.",
        )
        told = _explanation(line, form, key)
        owner = st.text_input("Answers for it", value=line.owner, key=f"map-owner-{key}", help="A person's address.")
        is_sent = st.form_submit_button(f"Change {plain(line.name)}")
    if is_sent:
        words = {"owner": owner or "", "explanation": told, "blank": str(blank)}
        _change(work, line, form, chain or "", options, (filling, text), words)


def _filling(form: FieldForm, key: str) -> tuple[str, str]:
    """Where the value comes from, and the text that the map puts itself."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filling = st.selectbox(
            "The value is",
            list(_FILLINGS),
            index=list(_FILLINGS).index(form.filling),
            format_func=_FILLINGS.__getitem__,
            key=f"map-filling-{key}",
            width=360,
        )
        text = st.text_input("Text", value=form.filled_with, key=f"map-filled-with-{key}", max_chars=190, width=360)
    return str(filling), text or ""


def _explanation(line: GridLine, form: FieldForm, key: str) -> str:
    """The sentence for the client, and what in it is not for one."""
    told = st.text_input(
        "Client-safe explanation",
        value=line.explanation,
        max_chars=500,
        key=f"map-explanation-{key}",
        help="One calm sentence that a client may read about this field: 20 to 200 characters, no personal data, no "
        "words of machines or of the provider's own.",
    )
    for problem in form.explanation_problems:
        st.markdown(f"{badge('Mend', STOPPED)} {plain(problem.sentence)} :gray[{plain(problem.mend)}]")
    return told or ""


def _options(line: GridLine, key: str) -> dict[str, dict[str, Any]]:
    """The usual options of the target's own reading step: {step: {option: value}}, only what was changed."""
    kind = Kind(line.kind)
    step = _STEPS.get(kind)
    if step is None:
        return {}
    if kind is Kind.MONEY:
        asked = {"unit": _choose("What a plain number counts", _UNITS, line.options.get("unit", ""), f"unit-{key}")}
    else:
        with st.container(horizontal=True):
            order = _choose("Order of day and month", _ORDERS, line.options.get("order", ""), f"order-{key}")
            zone = st.text_input(
                "Time zone",
                value=line.options.get("timezone", ""),
                key=f"map-zone-{key}",
                help="For times that name none, such as America/Denver. Blank: the account's own.",
            )
        asked = {"order": order, "timezone": (zone or "").strip()}
    changed = {name: value for name, value in asked.items() if value != line.options.get(name, "")}
    return {step: changed} if changed else {}


def _choose(label: str, names: dict[str, str], now: str, key: str) -> str:
    options = list(names)
    place = options.index(now) if now in options else 0
    return str(st.selectbox(label, options, index=place, format_func=names.__getitem__, key=f"map-{key}"))


def _change(
    work: Work,
    line: GridLine,
    form: FieldForm,
    chain: str,
    options: dict[str, dict[str, Any]],
    filling: tuple[str, str],
    words: dict[str, str],
) -> None:
    before = {"owner": line.owner, "explanation": line.explanation, "blank": form.blank}
    edits = [(line.name, what, value) for what, value in words.items() if value.strip() != before[what]]
    try:
        draft = work.visit.read(map_drafts.set_steps, work.draft, line.name, chain, options)
        # A text without a choice is nothing to put.
        if filling[0] != form.filling or (form.filling is not Filling.FILE and filling[1] != form.filled_with):
            draft = work.visit.read(map_steps.set_filling, draft, line.name, *filling)
        if edits:
            draft = work.visit.read(map_drafts.edit, draft, edits)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    keep(draft)
    st.rerun()


def _second_reading(work: Work, line: GridLine) -> None:
    """A status may be kept in the provider's words and translated too: one field, two columns."""
    taken = {item.target for item in work.view.lines}
    free = [target for target in work.desk.targets if target not in taken]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = st.selectbox("Fill one more column from it", free, index=None, key=f"map-again-{line.name}", width=320)
        if st.button("Fill it too", key="map-again", disabled=target is None) and target:
            keep(work.visit.read(map_drafts.read_field_again, work.draft, line.source, target))
            st.rerun()
