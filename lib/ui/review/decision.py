"""The fifth step of a review: what approval does before it is pressed, the bar that decides, and doing what it asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.running.queueing import queue_approval, queue_undo
from lib.pipeline.running.retention import reject_load
from lib.services.reviewing import review
from lib.services.reviewing.review import LoadReview
from lib.services.running.jobs import JobLine
from lib.ui.entry.door import show_bug, show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge, verdict_badge
from lib.ui.parts.notebook import cell, decision_bar, governed
from lib.ui.parts.words import counted, plain
from lib.ui.review.cells import noun
from lib.ui.review.work import approved, is_deciding, is_large, undone

_ASKED = "import-review-asked"


@dataclass(frozen=True)
class Asked:
    """A decision as it was pressed: about which load of how many rows, on which counts, and why."""

    verb: str
    load_id: int
    rows: int
    seen: dict[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a decision: a sentence, or what stopped it."""

    sentence: str = ""
    trouble: Exception | None = None


def decided(visit: Visit) -> Outcome | None:
    """Do what was pressed, once, before the page reads anything; None when nothing was.

    The counts are those the button stood beside, not those read now: whoever pressed it has seen no others.
    """
    asked = st.session_state.pop(_ASKED, None)
    if not isinstance(asked, Asked):
        return None
    try:
        if not visit.may(Right.APPROVE_LOADS):
            visit.viewer.require(Right.APPROVE_LOADS)
            visit.actor.require(Right.APPROVE_LOADS)
        if asked.verb in ("approve", "undo") and is_large(visit, asked.rows):
            to_address(job=_queue(visit, asked))
            return None
        to_address(job="")
        return Outcome(_do(visit, asked))
    except Exception as trouble:  # shown where the page has its place for it, below its head
        return Outcome(trouble=trouble)


def show_outcome(outcome: Outcome | None) -> None:
    """Below the page's head: what was done, or why it was not."""
    if outcome is None:
        return
    if isinstance(outcome.trouble, DeskError):
        show_trouble(outcome.trouble)
    elif outcome.trouble is not None:
        show_bug(outcome.trouble)
    else:
        st.success(outcome.sentence, icon=":material/check:")


def _queue(visit: Visit, asked: Asked) -> int:
    if asked.verb == "approve":
        return queue_approval(visit.desk, visit.actor, asked.load_id, asked.seen)
    return queue_undo(visit.desk, visit.actor, asked.load_id, asked.reason)


def _do(visit: Visit, asked: Asked) -> str:
    if asked.verb == "approve":
        with st.spinner(f"Writing the rows of load {asked.load_id}"):
            approve(visit.desk, visit.actor, asked.load_id, asked.seen)
        return approved(visit.read(review.look_at, asked.load_id))
    if asked.verb == "reject":
        visit.act(reject_load, asked.load_id, asked.reason)
        return "**Rejected.** Nothing was written, and the file is kept: bring it again to open a new load."
    with st.spinner(f"Undoing load {asked.load_id}"):
        return undone(undo_load(visit.desk, visit.actor, asked.load_id, asked.reason))


def decide_cell(number: int, seen: LoadReview) -> None:
    """What approval does, said before it is pressed; what stands in its way, and what to know."""
    load = seen.load
    if load.status is not LoadStatus.IN_REVIEW:
        with cell(number, "Decide", why="The decision on this load has been made.", result=_made(seen)):
            st.markdown(f":small[:gray[{_made_by(seen)}]]")
            _warnings(seen)
        return
    with cell(
        number,
        "Decide",
        why="What approval does, before you press it. The bar below stays in reach from every step. Uses steps 1 to 4.",
        result=_gate(seen),
    ):
        governed(_effect(seen))
        st.markdown(f":small[:gray[{_meaning(seen)}]]")
        for sentence in seen.blockers:
            st.error(f"**In the way.** {plain(sentence)}", icon=":material/close:")
        if seen.refusal:
            st.info(f"**Read only.** {plain(seen.refusal)}", icon=":material/info:")
        _warnings(seen)


def _gate(seen: LoadReview) -> str:
    if seen.blockers:
        return badge("Blocked", STOPPED)
    if seen.account.is_four_eyes:
        return ":gray-badge[:material/group: Needs a second person]"
    return badge("Ready", GOOD) if not seen.load.warnings else badge("Ready, with warnings", ATTENTION)


def _effect(seen: LoadReview) -> str:
    held, out = seen.held_back, seen.left_out
    if seen.load.is_test:
        return f"This is a test: {counted(seen.load.row_count, 'row')} were judged, and approval writes none of them."
    parts = [f"{counted(seen.written, 'row')} {'goes' if seen.written == 1 else 'go'} in"]
    if held:
        parts.append(f"{held:,} {'waits' if held == 1 else 'wait'} for a person")
    if out:
        parts.append(f"{out:,} {'stays' if out == 1 else 'stay'} out")
    return f"{', '.join(parts)}."


def _meaning(seen: LoadReview) -> str:
    apart = sum(seen.set_apart.values())
    count = seen.written - apart
    words = [f"{count:,} of the {seen.written:,} {'counts' if count == 1 else 'count'}"]
    kinds = [f"{number:,} {name.replace('_', ' ')}" for name, number in seen.set_apart.items()]
    if kinds:
        words.append(f"; {', '.join(kinds)} {'is' if apart == 1 else 'are'} kept and shown, not counted")
    new = seen.load.verdicts[Verdict.CREATED]
    by = f" Submitted by {plain(seen.imported_by)}." if seen.imported_by else ""
    return f"{''.join(words)}. {noun(seen, new)} {'is' if new == 1 else 'are'} new.{by}"


def _warnings(seen: LoadReview) -> None:
    if seen.load.warnings:
        is_open = seen.load.status is LoadStatus.IN_REVIEW
        told = "To know beforehand; none of these stops an approval:" if is_open else "What was said of it beforehand:"
        st.markdown(f":small[:gray[{told}]]")
        st.markdown("\n".join(f"- :small[{plain(warning)}]" for warning in seen.load.warnings))


def _made(seen: LoadReview) -> str:
    looks = {LoadStatus.COMMITTED: GOOD, LoadStatus.APPROVED: GOOD, LoadStatus.UNDONE: NOTHING}
    words = "Test accepted" if seen.load.is_test and seen.load.status is LoadStatus.APPROVED else seen.load.status
    return badge(str(words).replace("_", " ").capitalize(), looks.get(seen.load.status, STOPPED))


def _made_by(seen: LoadReview) -> str:
    if seen.approved_by:
        return f"Approved by {plain(seen.approved_by)}, submitted by {plain(seen.imported_by)}."
    note = f" Why: {plain(seen.load.error_note)}" if seen.load.error_note else ""
    return f"Submitted by {plain(seen.imported_by)}.{note}"


def bar(visit: Visit, seen: LoadReview, job: JobLine | None) -> None:
    """The bar at the foot of a load in review: what it holds left, refusal and approval right.

    While the worker carries a decision out there is none to be made.
    """
    load = seen.load
    if load.status is not LoadStatus.IN_REVIEW or is_deciding(job):
        return
    may = visit.may(Right.APPROVE_LOADS)
    with decision_bar():
        with st.container(key="decision-facts", horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(" ".join([f"**Load {load.id}**", *_facts(seen)]), width="content")
            why = seen.refusal or (seen.blockers[0].split(". ")[0] if seen.blockers else "")
            if why:
                st.markdown(f":small[:gray[{plain(why)}]]", width="stretch")
        _reject(seen, may)
        st.button(
            _button(seen),
            type="primary",
            key=f"approve-{load.id}",
            shortcut="Ctrl+Enter",
            disabled=not may or bool(seen.refusal) or bool(seen.blockers),
            on_click=_ask,
            args=(Asked("approve", load.id, load.row_count, _seen_counts(seen)),),
        )


def _facts(seen: LoadReview) -> list[str]:
    shown = (Verdict.CREATED, Verdict.UPDATED, Verdict.FAILED)
    found = [verdict_badge(verdict, seen.load.verdicts[verdict]) for verdict in shown if seen.load.verdicts[verdict]]
    return [*found, f":gray-badge[– {seen.left_out:,} left out]"] if seen.left_out else found


def _button(seen: LoadReview) -> str:
    if seen.load.is_test:
        return f"Accept the test of {counted(seen.load.row_count, 'row')}, write none"
    parts = [f"Approve {counted(seen.written, 'row')}"]
    if seen.held_back:
        parts.append(f"hold {seen.held_back:,}")
    if seen.left_out:
        parts.append(f"leave out {seen.left_out:,}")
    return ", ".join(parts)


def _reject(seen: LoadReview, may: bool) -> None:
    load_id = seen.load.id
    with st.popover("Reject, keep the file", type="tertiary", disabled=not may, key=f"reject-{load_id}"):
        reason = st.text_input(
            "Why", key=f"reject-why-{load_id}", live="200ms", help="Stays with the load, for whoever looks at it next."
        )
        if not (reason or "").strip():
            st.markdown(":small[:gray[A reason is needed first.]]")
        st.button(
            f"Reject load {load_id}, write none of its {counted(seen.load.row_count, 'row')}",
            key=f"reject-now-{load_id}",
            disabled=not (reason or "").strip(),
            on_click=ask_because,
            args=("reject", load_id, seen.load.row_count, f"reject-why-{load_id}"),
        )


def _ask(asked: Asked) -> None:
    st.session_state[_ASKED] = asked


def _seen_counts(seen: LoadReview) -> dict[str, int]:
    return {str(verdict): count for verdict, count in seen.load.verdicts.items()}


def ask_because(verb: str, load_id: int, rows: int, key: str) -> None:
    """Note down, when a button is pressed, what is to be done to a load and the reason that stands in a text field."""
    _ask(Asked(verb, load_id, rows, reason=str(st.session_state.get(key) or "").strip()))
