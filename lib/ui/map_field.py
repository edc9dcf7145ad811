"""One field at a time: how it is read, with the usual options as widgets and the whole chain as one line."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.objects import Kind
from lib.errors import DeskError
from lib.services import map_drafts
from lib.services.map_desk import GridLine
from lib.ui.door import show_trouble
from lib.ui.map_session import Work, keep
from lib.ui.words import plain

_ORDERS = {"": "as the provider usually writes it", "mdy": "month first", "dmy": "day first", "ymd": "year first"}
_UNITS = {"": "as the provider usually counts", "dollars": "whole units", "cents": "cents", "micros": "millionths"}
_STEPS = {Kind.TIMESTAMP: "parse_datetime", Kind.DATE: "parse_date", Kind.MONEY: "parse_money"}


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
        _form(work, line)
        _second_reading(work, line)


def _form(work: Work, line: GridLine) -> None:
    # A form's widgets keep what was typed, so they belong to one field of one revision.
    key = f"{work.draft.revision}-{line.name}"
    with st.form(f"map-form-{key}", border=False):
        chain = st.text_input(
            "Steps",
            value=line.short_form,
            key=f"map-chain-{key}",
            help="Names in order, options in braces: `trim, split: {separator: ',', part: 1}`. "
            "The reading that the target asks for is added by itself.",
        )
        options = _options(line, key)
        owner = st.text_input("Answers for it", value=line.owner, key=f"map-owner-{key}", help="A person's address.")
        is_sent = st.form_submit_button(f"Change {plain(line.name)}")
    if is_sent:
        _change(work, line, chain or "", options, owner or "")


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


def _change(work: Work, line: GridLine, chain: str, options: dict[str, dict[str, Any]], owner: str) -> None:
    try:
        draft = work.visit.read(map_drafts.set_steps, work.draft, line.name, chain, options)
        if owner.strip() != line.owner:
            draft = work.visit.read(map_drafts.edit, draft, [(line.name, "owner", owner)])
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
