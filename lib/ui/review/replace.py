"""Find and replace in one column of a load under review, looked at before it is done."""

from __future__ import annotations

import streamlit as st

from lib.domain.rows.fixes import WhichRows
from lib.domain.verdicts import Verdict
from lib.pipeline.loading.fixing import fix_column, preview_column
from lib.services.reviewing import fix_panel, fix_rows
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.review_reasons import WhatFails
from lib.ui.entry.guard import Visit
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, said
from lib.ui.review.filter import rows_asked
from lib.ui.review.hand import do, needs_reason, why

_FAILED, _SHOWN, _ALL = "Failed rows", "Rows shown in step 4", "All rows"


def replace_part(here: Visit, seen: LoadReview, fails: WhatFails) -> None:
    """Column, text, replacement and rows; how many cells change and the first twenty; then the button."""
    load = seen.load
    left, right = st.columns(2, gap="large")
    with left:
        columns = here.read(fix_panel.fixable_columns, load.id)
        most = fails.failing[0].reason if fails.failing else ""
        first = next(iter(here.read(fix_panel.fixable_columns, load.id, most)), "") if ":" in most else ""
        place = columns.index(first) if first else 0
        source = st.selectbox("Column of the file", columns, place if columns else None, key=f"find-in-{load.id}")
        where = st.selectbox("In which rows", [_FAILED, _SHOWN, _ALL], key=f"find-where-{load.id}")
    with right:
        find = st.text_input("Find", key=f"find-{load.id}", live="400ms") or ""
        put = st.text_input("Replace with", key=f"find-put-{load.id}", live="400ms") or ""
    is_pattern = st.toggle(
        "The text to find is a regular expression",
        key=f"find-pattern-{load.id}",
        help="RE2; groups are put back as \\\\1.",
    )
    if not find or source is None:
        st.markdown(":small[:gray[Type what to find; nothing is changed before you have seen what would be.]]")
        return
    becomes = fix_rows.replacing(find, put, is_pattern=is_pattern)
    which = {_FAILED: WhichRows(verdicts=(Verdict.FAILED,)), _SHOWN: rows_asked(), _ALL: WhichRows()}[where]
    count, samples = here.read(preview_column, load.id, which, source, becomes)
    if not count:
        st.markdown(":small[No cell of these rows holds that text.]")
        return
    reading_table(
        [{"Line": line, "Reads now": said(was), "Becomes": said(new) or ":gray[empty]"} for line, was, new in samples]
    )
    if count > len(samples):
        st.markdown(f":small[:gray[The first {len(samples)} of {count:,} cells are listed.]]")
    reason = why(f"find-why-{load.id}", default="Found and replaced")
    with st.container(horizontal=True, vertical_alignment="center"):
        words = f"Replace in {counted(count, 'cell')}"
        if st.button(words, key=f"find-do-{load.id}", type="primary", disabled=not reason):
            do(
                load.id,
                "Replaced",
                lambda: fix_column(here.desk, here.actor, load.id, which, source, becomes, reason, load.version),
            )
        needs_reason(reason)
