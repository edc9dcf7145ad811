"""What happened on the desk, newest first: setup, maps, runs, numbers, tasks and people in one list (F99)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.ladder.connectors import Connector
from lib.errors import DeskError
from lib.services.running import timeline
from lib.services.running.timeline import KINDS, MOST
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import choice, from_address
from lib.ui.parts.happenings import happenings_table
from lib.ui.parts.notebook import cell, empty, turn
from lib.ui.parts.words import counted

_LINES = 20


def timeline_cell(number: int, visit: Visit, accounts: Sequence[Connector], client: str = "") -> None:
    """The newest lines of every client in scope or of one, narrowed to an account, a person and a kind by the address."""
    keys = [item.key for item in accounts]
    # What an address says of another client's account, or of a kind that there is not, is no question.
    asked = {
        "account": from_address("at") if from_address("at") in keys else "",
        "person": from_address("who"),
        "kind": from_address("kind") if from_address("kind") in KINDS else "",
    }
    lines = min(int(from_address("lines")), MOST) if from_address("lines").isdecimal() else _LINES
    try:
        found = visit.read(timeline.timeline, client=client, limit=lines, **asked)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    why = "Who did what, newest first; what the desk did by itself stands under its own name. Nobody can change it."
    with cell(number, "What happened", why=why, result=f"{counted(len(found.lines), 'line')}, newest first"):
        _filters(accounts, found.people, asked["person"])
        if not found.lines:
            empty(
                "Nothing of the kind has happened.", "Every change, import and approval is written here as it happens."
            )
            return
        happenings_table(found.lines, names_account=True)
        if found.has_more and lines < MOST:
            turn(
                f"Show {_LINES} older lines",
                at=asked["account"],
                who=asked["person"],
                kind=asked["kind"],
                lines=lines + _LINES,
            )


def _filters(accounts: Sequence[Connector], people: Sequence[str], person: str) -> None:
    labels = {item.key: f"{item.source_label} ({item.key})" for item in accounts}
    places = st.columns(3)
    with places[0]:
        choice("Account", ["", *labels], "at", names={"": "Every account", **labels})
    with places[1]:
        others = [person] if person and person not in people else []
        choice("Person", ["", *people, *others], "who", names={"": "Everybody"})
    with places[2]:
        choice("Kind", ["", *KINDS], "kind", names={"": "Everything", **{name: name.capitalize() for name in KINDS}})
