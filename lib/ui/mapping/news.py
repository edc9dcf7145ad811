"""What other people do to the draft one is editing: who is at it, what they changed, and the lines both changed."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.clock import utc_now
from lib.services.mapping.kept_drafts import Conflict, in_words
from lib.ui.mapping.session import Work, keep, read_anew
from lib.ui.parts.words import plain


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `12 minutes ago`, `on 3 Oct 2026`."""
    minutes = int((now - moment).total_seconds() // 60)
    for size, noun in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            is_long = noun == "day" and count > 30
            return f"on {moment.day} {moment:%b %Y}" if is_long else f"{count} {noun}{'s' * (count != 1)} ago"
    return "just now"


def draft_news(work: Work) -> None:
    """Who else edits the draft, what came in with one's own last edit, and what is not shown yet."""
    draft, now = work.draft, utc_now()
    if draft.kept.others:
        people = ", ".join(f"{plain(name)} ({ago(moment, now)})" for name, moment in draft.kept.others)
        st.markdown(
            f":small[:blue[:material/group:] {people} edit{'s' * (len(draft.kept.others) == 1)} this draft too.]"
        )
    if draft.taken_in:
        st.markdown(f":small[:blue[:material/call_merge:] {plain(draft.taken_in)} It is taken in below.]")
    if work.newer is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            who = plain(work.newer.edited_by.capitalize() if work.newer.edited_by == "you" else work.newer.edited_by)
            where = " in another tab" if work.newer.edited_by == "you" else ""
            st.markdown(
                f":small[:orange[:material/change_history:] {who} changed this draft{where} since you read it.]"
            )
            st.button("Show it", key="map-refresh", type="tertiary", on_click=read_anew, args=(draft,))


def conflicts(work: Work) -> None:
    """Every line that both changed, with both answers to choose from; theirs stands until mine is put in its place."""
    for place, conflict in enumerate(work.draft.conflicts):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":small[**{plain(conflict.line)}**]", width="content")
            st.button(
                f"Keep theirs: {_short(conflict, is_mine=False)}",
                key=f"map-theirs-{place}",
                on_click=keep_theirs,
                args=(work, conflict),
            )
            st.button(
                f"Put mine: {_short(conflict, is_mine=True)}",
                key=f"map-mine-{place}",
                on_click=lambda conflict=conflict: keep(work.draft.settled(conflict)),
            )


def keep_theirs(work: Work, conflict: Conflict) -> None:
    """Leave the other's answer where it stands, and say no more of it."""
    keep(work.draft.without(conflict))


def _short(conflict: Conflict, *, is_mine: bool) -> str:
    sides = (conflict.mine, conflict.theirs) if is_mine else (conflict.theirs, conflict.mine)
    words = in_words(*sides)
    return plain(words if len(words) <= 60 else f"{words[:59]}…")
