"""The head of the field maps page: which map this is, the one thing to do next, and what the file holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from lib.domain.people import Right
from lib.errors import DeskError
from lib.services import map_samples
from lib.services.map_desk import AccountChoice
from lib.services.map_drafts import MapDraft
from lib.services.map_samples import KeptDelivery, Sample
from lib.ui.address import choice, chosen
from lib.ui.door import show_trouble
from lib.ui.map_session import Work, drafts, sampled
from lib.ui.notebook import cell, empty, next_line
from lib.ui.signals import signal_in_words
from lib.ui.tables import working_table
from lib.ui.words import counted, plain, said

_KINDS = ["csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "xls"]


def picked(choices: Sequence[AccountChoice]) -> tuple[str, str] | None:
    """The account and object that the page is about; None where there is none to choose."""
    able = [item for item in choices if item.objects]
    key = chosen([item.key for item in able], "account")
    objects = next((item.objects for item in able if item.key == key), ())
    return (key, chosen(objects, "object")) if objects else None


def pickers(choices: Sequence[AccountChoice]) -> None:
    """Choose the account and the object; both stand in the address."""
    able = [item for item in choices if item.objects]
    with st.container(horizontal=True, key="map-pickers"):
        key = choice("Account", [item.key for item in able], "account", names={item.key: item.words for item in able})
        objects = next((item.objects for item in able if item.key == key), ())
        names = {name: name.replace("_", " ").capitalize() for name in objects}
        choice("Object", objects, "object", names=names, hint="What one row is. Each object has a map of its own.")


def nothing_to_map(choices: Sequence[AccountChoice]) -> None:
    """No account yet, or none that sends anything."""
    fact = "The accounts here send no object yet." if choices else "No provider is connected yet."
    empty(
        fact,
        "A map belongs to an account: connect a provider, say what it sends, and its fields are mapped here.",
        go="Connect a provider",
        to="provider_setup",
    )


def context(work: Work) -> str:
    """Client, source and signal, as everything is labelled (R1, R3)."""
    account = work.desk.account
    return f"{account.client_name} / {account.source_label} / {signal_in_words(work.desk.signal)}"


def version_in_words(work: Work) -> str:
    """Which version is in use and by whom, or what there is instead."""
    desk = work.desk
    if desk.waiting is not None:
        line = desk.line_of(desk.waiting.version)
        return f"Map {line.version} submitted by {line.submitted_by}"
    if desk.current is not None:
        line = desk.line_of(desk.current.version)
        return f"Map {line.version} approved by {line.approved_by}"
    return "No map yet"


def next_step(work: Work) -> None:
    """The one thing to do next with this map."""
    draft, view, desk = work.draft, work.view, work.desk
    undecided = view.undecided
    if draft.field_map is None and draft.sample is None:
        next_line("Bring a sample.", "Step 1 takes a file, and nothing of it is kept.")
    elif draft.field_map is None:
        next_line("Take the suggested map.", "Step 2 says how many fields it places; every one of them can be changed.")
    elif view.problems:
        first = view.problems[0]
        next_line(
            f"Mend {counted(len(view.problems), 'thing')} in step 2.", f"{plain(first.sentence)} {plain(first.mend)}"
        )
    elif undecided:
        _, line = undecided[0]
        next_line(
            "Decide",
            f"what *{plain(line.value)}* means. {counted(line.rows, 'row')} of the sample hold it; step 3 lists it.",
        )
    elif desk.waiting is not None and desk.is_version(desk.waiting, draft, view):
        say = "Look at its preview, then approve it in step 5." if desk.may_approve else desk.why_not
        next_line(f"Map {desk.waiting.version} waits for approval.", plain(say))
    elif not desk.is_version(desk.current, draft, view):
        next_line(f"Submit map {desk.next_version} for approval.", "Nothing stands in its way; step 5 submits it.")
    else:
        assert desk.current is not None
        next_line(
            f"Map {desk.current.version} is in use.",
            "Imports are read through it from now on.",
            go="Import a file",
            to="import_review",
            account=desk.account.key,
            object=desk.object,
        )


def profile_cell(number: int, work: Work) -> None:
    """What the sample holds, before anyone interprets it, and where to take another from."""
    sample = work.draft.sample
    with cell(number, "Source profile", why="What the file holds, before anyone interprets it.", result=_size(sample)):
        if sample is None:
            empty(
                "There is no sample yet.",
                "Upload an export of the provider, even a short one, or begin with the invented example.",
            )
        else:
            st.markdown(f":small[:gray[From] {said(sample.words)}:gray[. Personal values show only their shape.]]")
            _profile_table(work)
        _sources(work)


def _size(sample: Sample | None) -> str:
    if sample is None:
        return ":gray-badge[:material/remove: No sample]"
    part = "" if sample.is_whole else f", the first {len(sample.frame):,} profiled"
    return f":gray[{counted(sample.rows, 'row')}, {counted(len(sample.columns), 'column')}{part}]"


def _profile_table(work: Work) -> None:
    lines = work.view.profile
    frame = pd.DataFrame(
        {
            "Column": [line.name for line in lines],
            "Reads as": [line.reads_as for line in lines],
            "Filled": [line.filled_pct for line in lines],
            "Distinct": [line.distinct for line in lines],
            "Samples": [line.examples for line in lines],
        }
    )
    config = {
        "Column": st.column_config.TextColumn(width=190),
        "Reads as": st.column_config.TextColumn(width=130),
        "Filled": st.column_config.ProgressColumn(
            format="%.1f%%", min_value=0, max_value=100, color="gray", width=170, help="Rows in which it is not blank."
        ),
        "Distinct": st.column_config.NumberColumn(format="localized", width=90),
        "Samples": st.column_config.TextColumn(width="large"),
    }
    working_table(
        frame,
        key=f"map-profile-{work.draft.revision}",
        config=config,
        height=_height(len(lines)),
        alt="The columns of the sample",
    )


def _height(rows: int, row: int = 28, most: int = 25) -> int:
    """Pixels for a grid that shows all its rows, up to `most` of them."""
    return 2 + row * (1 + min(max(rows, 1), most))


def _sources(work: Work) -> None:
    """Where a sample may come from: a file, a delivery that is kept, the template's example."""
    name = "Take another sample" if work.draft.sample else "Take a sample"
    with st.expander(name, expanded=work.draft.sample is None):
        _upload(work)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if work.kept:
                _kept(work)
            if st.button("Use the provider's example", key="map-example", help="One invented row of the template."):
                _take(work, lambda draft: work.visit.read(map_samples.sample_example, draft.account, draft.object))


def _upload(work: Work) -> None:
    file = st.file_uploader(
        "An export of the provider",
        type=_KINDS,
        key=f"map-sample-{work.draft.account}-{work.draft.object}",
        help="CSV, JSON or Excel. It is read here and kept nowhere.",
        disabled=not work.visit.may(Right.EDIT_MAPS),
    )
    if file is None or file.file_id in drafts().uploads:
        return
    drafts().uploads.add(file.file_id)
    _take(work, lambda _: work.visit.read(map_samples.sample_file, file.name, file.getvalue()))


def _kept(work: Work) -> None:
    names = {str(item.id): _delivery(item) for item in work.kept}
    number = st.selectbox(
        "A delivery that is kept", list(names), format_func=names.__getitem__, key="map-kept", width=420
    )
    if st.button(f"Look at delivery {number}", key="map-kept-take"):
        _take(work, lambda _: work.visit.read(map_samples.sample_delivery, int(str(number))))


def _delivery(item: KeptDelivery) -> str:
    rows = "" if item.row_count is None else f", {counted(item.row_count, 'row')}"
    return f"{item.id}: {item.file_name}, {item.received_at.day} {item.received_at:%b %Y}{rows}"


def _take(work: Work, take: Callable[[MapDraft], Sample]) -> None:
    """Take a sample and draw the page anew; a file that is refused says why in this place."""
    try:
        with st.spinner("Reading the sample"):
            sampled(work.visit, work.draft, take(work.draft))
    except DeskError as trouble:
        show_trouble(trouble)
        return
    st.rerun()


__all__ = [
    "MapDraft",
    "context",
    "next_step",
    "nothing_to_map",
    "picked",
    "pickers",
    "profile_cell",
    "version_in_words",
]
