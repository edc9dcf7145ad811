"""The fourth step of the operations page: what was given up, by cause, with its age, its worth, its owner and its mend."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.running.dead_letters import Group, LetterStatus
from lib.ui.operations.address import kept
from lib.ui.operations.now import span_words
from lib.ui.parts.marks import GOOD, NOTHING, PAUSED, STOPPED, UNDER_WAY, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain, sentence

_COLUMNS = {"Cause": 235, "Source": 170, "Age": 75, "Worth": 140, "Owner": 180, "Mend": 230}
_MOST = 15
_WHAT_LANDS = (
    "A file that stays refused, a row that fails, a pull that never came through and a job that failed for good."
)
_LOOKS = {
    LetterStatus.OPEN: STOPPED,
    LetterStatus.REPLAYING: UNDER_WAY,
    LetterStatus.SNOOZED: PAUSED,
    LetterStatus.RESOLVED: GOOD,
    LetterStatus.DISCARDED: NOTHING,
}


def dead_letters_cell(number: int, groups: Sequence[Group]) -> None:
    """One line a cause, those that hold most rows up first; each opens with its rows and what can be done."""
    rows = sum(group.rows for group in groups)
    with cell(
        number,
        "Dead letters",
        why="What came to nothing after its last try, one line a cause. It waits here until somebody mends or discards it.",
        result=badge(f"{counted(len(groups), 'cause')}, {counted(rows, 'row')}", STOPPED)
        if groups
        else badge("Nothing was given up", GOOD),
    ):
        if not groups:
            st.markdown(f":small[:gray[{_WHAT_LANDS}]]")
            return
        ordered = sorted(
            groups, key=lambda group: (group.status is LetterStatus.SNOOZED, -group.rows, group.first_seen)
        )
        navigating_table(_COLUMNS, [_row(group) for group in ordered[:_MOST]], key="dead-letters")
        if len(ordered) > _MOST:
            st.markdown(f":small[:gray[{counted(len(ordered) - _MOST, 'cause')} more; choose an account above.]]")


def cause_words(group: Group) -> str:
    """A cause in a few words: `Unreadable date, occurred at`."""
    words = group.code.replace("_", " ").capitalize()
    return f"{words}, {group.field}" if group.field else words


def status_badge(group: Group) -> str:
    """Where a cause stands."""
    return badge(str(group.status).capitalize(), _LOOKS[group.status])


def _row(group: Group) -> tuple[str, str, dict[str, object], list[str]]:
    snoozed = f" {status_badge(group)}" if group.status is not LetterStatus.OPEN else ""
    cells = [
        f"{plain(group.source_label)}{f', {plain(group.object)}' if group.object else ''}".replace("\\_", " "),
        span_words(group.age),
        plain(group.what_it_is_worth),
        plain(group.owner),
        f"{sentence(group.mend)}{snoozed}",
    ]
    return plain(cause_words(group)), "", kept(cause=group.fingerprint), cells
