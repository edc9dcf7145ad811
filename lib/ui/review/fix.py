"""Under what fails: mend cells by kind of trouble, row by row or by find and replace, decide about rows, take it back."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.rows.fixes import WhichRows
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.pipeline.loading.fixing import fix_column, texts_behind
from lib.services.reviewing import fix_panel
from lib.services.reviewing.fix_panel import BadValue, Behind, MendableKind
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.review_reasons import WhatFails
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, require
from lib.ui.entry.turns import in_turn
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.decide import decide_rows_part, done_part
from lib.ui.review.hand import do, needs_reason, told, why
from lib.ui.review.replace import replace_part
from lib.ui.review.row_form import row_part

_BY_KIND, _ONE_ROW, _REPLACE, _DECIDE, _DONE = (
    "By kind of trouble",
    "One row",
    "Find and replace",
    "Whole rows",
    "Done so far",
)
_ALL = ""


@st.fragment
@in_turn
def fix_cell(seen: LoadReview, fails: WhatFails) -> None:
    """The hand on rows: closed until somebody opens it, so that a look at the load costs nothing more."""
    here = require(Right.SEE_DETAIL)
    load = seen.load
    is_open = load.status is LoadStatus.IN_REVIEW
    told(load.id)
    if load.status not in (LoadStatus.IN_REVIEW, LoadStatus.COMMITTED):
        return
    title = "**Mend rows, hold them or leave them out**" if is_open else "**Held rows, and what was done to rows**"
    if load.held:
        title += f" :small[:gray[{load.held:,} held]]"
    panel = st.expander(title, key=f"hand-{load.id}", on_change="rerun")
    with panel, shown_errors(goes_on=True):
        if not panel.open:
            return
        if not here.may(Right.IMPORT):
            st.info("**Read only.** Mending rows is for analysts and data owners.", icon=":material/info:")
            done_part(here, seen)
            return
        parts = [_BY_KIND, _ONE_ROW, _REPLACE, _DECIDE, _DONE] if is_open else [_DECIDE, _DONE]
        part = st.segmented_control(
            "What to do",
            parts,
            default=parts[0],
            required=True,
            key=f"hand-part-{load.id}",
            label_visibility="collapsed",
        )
        if part == _BY_KIND:
            _by_kind(here, seen, fails)
        elif part == _ONE_ROW:
            row_part(here, seen, fails)
        elif part == _REPLACE:
            replace_part(here, seen, fails)
        elif part == _DECIDE:
            decide_rows_part(here, seen)
        else:
            done_part(here, seen)


def _by_kind(here: Visit, seen: LoadReview, fails: WhatFails) -> None:
    """A kind of trouble → the texts behind it → what is put in their place → all rows at once."""
    load = seen.load
    found_kinds = here.read(
        fix_panel.mendable_kinds,
        load.id,
        {kind.reason: kind.rows for kind in fails.failing},
        {kind.reason: kind.rows for kind in fails.remarks},
    )
    kinds = {kind.reason: kind for kind in found_kinds}
    if not kinds:
        st.markdown("No row fails for a cell that could be mended here.")
        return
    reason = st.selectbox(
        "Kind of trouble",
        list(kinds),
        format_func=lambda name: f"{kinds[name].title} · {counted(kinds[name].rows, 'row')}",
        key=f"fix-kind-{load.id}",
    )
    sources = here.read(fix_panel.fixable_columns, load.id, reason)
    if not sources:
        st.markdown(":small[:gray[No column of the file holds what this is about: mend the map instead.]]")
        return
    source = (
        sources[0] if len(sources) == 1 else st.selectbox("Column of the file", sources, key=f"fix-column-{load.id}")
    )
    which = WhichRows(verdicts=(Verdict.FAILED,) if kinds[reason].is_failing else (), reason=reason)
    found = here.read(texts_behind, load.id, which, source)
    _texts(found)
    _put(here, seen, kinds[reason], which, found)


def _texts(found: Behind) -> None:
    # A list and no table: a phone has no room for three columns, and a list breaks its lines.
    st.markdown("\n".join(f"- **{value.rows:,}** × {_suggestion(value)}" for value in found.values))
    if found.distinct > len(found.values):
        st.markdown(f":small[:gray[The {len(found.values)} most frequent of {found.distinct:,} texts are listed.]]")


def _suggestion(value: BadValue) -> str:
    """A text and its likeliest mend, with why."""
    shown = said(value.shown) or ":gray[empty]"
    if not value.mends:
        return shown
    mend = value.mends[0]
    return f"{shown} → {said(mend.value)} :small[:gray[{plain(mend.why)}]]"


def _put(here: Visit, seen: LoadReview, kind: MendableKind, which: WhichRows, found: Behind) -> None:
    load, key = seen.load, f"{seen.load.id}-{kind.reason}"
    texts = {_ALL: counted(found.rows, "cell"), **{value.token: value.shown or "empty" for value in found.values}}
    rows = {_ALL: found.rows, **{value.token: value.rows for value in found.values}}
    left, right = st.columns(2, gap="large")
    with left:
        token = st.selectbox(
            "In which cells",
            list(texts),
            format_func=lambda name: f"All {texts[name]}" if name == _ALL else f"{texts[name]} · {rows[name]:,}",
            key=f"fix-text-{key}",
        )
        ways = ["Use the suggestion", "Put another text", "Clear the cell"]
        way = st.selectbox("What to do", ways if found.with_mend else ways[1:], key=f"fix-way-{key}")
    with right:
        value = ""
        if way == ways[1]:
            value = (
                st.text_input(f"New text for {source_name(found.source)}", key=f"fix-value-{key}", live="200ms") or ""
            )
        reason = why(f"fix-why-{key}", default=f"{kind.title}: mended")
    words = _effect(way == ways[0], value, rows[token], found, token)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_ready = bool(reason) and (way != ways[1] or bool(value))
        if st.button(words, key=f"fix-do-{key}", type="primary", disabled=not is_ready):
            becomes = fix_panel.putting(value, token)
            if way == ways[0]:
                all_mends = here.read(fix_panel.suggested, load.id, kind.reason)
                named = token
                becomes = lambda text: all_mends(text) if not named or fix_panel.token_of(text) == named else None  # noqa: E731
            do(
                load.id,
                "Mended",
                lambda: fix_column(
                    here.desk, here.actor, load.id, which, found.source, becomes, reason, seen.load.version
                ),
            )
        needs_reason(reason)


def source_name(source: str) -> str:
    """A column of the file as a label may say it."""
    return plain(source)


def _effect(is_suggestion: bool, value: str, rows: int, found: Behind, token: str) -> str:
    """What the button does, in its own words."""
    if is_suggestion:
        mended = next((item.rows if item.mends else 0 for item in found.values if item.token == token), found.with_mend)
        return f"Use the suggestion in {counted(mended, 'cell')}"
    if value:
        return f"Put {value[:40]} in {counted(rows, 'cell')}"
    return f"Clear {counted(rows, 'cell')}"
