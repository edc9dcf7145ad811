"""Rows under review whose class or record is a question: why a row is not counted, and which record a doubtful one is."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass
from lib.pipeline.loading.fixing import decide
from lib.services.loading import class_evidence, match_rows
from lib.services.loading.decide_rows import NEW
from lib.services.loading.match_rows import MOST_SHOWN, Candidate, DoubtfulRow
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import class_mark
from lib.ui.parts.notebook import turn
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.hand import do, needs_reason, why

_AMBIGUOUS = "ambiguous_match"


def class_evidence_part(here: Visit, seen: LoadReview) -> None:
    """Each mark or rule that told a class, with its sentence; nothing where every row is genuine by itself."""
    load = seen.load
    if load.classes[RowClass.GENUINE] == load.row_count and "class_by_person" not in load.reasons:
        return
    opened = st.expander("Why rows are not counted", key=f"evidence-{load.id}", on_change="rerun")
    with opened:
        if not opened.open:
            return
        found = here.read(class_evidence.class_evidence, load.id)
        reading_table(
            [
                {
                    "Class": class_mark(item.row_class) if item.row_class else "as a person said",
                    "Rows": item.rows,
                    "Why": plain(item.sentence),
                    "Says who": plain(item.given_by),
                }
                for item in found
            ]
        )
        with st.container(horizontal=True):
            for item in found[:4]:
                turn(f"Show the {counted(item.rows, 'row')}", load=load.id, reason=item.reason)


def match_part(here: Visit, seen: LoadReview) -> None:
    """Rows that may be one of several records, each with these and a choice; nothing where none waits."""
    load = seen.load
    waits = load.reasons.get(_AMBIGUOUS, 0)
    if not waits or load.status not in (LoadStatus.IN_REVIEW, LoadStatus.COMMITTED):
        return
    words = f"{counted(waits, 'row')} may be one of several records"
    opened = st.expander(words, expanded=True, key=f"match-{load.id}", on_change="rerun")
    with opened:
        st.markdown(
            "Their identifier is new, and what they are matched by fits more than one record. They are held: nothing is "
            "written of them until you say which it is."
        )
        if not opened.open:
            return
        needed = Right.IMPORT if load.status is LoadStatus.IN_REVIEW else Right.APPROVE_LOADS
        doubts = here.read(match_rows.doubtful_rows, load.id)
        if not here.may(needed):
            st.info("**Read only.** Choosing is for those who may change this load.", icon=":material/info:")
        reason = why(f"match-why-{load.id}", default="the same person") if here.may(needed) else ""
        for doubt in doubts:
            _doubt(here, seen, doubt, reason, may_choose=here.may(needed))
        if here.may(needed):
            needs_reason(reason)
        if waits > MOST_SHOWN:
            st.markdown(f":small[:gray[The first {MOST_SHOWN} are listed.]]")


def _doubt(here: Visit, seen: LoadReview, doubt: DoubtfulRow, reason: str, *, may_choose: bool) -> None:
    load = seen.load
    free = {str(item.record_id): item for item in doubt.candidates if not item.is_taken}
    with st.container(border=True):
        st.markdown(f"Line {doubt.line_no:,}: {plain(doubt.summary)}")
        taken = [item for item in doubt.candidates if item.is_taken]
        if taken:
            names = ", ".join(said(item.external_id) for item in taken)
            st.markdown(f":small[:gray[Another row of this load stands for {names}.]]")
        if not may_choose:
            st.markdown("\n".join(f"- {plain(_name(item))}" for item in free.values()))
            return
        chosen = st.radio(
            "It is",
            [*free, NEW],
            format_func=lambda key: _name(free[key]) if key in free else "A record of its own",
            key=f"match-{load.id}-{doubt.row_no}",
            index=None,
        )
        if st.button("Decide", key=f"match-do-{load.id}-{doubt.row_no}", disabled=chosen is None or not reason):
            which, value = WhichRows((doubt.row_no,)), str(chosen)
            do(
                load.id,
                "Decided",
                lambda: decide(
                    here.desk, here.actor, load.id, which, DecisionKind.MATCH, reason, value=value, seen=load.version
                ),
            )


def _name(item: Candidate) -> str:
    return " · ".join(text for text in (item.external_id, item.when, item.summary) if text)
