"""Who is at the browser: the person who signed in, or on a desk without sign-in its one local admin."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Actor, Role
from lib.pipeline import Desk, open_desk
from lib.services import people

VIEW_AS = "view-as"


def person_signed_in(desk: Desk) -> Actor:
    """The person who acts. Without sign-in only this machine reaches a page, so it is the local admin."""
    return people.local_admin(desk)


def viewed_as(desk: Desk, actor: Actor) -> Actor:
    """Who the desk is looked at as: an admin may choose another person, which changes what is seen, never who acts."""
    chosen = st.session_state.get(VIEW_AS)
    if actor.role is not Role.ADMIN or not chosen or chosen == actor.email:
        return actor
    return desk.ask(actor, people.known_person, chosen)


@st.cache_resource(show_spinner=False)
def opened_desk() -> Desk:
    """The desk, one for the whole process, as it holds the connection pools.

    A desk that could not be opened is not kept, so the next run tries again.
    """
    return open_desk()
