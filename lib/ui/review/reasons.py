"""The third step of a review: what fails, by kind, largest first, each with its sentence, its mend and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.domain.verdicts import Verdict
from lib.services.reviewing import review_reasons
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.review_reasons import SAMPLES, ReasonKind, Sample, WhatFails
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, STOPPED, badge
from lib.ui.parts.notebook import cell, link, turn
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.cells import all_bad_first

_MOST_KINDS = 12


def reasons_cell(number: int, visit: Visit, seen: LoadReview, fails: WhatFails) -> None:
    """Failing kinds first, then remarks on rows that go in all the same, then lines that are no plain rows."""
    with cell(
        number,
        "What fails",
        why="By kind of trouble, largest first, with the cells as the provider sent them. Uses step 2.",
        result=_result(seen, fails),
    ):
        all_bad_first(seen, fails)
        for place, kind in enumerate(fails.failing[:_MOST_KINDS]):
            _kind(visit, seen, kind, is_failing=True, is_open=place == 0)
        if fails.remarks:
            st.markdown(":small[:gray[Remarks: these rows go in all the same, with what is said here.]]")
        for kind in fails.remarks[:_MOST_KINDS]:
            _kind(visit, seen, kind, is_failing=False, is_open=False)
        _unplain_lines(seen)
        if not fails.failing and not fails.remarks and not (seen.rejected or seen.flagged or seen.skipped):
            st.markdown("Every row could be read, mapped and checked, and there is nothing to remark on.")


def _result(seen: LoadReview, fails: WhatFails) -> str:
    failed = seen.load.verdicts[Verdict.FAILED]
    if failed == seen.load.row_count and failed:
        return badge(f"{failed:,} of {seen.load.row_count:,} fail", STOPPED)
    if failed:
        return badge(f"{counted(failed, 'row')}, {counted(len(fails.failing), 'kind')}", STOPPED)
    if fails.remarks:
        return badge(f"None fails, {counted(len(fails.remarks), 'remark')}", ATTENTION)
    return badge("None fails", GOOD)


def _kind(visit: Visit, seen: LoadReview, kind: ReasonKind, *, is_failing: bool, is_open: bool) -> None:
    title = f"**{plain(title_of(kind))}** :small[:gray[{counted(kind.rows, 'row')}]]"
    # Samples are asked for only where somebody looks: each is a walk to rows and to their payload.
    opened = st.expander(title, expanded=is_open, key=f"kind-{kind.reason}-{is_failing}", on_change="rerun")
    with opened:
        st.markdown(f"{plain(kind.sentence)}  \n:small[:gray[To mend it: {plain(kind.mend)}]]")
        if not opened.open:
            return
        samples = visit.read(review_reasons.samples_of, seen.load.id, kind.reason, is_failed=is_failing)
        reading_table(_sample_rows(samples))
        with st.container(horizontal=True, vertical_alignment="center"):
            words = f"Show the {counted(kind.rows, 'row')}"
            show = "failed" if is_failing else ""
            turn(words, load=seen.load.id, show=show, reason=kind.reason)
            link("Look at the map", "field_maps", account=seen.account.key, object=seen.load.object)
            if kind.rows > SAMPLES:
                st.markdown(f":small[:gray[The first {SAMPLES} are listed.]]")


def _sample_rows(samples: Sequence[Sample]) -> list[dict[str, str | int]]:
    """One line a different cell, with the lines of the file it stands in; the same cell is often wrong many times."""
    alike: dict[Sample, list[int]] = {}
    for sample in samples:
        alike.setdefault(replace(sample, line_no=0), []).append(sample.line_no)
    return [
        {
            "As it came": said(sample.value) if sample.value else _nothing(sample.gone),
            "Column in the file": said(sample.source) or "–",
            "Lines": ", ".join(f"{line:,}" for line in lines),
        }
        for sample, lines in alike.items()
    ]


def title_of(kind: ReasonKind) -> str:
    """A kind of trouble in a few words: `Unreadable date, occurred at`."""
    words = kind.reason.partition(":")[0].replace("_", " ").capitalize()
    return f"{words}, {kind.field}" if kind.field else words


def _nothing(gone: str) -> str:
    return f":gray[{gone or 'empty'}]"


def _unplain_lines(seen: LoadReview) -> None:
    """The lines of the file that are no plain rows: refused, doubtful, and left out on purpose, each with why."""
    counts = {"rejected": seen.rejected, "flagged": seen.flagged, "skipped": seen.skipped}
    told = {
        "rejected": ("could not be read", "could not be read", "each counts as a failed row"),
        "flagged": ("read with a doubt", "read with a doubt", "each is a row like any other"),
        "skipped": ("that is no row", "that are no rows", "blank, preamble, heading, group and total lines"),
    }
    for name, count in counts.items():
        if not count:
            continue
        one, many, remark = told[name]
        words = one if count == 1 else many
        with st.expander(f"{counted(count, 'line')} {words} :small[:gray[{remark}]]", key=f"lines-{name}"):
            kept = seen.notes[name][:30]
            reading_table([{"Line": note.line, "Why": plain(note.why)} for note in kept])
            if count > len(kept):
                st.markdown(f":small[:gray[The first {len(kept)} of {count:,} are listed.]]")
