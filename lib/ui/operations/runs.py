"""The second step of the operations page: the way of all rows as a funnel whose boxes open, and every run (R5)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.imports import DeliveryKind
from lib.domain.states import DeliveryStatus
from lib.services.running import run_history
from lib.services.running.run_history import SPANS, Funnel, History, RunLine
from lib.services.setup.account_watch import Watched
from lib.ui.entry.guard import Visit
from lib.ui.operations.address import EVERY, days_asked, kept
from lib.ui.operations.opened import opened_box, short
from lib.ui.parts.address import choice, from_address, to_address
from lib.ui.parts.marks import ATTENTION, STOPPED, badge, load_badge
from lib.ui.parts.notebook import cell, empty, turn
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.load_list import moment

_COLUMNS = {
    "Received, UTC": 95,
    "Source": 175,
    "What came": 225,
    "How, by whom": 190,
    "Days": 115,
    "Rows": 45,
    "Status": 165,
}
_KINDS = {
    DeliveryKind.FILE: "file",
    DeliveryKind.WEBHOOK: "webhooks",
    DeliveryKind.API: "API pull",
    DeliveryKind.DROP: "drop folder",
    DeliveryKind.MANUAL: "by hand",
}
_BOXES = ("received", "read", "mapped", "valid", "review", "committed")
_DAYS_KEY = "operations-days"


def runs_cell(number: int, visit: Visit, seen: Sequence[Watched], found: History, account: str, client: str) -> None:
    """Whose runs, over which span; the funnel; what lies behind an opened box; and the runs, newest first."""
    funnel = found.funnel
    with cell(
        number,
        "Runs",
        why="Everything that came in, however it came, and what became of its rows. A box opens into its reasons.",
        result=f"{counted(funnel.received, 'run')} in {found.days} days",
    ):
        _scope(seen)
        if not funnel.received:
            empty(
                f"Nothing came in the last {found.days} days.",
                "Every file, webhook, pull and entry by hand is listed here.",
            )
            return
        _boxes(funnel)
        box = from_address("box")
        if box in _BOXES[1:]:
            opened_box(visit, box, visit.read(run_history.opened, box, account, client=client, days=found.days))
        _runs(found)


def _scope(seen: Sequence[Watched]) -> None:
    names = {EVERY: "Every account"}
    names |= {item.account.key: f"{item.account.client_name}, {item.account.source_label}" for item in seen}
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        choice("Account", list(names), "account", names=names)
    with right:
        st.session_state[_DAYS_KEY] = days_asked()
        st.segmented_control(
            "Days back",
            list(SPANS),
            key=_DAYS_KEY,
            required=True,
            format_func=lambda days: f"{days} days",
            on_change=lambda: to_address(days=st.session_state[_DAYS_KEY], page=""),
        )


def _boxes(funnel: Funnel) -> None:
    """Six boxes; the name of each opens it, and a loss is red where it happens."""
    told = [
        ("received", "Received", funnel.received, "delivery" if funnel.received == 1 else "deliveries"),
        (
            "read",
            "Read",
            funnel.read,
            _loss(funnel.refused, "file refused", "files refused") or "rows, no file refused",
        ),
        ("mapped", "Mapped", funnel.mapped, _not_mapped(funnel)),
        ("valid", "Valid", funnel.valid, _loss(funnel.failed, "row fails", "rows fail") or "no row fails"),
        ("review", "In review", funnel.waiting, _waits(funnel)),
        ("committed", "Committed", funnel.written, f"{funnel.left_out:,} left out" if funnel.left_out else "rows"),
    ]
    open_now = from_address("box")
    with st.container(key="boxes-operations"):
        columns = st.columns(len(told), gap="xxsmall")
    for column, (box, name, count, remark) in zip(columns, told, strict=True):
        with column, st.container(border=True, gap=None, height="stretch", key=f"box-{box}"):
            if box == "received":
                st.markdown(f":small[:gray[{name}]]")
            else:
                words = f":small[:blue[{name} {'▾' if box == open_now else '▸'}]]"
                turn(words, is_quiet=True, **kept(box="" if box == open_now else box))
            st.markdown(f"### {count:,}")
            st.markdown(f":small[{remark}]")


def _not_mapped(funnel: Funnel) -> str:
    told = [
        _loss(funnel.stopped_rows, "row given up", "rows given up"),
        f"{funnel.not_loaded:,} not imported" if funnel.not_loaded else "",
    ]
    return ", ".join(part for part in told if part) or "rows, all of them"


def _waits(funnel: Funnel) -> str:
    return f"{counted(funnel.waiting_loads, 'load')} to decide on" if funnel.waiting_loads else "nothing waits"


def _loss(count: int, one: str, many: str) -> str:
    return f":red[× {count:,} {one if count == 1 else many}]" if count else ""


def _runs(found: History) -> None:
    navigating_table(_COLUMNS, [_row(line) for line in found.runs], key="runs")
    if found.pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            if found.page > 1:
                turn("Newer", **kept(page=found.page - 1))
            if found.page < found.pages:
                turn("Older", **kept(page=found.page + 1))
            st.markdown(f":small[:gray[Page {found.page} of {found.pages}]]")


def _row(line: RunLine) -> tuple[str, str, dict[str, object], list[str]]:
    run = line.run
    objects = ", ".join(dict.fromkeys(load.object.replace("_", " ") for load in line.loads))
    kind = _KINDS.get(DeliveryKind(run.kind), run.kind)
    cells = [
        plain(line.account.source_label) + (f", {plain(objects)}" if objects else ""),
        said(short(run.file_name)) or ":gray[–]",
        f"{plain(kind)}, {plain(run.received_by)}",
        _days(line),
        "–" if run.row_count is None else f"{run.row_count:,}",
        f"{_status(line)}{_note(line)}",
    ]
    address: dict[str, object] = {"load": line.loads[-1].id} if line.loads else {"account": line.account.key}
    return moment(run.received_at), "import_review", address, cells


def _status(line: RunLine) -> str:
    if line.run.status is DeliveryStatus.REFUSED:
        return badge("Refused", STOPPED)
    if not line.loads:
        return badge("Not imported", ATTENTION)
    load = line.loads[-1]
    return load_badge(load.status) + (" test" if load.is_test else "")


def _note(line: RunLine) -> str:
    """The error note, where there is one: why it was refused, stopped or entered by hand, or how many rows failed."""
    failed = sum(load.failed for load in line.loads)
    note = line.run.error_note or next((load.error_note for load in line.loads if load.error_note), "")
    note = note or line.run.by_hand_reason
    words = _cut(note) if note else f"{counted(failed, 'row')} failed" if failed else ""
    partial = ", partial" if line.run.is_partial else ""
    return f" {plain(words)}{partial}" if words or partial else ""


def _days(line: RunLine) -> str:
    first, last = line.run.range_from, line.run.range_to
    if first is None or last is None:
        return "–"
    if first == last:
        return f"{first.day} {first:%b}"
    return f"{first.day} {first:%b} to {last.day} {last:%b}"


def _cut(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:69].rstrip()}…"
