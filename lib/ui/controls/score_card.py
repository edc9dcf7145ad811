"""The score card of each account: how clean its deliveries come in and how much work they make, as a trend over loads."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.services.loading.score_card import ScoreCard
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted


def scores_cell(number: int, cards: tuple[ScoreCard, ...]) -> None:
    """One line an account, the worst first, with its first-pass yield load by load."""
    shown = [card for card in cards if card.loads]
    why = (
        "The share of rows that came through without anybody, load by load: they neither fail nor were touched by hand."
    )
    with cell(number, "Score card", why=why, result=counted(len(shown), "account")):
        if not shown:
            empty(
                "No load came to review yet.",
                "Its first-pass yield, the time to its approval and what was touched by hand appear here.",
                go="Bring a file",
                to="import_review",
            )
            return
        working_table(
            pd.DataFrame([_line(card) for card in shown]),
            alt="How clean each account sends",
            key="score-cards",
            config={
                "Load by load": st.column_config.LineChartColumn(y_min=0, y_max=100),
                "First pass": st.column_config.NumberColumn(format="%.1f %%", help="Of all rows of these loads."),
                "Change": st.column_config.NumberColumn(
                    format="%+.1f", help="Points between the older half of the loads and the newer one."
                ),
                "Hours to approval": st.column_config.NumberColumn(format="%.1f", help="The median."),
                "Touched by hand": st.column_config.NumberColumn(
                    help="Rows in which somebody mended a cell or about which one decided, each once, also where they fail "
                    "still. Rows that fail and that nobody touched are not among them."
                ),
                "Failure again": st.column_config.NumberColumn(
                    help="Loads with a failure that the load before them had too."
                ),
            },
        )


def _line(card: ScoreCard) -> dict[str, object]:
    return {
        "Account": f"{card.account.client_name}, {card.account.source_label}",
        "Loads": len(card.loads),
        "Load by load": [round(item.first_pass_percent, 1) for item in card.loads],
        "First pass": card.first_pass_percent,
        "Change": card.change,
        "Hours to approval": card.hours,
        "Touched by hand": card.touched,
        "Failure again": card.repeating,
    }
