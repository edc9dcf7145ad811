"""One account in trouble on one screen: what happened, who answers for it, what clients see, and what to do by hand (R16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from lib.domain.people import Right
from lib.domain.running.dead_letters import Group
from lib.pipeline.running.turns import close_breaker
from lib.services.publishing.portal_watch import CardSeen
from lib.services.running.tasks import Task
from lib.services.setup.account_watch import Watched
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.operations.clients import cards_table, standing_words
from lib.ui.operations.now import moment_words, trouble
from lib.ui.parts.marks import ATTENTION, GOOD, STOPPED, badge
from lib.ui.parts.notebook import link, next_line, turn
from lib.ui.parts.words import counted, plain, said, sentence

_PLANS = (
    ("Failure path", "failure_path", "Who is told, and what is looked at first."),
    ("Manual fallback", "manual_fallback", "How an important number reaches the client meanwhile."),
    ("Rollback note", "rollback_note", "How to go back to what stood before."),
)
_CARDS, _TASKS = 4, 5


def incident_view(
    visit: Visit,
    item: Watched,
    groups: Sequence[Group],
    tasks: Sequence[Task],
    cards: Sequence[CardSeen],
    now: datetime,
) -> None:
    """The page of one account: four short parts that fit one screen and one sheet of paper; nothing personal is in it."""
    words = trouble(item, groups)
    _next(item, groups, words)
    with st.container(key="incident"):
        left, right = st.columns(2, gap="large")
        with left:
            _happened(item, groups, words, now)
        with right:
            _owner(item)
    _plans(item)
    _clients(cards)
    _open(groups, tasks)
    _try_again(visit, item)
    turn("All accounts")


def _next(item: Watched, groups: Sequence[Group], words: str) -> None:
    key = item.account.key
    if not words:
        next_line("Nothing is wrong here now.", "Below stands what to do once something is.")
    elif groups and not item.is_stopped:
        group = groups[0]
        next_line("Next:", sentence(f"{group.sentence} {group.mend}"), go="Look at its rows", cause=group.fingerprint)
    elif item.account.manual_fallback:
        next_line(
            f"{plain(words)}.",
            f"Until it comes again: {plain(item.account.manual_fallback)}",
            go="Bring it by hand",
            to="import_review",
            account=key,
        )
    else:
        next_line(
            f"{plain(words)}.",
            "No fallback is written down for this account.",
            go="Write one",
            to="provider_setup",
            account=key,
        )


def _happened(item: Watched, groups: Sequence[Group], words: str, now: datetime) -> None:
    st.subheader("What happened", anchor=False)
    zone = item.account.client_timezone
    since = since_when(item, groups)
    state = badge(words, STOPPED) if words else badge("Nothing is wrong", GOOD)
    place = zone.rpartition("/")[2].replace("_", " ")
    from_when = f" since {moment_words(since, now, zone)} :small[:gray[{plain(place)} time]]" if since and words else ""
    st.markdown(f"{state}{from_when}")
    lines = []
    if item.has_failed and item.last is not None:
        note = item.last.error_note or next((load.error_note for load in item.loads if load.error_note), "")
        lines.append(f"{said(item.last.file_name)} {plain(note)}")
    if item.is_silent:
        lines.append(plain(item.silence))
    if item.is_stopped:
        again = f"It is tried again {moment_words(item.breaker.try_at, now, zone)}." if item.breaker.try_at else ""
        lines.append(plain(f"{item.breaker.sentence} {again}"))
    good = "Nothing of it was ever committed."
    if item.came_at is not None and item.good is not None:
        when = moment_words(item.came_at, now, zone)
        good = f"Last good run: {when}, load {item.good.id}, {counted(item.good.written, 'row')} in."
    lines.append(good)
    for line in lines:
        st.markdown(f":small[{line}]")


def since_when(item: Watched, groups: Sequence[Group]) -> datetime | None:
    """From when what is told first is wrong; None where nothing is."""
    if item.is_stopped:
        return item.breaker.opened_at
    if item.has_failed and item.last is not None:
        return item.last.received_at
    if item.is_silent:
        return item.rhythm.due_by
    return item.fresh_until if item.is_late else min((group.first_seen for group in groups), default=None)


def _owner(item: Watched) -> None:
    account = item.account
    st.subheader("Who answers for it", anchor=False)
    st.markdown(plain(account.owner_email))
    st.markdown(f":small[:gray[{plain(account.client_name)}, {plain(account.source_label)}, {said(account.key)}]]")
    if account.public_promise:
        st.markdown(f":small[Promised to the client: {plain(account.public_promise)}]")


def _try_again(visit: Visit, item: Watched) -> None:
    """A provider that is left alone can be asked again before its time, once somebody has mended what it said."""
    if not item.is_stopped or not visit.may(Right.MANAGE_ACCOUNTS):
        return
    with st.form("incident-breaker", border=False):
        said_, press = st.columns([4, 1], vertical_alignment="bottom")
        reason = said_.text_input("What was mended, so that it is asked again now", max_chars=300)
        if press.form_submit_button("Ask it again now", width="stretch"):
            with shown_errors(goes_on=True):
                close_breaker(visit.desk, visit.actor, item.account.key, reason)
                st.rerun()


def _plans(item: Watched) -> None:
    account = item.account
    texts = {
        "failure_path": account.failure_path,
        "manual_fallback": account.manual_fallback,
        "rollback_note": account.rollback_note,
    }
    with st.container(key="boxes-incident"):
        columns = st.columns(3, gap="small")
    for column, (title, name, what) in zip(columns, _PLANS, strict=True):
        with column, st.container(border=True, gap="xsmall", height="stretch"):
            st.markdown(f"**{title}**")
            if texts[name]:
                st.markdown(f":small[{plain(texts[name])}]")
            else:
                st.markdown(f"{badge('None written down', ATTENTION)}  \n:small[:gray[{what}]]")
                link("Write it", "provider_setup", account=account.key)


def _clients(cards: Sequence[CardSeen]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What clients see meanwhile", anchor=False, width="stretch")
        st.markdown(f":small[{standing_words(cards)}]", width="content")
    if cards:
        cards_table(cards[:_CARDS], key="incident-cards", has_client=False)
    else:
        st.markdown(":small[:gray[No number of this account was ever published.]]")


def _open(groups: Sequence[Group], tasks: Sequence[Task]) -> None:
    st.subheader("Open now", anchor=False)
    for group in groups[:_TASKS]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"incident-cause-{group.fingerprint[:12]}"):
            words = sentence(f"{group.sentence} {group.mend}")
            st.markdown(f"{badge(counted(group.lines, 'failure'), STOPPED)} :small[{words}]", width="stretch")
            turn("Its rows", cause=group.fingerprint)
    # What the desk's own watch opened is told above.
    others = [task for task in tasks if task.page != "operations"]
    for task in others[:_TASKS]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"incident-task-{task.id}"):
            opened = f":gray[since {task.opened_at.day} {task.opened_at:%b}]"
            st.markdown(f":small[{plain(task.sentence)} {opened}]", width="stretch")
            link("Go there", task.page, **task.address)
    if not groups and not others:
        st.markdown(":small[:gray[No further task and no failed work is open.]]")
