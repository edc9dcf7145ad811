"""Remove a person, and put them back: they are out with their next click, and what they did stays with their name."""

from __future__ import annotations

from lib.db.shared_steps.people_checks import left_alone, member_named, require_active, require_another_admin
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.members import Member
from lib.domain.people import Right
from lib.errors import DeskError


def accounts_of(tx: UnitOfWork, email: str) -> tuple[str, ...]:
    """The keys of the accounts that nobody would answer for once this person is removed (R2)."""
    tx.actor.require(Right.MANAGE_DESK)
    return tuple(account.key for account in left_alone(tx, member_named(tx, email), None))


def remove_person(tx: UnitOfWork, email: str) -> Member:
    """They are of this desk no more, and every sign-in of theirs is over, also after they are put back.

    DeskError `unknown_person`, `person_removed`, `last_admin`. Whose accounts they were is for the caller to settle first.
    """
    tx.actor.require(Right.MANAGE_DESK)
    member = member_named(tx, email)
    require_active(member)
    require_another_admin(tx, member)
    tx.people.remove(member.actor.person_id)
    tx.people.sign_out(member.actor.person_id)
    tx.audit.note("person removed", "person", member.actor.person_id, None, email=member.email)
    return member


def put_person_back(tx: UnitOfWork, email: str) -> Member:
    """They are of this desk again, in the role they had; they sign in anew. DeskError `person_not_removed`."""
    tx.actor.require(Right.MANAGE_DESK)
    member = member_named(tx, email)
    if member.is_active:
        raise DeskError("person_not_removed", f"{member.email} is on this desk.", "There is nothing to put back.")
    tx.people.put_back(member.actor.person_id)
    tx.audit.note("person put back", "person", member.actor.person_id, None, email=member.email)
    return member_named(tx, email)
