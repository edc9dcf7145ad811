"""Control totals of a load: what was expected of its money columns, what they come to, and what the file says itself."""

from __future__ import annotations

import streamlit as st

from lib.domain.verdicts import Verdict
from lib.reporting.control_totals import ControlTotal
from lib.services.loading.control_totals import totals_of
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, STOPPED, badge
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain


def control_totals(visit: Visit, seen: LoadReview) -> None:
    """The totals that were given or found, in a small table; nothing where there are none."""
    if not seen.delivery.control_totals and not seen.skipped:
        return
    found = visit.read(totals_of, seen.load.id)
    if not found:
        return
    failed = seen.load.verdicts[Verdict.FAILED]
    doubtful = [item for item in found if not item.agrees]
    words = f"{counted(len(doubtful), 'column')} of {len(found)} {'does' if len(doubtful) == 1 else 'do'} not agree"
    title = f"Control totals :small[:gray[{words if doubtful else 'agree'}]]"
    with st.expander(title, expanded=bool(doubtful), key="control-totals"):
        reading_table([_line(item) for item in found])
        left = f" {counted(failed, 'failed row')} {'is' if failed == 1 else 'are'} not in it." if failed else ""
        every = "The sum of every row that could be read, duplicates and unchanged ones included."
        st.markdown(f":small[:gray[{every}{left}]]")


def _line(item: ControlTotal) -> dict[str, str]:
    told = "; ".join(f"{amount(total.amount)} on line {total.line:,}" for total in item.told)
    return {
        "Column": plain(item.label),
        "Expected": plain(amount(item.expected)) if item.expected is not None else "–",
        "In the rows": plain(amount(item.found)),
        "The file's own total": plain(told) or "–",
        "Says": _verdict(item),
    }


def _verdict(item: ControlTotal) -> str:
    if item.expected is not None and item.difference:
        more = "more" if item.difference > 0 else "less"
        return badge(f"{amount(abs(item.difference))} {more} than expected", STOPPED)
    if not item.agrees:
        return badge("Not what the file says", ATTENTION)
    return badge("Agrees", GOOD)


def amount(value: object) -> str:
    """`1,234.50`, with as many decimals as there are beyond two."""
    text = f"{value:,f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
