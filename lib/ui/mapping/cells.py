"""The head of the field maps page: which map this is, the one thing to do next, and what the file holds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.services.mapping.draft_view import HeaderNews
from lib.services.mapping.map_desk import AccountChoice
from lib.services.mapping.map_drafts import MapDraft
from lib.services.mapping.map_samples import Sample
from lib.ui.mapping.sample_sources import sample_sources
from lib.ui.mapping.session import Work, drafts
from lib.ui.parts.address import choice, chosen
from lib.ui.parts.notebook import cell, empty, next_line
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted, plain, said

# As many columns are named where some are new or missing.
_NAMED = 12


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
    return f"{account.client_name} / {account.source_label} / {work.desk.signal.words}"


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
    elif desk.waiting is not None and view.is_version(desk.waiting, draft):
        say = "Look at its preview, then approve it in step 5." if desk.may_approve else desk.why_not
        next_line(f"Map {desk.waiting.version} waits for approval.", plain(say))
    elif not view.is_version(desk.current, draft):
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
    sample, gone = work.draft.sample, drafts().gone.get((work.draft.account, work.draft.object), "")
    with cell(number, "Source profile", why="What the file holds, before anyone interprets it.", result=_size(sample)):
        if gone:
            _say_gone(gone)
        if sample is None and not gone:
            empty(
                "There is no sample yet.",
                "Upload an export of the provider, even a short one, or begin with the invented example.",
            )
        elif sample is not None:
            st.markdown(f":small[:gray[From] {said(sample.words)}:gray[. Personal values show only their shape.]]")
            _news_of_columns(work)
            _profile_table(work)
        sample_sources(work)


def _say_gone(gone: str) -> None:
    """The sample of this draft is not here: which one, why, and what can be done."""
    st.markdown(
        f":orange[:material/change_history:] **The sample of this draft is gone.** {plain(gone)} "
        ":gray[The draft itself is kept; take another sample below to see what it makes of it.]"
    )


def _news_of_columns(work: Work) -> None:
    """What is new, missing or of another type since the header set that was known last."""
    news = work.view.drift
    if news is None:
        return
    if news.drift.is_none:
        st.markdown(f":small[:gray[The same columns as {plain(news.since)}.]]")
        return
    st.markdown(f":orange[:material/change_history:] **{plain(_drift_said(news))}** since {plain(news.since)}.")
    for lead, names in _drift_lines(news):
        st.markdown(f":small[{lead}: {plain(names)}]")


def _drift_said(news: HeaderNews) -> str:
    return news.drift.in_words[:1].upper() + news.drift.in_words[1:]


def _drift_lines(news: HeaderNews) -> list[tuple[str, str]]:
    found = news.drift
    paired = {item.was for item in found.renamed} | {item.now for item in found.renamed}
    lines = [
        ("Renamed, it seems", [f"{item.was} → {item.now} ({item.reason})" for item in found.renamed]),
        ("New", [name for name in found.new if name not in paired]),
        ("Missing", [name for name in found.missing if name not in paired]),
        ("Of another type", [f"{item.name}: {item.was}, now {item.now}".replace("_", " ") for item in found.retyped]),
    ]
    return [(lead, _listed(names)) for lead, names in lines if names]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


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
        key="map-profile",
        config=config,
        height=_height(len(lines)),
        alt="The columns of the sample",
    )


def _height(rows: int, row: int = 28, most: int = 25) -> int:
    """Pixels for a grid that shows all its rows, up to `most` of them."""
    return 2 + row * (1 + min(max(rows, 1), most))


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
