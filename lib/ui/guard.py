"""Who is looking, and may they: the first line of every page, and of every fragment in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from lib.domain.people import Actor, Right
from lib.pipeline import Desk, UnitOfWork
from lib.ui.door import shown_errors
from lib.ui.visitor import opened_desk, person_signed_in, viewed_as

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Visit:
    """One run of a page. `actor` acts; `viewer` is who is looked as, which changes what is seen and nothing else."""

    desk: Desk
    actor: Actor
    viewer: Actor

    def read(self, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask a service that only reads, in the name of whoever is looked as."""
        return self.desk.ask(self.viewer, verb, *args, **kwargs)

    def act(self, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a service that writes, always in the name of the person who acts."""
        return self.desk.do(self.actor, verb, *args, **kwargs)

    def may(self, right: Right) -> bool:
        """Whether to offer what needs this right: both the person and whoever they look as must have it."""
        return self.actor.may(right) and self.viewer.may(right)


def require(right: Right) -> Visit:
    """The visit, when the person's role carries the right; otherwise the page ends here with the sentence why.

    The person and their role are read from the database on each run: a right withdrawn is gone with the next click.
    """
    with shown_errors():
        desk = opened_desk()
        actor = person_signed_in(desk)
        viewer = viewed_as(desk, actor)
        viewer.require(right)
        return Visit(desk, actor, viewer)
