"""Look at the desk as somebody else would see it: the log says who looked as whom."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Actor, Right


def eyes_of(tx: UnitOfWork, email: str) -> Actor | None:
    """The person to look as; None where they are no longer of this desk, or oneself."""
    tx.actor.require(Right.MANAGE_DESK)
    found = tx.people.by_email(email)
    return None if found is None or found.person_id == tx.actor.person_id else found


def begin_to_look(tx: UnitOfWork, viewer: Actor) -> None:
    """Note that whoever acts begins to look as another person."""
    tx.actor.require(Right.MANAGE_DESK)
    tx.audit.note("looks as another person", "person", viewer.person_id, None, email=viewer.email)
