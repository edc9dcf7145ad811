"""The head of the portal: whose numbers these are, the summary, what is late, what was taken back, and who looks."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.errors import NotFound
from lib.reporting.portal_card import Portal
from lib.reporting.portal_words import NEVER_ADDED, day_in_words, late_words, summary, withdrawn_words
from lib.services.publishing import portal as portals
from lib.ui.entry.guard import Visit
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.notebook import empty, turn
from lib.ui.parts.words import plain

_PICKER = "portal-client"


def chosen_client(visit: Visit) -> str:
    """The client that the address names, or the only one the person may see; '' where one is to be chosen.

    NotFound for any other: whether there is such a client is none of their business.
    """
    names = visit.read(portals.clients_seen)
    asked = from_address(CLIENT) or (next(iter(names)) if len(names) == 1 else "")
    if asked and asked not in names:
        raise NotFound("portal", asked, "Look at the address again, or ask whoever sent it to you.")
    if asked:
        to_address(**{CLIENT: asked})
    return asked


def pick_client(visit: Visit) -> None:
    """Which client's portal, for whoever may see several; in the address as `client`."""
    names = visit.read(portals.clients_seen)
    if not names:
        empty("There is no client here yet.", "A portal belongs to a client; it comes with the first one.")
        return
    if len(names) == 1:
        return
    st.session_state[_PICKER] = from_address(CLIENT) if from_address(CLIENT) in names else None
    st.selectbox(
        "Client",
        list(names),
        key=_PICKER,
        format_func=names.__getitem__,
        placeholder="Choose a client",
        on_change=_picked,
        width=320,
    )


def context(visit: Visit) -> str:
    """What this page is, to whoever looks."""
    return "Preview: this is what the client sees" if visit.viewer.may(Right.SEE_DETAIL) else "Your numbers"


def aside(portal: Portal) -> str:
    """When the newest card was published."""
    days = [card.published_on for card, _ in portal.cards]
    return f"Published {day_in_words(max(days))}" if days else ""


def summary_and_late(portal: Portal) -> None:
    """The portal in two sentences, and the late banner where data stopped arriving (F123)."""
    if portal.cards:
        with st.container(key="portal-summary"):
            st.markdown(plain(summary(portal)))
    late = late_words(portal)
    if late:
        said = "  \n".join(plain(each) for each in late)
        why = "Newer days have not arrived. Nothing is guessed: the sentences say what is known."
        st.warning(f"**Late data.** {said}  \n:small[{why}]", icon=":material/change_history:")


def nothing_published() -> None:
    """No card yet."""
    empty(
        "Nothing is published yet.",
        "Your first number appears here once it was checked and published. Until then, ask the person who reports to you.",
    )


def not_shown() -> None:
    """The address names a card that is not, or no longer, there."""
    empty("That number is not shown here.", "It may have been taken back, or the address may be misspelt.")
    turn("All numbers")


def taken_back(portal: Portal) -> None:
    """What a client had been shown and no longer is, with why."""
    if not portal.withdrawn:
        return
    with st.container(gap="small", key="portal-withdrawn"):
        st.subheader("Taken back", anchor=False)
        for gone in portal.withdrawn:
            st.markdown(f":gray[:material/undo:] {plain(withdrawn_words(gone))}")


def foot() -> None:
    """Why no total stands anywhere (R3)."""
    st.markdown(f":small[:gray[{NEVER_ADDED}]]")


def _picked() -> None:
    to_address(**{CLIENT: st.session_state[_PICKER], "card": None})
