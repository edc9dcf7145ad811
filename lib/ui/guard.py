"""Who is looking, and may they: the first line of every page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.domain.people import Actor, Right
from lib.pipeline import Desk, open_desk
from lib.services.people import local_admin
from lib.ui.door import shown_errors
from lib.ui.notebook import column


@dataclass(frozen=True)
class Visit:
    """One run of a page: the desk it reads and the person it reads for."""

    desk: Desk
    actor: Actor


def require(right: Right) -> Visit:
    """The visit, when the person's role carries the right; otherwise the page ends here with the sentence why.

    Only this machine reaches a page (`lib.ui.loopback`), so the person is the desk's one local admin. The role is read
    from the database on each run: a right withdrawn is gone with the next click.
    """
    with column(), shown_errors():
        desk = _opened_desk()
        actor = local_admin(desk)
        actor.require(right)
        return Visit(desk, actor)


@st.cache_resource(show_spinner=False)
def _opened_desk() -> Desk:
    # One for the whole process, as it holds the connection pools. A desk that could not be opened is not kept, so the
    # next run tries again.
    return open_desk()
