"""Who is at the browser: the person who signed in, or on a desk without sign-in its one local admin."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from lib.domain.people import NOBODY, Actor, Role
from lib.errors import DeskError
from lib.pipeline import Desk, open_desk
from lib.services.people import people, sign_in
from lib.ui.entry.sign_in import configured

VIEW_AS = "view-as"
NOT_SIGNED_IN = "not_signed_in"


def person_signed_in(desk: Desk) -> Actor:
    """The person who acts. Without sign-in only this machine reaches a page, so it is the local admin.

    With sign-in they are looked up on each run, so somebody removed, or signed out elsewhere, is out with the next
    click. DeskError: `not_signed_in`, or what `person_at_the_door` says.
    """
    if configured() is None:
        return people.local_admin(desk)
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        raise DeskError(NOT_SIGNED_IN, "Nobody is signed in here.", "Sign in first.")
    return desk.ask(
        NOBODY,
        sign_in.person_at_the_door,
        str(claims.get("email") or ""),
        _moment(claims.get("iat")),
        is_verified=str(claims.get("email_verified")).lower() == "true",
    )


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


def _moment(seconds: object) -> datetime | None:
    """The time of a claim, in whole seconds since 1970; None where it is no such number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return datetime.fromtimestamp(seconds, UTC)
