"""Add people to the desk, list them, and find out who somebody is."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.shared_steps.people_checks import require_active, scope_of
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.addresses import email_address, name_from
from lib.domain.access.members import LOCAL_ADMIN, Member
from lib.domain.people import NOBODY, Actor, Right, Role
from lib.errors import DeskError


def add_person(tx: UnitOfWork, email: str, role: Role, client: str | Sequence[str] | None = None) -> Actor:
    """Add a person who may come in at once; `client` is one client's key or several, None for every client.

    DeskError `person_exists`, `person_removed`, and what `scope_of` says of clients.
    """
    tx.actor.require(Right.MANAGE_DESK)
    keys = [client] if isinstance(client, str) else client
    scope = scope_of(tx, role, keys)
    address = email_address(email)
    _require_new(tx, address)
    actor = tx.people.add_person(address, name_from(address), role, scope)
    tx.audit.note(
        "person added", "person", actor.person_id, _only(scope), role=role, email=address, clients=list(keys or ())
    )
    return actor


def everybody(tx: UnitOfWork) -> list[Actor]:
    """Every active person of the desk."""
    tx.actor.require(Right.MANAGE_DESK)
    return tx.people.every()


def members(tx: UnitOfWork) -> list[Member]:
    """Everybody, with when they were last here; those who are expected and those who were removed too."""
    tx.actor.require(Right.MANAGE_DESK)
    tx.audit.saw("desk", 0, None, what="everybody of the desk")
    return tx.people.members()


def person(tx: UnitOfWork, email: str, *, may_create_as: Role | None = None) -> tuple[Actor, bool]:
    """The person with this address, and whether they were created just now.

    On a desk without sign-in a name given for the first time becomes a person, in the role it is used in; elsewhere it
    is refused, since only an admin adds people there. Somebody who was removed is never created anew.
    """
    address = email_address(email)
    found = tx.people.by_email(address)
    if found is not None:
        return found, False
    if may_create_as is None:
        raise DeskError(
            "unknown_person",
            f"{address} is not a person of this desk.",
            "Add them first: `user add EMAIL --role …`.",
        )
    _require_new(tx, address)
    actor = tx.people.add_person(address, name_from(address), may_create_as, None)
    tx.audit.note("person added", "person", actor.person_id, None, role=may_create_as, email=address)
    return actor, True


def known_person(tx: UnitOfWork, email: str) -> Actor:
    """The active person with this address; DeskError `unknown_person` otherwise."""
    return person(tx, email)[0]


def local_admin(desk: Desk) -> Actor:
    """The one admin that a desk without sign-in acts as; the migration writes them down."""
    found = desk.ask(NOBODY, _local_admin)
    if found is None:
        raise DeskError("not_migrated", "The desk has no local admin yet.", "Run `python -m lib migrate`.")
    return found


def ensure_local_admin(desk: Desk) -> Actor:
    """Write the local admin down unless they are there; part of migrating."""
    return desk.do(
        NOBODY, lambda tx: _local_admin(tx) or tx.people.add_person(LOCAL_ADMIN, "Local admin", Role.ADMIN, None)
    )


def _local_admin(tx: UnitOfWork) -> Actor | None:
    return tx.people.by_email(LOCAL_ADMIN)


def _require_new(tx: UnitOfWork, address: str) -> None:
    found = tx.people.member(address)
    if found is None:
        return
    require_active(found)
    raise DeskError("person_exists", f"{address} is on this desk already.", "`user list` shows everybody.")


def _only(scope: Sequence[int] | None) -> int | None:
    """The client that a line of the log is about, where it is about one."""
    return scope[0] if scope is not None and len(scope) == 1 else None
