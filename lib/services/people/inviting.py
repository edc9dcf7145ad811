"""Invite somebody by their e-mail address: they get in by signing in with it, and the invitation lapses by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lib.db.shared_steps.people_checks import require_active, scope_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.addresses import email_address, name_from
from lib.domain.access.members import Member
from lib.domain.people import Right, Role
from lib.errors import DeskError


def invite_person(
    tx: UnitOfWork, email: str, role: Role, clients: Sequence[str] | None, stands_for: timedelta
) -> Member:
    """Expect a person; the same address again, before they came, renews the invitation with what is said now.

    `clients` are keys, None for every client. DeskError `person_exists` for somebody who has come already,
    `person_removed`, and what `scope_of` says of clients.
    """
    tx.actor.require(Right.MANAGE_DESK)
    scope, address = scope_of(tx, role, clients), email_address(email)
    until = tx.now + stands_for
    before = tx.people.member(address)
    if before is None:
        tx.people.add_person(address, name_from(address), role, scope, until)
    else:
        _require_expected(before)
        tx.people.change(before.actor.person_id, before.actor.name, role, scope)
        tx.people.invite(before.actor.person_id, until)
    invited = tx.people.member(address)
    assert invited is not None
    only = scope[0] if scope is not None and len(scope) == 1 else None
    told = {"role": role, "email": address, "clients": list(clients or ()), "until": until.isoformat()}
    tx.audit.note("person invited", "person", invited.actor.person_id, only, **told)
    return invited


def _require_expected(member: Member) -> None:
    require_active(member)
    if member.invited_until is None:
        raise DeskError(
            "person_exists",
            f"{member.email} is on this desk already.",
            f"Change what they may with `user set {member.email} role=…`.",
        )
