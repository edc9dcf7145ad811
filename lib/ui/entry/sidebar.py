"""Beside every page: the client it is about, who is signed in, and for an admin the switch to look as somebody else."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from lib.domain.people import Actor, Right, Role
from lib.errors import DeskError
from lib.services.people import people, sign_in
from lib.services.setup import clients
from lib.ui.entry.guard import Visit
from lib.ui.entry.sign_in import configured
from lib.ui.entry.visitor import VIEW_AS
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.notebook import column
from lib.ui.parts.words import plain

CLIENT = "client"
_PICKER = "client-picker"
_REMEMBERED = "client-remembered"
_EVERY = ""
_ROLES = {
    Role.ADMIN: "admin",
    Role.OWNER: "data owner",
    Role.ANALYST: "analyst",
    Role.STAKEHOLDER: "client",
}


def sidebar(visit: Visit) -> None:
    """The client picker, who is signed in, sign out, and the *view as* switch."""
    with st.sidebar:
        _client_picker(visit)
        signed_in(visit)
        if visit.actor.may(Right.MANAGE_DESK):
            _view_as_switch(visit)


def signed_in(visit: Visit) -> None:
    """Who acts here, and the way out where people sign in."""
    st.markdown(f":small[:gray[Signed in as {plain(visit.actor.name)}, {_ROLES[visit.actor.role]}]]")
    if configured() is not None:
        st.button("Sign out", key="sign-out", on_click=_sign_out, args=(visit,), type="tertiary")


def banner(visit: Visit) -> None:
    """While an admin looks as somebody else: whose eyes these are, whose hands, and the way to end it."""
    if visit.viewer == visit.actor:
        return
    with column(), st.container(key="view-as-banner", border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":orange-badge[:material/visibility: View as] **You look as {plain(visit.viewer.name)}** "
            f"({_ROLES[visit.viewer.role]}); what you do is still done as {plain(visit.actor.name)}.",
            width="stretch",
        )
        st.button("End it", key="view-as-end", on_click=_end_view_as)


def _client_picker(visit: Visit) -> None:
    """Which client the pages are about, in the address as `client`, and remembered from page to page."""
    names = {item.key: item.name for item in visit.read(clients.every_client)}
    if not names:
        return
    asked, remembered = from_address(CLIENT), str(st.session_state.get(_REMEMBERED, _EVERY))
    if not asked and remembered in names:
        to_address(**{CLIENT: remembered})
        asked = remembered
    if asked in names:
        st.session_state[_REMEMBERED] = asked
    st.session_state[_PICKER] = asked if asked in names else _EVERY
    st.selectbox(
        "Client",
        [_EVERY, *names],
        key=_PICKER,
        format_func=lambda key: names[key] if key else "Every client",
        on_change=_pick_client,
        help="The pages show this client only. It stands in the address, so a page can be sent to somebody.",
    )


def _pick_client() -> None:
    chosen = str(st.session_state[_PICKER])
    st.session_state[_REMEMBERED] = chosen
    to_address(**{CLIENT: chosen})


def _view_as_switch(visit: Visit) -> None:
    others = [item for item in visit.desk.ask(visit.actor, people.everybody) if item.email != visit.actor.email]
    if not others:
        return
    by_email = {item.email: item for item in others}
    st.selectbox(
        "View as",
        ["", *by_email],
        key=VIEW_AS,
        format_func=lambda email: _person(by_email[email]) if email else "Yourself",
        help="See what this person would see. What you do is still done in your own name.",
    )


def _person(person: Actor) -> str:
    return f"{person.name}, {_ROLES[person.role]}"


def _end_view_as() -> None:
    st.session_state[VIEW_AS] = ""


def _sign_out(visit: Visit) -> None:
    # Somebody who was removed meanwhile has no sign-in left to end, and still goes.
    with suppress(DeskError):
        visit.act_own(sign_in.sign_out)
    st.logout()
