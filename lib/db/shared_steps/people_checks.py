"""What has to be so before a person is changed: they are known, their clients are there, an admin stays."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.members import Member
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right, Role
from lib.errors import DeskError


def member_named(tx: UnitOfWork, email: str) -> Member:
    """The person with this address, removed ones too; DeskError `unknown_person`, or `local_admin_stays` for the desk's own."""
    found = tx.people.member(email)
    if found is None:
        raise DeskError("unknown_person", f"{email} is not a person of this desk.", "`user list` shows everybody.")
    if found.is_local:
        raise DeskError(
            "local_admin_stays",
            f"{found.email} is the desk itself on its own machine, and stays as it is.",
            "Nobody can sign in as it.",
        )
    return found


def require_active(member: Member) -> None:
    """DeskError `person_removed` for somebody who is of this desk no more."""
    if not member.is_active:
        raise DeskError(
            "person_removed",
            f"{member.email} was removed from this desk.",
            f"Put them back first: `user put-back {member.email}`.",
        )


def scope_of(tx: UnitOfWork, role: Role, keys: Sequence[str] | None) -> list[int] | None:
    """The ids of the clients that somebody of this role may see; None for every client.

    DeskError `stakeholder_needs_client` where a client's person would see every client (R6), `no_client_named` where
    somebody would see none, `admin_sees_every_client`: whoever gives rights over clients could give them to themselves.
    """
    if keys is not None and role is Role.ADMIN:
        raise DeskError(
            "admin_sees_every_client", "An admin sees every client.", "Name no client, or give them another role."
        )
    if keys is None and role is Role.STAKEHOLDER:
        raise DeskError(
            "stakeholder_needs_client",
            "A stakeholder sees the clients that are named only, and none was named.",
            "Add --client with the client's key.",
        )
    if keys is not None and not keys:
        raise DeskError(
            "no_client_named",
            "They would see no client at all.",
            "Name the clients they see, or remove them from the desk.",
        )
    return None if keys is None else sorted({tx.clients.by_key(key).id for key in keys})


def require_another_admin(tx: UnitOfWork, member: Member) -> None:
    """DeskError `last_admin` where nobody else is left who can sign in as an admin; call it before an admin is taken away."""
    if member.actor.role is not Role.ADMIN or not member.is_active:
        return
    tx.people.hold_admins()
    others = [
        each
        for each in tx.people.members()
        if each.actor.role is Role.ADMIN and each.is_active and not each.is_local and each.invited_until is None
    ]
    if not any(each.email != member.email for each in others):
        raise DeskError(
            "last_admin",
            f"{member.email} is the last admin of this desk who can sign in, so they stay one.",
            "Make somebody else an admin first.",
        )


def left_alone(tx: UnitOfWork, member: Member, then: Actor | None) -> list[Account]:
    """The accounts this person owns and could not answer for (R2) as they are `then`; None: once they are removed."""
    mine = [account for account in tx.accounts.every() if account.owner_id == member.actor.person_id]
    if then is None:
        return mine
    return [each for each in mine if not (then.may(Right.MANAGE_ACCOUNTS) and then.may_see(each.client_id))]
