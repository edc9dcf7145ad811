"""Change what a person may: their role, the clients they see, what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lib.db.shared_steps.people_checks import left_alone, member_named, require_active, require_another_admin, scope_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.members import Member
from lib.domain.people import Actor, Right, Role
from lib.errors import DeskError

EVERY = "every"
_LONGEST_NAME = 190


@dataclass(frozen=True)
class Changed:
    """A person as they are now, and the keys of the accounts that they may no longer answer for."""

    member: Member
    left_alone: tuple[str, ...]


def change_person(tx: UnitOfWork, email: str, changes: Mapping[str, str]) -> Changed:
    """Change `role`, `clients` (keys with commas between, or `every`) and `name`, all of them or none.

    What they may is asked on each run, so it holds with their next click. DeskError `unknown_setting`, `unknown_role`,
    `last_admin`, and what `scope_of` says of clients.
    """
    tx.actor.require(Right.MANAGE_DESK)
    before = member_named(tx, email)
    require_active(before)
    then = _then(tx, before, changes)
    if then == before.actor:
        return Changed(before, ())
    if then.role is not Role.ADMIN:
        require_another_admin(tx, before)
    alone = left_alone(tx, before, then)
    tx.people.change(then.person_id, then.name, then.role, None if then.client_ids is None else sorted(then.client_ids))
    after = member_named(tx, email)
    told = {"role": [before.actor.role, then.role], "clients": [_keys(tx, before.actor), _keys(tx, then)]}
    tx.audit.note("person changed", "person", then.person_id, None, email=before.email, **told)
    return Changed(after, tuple(account.key for account in alone))


def _then(tx: UnitOfWork, before: Member, changes: Mapping[str, str]) -> Actor:
    unknown = sorted(set(changes) - {"role", "clients", "name"})
    if unknown:
        raise DeskError(
            "unknown_setting", f"A person has no setting {unknown[0]!r}.", "There are role, clients and name."
        )
    role = _role(changes["role"]) if "role" in changes else before.actor.role
    name = changes.get("name", before.actor.name).strip()[:_LONGEST_NAME]
    keys = _keys(tx, before.actor)
    if "clients" in changes:
        keys = None if changes["clients"].strip() == EVERY else _listed(changes["clients"])
    scope = scope_of(tx, role, keys)
    return replace(before.actor, name=name, role=role, client_ids=None if scope is None else frozenset(scope))


def _role(text: str) -> Role:
    try:
        return Role(text.strip())
    except ValueError:
        raise DeskError("unknown_role", f"There is no role {text!r}.", f"Roles are {', '.join(Role)}.") from None


def _listed(text: str) -> list[str]:
    return [key for key in (part.strip() for part in text.split(",")) if key]


def _keys(tx: UnitOfWork, person: Actor) -> list[str] | None:
    """The keys of the clients a person sees; None for every client."""
    if person.client_ids is None:
        return None
    return sorted(client.key for client in tx.clients.every() if client.id in person.client_ids)
