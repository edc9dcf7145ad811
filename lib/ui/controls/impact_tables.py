"""What a change would do, as a page shows it: numbers first, then rows by kind with samples, then what was not looked at."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.domain.jobs import IMPACT
from lib.domain.people import Right
from lib.domain.rows.impact import DELIVERY_CHOICES, Impact, ImpactSample, RowChange
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.verdicts import RowClass
from lib.pipeline.loading.impact import queue_impact
from lib.services.reviewing.impact import Change, ImpactView, in_words
from lib.services.running import job_list, jobs
from lib.ui.controls.job_progress import job_line, job_progress
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import number_from_address, to_address
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, UNDER_WAY, badge, class_mark
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said

_MOST_NUMBERS, _MOST_CHANGES, _MOST_DELIVERIES = 24, 12, 6


def impact_result(view: ImpactView) -> str:
    """The badge of a cell about an impact."""
    if view.worked_out_at is None:
        return badge("Not worked out", NOTHING)
    if view.stale:
        return badge("Stale", ATTENTION)
    if not view.changed and not view.numbers:
        return badge("Nothing changes", GOOD)
    return badge(f"{counted(len(view.numbers), 'number')}, {counted(view.changed, 'row')} change", ATTENTION)


def ask_for_impact(visit: Visit, account: str, change: Change, *, key: str, words: str) -> None:
    """The progress of the job that works it out, or the button that asks for one."""
    under_way = visit.read(job_list.impact_under_way, account, change.subject)
    if under_way is not None:
        st.markdown(f"{badge('Under way', UNDER_WAY)} The worker does it, so this page may be left and come back to.")
        job_progress(under_way.id)
        return
    _stopped(visit)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most = st.selectbox(
            "Newest deliveries",
            DELIVERY_CHOICES,
            index=DELIVERY_CHOICES.index(change.most) if change.most in DELIVERY_CHOICES else 1,
            key=f"impact-most-{key}",
            width=160,
        )
        is_asked = st.button(words, key=f"impact-ask-{key}", disabled=not visit.may(Right.EDIT_MAPS))
    if is_asked:
        asked = Change.of_dict({**change.as_dict(), "most": int(most or change.most)})
        with shown_errors(goes_on=True):
            to_address(impact=queue_impact(visit.desk, visit.actor, account, asked))
            st.rerun()


def _stopped(visit: Visit) -> None:
    """What stopped the job that was asked for last, where something did."""
    asked = number_from_address("impact")
    if asked is not None:
        with shown_errors(goes_on=True):
            seen = visit.read(jobs.job, asked)
            if seen.kind == IMPACT and seen.status == jobs.FAILED:
                job_line(seen)


def show_impact(view: ImpactView, labels: Mapping[str, str]) -> None:
    """All of it; `labels` say what the map calls its columns."""
    if view.worked_out_at is None:
        return
    when = f"{view.worked_out_at.day} {view.worked_out_at:%b %Y, %H:%M} UTC"
    st.markdown(f":small[:gray[Worked out on {when} on {counted(view.rows, 'row')}.]]")
    if view.stale:
        st.markdown(f":small[:orange[Stale: {plain('; '.join(view.stale))}. Work it out again.]]")
    _numbers(view)
    for part in view.parts:
        for sentence in part.stops:
            st.markdown(f":orange[:material/block:] {plain(sentence)}")
        _rows(part, labels, is_named=len(view.parts) > 1)
        _looked_at(part)


def _numbers(view: ImpactView) -> None:
    if not view.numbers:
        st.markdown("No number of this account moves.")
        return
    reading_table(
        [
            {
                "Number": plain(item.label),
                "Month": plain(item.month),
                "Before → after": plain(item.change),
                "Source": plain(f"{item.source}, {ObjectSignal(Signal(item.signal), Paid(item.paid)).words}"),
            }
            for item in view.numbers[:_MOST_NUMBERS]
        ]
    )
    for item in view.numbers[:_MOST_NUMBERS]:
        st.markdown(f":small[{plain(item.sentence)}]")
    if len(view.numbers) > _MOST_NUMBERS:
        st.markdown(f":small[:gray[{len(view.numbers) - _MOST_NUMBERS} more months move.]]")


def _rows(part: Impact, labels: Mapping[str, str], *, is_named: bool) -> None:
    if is_named:
        st.markdown(f"**{plain(part.object.replace('_', ' ').capitalize())}**")
    if not part.changes:
        st.markdown("No row comes out otherwise.")
        return
    for item in part.changes[:_MOST_CHANGES]:
        st.markdown(f"{plain(in_words(item, labels))}")
        lines = [_sample(item, sample) for sample in item.samples if item.code not in ("refused", "let_in")]
        if lines:
            reading_table(lines)
        elif item.samples:
            first = item.samples[0]
            st.markdown(f":small[:gray[First at line {first.line:,} of delivery {first.delivery_id}.]]")
    if part.verdicts:
        told = ", ".join(f"{rows:,} {words}" for words, rows in list(part.verdicts.items())[:6])
        st.markdown(f":small[:gray[Loaded again today, verdicts would be: {plain(told)}.]]")


def _sample(item: RowChange, sample: ImpactSample) -> dict[str, str | int]:
    is_class = item.code == "class"
    was, now = (class_mark(RowClass(text)) if is_class else said(text) for text in (sample.before, sample.after))
    first = f"delivery {sample.delivery_id}, line {sample.line:,}"
    return {"Before": was, "After": now, "Rows": f"{sample.rows:,}", "First at": first}


def _looked_at(part: Impact) -> None:
    names = [f"{item.file_name} ({counted(item.rows, 'row')})" for item in part.looked_at[-_MOST_DELIVERIES:]]
    more = len(part.looked_at) - len(names)
    told = ", ".join(names) + (f" and {more} more" if more else "")
    waiting = sum(not item.is_counted for item in part.looked_at)
    verb = "waits" if waiting == 1 else "wait"
    aside = f" {waiting:,} of them {verb} for a decision, so no number stands on it yet." if waiting else ""
    st.markdown(f":small[:gray[{plain(f'Looked at {told}.' if told else 'There was no delivery to look at.')}{aside}]]")
    for sentence in part.missed:
        st.markdown(f":small[:orange[:material/visibility_off: {plain(sentence)}]]")
