"""Add people to the desk and find out who somebody is."""

from __future__ import annotations

import re

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import NOBODY, Actor, Right, Role
from lib.errors import DeskError

LOCAL_ADMIN = "admin@localhost"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def add_person(tx: UnitOfWork, email: str, role: Role, client: str | None = None) -> Actor:
    """Add a person; a stakeholder belongs to one client and must name it."""
    tx.actor.require(Right.MANAGE_DESK)
    if role is Role.STAKEHOLDER and client is None:
        raise DeskError(
            "stakeholder_needs_client",
            "A stakeholder sees one client only, and none was named.",
            "Add --client with the client's key.",
        )
    address = _address(email)
    if tx.people.by_email(address) is not None:
        raise DeskError("person_exists", f"{address} is on this desk already.", "`user list` shows everybody.")
    found = tx.clients.by_key(client) if client else None
    actor = tx.people.add_person(address, _name(address), role, found.id if found else None)
    tx.audit.note("person added", "person", actor.person_id, found.id if found else None, role=role, email=address)
    return actor


def everybody(tx: UnitOfWork) -> list[Actor]:
    """Every person of the desk."""
    tx.actor.require(Right.MANAGE_DESK)
    return tx.people.every()


def person(tx: UnitOfWork, email: str, *, may_create_as: Role | None = None) -> tuple[Actor, bool]:
    """The person with this address, and whether they were created just now.

    On a desk without sign-in a name given for the first time becomes a person, in the role it is used in; elsewhere it
    is refused, since only an admin adds people there.
    """
    address = _address(email)
    found = tx.people.by_email(address)
    if found is not None:
        return found, False
    if may_create_as is None:
        raise DeskError(
            "unknown_person",
            f"{address} is not a person of this desk.",
            "Add them first: `user add EMAIL --role …`.",
        )
    actor = tx.people.add_person(address, _name(address), may_create_as, None)
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


def _address(email: str) -> str:
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise DeskError("not_an_address", f"{email!r} is not an e-mail address.", "Write it as name@example.com.")
    return address


def _name(address: str) -> str:
    return address.partition("@")[0].replace(".", " ").replace("_", " ").title()
