"""Who is at the browser: the person who signed in, or on a desk without sign-in its one local admin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from lib.domain.people import NOBODY, Actor, Role
from lib.errors import DeskError
from lib.pipeline.desk import Desk
from lib.pipeline.opening import open_desk
from lib.services.people import people, sign_in, viewing
from lib.services.people.sign_in import Claims
from lib.ui.entry.sign_in import configured

VIEW_AS = "view-as"
# Whose looking as whom stands in the log already.
_LOOKED_AS = "looked-as"
NOT_SIGNED_IN = "not_signed_in"


def person_signed_in(desk: Desk) -> Actor:
    """The person who acts. Without sign-in only this machine reaches a page, so it is the local admin.

    With sign-in they are looked up on each run, so somebody removed, or signed out elsewhere, is out with the next
    click. DeskError: `not_signed_in`, or what `person_at_the_door` says.
    """
    if configured() is None:
        return people.local_admin(desk)
    return person_of(desk, st.user.to_dict())


def person_of(desk: Desk, claims: Mapping[str, Any]) -> Actor:
    """The person these claims of the sign-in cookie are of, looked up now; for a page and for every other door."""
    if not claims.get("is_logged_in"):
        raise DeskError(NOT_SIGNED_IN, "Nobody is signed in here.", "Sign in first.")
    said = _claims(claims)
    provider = str(claims.get("provider") or "")
    known = configured()
    if provider and known is not None and provider not in {name or "default" for name in known.providers}:
        raise DeskError(
            "signed_out", f"This desk does not know the provider {provider[:60]!r} any more.", "Sign in again."
        )
    found = desk.ask(NOBODY, sign_in.person_at_the_door, said)
    if not found.is_noted:
        desk.do_own(found.person, sign_in.note_arrival, said)
    return found.person


def viewed_as(desk: Desk, actor: Actor) -> Actor:
    """Who the desk is looked at as: an admin may choose another person, which changes what is seen, never who acts.

    The log says who began to look as whom. Somebody who left meanwhile is nobody to look as.
    """
    chosen = st.session_state.get(VIEW_AS)
    if actor.role is not Role.ADMIN or not chosen:
        st.session_state.pop(_LOOKED_AS, None)
        return actor
    viewer = desk.ask(actor, viewing.eyes_of, str(chosen))
    if viewer is None:
        return actor
    if st.session_state.get(_LOOKED_AS) != (actor.person_id, viewer.person_id):
        desk.do(actor, viewing.begin_to_look, viewer)
        st.session_state[_LOOKED_AS] = (actor.person_id, viewer.person_id)
    return viewer


@st.cache_resource(show_spinner=False)
def opened_desk() -> Desk:
    """The desk, one for the whole process, as it holds the connection pools.

    A desk that could not be opened is not kept, so the next run tries again.
    """
    return open_desk()


def _claims(said: Mapping[str, Any]) -> Claims:
    """What the cookie says, as far as it is of the kind it should be."""
    return Claims(
        email=str(said.get("email") or ""),
        is_verified=_is_verified(said),
        issued_at=_moment(said.get("iat")),
        expires_at=_moment(said.get("exp")),
        provider=str(said.get("provider") or ""),
    )


def _is_verified(said: Mapping[str, Any]) -> bool:
    """Whether the provider checked the address; some write the word "true".

    Entra ID says nothing of an address but whether the owner of its domain was verified: `xms_edov`, an optional claim.
    """
    spoken = said["email_verified"] if "email_verified" in said else said.get("xms_edov")
    return str(spoken).lower() in ("true", "1")


def _moment(seconds: object) -> datetime | None:
    """The time of a claim, in whole seconds since 1970; None where it is no such number, or no time at all."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
