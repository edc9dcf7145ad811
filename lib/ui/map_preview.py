"""Step 4: what the draft makes of the sample, raw beside mapped, and the verdict each row would have."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.domain.verdicts import Verdict
from lib.services.map_preview import MapPreview
from lib.ui.map_session import Work, previewed
from lib.ui.marks import ATTENTION, GOOD, STOPPED, badge, class_marks, verdict_marks
from lib.ui.notebook import all_bad, cell, waiting
from lib.ui.tables import working_table
from lib.ui.words import counted, plain, said

_WHY = "Raw on the left of each pair, mapped on the right. Marked cells could not be read. Uses steps 1 to 3."
# The stopped, the attention and the muted colours of the theme, which a grid's cells cannot name.
_FAILED = {"light": "background-color:#FBECEA;color:#9A2620", "dark": "background-color:#37201F;color:#F29B94"}
_OPEN = {"light": "background-color:#FBF0E2;color:#8A4803", "dark": "background-color:#33261A;color:#EDB273"}
_MUTED = {"light": "color:#5A5E66", "dark": "color:#A3A7AE"}
_KINDS_SHOWN = 6


def preview_cell(number: int, work: Work) -> None:
    """The preview, computed on the first thousand rows, of which fifty are shown."""
    found = previewed(work)
    if found is None:
        waiting(number, "Preview", why=_WHY, needs="step 2" if work.draft.sample else "step 1")
        return
    with cell(number, "Preview", why=_WHY, result=_result(found)):
        _verdicts(found)
        if found.rows and found.verdicts.get(Verdict.FAILED, 0) == found.rows:
            all_bad(
                "Every row would fail.",
                "That is one mistake and not many: usually the wrong file, or a date that is not mapped or read wrongly.",
                "Look at the marked column first.",
            )
        _failing(found)
        is_clear = st.toggle(
            "Show names, phones and addresses",
            key="map-preview-clear",
            help="Otherwise personal and confidential values show only their shape: letters as x, digits as 9.",
        )
        _grid(work, found.cells if is_clear else found.veiled, found)


def _result(found: MapPreview) -> str:
    failed, open_ = found.failed_cells, found.undecided_cells
    marks = [badge(f"{counted(failed, 'cell')} fail{'s' * (failed == 1)}", STOPPED)] if failed else []
    if open_:
        marks.append(badge(f"{counted(open_, 'cell')} undecided", ATTENTION))
    return " ".join(marks) or badge("All read", GOOD)


def _verdicts(found: MapPreview) -> None:
    shown = f", {len(found.cells)} shown" if len(found.cells) < found.rows else ""
    st.markdown(
        f"Of {counted(found.rows, 'row')} read{shown}, an import would say: {verdict_marks(found.verdicts)}  \n"
        f":small[:gray[{class_marks(found.classes)}]]"
    )


def _failing(found: MapPreview) -> None:
    """Why cells fail, the largest kind first, each with its mend."""
    for kind in found.failing[:_KINDS_SHOWN]:
        example = f", such as {said(kind.example)}" if kind.example.strip() else ""
        sign = ":orange[△]" if kind.is_undecided else ":red[×]"
        st.markdown(
            f"{sign} **{plain(kind.source)}**: {counted(kind.rows, 'row')}{example}. "
            f"{plain(kind.sentence)} :gray[{plain(kind.mend)}]"
        )
    if len(found.failing) > _KINDS_SHOWN:
        st.markdown(f":small[:gray[and {len(found.failing) - _KINDS_SHOWN} smaller kinds.]]")


def _grid(work: Work, cells: pd.DataFrame, found: MapPreview) -> None:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    styles = pd.DataFrame("", index=cells.index, columns=cells.columns)
    raw = [name[1] == "raw" for name in cells.columns]
    styles.loc[:, raw] = _MUTED[theme]
    styles = styles.mask(found.is_failed, _FAILED[theme]).mask(found.is_undecided, _OPEN[theme])
    working_table(
        cells.style.apply(lambda _: styles, axis=None),
        key=f"map-preview-{work.draft.revision}",
        height=74 + 28 * min(len(cells), 12),
        alt="The first rows of the sample, each field raw and mapped",
    )
