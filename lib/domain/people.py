"""Who acts: a person of the desk, their role, and the clients they may see. Every service is handed one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lib.errors import NotAllowed


class Role(StrEnum):
    """What a person is to the desk."""

    ADMIN = "admin"
    OWNER = "owner"
    ANALYST = "analyst"
    STAKEHOLDER = "stakeholder"


class Right(StrEnum):
    """What can be asked of the desk."""

    SEE_SUMMARIES = "see summaries"
    SEE_DETAIL = "see rows and deliveries"
    IMPORT = "import deliveries"
    EDIT_MAPS = "edit field maps"
    APPROVE_MAPS = "approve field maps"
    APPROVE_LOADS = "approve and undo loads"
    CAPTURE_BASELINES = "capture baselines"
    PUBLISH = "publish to the portal"
    MANAGE_ACCOUNTS = "manage provider accounts"
    MANAGE_DESK = "manage people and clients"


_STAKEHOLDER = frozenset({Right.SEE_SUMMARIES})
_ANALYST = _STAKEHOLDER | {Right.SEE_DETAIL, Right.IMPORT, Right.EDIT_MAPS, Right.CAPTURE_BASELINES}
_OWNER = _ANALYST | {Right.APPROVE_MAPS, Right.APPROVE_LOADS, Right.PUBLISH, Right.MANAGE_ACCOUNTS}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.STAKEHOLDER: _STAKEHOLDER,
    Role.ANALYST: _ANALYST,
    Role.OWNER: _OWNER,
    Role.ADMIN: _OWNER | {Right.MANAGE_DESK},
}


@dataclass(frozen=True)
class Actor:
    """A person acting. `client_ids` is None for somebody who may see every client, otherwise exactly those."""

    person_id: int
    email: str
    name: str
    role: Role
    client_ids: frozenset[int] | None = None

    @property
    def called(self) -> str:
        """Their name, or their address where nobody wrote one down."""
        return self.name or self.email

    def may(self, right: Right) -> bool:
        """Whether this person's role carries the right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Refuse with NotAllowed unless the role carries the right."""
        if not self.may(right):
            raise NotAllowed(f"{self.email} is {_article(self.role)} {self.role} and may not {right}.")

    def may_see(self, client_id: int) -> bool:
        """Whether the client lies within this person's scope."""
        return self.client_ids is None or client_id in self.client_ids


# Who asks before anybody is known: may do nothing and sees no client.
NOBODY = Actor(0, "nobody", "Nobody", Role.STAKEHOLDER, frozenset())


def _article(role: Role) -> str:
    return "an" if role[0] in "aeiou" else "a"
