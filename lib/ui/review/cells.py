"""The head of a load's review and its first two steps: from file to table, and verdicts beside classes."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.clock import zone
from lib.domain.arriving.by_hand import LABEL, is_by_hand
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.review_reasons import WhatFails
from lib.ui.parts.address import from_address
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge, class_mark, verdict_badge
from lib.ui.parts.notebook import all_bad, boxes, cell, next_line
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said

_SPENT = {
    LoadStatus.UNDONE: "was undone",
    LoadStatus.REJECTED: "was rejected",
    LoadStatus.FAILED: "stopped half way",
}


def context(seen: LoadReview) -> str:
    """Whose load it is: client, source, signal."""
    signal = seen.signal.words if seen.signal else seen.load.object.replace("_", " ")
    return " / ".join([seen.account.client_name, seen.account.source_label, signal])


def aside(seen: LoadReview) -> str:
    """Which load it is, through which map, and when its delivery came."""
    received = local(seen, seen.delivery.received_at)
    test = "Test load" if seen.load.is_test else "Load"
    return f"{test} {seen.load.id}, map {seen.load.map_version}, received {received}"


def local(seen: LoadReview, at: datetime) -> str:
    """A moment in the client's time zone, `21 Nov 07:02`."""
    there = at.astimezone(zone(seen.account.client_timezone))
    return f"{there.day} {there:%b %H:%M}"


def noun(seen: LoadReview, count: int) -> str:
    """The object of the load, counted: `12 leads`."""
    return counted(count, plain(seen.load.object.replace("_", " ")))


def is_all_bad(seen: LoadReview) -> bool:
    """Whether there are rows and every one of them failed."""
    return 0 < seen.load.row_count == seen.load.verdicts[Verdict.FAILED]


def next_step(seen: LoadReview, fails: WhatFails) -> None:
    """The one thing to do next with this load, computed from where it stands."""
    load, account = seen.load, seen.account
    if load.status in _SPENT:
        next_line(
            f"Load {load.id} {_SPENT[load.status]}.",
            f"{_why_spent(seen)} Bring the file again: that opens a new load.",
            go="Bring a file",
            account=account.key,
            object=load.object,
        )
    elif load.status is LoadStatus.COMMITTED:
        next_line(
            "Next:",
            f"look at what this changed. {counted(seen.written, 'row')} went in on {_when(seen, load.committed_at)}, "
            f"{'let in unattended for' if seen.is_unattended else 'approved by'} {plain(seen.approved_by)}.",
            go="Compare with a baseline",
            to="baseline_vs_current",
            client=account.client_key,
        )
    elif load.status is LoadStatus.APPROVED:
        next_line(
            "The test was accepted.",
            "Nothing of it was written. Bring the same file without the test switch, and its rows can count.",
            go="Bring the file",
            account=account.key,
            object=load.object,
        )
    else:
        _next_in_review(seen, fails)


def _next_in_review(seen: LoadReview, fails: WhatFails) -> None:
    failed = seen.load.verdicts[Verdict.FAILED]
    map_link = {"account": seen.account.key, "object": seen.load.object}
    if is_all_bad(seen):
        next_line("Next:", "look at the map. Every row fails.", go="Look at the map", to="field_maps", **map_link)
    elif not seen.load.row_count:
        next_line("The file holds no rows.", "Reject it, and ask the provider for the file again.")
    elif seen.blockers:
        next_line("Approval is blocked.", plain(seen.blockers[0]))
    elif failed:
        most = fails.failing[0].rows if fails.failing else failed
        why = "all for one reason" if most == failed else f"{most:,} of them for one reason"
        fail = "row fails" if failed == 1 else "rows fail"
        next_line("Next:", f"{failed:,} {fail}, {why}. Look at step 3, then approve.")
    else:
        next_line("Next:", f"nothing fails. Look through the rows, then approve {counted(seen.written, 'row')}.")


def standing(seen: LoadReview) -> None:
    """What a person must know before the first step: seen before, a test, undone, rejected, failed."""
    load = seen.load
    if from_address("again") == "1":
        st.info(
            f"**Already seen.** This file came in before and is load {load.id}. Nothing was read twice, "
            "and nothing changed.",
            icon=":material/info:",
        )
    if load.is_test:
        st.info(
            "**A test import.** It is judged like any other, and writes no record and no metric.",
            icon=":material/info:",
        )
    if load.status is LoadStatus.FAILED:
        note = plain(load.error_note or "No note was written.")
        st.error(f"**The load stopped half way.** {note} Nothing of it counts.", icon=":material/close:")


def all_bad_first(seen: LoadReview, fails: WhatFails) -> None:
    """Everything failed: the likely cause before any rows, since it is one mistake and not a thousand."""
    if not is_all_bad(seen):
        return
    rows = seen.load.row_count
    one = next((kind for kind in fails.failing if kind.rows == rows), None)
    missing = next((text for text in seen.load.warnings if "missing from the file" in text), "")
    fact = "Every row fails the same check." if one else f"Every one of the {counted(rows, 'row')} fails."
    cause = "This is usually the wrong file or the wrong map."
    told = " ".join(part for part in (one.sentence if one else "", missing) if part)
    all_bad(
        fact, f"{cause} {told}".strip(), "Nothing would be committed: reject it, or mend the map and bring it again."
    )


def funnel_cell(number: int, seen: LoadReview) -> None:
    """Six boxes from the file to the table, each accounting for the one before it; a loss is red where it happens."""
    load = seen.load
    rows, failed = load.row_count, load.verdicts[Verdict.FAILED]
    read = rows - seen.rejected
    checked = failed - seen.rejected
    with cell(
        number,
        "From file to table",
        why="No row is lost on the way: each box accounts for the one before it.",
        result=badge("Adds up", GOOD) if seen.adds_up else badge("Does not add up", STOPPED),
    ):
        boxes(
            [
                ("Received", f"{rows:,}", f"one file, {size(seen.delivery.byte_count)}"),
                ("Read", f"{read:,}", _loss(seen.rejected, "line refused", "lines refused") or "0 lines refused"),
                ("Mapped", f"{read:,}", f"map {load.map_version}"),
                ("Valid", f"{rows - failed:,}", _loss(checked, "fails a check", "fail a check") or "none fails"),
                ("In review", f"{rows:,}", _review_remark(seen)),
                ("Committed", f"{_committed(seen):,}", _committed_remark(seen)),
            ],
            key="funnel",
        )


def verdicts_cell(number: int, seen: LoadReview) -> None:
    """What happens to each row, beside what each row is."""
    load = seen.load
    shown = [load.verdicts[verdict] for verdict in Verdict]
    with cell(
        number,
        "Verdicts and classes",
        why=f"The verdict says what happens to a row. The class says whether it counts. Uses step {number - 1}.",
        result=f":gray[{' + '.join(f'{count:,}' for count in shown)} = {load.row_count:,}]",
    ):
        left, right = st.columns(2, gap="large")
        with left, st.container(key="narrow-verdicts"):
            reading_table(
                [
                    {"Verdict": verdict_badge(verdict), "Rows": load.verdicts[verdict], "Means": _means(seen, verdict)}
                    for verdict in Verdict
                ]
            )
        with right, st.container(key="narrow-classes"):
            reading_table(
                [{"Class": class_mark(kind), "Rows": load.classes[kind], "Means": _counts(kind)} for kind in RowClass]
            )


def size(count: int) -> str:
    """Bytes in words: `16.6 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _means(seen: LoadReview, verdict: Verdict) -> str:
    if not seen.load.verdicts[verdict]:
        return "–"
    reasons = seen.load.reasons
    left_out = "already in this file" if reasons.get("in_file") else "the same row again"
    new = plain(f"new {seen.load.object.replace('_', ' ')}s")
    return {
        Verdict.CREATED: new,
        Verdict.UPDATED: "known, and changed since",
        Verdict.DUPLICATE: left_out,
        Verdict.FAILED: "held for a person",
        Verdict.IGNORED: "unchanged",
    }[verdict]


def _counts(kind: RowClass) -> str:
    return "counted" if kind is RowClass.GENUINE else "shown, not counted"


def _loss(count: int, one: str, many: str) -> str:
    return f":red[× {count:,} {one if count == 1 else many}]" if count else ""


def _committed(seen: LoadReview) -> int:
    return seen.written if seen.load.status is LoadStatus.COMMITTED else 0


def _committed_remark(seen: LoadReview) -> str:
    if seen.load.status is LoadStatus.IN_REVIEW:
        return "a test writes none" if seen.load.is_test else f"{seen.written:,} on approval"
    if seen.load.status is LoadStatus.COMMITTED:
        return badge("Committed", GOOD)
    return badge(str(seen.load.status).replace("_", " ").capitalize(), NOTHING)


def _review_remark(seen: LoadReview) -> str:
    if seen.load.status is LoadStatus.IN_REVIEW:
        return ":blue-badge[You are here]"
    return "nobody looked" if seen.is_unattended else "looked at"


def _when(seen: LoadReview, at: datetime | None) -> str:
    return local(seen, at) if at else "an unknown day"


def _why_spent(seen: LoadReview) -> str:
    if seen.load.status is LoadStatus.UNDONE:
        when = _when(seen, seen.undone_at)
        return f"{plain(seen.undone_by)} undid it on {when}: {plain(seen.undo_reason)}."
    return f"{plain(seen.load.error_note)}." if seen.load.error_note else ""


def file_line(seen: LoadReview) -> None:
    """Which file this is, said in its own voice, and its days."""
    days = ""
    if seen.load.range_from and seen.load.range_to:
        first, last = seen.load.range_from, seen.load.range_to
        given = "as given" if seen.delivery.is_range_given else "taken from the rows"
        start = f"{first.day} {first:%b %Y} to " if first != last else ""
        days = f" · {start}{last.day} {last:%b %Y}, {given}"
    partial = f" {badge('Partial', ATTENTION)}" if seen.delivery.is_partial else ""
    by_hand = is_by_hand(seen.delivery.kind)
    did = "entered" if by_hand else "brought"
    by = f" · {did} by {plain(seen.imported_by)}" if seen.imported_by else ""
    why = f" {badge(LABEL, ATTENTION)} :small[:gray[{plain(seen.delivery.by_hand_reason)}]]" if by_hand else ""
    st.markdown(f":small[{said(seen.delivery.file_name)}:gray[{days}{by}]]{partial}{why}")
