"""The cell of alerts: who is told of what changes, where and when not; ask for them, try a place, stop them."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

import streamlit as st

from lib.domain.people import Actor, Right
from lib.domain.running.alerts import LEAST_IN_WORDS, REFUSED
from lib.errors import DeskError
from lib.pipeline.running.alerting import subscribe_alerts, try_destination
from lib.services.running import alerts
from lib.services.running.alerts import AlertMessage, Standing, Subscription
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, UNDER_WAY, badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said

_CAME_OF_IT = {
    "sending": ("Going out", UNDER_WAY),
    "put_off": ("Tried again soon", ATTENTION),
    "sent": ("Sent", GOOD),
    "refused": ("Refused", STOPPED),
    "unknown": ("Nobody knows", ATTENTION),
    "dropped": ("Over by then", NOTHING),
}
_PLACE = "alerts-told"


def alerts_cell(number: int, visit: Visit, persons: Sequence[Actor]) -> None:
    """Everybody's subscriptions for an admin, one's own for others; `persons` are those who may be chosen."""
    found, sent = visit.read(alerts.subscriptions), visit.read(alerts.sent)
    why = "A message when something changes and another when it is over; nothing of what a provider sent stands in one."
    newest: dict[tuple[str, str], AlertMessage] = {}
    for message in sent:
        newest.setdefault((message.email, message.destination), message)
    has_mail = bool(visit.desk.settings.smtp_url and visit.desk.settings.mail_from)
    lines = [(item, newest.get((item.subscription.email, item.subscription.destination))) for item in found]
    with cell(number, "Alerts", why=why, result=_result(lines, has_mail)):
        told(_PLACE)
        if found:
            reading_table([_line(item, last, has_mail) for item, last in lines])
        else:
            empty("Nobody is told of anything yet.", "Troubles then show on these pages only.")
        if visit.viewer.person_id != visit.actor.person_id:
            return
        with st.expander("Have somebody told", icon=":material/notification_add:"):
            _ask(visit, [person for person in persons if person.may(Right.SEE_DETAIL)])
        if found:
            with st.expander("Try a place, or stop", icon=":material/notifications_off:"):
                _change(visit, [item.subscription for item in found])


def _result(lines: Sequence[tuple[Standing, AlertMessage | None]], has_mail: bool) -> str:
    if not lines:
        return badge("Nobody is told", NOTHING)
    mute = [item for item, last in lines if _is_mute(item, has_mail) or (last is not None and last.status == REFUSED)]
    if mute:
        return badge(f"{len(mute)} cannot go out", ATTENTION)
    return badge(counted(len(lines), "subscription"), GOOD)


def _is_mute(item: Standing, has_mail: bool) -> bool:
    return not item.subscription.destination and not has_mail


def _line(item: Standing, last: AlertMessage | None, has_mail: bool) -> dict[str, str]:
    asked = item.subscription
    came = _last(last) if last else ":gray[none yet]"
    return {
        "Person": plain(asked.email),
        "Where": said(asked.destination) or "E\\-mail",
        "Told of": LEAST_IN_WORDS[asked.least].capitalize(),
        "Quiet": f"{plain(asked.quiet)} {plain(asked.timezone)}" if asked.quiet else ":gray[never]",
        "Stands now": counted(item.states, "state"),
        "Last message": badge("No mail server", ATTENTION) if _is_mute(item, has_mail) else came,
    }


def _last(message: AlertMessage) -> str:
    words, look = _CAME_OF_IT[message.status]
    when = f"{message.created_at.day} {message.created_at:%b %H:%M} UTC"
    return f"{badge(words, look)} :gray[{when}] {plain(message.answer) if look is not GOOD else ''}".rstrip()


def _ask(visit: Visit, persons: Sequence[Actor]) -> None:
    names = {person.email: person.called for person in persons}
    zones = sorted(available_timezones())
    with st.form("ask-for-alerts", border=False):
        first, second, third = st.columns(3)
        person = first.selectbox("Who", list(names), format_func=lambda email: names[email])
        to = second.text_input(
            "Place",
            placeholder="env:OPS_CHAT",
            help="A reference to where an apprise URL lies: env:NAME, file:PATH or secrets:section.key. "
            "Empty is the person's own e-mail. The URL itself holds a secret and is not taken.",
        )
        least = third.selectbox(
            "Told of", list(LEAST_IN_WORDS), index=1, format_func=lambda item: LEAST_IN_WORDS[item].capitalize()
        )
        fourth, fifth, _ = st.columns(3)
        quiet = fourth.text_input(
            "Quiet hours", placeholder="22:00-07:00", help="What changes in them is told after, if it still stands."
        )
        zone = fifth.selectbox("By the clock of", zones, index=zones.index("America/New_York"))
        if st.form_submit_button("Tell them from now on"):
            with shown_errors(goes_on=True):
                how = {"destination": to.strip(), "least": str(least), "quiet": quiet, "timezone": str(zone)}
                made = subscribe_alerts(visit.desk, visit.actor, person=str(person), **how)
                tell_then(_PLACE, f"{person} is told from now on. {made.remark}".strip())
                st.rerun()


def _change(visit: Visit, found: Sequence[Subscription]) -> None:
    named = {item.id: item for item in found}
    with st.form("change-alerts", border=False):
        number = st.selectbox(
            "Which", list(named), format_func=lambda one: f"{named[one].email}, {named[one].destination or 'e-mail'}"
        )
        with st.container(horizontal=True):
            is_trial, is_over = st.form_submit_button("Send a trial"), st.form_submit_button("Tell them nothing more")
        if not (is_trial or is_over):
            return
        asked = named[int(number)]
        with shown_errors(goes_on=True):
            if is_over:
                visit.act(alerts.unsubscribe, person=asked.email, destination=asked.destination)
                tell_then(_PLACE, f"{asked.email} is told nothing more there.")
            else:
                tell_then(_PLACE, _tried(visit, asked))
            st.rerun()


def _tried(visit: Visit, asked: Subscription) -> str | DeskError:
    with st.spinner("A trial message goes out"):
        answer = try_destination(visit.desk, visit.actor, person=asked.email, destination=asked.destination)
    if answer.what == "sent":
        return f"The trial went out. {answer.words}"
    return DeskError("alert_not_sent", f"The trial did not go out. {answer.words}", "Mend the place, and try again.")
