"""A statement's way to the client: looked over, then published, with what is missing beside the button that waits."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.publishing.statement_states import StatementStatus
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing import statements
from lib.services.publishing.statements import StatementDraft, StatementVersion
from lib.ui.baseline.choices import Choices
from lib.ui.baseline.statement_state import WAITING, do, here, is_said, key_of
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import plain


def way_to_the_client(visit: Visit, choices: Choices, seen: ComparisonSeries, draft: StatementDraft) -> None:
    """Review, then publish: each with why not beside it."""
    newest = here(draft)
    is_waiting = newest is not None and newest.status in WAITING and is_said(newest, draft)
    if newest is not None and is_waiting and newest.status is StatementStatus.DRAFT and visit.may(Right.PUBLISH):
        _review(visit, draft, newest)
    if newest is None or newest.status is not StatementStatus.PUBLISHED or not is_said(newest, draft):
        _publish(visit, choices, seen, draft, newest if is_waiting else None)


def _review(visit: Visit, draft: StatementDraft, newest: StatementVersion) -> None:
    is_own = draft.is_four_eyes and newest.written_by == visit.actor.name
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            f"Version {newest.version} reads well and is right",
            type="primary",
            disabled=is_own,
            key=f"statement-review-{newest.id}",
            icon=":material/check:",
        )
        if is_own:
            st.markdown(
                ":small[:gray[You wrote it, and this account asks for a second person to look it over.]]",
                width="content",
            )
    if pressed and not is_own:
        do(visit, statements.review, newest.id)


def _publish(
    visit: Visit, choices: Choices, seen: ComparisonSeries, draft: StatementDraft, newest: StatementVersion | None
) -> None:
    """The one button that shows it to the client; while it cannot be pressed, what is missing stands beside it."""
    is_ready = newest is not None and newest.status is StatementStatus.REVIEWED and visit.may(Right.PUBLISH)
    reason = _override(choices, seen) if is_ready and draft.refusal and draft.may_override else ""
    why_not = _why_not_published(visit, draft, newest)
    is_refused = bool(why_not) or (bool(draft.refusal) and not reason)
    client = choices.client.name if choices.client else draft.client
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            f"Publish to the portal of {plain(client)}",
            type="primary" if is_ready else "secondary",
            disabled=is_refused,
            key="statement-publish",
        )
        if why_not:
            st.markdown(f":small[:gray[{why_not}]]", width="content")
    if draft.refusal:
        _refusal(draft)
    if pressed and newest is not None and not is_refused:
        do(visit, statements.publish, newest.id, reason)


def _override(choices: Choices, seen: ComparisonSeries) -> str:
    typed = st.text_input(
        "Why it is published nevertheless",
        key=key_of(choices, seen, "override"),
        max_chars=300,
        live="200ms",
        help="Stays with the statement and in the log, under your name.",
    )
    return (typed or "").strip()


def _why_not_published(visit: Visit, draft: StatementDraft, newest: StatementVersion | None) -> str:
    """What comes before publishing; '' once it was written and looked over."""
    if not visit.may(Right.PUBLISH):
        return "An owner of this desk looks it over and publishes it."
    if newest is None:
        return "It is written first." if not draft.problems else "The problems above come first."
    return "" if newest.status is StatementStatus.REVIEWED else "Somebody looks it over first."


def _refusal(draft: StatementDraft) -> None:
    """Why nothing can be published now, and what to do about it."""
    st.markdown(
        f":small[:orange-badge[:material/change_history: Not to be published]] "
        f":small[{plain(draft.refusal)} :gray[{plain(draft.refusal_hint)}]]"
    )
