"""One row of a load as a form: the cells that fail first, each with its raw text and what is wrong, checked as one types."""

from __future__ import annotations

import streamlit as st

from lib.domain.rows.fixes import CellEdit, WhichRows
from lib.domain.verdicts import Verdict
from lib.pipeline.loading.fixing import fix_cells, form_of, tried
from lib.services.reviewing import fix_panel, fix_rows
from lib.services.reviewing.fix_panel import FormCell, RowForm
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.review_reasons import WhatFails
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import verdict_badge
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.hand import do, needs_reason, why


def row_part(here: Visit, seen: LoadReview, fails: WhatFails) -> None:
    """Choose a line, see its cells, type what they should say, and see at once whether the row would go in."""
    load = seen.load
    reason = fails.failing[0].reason if fails.failing else ""
    first = here.read(fix_rows.first_line, load.id, WhichRows(verdicts=(Verdict.FAILED,), reason=reason))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        line = st.number_input("Line of the file", 1, value=first or 2, step=1, key=f"row-line-{load.id}", width=200)
        is_whole = st.toggle("Show every cell", key=f"row-whole-{load.id}")
    form = here.read(form_of, load.id, int(line))
    st.markdown(f"{verdict_badge(form.verdict)} :small[:gray[line {form.line_no:,}]]")
    if form.unread:
        st.markdown(f":small[:gray[The line as it came:]] {said(form.unread)}")
    shown = [cell for cell in form.cells if cell.says or is_whole or form.unread]
    if not shown:
        st.markdown(":small[:gray[No cell of this row fails. Show every cell to change one all the same.]]")
    typed = {cell.source: _cell(form, cell, load.version) for cell in shown}
    edits = fix_panel.edits_of(form, typed)
    _check(here, load.id, edits)
    reason = why(f"row-why-{load.id}-{form.row_no}", default="Mended by hand")
    with st.container(horizontal=True, vertical_alignment="center"):
        words = f"Mend {counted(len(edits), 'cell')} of line {form.line_no:,}"
        if st.button(words, key=f"row-do-{load.id}", type="primary", disabled=not edits or not reason):
            do(
                load.id,
                f"Line {form.line_no:,} mended",
                lambda: fix_cells(here.desk, here.actor, load.id, edits, reason, load.version),
            )
        needs_reason(reason)


def _cell(form: RowForm, cell: FormCell, version: int) -> str:
    label = f"{plain(cell.source)}" + (f" :gray[→ {plain(cell.label)}]" if cell.label else " :gray[in no map]")
    typed = st.text_input(
        label,
        cell.stands if cell.is_clear else "",
        key=f"row-{form.row_no}-{version}-{cell.source}",
        live="400ms",
        max_chars=4000,
        placeholder="" if cell.is_clear else cell.stands,
        help=" ".join(cell.says) or None,
    )
    if cell.is_edited:
        st.markdown(f":small[:gray[As it came:]] {said(cell.came) or ':gray[empty]'}")
    for sentence in cell.says:
        st.markdown(f":small[:red[×] {plain(sentence)}]")
    return typed or ""


def _check(here: Visit, load_id: int, edits: list[CellEdit]) -> None:
    """Whether the row would go in with what is typed now."""
    if not edits:
        return
    failing = tried(here.desk, here.actor, load_id, edits)
    if not failing:
        st.markdown(":green[:material/check:] :small[With these cells no check fails.]")
    for column, sentence in failing:
        st.markdown(f":red[×] :small[{plain(column)}: {plain(sentence)}]")
