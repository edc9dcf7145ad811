"""Under the portal, for the desk's own people: links to this note for whoever has no account, and how to end them (F121)."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.clock import zone
from lib.domain.access.share_links import LONGEST_DAYS, USUAL_DAYS, ShareAnswer
from lib.domain.people import Right
from lib.domain.publishing.report_notes import month_before, month_key
from lib.errors import DeskError
from lib.pipeline.publishing.share_links import share_note
from lib.reporting.periods import month_of, range_in_words
from lib.reporting.portal_card import Portal
from lib.reporting.portal_words import day_in_words
from lib.services.publishing import share_links
from lib.services.publishing.share_links import ListedLink
from lib.ui.entry.door import show_trouble, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, NOTHING, badge
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said

_TOLD = "share-told"
_LOOKS = {
    ShareAnswer.SHOWN: badge("Opens", ("green", "check")),
    ShareAnswer.EXPIRED: badge("Expired", NOTHING),
    ShareAnswer.REVOKED: badge("Revoked", NOTHING),
    ShareAnswer.WITHDRAWN: badge("Closed: a number was taken back", ATTENTION),
}


def sharing(visit: Visit, portal: Portal) -> None:
    """The links that were made, and a form for another; nothing for a client's own people."""
    if not visit.may(Right.SEE_DETAIL):
        return
    found = visit.read(share_links.links, portal.client_key)
    may_share = visit.may(Right.PUBLISH)
    if not found and not (may_share and portal.cards):
        return
    with st.expander("Links for people without an account", key="portal-sharing"):
        st.markdown(
            ":small[:gray[A link opens this note as a plain page: the numbers published now, and nothing else. It ends "
            "by itself, when you revoke it, or when one of its numbers is taken back. Each visit is kept.]]"
        )
        told(_TOLD)
        if may_share and portal.cards and _form(visit, portal):
            found = visit.read(share_links.links, portal.client_key)
        if found:
            _listed(visit, portal, found)


def _form(visit: Visit, portal: Portal) -> bool:
    """What a new link needs to be told; whether one was made."""
    today = visit.desk.clock().astimezone(zone(portal.timezone)).date()
    months = [month_key(month) for month in (month_before(today), month_of(today))]
    with (
        st.form("share", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        made_for = st.text_input("Who is it for", max_chars=190, key="share-for", placeholder="Rosa, by e-mail")
        month = st.selectbox("Month", months, key="share-month", format_func=_month_in_words, width=180)
        days = st.number_input("Opens for days", 1, LONGEST_DAYS, USUAL_DAYS, key="share-days", width=140)
        pressed = st.form_submit_button("Make a link", key="share-make")
    return pressed and _is_made(visit, portal, str(month), str(made_for), int(days))


def _is_made(visit: Visit, portal: Portal, month: str, made_for: str, days: int) -> bool:
    try:
        of = month_of(date.fromisoformat(f"{month}-01"))
        made, address = share_note(visit.desk, visit.actor, portal.client_key, of, made_for, days)
    except DeskError as trouble:
        show_trouble(trouble)
        return False
    st.success(f"Link {made.link.id} is made. Copy it now: the desk keeps nothing it could be shown from again.")
    st.code(address, language=None, wrap_lines=True)
    return True


def _listed(visit: Visit, portal: Portal, found: tuple[ListedLink, ...]) -> None:
    local = zone(portal.timezone)
    reading_table(
        [
            {
                "Link": item.link.id,
                "For": plain(item.link.made_for),
                "Month": _month_in_words(item.link.month),
                "Until": day_in_words(item.link.expires_at.astimezone(local).date()),
                "State": _LOOKS[item.answer],
                "Opened": counted(item.visits, "time") if item.visits else "never",
                "Last": day_in_words(item.last.astimezone(local).date()) if item.last else "",
                "Made by": said(item.link.made_by),
            }
            for item in found
        ]
    )
    open_ = [item.link for item in found if item.answer is ShareAnswer.SHOWN]
    if not open_ or not visit.may(Right.PUBLISH):
        return
    names = {link.id: f"{link.id} for {link.made_for}" for link in open_}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Link", list(names), key="share-which", format_func=names.__getitem__, width=320)
        if st.button("Revoke it", key="share-revoke", icon=":material/link_off:"):
            _revoke(visit, int(chosen))


def _revoke(visit: Visit, link_id: int) -> None:
    try:
        ended = visit.act(share_links.revoke, link_id)
        tell_then(_TOLD, f"Link {ended.id} opens nothing any more.")
    except DeskError as trouble:
        tell_then(_TOLD, trouble)
    st.rerun()


def _month_in_words(month: str) -> str:
    return range_in_words(month_of(date.fromisoformat(f"{month}-01")))
