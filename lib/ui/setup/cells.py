"""The cells of one account's setup that are read: whose it is, its objects, its timeline."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.domain.ladder.standing import ObjectStanding
from lib.domain.running.happenings import Happening
from lib.domain.states import MapStatus
from lib.services.setup.account_setup import AccountSetup
from lib.ui.parts.happenings import happenings_table
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, UNDER_WAY, badge, load_badge, verdict_marks
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.signals import signals_in_words
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain

_OBJECT_COLUMNS = {"Object": 140, "Signal": 180, "Map": 160, "Last load": 160, "Its rows": 320}


def head_context(setup: AccountSetup) -> str:
    """Client, source and signals, as every number of it is labelled."""
    account = setup.account
    kept = [item.signal for item in setup.standing.used or setup.standing.objects]
    signals = dict.fromkeys(kept)
    words = signals_in_words(signals) if len(signals) < 4 else f"{len(signals)} signals"
    return f"{account.client_name} / {account.source_label} / {words}"


def objects_cell(number: int, setup: AccountSetup) -> None:
    """What it sends: each object with its one signal, its map and its newest load."""
    used, objects = setup.standing.used, setup.standing.objects
    with cell(
        number,
        "Objects",
        why="Each object has exactly one signal, a map of its own and loads of its own.",
        result=f"{len(used)} of {counted(len(objects), 'object')} in use",
    ):
        rows = [_object_row(setup.account.key, item) for item in [*used, *(one for one in objects if not one.is_used)]]
        navigating_table(_OBJECT_COLUMNS, rows, key="objects")
        if setup.known_failures:
            with st.expander(f"What is known to mislead · {len(setup.known_failures)}", icon=":material/warning:"):
                st.markdown("\n".join(f"- :small[{plain(item)}]" for item in setup.known_failures))


def timeline_cell(number: int, timeline: tuple[Happening, ...]) -> None:
    """Everything that happened to it lately: settings, maps, deliveries, loads."""
    why = "Settings, maps, deliveries and loads of this account, newest first. Nobody can change it."
    with cell(number, "Timeline", why=why, result=counted(len(timeline), "line")):
        if not timeline:
            empty("Nothing has happened yet.", "Every change, import and approval is written here as it happens.")
            return
        happenings_table(timeline)


def _object_row(key: str, item: ObjectStanding) -> tuple[str, str, Mapping[str, object], list[str]]:
    load = item.last_load
    return (
        item.object.replace("_", " ").capitalize(),
        "import_review" if load else "field_maps",
        {"account": key, "object": item.object, "load": load.id if load else ""},
        [
            item.signal.words,
            _map_badge(item),
            f"{load.id} {load_badge(load.status)}" if load else badge("None yet", NOTHING),
            verdict_marks(load.verdicts) if load else "",
        ],
    )


def _map_badge(item: ObjectStanding) -> str:
    if item.map_version is None:
        return badge("No map yet", NOTHING)
    if item.approved_version is None:
        look = ATTENTION if item.map_status is MapStatus.SUBMITTED else UNDER_WAY
        return badge(f"Map {item.map_version} {item.map_status}", look)
    return badge(f"Map {item.approved_version} approved", GOOD)
