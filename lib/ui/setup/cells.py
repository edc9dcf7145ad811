"""The cells of one account's setup that are read: the way so far, its objects, its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from lib.domain.ladder import ObjectStanding, Rung
from lib.domain.states import AccountStatus, MapStatus
from lib.services.setup.account_setup import AccountSetup, Happening
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, UNDER_WAY, badge, load_badge, verdict_marks
from lib.ui.parts.notebook import cell, empty, link, next_line
from lib.ui.parts.signals import signals_in_words
from lib.ui.parts.tables import navigating_table, reading_table
from lib.ui.parts.words import counted, plain

_OBJECT_COLUMNS = {"Object": 140, "Signal": 180, "Map": 160, "Last load": 160, "Its rows": 320}
# Which page climbs a rung, and what its link says; rungs 1 and 2 are climbed in the cells below.
_CLIMBS = {
    3: ("field_maps", "Map its fields"),
    4: ("import_review", "Import a test file"),
    5: ("baseline_vs_current", "Capture a baseline"),
}


def head_context(setup: AccountSetup) -> str:
    """Client, source and signals, as every number of it is labelled."""
    account = setup.account
    kept = [item.signal for item in setup.standing.used or setup.standing.objects]
    signals = dict.fromkeys(kept)
    words = signals_in_words(signals) if len(signals) < 4 else f"{len(signals)} signals"
    return f"{account.client_name} / {account.source_label} / {words}"


def next_step(setup: AccountSetup) -> None:
    """The lowest rung that lacks something, and where it is climbed."""
    account = setup.account
    if account.status is AccountStatus.PAUSED:
        next_line("It is paused.", "Nothing is imported for it until somebody resumes it in step 1.")
        return
    rung = next((item for item in setup.rungs if not item.is_proven), None)
    if rung is None or rung.number == 6:
        next_line("Nothing is missing below live.", "Rungs 1 to 5 are proven; publishing to the client comes after.")
        return
    lacking = next(item for item in rung.evidence if not item.is_proven)
    fact = f"Rung {rung.number}, {rung.name.lower()}: {_lower(lacking.what)} {_lower(lacking.found)}."
    if rung.number in _CLIMBS:
        page, words = _CLIMBS[rung.number]
        next_line(rung.way, plain(fact), go=words, to=page, account=account.key)
    else:
        next_line(rung.way, plain(fact))


def ladder_cell(number: int, setup: AccountSetup) -> None:
    """The six rungs, each with its evidence in words: proven ones closed, the others open."""
    result = badge(f"Rung {setup.rung} of 6", GOOD if setup.rung == 6 else UNDER_WAY)
    why = "An account climbs by evidence. Each rung says what proves it, who accepted it, and when it goes stale."
    with cell(number, "The way so far", why=why, result=result):
        for rung in setup.rungs:
            _rung(rung, setup.account.key)


def objects_cell(number: int, setup: AccountSetup) -> None:
    """What it sends: each object with its one signal, its map and its newest load."""
    used, objects = setup.standing.used, setup.standing.objects
    with cell(
        number,
        "Objects",
        why="Each object has exactly one signal, a map of its own and loads of its own. Uses step 1.",
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
        reading_table(
            [
                {
                    "When": _moment(item.at),
                    "What": plain(item.action.capitalize()),
                    "On": plain(_subject(item)),
                    "Detail": plain(_detail(item.detail)),
                    "Who": plain(item.person),
                }
                for item in timeline
            ]
        )


def _rung(rung: Rung, key: str) -> None:
    icon = ":material/check_circle:" if rung.is_proven else ":material/radio_button_unchecked:"
    proven = sum(item.is_proven for item in rung.evidence)
    if rung.is_proven:
        mark = badge("Proven", GOOD)
    elif rung.number == 6:
        mark = badge("Waits for the rungs below", NOTHING)
    else:
        mark = badge(f"{proven} of {len(rung.evidence)}", NOTHING if not proven else ATTENTION)
    with st.expander(f"**{rung.number} {rung.name}** {mark}", expanded=not rung.is_proven, icon=icon, type="step"):
        lines = [
            {
                "What": plain(item.what),
                "Evidence": plain(item.found) if item.is_proven else f":gray[{plain(item.found)}]",
                "Accepted by": plain(item.accepted_by) if item.is_proven else "",
                "Stale": plain(item.stale),
            }
            for item in rung.evidence
        ]
        # A column that says nothing anywhere would push the others off a phone.
        told = [name for name in lines[0] if any(line[name] for line in lines)]
        with st.container(key=f"narrow-{rung.number}"):
            reading_table([{name: line[name] for name in told} for line in lines], has_header=False)
        if rung.number in _CLIMBS:
            page, words = _CLIMBS[rung.number]
            link(words if not rung.is_proven else "Look at it", page, account=key)
        elif not rung.is_proven:
            st.markdown(f":small[:gray[{plain(rung.way)}]]")


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


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _subject(item: Happening) -> str:
    return (
        "the account" if item.subject_type == "account" else f"{item.subject_type.replace('_', ' ')} {item.subject_id}"
    )


def _detail(detail: Mapping[str, object]) -> str:
    """What the line keeps beside its subject, in words a person can read."""

    def words(value: object) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{count:,} {name}" for name, count in value.items() if count)
        if isinstance(value, list):
            return ", ".join(str(item).replace("_", " ") for item in value)
        return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

    return "; ".join(
        words(value) if isinstance(value, Mapping) else f"{name.replace('_', ' ')} {words(value)}"
        for name, value in detail.items()
        if value not in ("", None)
    )
