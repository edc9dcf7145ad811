"""A field of a setup form: one setting of an account, drawn as what it is and read as the text that is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from zoneinfo import available_timezones

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.people import Right
from lib.domain.settings.retention import FOR_GOOD
from lib.pipeline.setup.account_changes import set_account
from lib.services.setup.account_forms import AccountForms
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import counted, plain

_READ_ONLY = "Read only: a data owner or an admin changes this."
_MOST = 36500
Kind = Literal["line", "text", "whole", "day", "metrics", "zone", "yes"]


@dataclass(frozen=True)
class Field:
    """One setting: its name as `account set` knows it, what stands above it, and the hint behind the question mark."""

    name: str
    label: str
    hint: str
    kind: Kind = "line"
    length: int = 1000
    placeholder: str = ""


def form(visit: Visit, forms: AccountForms, name: str, words: str, rows: Sequence[Sequence[Field]]) -> None:
    """A form of rows of fields and the one button that saves what differs, all of it or nothing."""
    may = visit.may(Right.MANAGE_ACCOUNTS)
    _offer_proposals(forms, name, [field for row in rows for field in row], is_disabled=not may)
    with st.form(f"{name}-{forms.account.version}", border=False):
        texts: dict[str, str] = {}
        for row in rows:
            for place, field in zip(st.columns(len(row)), row, strict=True):
                texts[field.name] = _draw(place, field, forms, _key(name, field.name, forms), is_disabled=not may)
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.form_submit_button(words, disabled=not may)
            if not may:
                st.markdown(f":small[:gray[{_READ_ONLY}]]")
    if pressed:
        _save(visit, forms, texts)


def _save(visit: Visit, forms: AccountForms, texts: dict[str, str]) -> None:
    changes = {name: text for name, text in texts.items() if text.strip() != forms.said(name)}
    if not changes:
        st.markdown(":small[:gray[Nothing differs from what is written already.]]")
        return
    with shown_errors(goes_on=True):
        visit.act(set_account, forms.account.key, changes)
        st.toast(f"Saved {counted(len(changes), 'change')} to {plain(forms.account.source_label)}.")
        st.rerun()


def _offer_proposals(forms: AccountForms, name: str, fields: Sequence[Field], *, is_disabled: bool) -> None:
    """Fill in, on request, what the template would write; nothing of it counts before it is saved."""
    offered = {field.name: forms.proposals[field.name] for field in fields if field.name in forms.proposals}
    if not offered or is_disabled:
        return
    st.button(
        f"Fill in what the template proposes for {counted(len(offered), 'empty field')}",
        key=f"{name}-proposals",
        icon=":material/edit_note:",
        type="tertiary",
        help="The words are put into the form, to be changed and saved, or not.",
        on_click=_fill_in,
        args=({_key(name, each, forms): text for each, text in offered.items()},),
    )


def _fill_in(texts: dict[str, str]) -> None:
    for key, text in texts.items():
        st.session_state[key] = text.split(",") if "-promised-" in key else text


def _key(form_name: str, name: str, forms: AccountForms) -> str:
    # A saved form is another form: its fields begin with what was saved.
    return f"{form_name}-{name}-{forms.account.version}"


def _draw(place: DeltaGenerator, field: Field, forms: AccountForms, key: str, *, is_disabled: bool) -> str:
    return _DRAWN[field.kind](place, field, forms, {"key": key, "help": field.hint, "disabled": is_disabled})


def _line(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    now = forms.said(field.name)
    return str(place.text_input(field.label, now, max_chars=field.length, placeholder=field.placeholder, **common))


def _text(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    # Its value is said by its key alone, since a proposal may have been put there.
    st.session_state.setdefault(common["key"], forms.said(field.name))
    hint = forms.proposals.get(field.name, field.placeholder)
    return str(place.text_area(field.label, max_chars=field.length, height=100, placeholder=hint, **common))


def _whole(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    least = FOR_GOOD if field.name == "retention_days" else 0
    return str(place.number_input(field.label, least, _MOST, int(forms.said(field.name)), **common))


def _day(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    now = forms.said(field.name)
    chosen = place.date_input(field.label, date.fromisoformat(now) if now else None, format="YYYY-MM-DD", **common)
    return chosen.isoformat() if isinstance(chosen, date) else ""


def _yes(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    return "yes" if place.toggle(field.label, forms.said(field.name) == "yes", **common) else "no"


def _zone(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    options, now = ["", *sorted(available_timezones())], forms.said(field.name)

    def words(name: str) -> str:
        return name or f"In the client's zone, {forms.account.client_timezone}"

    return str(place.selectbox(field.label, options, options.index(now), format_func=words, **common))


def _metrics(place: DeltaGenerator, field: Field, forms: AccountForms, common: dict[str, Any]) -> str:
    promised = [name for name in forms.said(field.name).split(",") if name]
    st.session_state.setdefault(common["key"], promised)

    def words(name: str) -> str:
        return forms.metrics.get(name, f"{name}, not defined yet")

    options = [*forms.metrics, *(name for name in promised if name not in forms.metrics)]
    return ",".join(place.multiselect(field.label, options, format_func=words, placeholder="Choose metrics", **common))


_DRAWN: dict[Kind, Callable[[DeltaGenerator, Field, AccountForms, dict[str, Any]], str]] = {
    "line": _line,
    "text": _text,
    "whole": _whole,
    "day": _day,
    "yes": _yes,
    "zone": _zone,
    "metrics": _metrics,
}
