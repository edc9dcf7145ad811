"""Where a statement stands on the comparison page: the newest version, what is typed over it, and what was done last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from lib.domain.publishing.statement_states import StatementStatus
from lib.errors import DeskError
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing.statements import StatementDraft, StatementVersion
from lib.ui.baseline.choices import Choices
from lib.ui.entry.door import tell_then
from lib.ui.entry.guard import Visit

FIELDS = ("sentence", "next_action", "next_owner", "next_due")
WAITING = (StatementStatus.DRAFT, StatementStatus.REVIEWED)
SPENT = (StatementStatus.WITHDRAWN, StatementStatus.REPLACED)
TOLD = "statement-told"


def here(draft: StatementDraft) -> StatementVersion | None:
    """The newest version over this very comparison."""
    mine = (draft.baseline_id, draft.period)
    return next((each for each in draft.versions if (each.baseline_id, each.period) == mine), None)


def is_said(version: StatementVersion, draft: StatementDraft) -> bool:
    """Whether the form says what the version says, and would draw it alike."""
    said = (draft.sentence.strip(), draft.next_action.strip(), draft.card.next_owner, draft.next_due, draft.step)
    return said == (version.sentence, version.next_action, version.next_owner, version.next_due, version.step)


def key_of(choices: Choices, seen: ComparisonSeries, name: str) -> str:
    """The key of a field: what was typed over one comparison is not typed over another."""
    number = choices.baseline.id if choices.baseline else 0
    return f"statement-{name}-{number}-{seen.asked.first}-{seen.asked.last}-{seen.step}"


def forget(choices: Choices, seen: ComparisonSeries) -> None:
    """Let go of everything that was typed over this comparison."""
    for name in FIELDS:
        st.session_state.pop(key_of(choices, seen, name), None)


def put(key: str, text: str) -> None:
    """Put a text into a field."""
    st.session_state[key] = text


def do(visit: Visit, verb: Callable[..., StatementVersion], *args: object, **more: str | date | None) -> None:
    """Do it, and read the whole page anew; known trouble is told in the same place, and nothing was changed."""
    try:
        done = visit.act(verb, *args, **more)
        tell_then(TOLD, f"Version {done.version} is {done.status.value} now.")
    except DeskError as trouble:
        tell_then(TOLD, trouble)
    st.rerun()
