"""The versions of a statement: where each stands and who did what, and the form that takes one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from lib.domain.publishing.statement_states import StatementStatus
from lib.services.publishing.statements import StatementDraft, StatementVersion
from lib.ui.baseline.pickers import short_day, short_range
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, UNDER_WAY, badge
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_LOOKS = {
    StatementStatus.DRAFT: UNDER_WAY,
    StatementStatus.REVIEWED: UNDER_WAY,
    StatementStatus.PUBLISHED: GOOD,
    StatementStatus.REPLACED: NOTHING,
    StatementStatus.WITHDRAWN: ATTENTION,
}


def status_mark(version: StatementVersion) -> str:
    """`Published` with its glyph."""
    return badge(version.status.value.capitalize(), _LOOKS[version.status])


def versions_table(versions: Sequence[StatementVersion]) -> None:
    """Every version of the number's statement, newest first, folded away."""
    if not versions:
        return
    with st.expander(f"{counted(len(versions), 'version')} of it", icon=":material/history:", key="statement-versions"):
        reading_table([_line(each) for each in versions])


def withdraw_form(draft: StatementDraft, withdraw: Callable[[int, str], None]) -> None:
    """Take the version that the client sees back, with the reason they will read."""
    shown = next((each for each in draft.versions if each.status is StatementStatus.PUBLISHED), None)
    if shown is None:
        return
    with st.expander(f"Take version {shown.version} back", icon=":material/undo:", key="statement-withdraw-form"):
        reason = st.text_input(
            "Why",
            key=f"statement-withdraw-why-{shown.id}",
            max_chars=300,
            live="200ms",
            help="The client reads it where the number stood.",
        )
        why_not = "" if (reason or "").strip() else "A reason is needed first; the client reads it."
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pressed = st.button(
                f"Take version {shown.version} back", disabled=bool(why_not), key=f"statement-withdraw-{shown.id}"
            )
            if why_not:
                st.markdown(f":small[:gray[{why_not}]]", width="content")
    if pressed and not why_not:
        withdraw(shown.id, (reason or "").strip())


def _line(each: StatementVersion) -> dict[str, str | int]:
    return {
        "Version": each.version,
        "Status": status_mark(each),
        "Period": short_range(each.period),
        "Written by": _who(each.written_by, each.written_on),
        "Reviewed by": _who(each.reviewed_by, each.reviewed_on),
        "Published by": _who(each.published_by, each.published_on),
        "Remark": plain(_remark(each)),
    }


def _who(name: str, on: date | None) -> str:
    return f"{plain(name)}, {short_day(on)}" if name and on else ""


def _remark(each: StatementVersion) -> str:
    if each.ended_because:
        return each.ended_because
    return f"Before the account was live: {each.override_reason}" if each.override_reason else ""
