"""Rows taken out of a review to be mended elsewhere, and the mended file dropped back in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.domain.people import Right
from lib.domain.rows.fixes import WhichRows
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.pipeline.leaving.rows import rows_wanted
from lib.pipeline.loading.error_files import read_back, take_back
from lib.services.arriving.returned_file import Returned
from lib.services.reviewing.review import LoadReview
from lib.ui.controls.download import leaving_button
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted, plain

_MOST_MB = 50
_FAILED = WhichRows(verdicts=(Verdict.FAILED,))


def error_file(visit: Visit, seen: LoadReview) -> None:
    """The failed rows as a workbook with their wrong cells red, and the way back in for it; nothing where none fails."""
    failed, load = seen.load.verdicts[Verdict.FAILED], seen.load
    if not failed or not seen.account.retention_days:
        return
    rows = counted(failed, "failed row")
    with st.expander(f"Mend the {rows} in a spreadsheet", key="error-file"):
        st.markdown(
            ":small[:gray[Wrong cells are red, and a column says what is wrong. Mend them, save the file, and drop it in "
            "below: only cells you changed are taken, whatever else became of the sheet; what was mended here meanwhile "
            "stays. A spreadsheet writes dates and long numbers in a CSV its own way, and XLSX keeps them.]]"
        )
        with st.container(horizontal=True):
            for words, kind in ((f"Take the {rows} as XLSX", "xlsx"), ("As CSV", "csv")):
                # Whoever is looked as may see less than the person who acts; the file has no more than the page.
                wanted = rows_wanted(load.id, _FAILED, kind, is_clear=visit.may(Right.APPROVE_LOADS))
                leaving_button(visit, words, wanted, key=f"take-{kind}")
        if not visit.may(Right.APPROVE_LOADS):
            st.markdown(":small[:gray[Columns with personal values are left out: they are for data owners.]]")
        if load.status is LoadStatus.IN_REVIEW and visit.may(Right.IMPORT):
            _way_back(visit, seen)


def _way_back(visit: Visit, seen: LoadReview) -> None:
    # A new version of the load asks for a new file: what was dropped in before has been taken.
    version = seen.load.version
    file = st.file_uploader(
        "The mended file", type=["xlsx", "csv"], max_upload_size=_MOST_MB, key=f"mended-{seen.load.id}-{version}"
    )
    if file is None:
        return
    content = file.getvalue()
    try:
        found = read_back(visit.desk, visit.actor, seen.load.id, content)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    st.markdown(plain(found.sentence))
    _contested(found)
    reason = f"Mended in {file.name}"[:500]
    if st.button(_words(found), key="take-mended", type="primary", disabled=not found.edits):
        try:
            take_back(visit.desk, visit.actor, seen.load.id, content, reason, version)
        except DeskError as trouble:
            show_trouble(trouble)
            return
        st.rerun()


def _contested(found: Returned) -> None:
    if found.contested:
        working_table(
            pd.DataFrame(
                [
                    {
                        "Line": cell.line,
                        "Column": cell.source,
                        "In the file": cell.in_file,
                        "Here, and stays": cell.on_desk,
                        "Mended by": cell.who,
                        "At": cell.at,
                    }
                    for cell in found.contested
                ]
            ),
            key="contested",
            alt="Cells that were mended here and in the file",
        )


def _words(found: Returned) -> str:
    if not found.edits:
        return "Nothing to take"
    return f"Put {counted(len(found.edits), 'mended cell')} into {counted(found.rows, 'row')} and check them again"
