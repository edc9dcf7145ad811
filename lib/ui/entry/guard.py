"""Who is looking, and may they: the first line of every page, and of every fragment in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st

from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.pipeline.desk import Desk, OwnWork, UnitOfWork
from lib.ui.entry.door import show_bug, show_trouble
from lib.ui.entry.origin import say_origin
from lib.ui.entry.visitor import opened_desk, person_signed_in, viewed_as
from lib.ui.parts.notebook import column, empty

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Visit:
    """One run of a page. `actor` acts; `viewer` is who is looked as, which changes what is seen and nothing else.

    A button's callback and a fragment hold the visit of a run that is over, and what the person might do then is not
    what they may do now: outside of its own run a visit asks who they are each time it is used.
    """

    desk: Desk
    actor_then: Actor
    viewer_then: Actor

    @property
    def actor(self) -> Actor:
        """The person who acts, with the role and the clients they have at this moment."""
        return self._as_of_now().actor_then

    @property
    def viewer(self) -> Actor:
        """Whoever is looked as, with the role and the clients they have at this moment."""
        return self._as_of_now().viewer_then

    def read(self, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask a service that only reads, in the name of whoever is looked as."""
        return self.desk.ask(self.viewer, verb, *args, **kwargs)

    def act(self, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a service that writes, always in the name of the person who acts."""
        return self.desk.do(self.actor, verb, *args, **kwargs)

    def act_own(self, verb: Callable[Concatenate[OwnWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a service that writes what is the person's own: the one thing that a client's person writes."""
        return self.desk.do_own(self.actor, verb, *args, **kwargs)

    def may(self, right: Right) -> bool:
        """Whether to offer what needs this right: both the person and whoever they look as must have it.

        Only for what is offered, so it is not asked again.
        """
        return self.actor_then.may(right) and self.viewer_then.may(right)

    def _as_of_now(self) -> Visit:
        return self if _OF_THIS_RUN.get() is self else visit()


# The visit of the run that is under way. A fragment's own run never has one: nothing of the page runs around it.
_OF_THIS_RUN: ContextVar[Visit | None] = ContextVar("visit_of_this_run", default=None)
# Whom the page was shown to, with their role and clients: its fragments hold what that person might see then.
_SHOWN_TO = "shown-to"


@contextmanager
def visited(here: Visit) -> Iterator[None]:
    """While the router runs a page: what it has just asked about the person needs no asking again in the same run."""
    before = _OF_THIS_RUN.set(here)
    st.session_state[_SHOWN_TO] = here.viewer_then
    try:
        yield
    finally:
        _OF_THIS_RUN.reset(before)


def is_alone() -> bool:
    """Whether a fragment runs by itself: the page around it stands as it was shown before."""
    return _OF_THIS_RUN.get() is None


def visit() -> Visit:
    """This run's visit, whatever the person may do; the router asks it, pages ask `require`.

    The person and their role are read from the database on each run: a right withdrawn is gone with the next click.
    DeskError where nobody of this desk is signed in.
    """
    desk = opened_desk()
    say_origin()
    actor = person_signed_in(desk)
    say_origin(actor.person_id)
    return Visit(desk, actor, viewed_as(desk, actor))


def require(right: Right) -> Visit:
    """The visit, when the person's role carries the right; otherwise the page ends here with the sentence why.

    To a client's person there is their portal and nothing else: any other address answers as if nothing were there.

    A fragment asks again in its own first line: it runs without the page around it, also after a right was withdrawn.
    Where the role or the clients are others than the page was shown to, the whole page runs anew instead.
    """
    try:
        here = _OF_THIS_RUN.get() or visit()
        is_of_another = is_alone() and st.session_state.get(_SHOWN_TO, here.viewer_then) != here.viewer_then
        is_nothing = not here.viewer_then.may(right) and not here.viewer_then.may(Right.SEE_DETAIL)
        if not is_nothing and not is_of_another:
            here.viewer_then.require(right)
    except DeskError as trouble:
        if is_alone() and st.session_state.pop(_SHOWN_TO, None) is not None:
            # Whoever is out now still has the page around this part before them: it goes too.
            st.rerun()
        with column():
            show_trouble(trouble)
        st.stop()
    except Exception as bug:
        with column():
            show_bug(bug)
        st.stop()
    if is_of_another:
        st.rerun()
    if is_nothing:
        with column():
            own = {"go": "Your numbers", "to": "client_portal"}
            empty("There is nothing at this address.", "Your numbers are on a page of their own.", **own)
        st.stop()
    return here
