"""The cells of home: the connectors with four badges each and how their loads came in, and what came in this week."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.domain.states import AccountStatus
from lib.services.arriving.arrivals import Arrival
from lib.services.running.overview import Connector
from lib.services.running.pulses import Pulse
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.connector_badges import freshness_badge, last_run_badge, setup_badge, sign_in_badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.signals import signals_in_words
from lib.ui.parts.tables import navigating_table, working_table
from lib.ui.parts.words import counted, plain

_CONNECTOR_COLUMNS = {
    "Account": 160,
    "Signal": 165,
    "Setup": 100,
    "Sign-in": 115,
    "Last run": 115,
    "Freshness": 125,
    "Owner": 155,
}
_FILTERS = {
    "all": "All",
    "attention": "Needs attention",
    "live": "Live",
    "setup": "In setup",
}


def connectors_cell(number: int, accounts: Sequence[Connector], pulses: Sequence[Pulse] = ()) -> None:
    """What is connected: four questions about each, so four answers; and how their newest loads came in."""
    live = sum(item.status is AccountStatus.LIVE for item in accounts)
    with cell(
        number,
        "Connectors",
        why="Setup, sign-in, last run and freshness are four different questions, so they are four answers.",
        result=f"{counted(len(accounts), 'account')}, {live} live",
    ):
        shown = _filtered(accounts)
        if not shown:
            empty("No connector is in this state.", "Choose another one above; all of them are under All.")
            return
        navigating_table(
            _CONNECTOR_COLUMNS,
            [
                (
                    plain(item.source_label),
                    "provider_setup",
                    {"account": item.key},
                    [
                        signals_in_words(item.signals) if len(item.signals) < 4 else f"{len(item.signals)} signals",
                        setup_badge(item),
                        sign_in_badge(item),
                        last_run_badge(item),
                        freshness_badge(item),
                        plain(item.owner_email),
                    ],
                )
                for item in shown
            ],
            key="connectors",
        )
        _pulses([item for item in pulses if item.account in {each.key for each in shown}])


def _pulses(found: Sequence[Pulse]) -> None:
    """Rows and first-pass yield of each connector's newest loads (F155); no two are added up."""
    if not found:
        return
    clients = {item.client_name for item in found}
    frame = pd.DataFrame(
        {
            "Connector": [
                item.source_label if len(clients) == 1 else f"{item.client_name}, {item.source_label}" for item in found
            ],
            "Newest loads": [len(item.rows) for item in found],
            "Rows, load by load": [list(item.rows) for item in found],
            "Last": [item.rows[-1] for item in found],
            "First pass, load by load": [[round(each, 1) for each in item.yields] for item in found],
            "First pass": [round(item.first_pass_percent, 1) for item in found],
        }
    )
    config = {
        "Newest loads": st.column_config.NumberColumn(width="small"),
        "Rows, load by load": st.column_config.BarChartColumn(y_min=0, color="gray"),
        "Last": st.column_config.NumberColumn("Rows of the last", format="localized", width="small"),
        "First pass, load by load": st.column_config.LineChartColumn(y_min=0, y_max=100, color="gray"),
        "First pass": st.column_config.NumberColumn(
            format="%.1f %%", width="small", help="The share of rows that neither fail nor were touched by hand."
        ),
    }
    working_table(frame, key="pulses", config=config, alt="Rows and first-pass yield of each connector, load by load")


def arrivals_cell(number: int, found: Sequence[Arrival]) -> None:
    """What came in this week, signal by signal; signals are never added together (R3)."""
    last = max((item.week.last for item in found), default=None)
    with cell(
        number,
        "Arrivals",
        why="What came in this week, by signal and source. Signals are never added together.",
        result=f"7 days to {last:%A} {last.day} {last:%b}" if last else "none yet",
    ):
        if not found:
            empty("Nothing has been counted yet.", "The first load that is committed appears here, day by day.")
            return
        frame = pd.DataFrame(
            {
                "Signal": [item.signal.words for item in found],
                "Source": [f"{item.source_label}, {item.label.lower()}" for item in found],
                "This week": [None if item.this_week is None else float(item.this_week) for item in found],
                "Usual week": [None if item.usual is None else float(item.usual) for item in found],
                "Day by day": [[day or 0 for day in item.days] for item in found],
                "Reads as": [reads_as(item) for item in found],
            }
        )
        config = {
            "This week": st.column_config.NumberColumn(format="%.0f", width="small"),
            "Usual week": st.column_config.NumberColumn(
                format="%.0f", width="small", help="The mean of the four weeks before, where each of them is complete."
            ),
            "Day by day": st.column_config.BarChartColumn(y_min=0, color="gray"),
        }
        working_table(frame, key="arrivals", config=config, placeholder="–", alt="Arrivals of this week, by signal")


def reads_as(item: Arrival) -> str:
    """This week beside the four before it, in words that claim no more than the data holds."""
    if item.this_week is None:
        return "Nothing is known of this week"
    if item.missing_days:
        return f"Unfinished, {item.week.days - item.missing_days} of {item.week.days} days are here"
    if item.lowest is None or item.highest is None:
        return "Not enough data to say"
    if item.lowest <= item.this_week <= item.highest:
        return "Within ordinary variation"
    return (
        "More than in any of the 4 weeks before"
        if item.this_week > item.highest
        else "Less than in any of the 4 weeks before"
    )


def _filtered(accounts: Sequence[Connector]) -> list[Connector]:
    groups = {
        "all": list(accounts),
        "attention": [item for item in accounts if item.needs_attention],
        "live": [item for item in accounts if item.status is AccountStatus.LIVE],
        "setup": [item for item in accounts if item.status is AccountStatus.SETUP],
    }
    asked = from_address("show", "all")
    chosen = st.segmented_control(
        "Which connectors",
        list(_FILTERS),
        default=asked if asked in _FILTERS else "all",
        required=True,
        format_func=lambda name: f"{_FILTERS[name]} {len(groups[name])}",
        key="connector-filter",
        label_visibility="collapsed",
    )
    to_address(show="" if chosen == "all" else chosen)
    return groups[str(chosen)]
