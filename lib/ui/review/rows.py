"""The fourth step of a review: the rows, a page at a time, filtered at the database, with what each becomes."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import streamlit as st

from lib.domain.imports import Load
from lib.domain.people import Right
from lib.domain.verdicts import RowClass, Verdict
from lib.services.reviewing import review_rows
from lib.services.reviewing.review_rows import Change, RowLine, RowPage, RowQuery
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import is_alone, require
from lib.ui.entry.turns import in_turn
from lib.ui.parts.address import from_address, number_from_address, to_address
from lib.ui.parts.marks import class_mark
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted, plain, said

_SHOWN: dict[str, tuple[Verdict, ...]] = {
    "all": (),
    "created": (Verdict.CREATED,),
    "updated": (Verdict.UPDATED,),
    "failed": (Verdict.FAILED,),
    "left_out": (Verdict.DUPLICATE, Verdict.IGNORED),
}
_NAMES = {"all": "All", "created": "Created", "updated": "Updated", "failed": "Failed", "left_out": "Left out"}
_CHIPS = {
    Verdict.CREATED: ("+ created", "green"),
    Verdict.UPDATED: ("~ updated", "blue"),
    Verdict.DUPLICATE: ("= duplicate", "violet"),
    Verdict.FAILED: ("× failed", "red"),
    Verdict.IGNORED: ("– ignored", "gray"),
}
_ANY = ""
# Columns that stand in the grid only where a row of the page has something to say in them.
_WHERE_FILLED = ("Field", "Was", "Reason")
_MOST_CHANGES = 6
_SHOW, _CLASS = "rows-shown", "rows-class"


@st.fragment
@in_turn
def rows_cell(number: int, shown: Load) -> None:
    """The filters, a page of rows, and the way to the pages beside it; all of it stands in the address.

    Leafing and filtering run this step alone. `shown` is the load as the steps above show it: once it has moved on, the
    whole page runs again.
    """
    here = require(Right.SEE_DETAIL)
    with shown_errors():
        show, kind, query = _asked()
        page = here.read(review_rows.rows_page, shown.id, query, number_from_address("from") or 0)
        if page.load != shown and is_alone():
            st.rerun()
        with cell(
            number,
            "Rows",
            why="What each row becomes. Old value, then new, only where they differ. Uses steps 1 to 3.",
            result=f":gray[{counted(shown.row_count, 'row')}, by line]",
        ):
            _filters(shown, show, kind, query.reason)
            if not page.rows:
                st.markdown(":small[:gray[No row of this load is like that. Choose All, or another class.]]")
                return
            grid(page)
            _pager(page)


def _asked() -> tuple[str, str, RowQuery]:
    """What the address asks for: the verdicts' name and the class as the filters have them, and both as a query."""
    show, kind, reason = from_address("show"), from_address("class"), from_address("reason")
    show = show if show in _SHOWN else "all"
    kind = kind if kind in list(RowClass) else _ANY
    return show, kind, RowQuery(_SHOWN[show], kind, reason)


def _filters(load: Load, show: str, kind: str, reason: str) -> None:
    counts = {
        name: sum(load.verdicts[verdict] for verdict in verdicts or tuple(Verdict)) for name, verdicts in _SHOWN.items()
    }
    # The address decides what the widgets show, so that a link into the rows moves them too.
    st.session_state[_SHOW], st.session_state[_CLASS] = show, kind
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Rows shown",
            list(_SHOWN),
            key=_SHOW,
            required=True,
            format_func=lambda name: f"{_NAMES[name]} {counts[name]:,}",
            on_change=lambda: to_address(show=st.session_state[_SHOW], **{"from": "", "reason": ""}),
            label_visibility="collapsed",
        )
        st.selectbox(
            "Class",
            [_ANY, *RowClass],
            key=_CLASS,
            format_func=lambda name: (
                f"{class_mark(RowClass(name))} {load.classes[RowClass(name)]:,}" if name else "Every class"
            ),
            on_change=lambda: to_address(**{"class": st.session_state[_CLASS], "from": ""}),
            label_visibility="collapsed",
            width=240,
        )
    if reason:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[Only rows that give the reason {said(reason)}]", width="content")
            st.button(
                "Show every reason",
                key="every-reason",
                type="tertiary",
                on_click=lambda: to_address(**{"reason": "", "from": ""}),
            )


def grid(page: RowPage) -> None:
    """A page of rows as a working table: one line a changed column, so that old and new stand side by side."""
    name = page.load.object.replace("_", " ").capitalize()
    columns = ["Line", "Verdict", "Class", name, "Field", "Was", "Becomes", "Reason"]
    lines = [line for row in page.rows for line in _lines(row)]
    # Sent as it is: a frame between would cost more than all the rest of the grid.
    table = pa.table(dict(zip(columns, zip(*lines, strict=True), strict=True)))
    chips, filled = list(_CHIPS.values()), {column for column in _WHERE_FILLED if any(table[column].to_pylist())}
    working_table(
        table,
        key=f"rows-{page.load.id}-{page.rows[0].row_no}",
        height=min(len(lines) + 1, 16) * 28 + 12,
        alt="What each row of the load becomes",
        column_order=[column for column in columns if column not in _WHERE_FILLED or column in filled],
        config={
            "Line": st.column_config.NumberColumn(width=60, help="Where the row stands in the file."),
            "Verdict": st.column_config.MultiselectColumn(
                options=[words for words, _ in chips], color=[colour for _, colour in chips], width=110
            ),
            "Class": st.column_config.TextColumn(width=110, help="A full circle counts; an empty one is shown only."),
            name: st.column_config.TextColumn(width=120, help="The provider's own identifier."),
            "Field": st.column_config.TextColumn(width=110),
            "Was": st.column_config.TextColumn(width=140),
            "Becomes": st.column_config.TextColumn(width=260 if "Field" in filled else 430),
            "Reason": st.column_config.TextColumn(width=210, help="Step 3 says each in a sentence."),
        },
    )


def _lines(row: RowLine) -> Iterator[list[object]]:
    head: list[object] = [row.line_no, [_CHIPS[row.verdict][0]], class_mark(row.row_class), row.external_id]
    reasons = ", ".join(row.why)
    for change in row.changes[:_MOST_CHANGES]:
        yield [*head, change.field, _was(row, change), _becomes(row, change), reasons]
    if len(row.changes) > _MOST_CHANGES:
        yield [*head, "…", "", f"and {len(row.changes) - _MOST_CHANGES} more columns", reasons]
    if not row.changes:
        yield [*head, "", "", _told(row), reasons]


def _was(row: RowLine, change: Change) -> str:
    return "" if row.verdict is Verdict.FAILED else change.was or "–"


def _becomes(row: RowLine, change: Change) -> str:
    return f"× {change.becomes or 'empty'}" if row.verdict is Verdict.FAILED else change.becomes or "–"


def _told(row: RowLine) -> str:
    if row.gone:
        return row.gone
    return "unchanged" if row.verdict is Verdict.IGNORED and not row.summary else row.summary


def _pager(page: RowPage) -> None:
    first, last = page.rows[0].line_no, page.rows[-1].line_no
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Earlier rows",
            key="rows-before",
            icon=":material/arrow_back:",
            disabled=page.before is None,
            on_click=to_address,
            kwargs={"from": page.before or ""},
        )
        st.button(
            "Later rows",
            key="rows-after",
            icon=":material/arrow_forward:",
            disabled=page.after is None,
            on_click=to_address,
            kwargs={"from": page.after or ""},
        )
        shown = f"{counted(len(page.rows), 'row')}, lines {first:,} to {last:,}"
        st.markdown(f":small[:gray[{plain(shown)}]]", width="content")
