"""The steps of one field: each with its options and their help, moved and taken out, added, and seen at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from lib.errors import DeskError
from lib.services.mapping import map_steps
from lib.services.mapping.map_drafts import MapDraft
from lib.services.mapping.map_steps import FieldForm, OptionHelp, StepPreview, StepView, TransformHelp
from lib.ui.entry.door import show_trouble
from lib.ui.mapping.session import Work, keep
from lib.ui.parts.marks import STOPPED, badge
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said, sentence

_AS_IT_CAME = "as it came"
_WIDE = 360


def steps_form(work: Work, name: str, form: FieldForm) -> None:
    """The chain step by step, and what each makes of the sample's values."""
    for place, step in enumerate(form.steps):
        _step(work, name, place, step, is_last=place == len(form.steps) - 1)
    if not form.steps:
        st.markdown(":small[:gray[No step of its own: the value is read as its column asks for it.]]")
    if form.problem:
        st.markdown(f"{badge('Mend', STOPPED)} {plain(form.problem[0].upper() + form.problem[1:])}.")
    _add(work, name)
    if form.preview is not None:
        _preview(form.preview)


def _step(work: Work, name: str, place: int, step: StepView, *, is_last: bool) -> None:
    key = f"{work.draft.revision}-{name}-{place}"
    with st.container(key=f"table-row-map-step-{place}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":small[:gray[{place + 1}]] {said(step.name)}", width=190)
        mark = f"{badge('Mend', STOPPED)} {plain(step.problem[0].upper() + step.problem[1:])}." if step.problem else ""
        st.markdown(f":small[{mark or plain(step.help.doc if step.help else '')}]", width="stretch")
        if step.options and step.help is not None:
            with st.popover("Options", key=f"map-step-options-{key}", type="tertiary"):
                _options_form(work, name, place, step, key)
        if st.button("Up", key=f"map-step-up-{key}", type="tertiary", disabled=place == 0):
            _make(work, map_steps.move_step, name, place, -1)
        if st.button("Down", key=f"map-step-down-{key}", type="tertiary", disabled=is_last):
            _make(work, map_steps.move_step, name, place, 1)
        if st.button("Take out", key=f"map-step-out-{key}", type="tertiary"):
            _make(work, map_steps.take_step_out, name, place)


def _options_form(work: Work, name: str, place: int, step: StepView, key: str) -> None:
    assert step.help is not None
    _explained(step.help)
    if step.name == "value_map":
        st.markdown(":small[:gray[Its values are decided in step 3.]]")
    with st.form(f"map-step-form-{key}", border=False):
        typed = {option.name: _asked(option, now, f"map-option-{key}-{option.name}") for option, now in step.options}
        is_sent = st.form_submit_button(f"Change step {place + 1}")
    if is_sent:
        _make(work, map_steps.change_options, name, place, typed)


def _add(work: Work, name: str) -> None:
    """Choose a step: what it does, what it asks, and then it is put into the chain."""
    library = {entry.name: entry for entry in map_steps.manual()}
    key = f"{work.draft.revision}-{name}"
    chosen = st.selectbox(
        "Add a step",
        list(library),
        index=None,
        key=f"map-step-new-{key}",
        format_func=lambda step: f"{library[step].group}: {step}",
        placeholder="Choose what to do with the value",
        width=_WIDE,
    )
    if chosen is None:
        return
    entry = library[chosen]
    _explained(entry)
    with st.form(f"map-step-add-{key}-{chosen}", border=False):
        typed = {option.name: _asked(option, None, f"map-new-{key}-{chosen}-{option.name}") for option in entry.options}
        is_sent = st.form_submit_button(f"Add {chosen}")
    if is_sent:
        _make(work, map_steps.add_step, name, chosen, typed)


def _explained(entry: TransformHelp) -> None:
    """What the step does, and its example."""
    example = entry.example
    further = "".join(f" and {said(cell)}" for cell in example.others.values())
    before = said(example.before) or "a blank"
    end = "" if entry.gives == "text" else f" It gives a {entry.gives}, so it ends the chain."
    st.markdown(
        f":small[{sentence(entry.doc)}{plain(end)}]  \n"
        f":small[:gray[{said(map_steps.example_step(entry))} makes {said(example.after)} of {before}{further}.]]"
    )


def _asked(option: OptionHelp, now: str | bool | None, key: str) -> str | bool:
    """The widget of one option, with its help."""
    label = option.name.replace("_", " ").capitalize() + (" (required)" if option.is_required else "")
    told = sentence(map_steps.option_help(option))
    if option.kind == "flag":
        return st.checkbox(label, value=bool(now), key=key, help=told)
    if option.choices:
        choices = ["", *option.choices]
        place = choices.index(str(now)) if now in choices else 0
        return str(
            st.selectbox(
                label,
                choices,
                index=place,
                key=key,
                help=told,
                width=_WIDE,
                format_func=lambda choice: choice or f"left out: {option.default or 'choose one'}",
            )
        )
    if option.kind.startswith(("list", "table")):
        each = "One a line" + (", theirs = ours" if option.kind.startswith("table") else "")
        return (
            st.text_area(label, value=str(now or ""), key=key, help=told, placeholder=each, height=100, width=_WIDE)
            or ""
        )
    left_out = "" if option.is_required else f"left out: {option.default}"
    return st.text_input(label, value=str(now or ""), key=key, help=told, placeholder=left_out, width=_WIDE) or ""


def _make(work: Work, edit: Callable[..., MapDraft], name: str, *what: Any) -> None:
    """Make an edit, checked again on the server; a refusal is said here, and nothing is changed."""
    try:
        draft = work.visit.read(edit, work.draft, name, *what)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    keep(draft)
    st.rerun()


def _preview(preview: StepPreview) -> None:
    """A few values of the sample: as they came, after each step, and as they stand in the column."""
    if not preview.lines:
        return
    heads = _heads(preview.steps)
    reading_table(
        [
            {
                _AS_IT_CAME: _value(line.came),
                "rows": f"{line.rows:,}",
                **{head: _cell(cell.text, cell.code) for head, cell in zip(heads, line.cells, strict=True)},
            }
            for line in preview.lines
        ]
    )
    lost = sum(line.is_failing for line in preview.lines)
    words = f"{counted(lost, 'value')} of these {'are' if lost > 1 else 'is'} lost on the way. " if lost else ""
    if preview.halted:
        words += "The chain is shown as far as it runs. "
    if words:
        st.markdown(f":small[:gray[{words.strip()}]]")


def _heads(steps: Sequence[str]) -> list[str]:
    """A name of its own for each column: a step with its number, the column by its name."""
    return [f"{place} · {plain(step)}" for place, step in enumerate(steps, start=1)]


def _value(text: str) -> str:
    """A value with the blanks at its ends made visible: they are what a step may be about."""
    inner = text.strip()
    if not inner:
        return plain(text)
    before, after = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    return said(f"{'␣' * before}{inner}{'␣' * after}")


def _cell(text: str, code: str) -> str:
    if not code:
        return _value(text)
    colour = "orange" if text.startswith("△") else "red"
    return f":{colour}[{plain(text)}]"
