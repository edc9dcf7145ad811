"""A person as those see them who say who may come in: what they may, since when, and when they were last here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lib.domain.people import Actor
from lib.errors import DeskError

# The embedded desk's own admin; nobody signs in as them, and no provider may vouch for an address of this kind.
LOCAL_ADMIN = "admin@localhost"
HERE = "@localhost"
# For how many days an invitation stands, unless somebody says otherwise, and at the most.
INVITED_DAYS, MOST_INVITED_DAYS = 14, 90


class Presence(StrEnum):
    """Whether somebody is of this desk, is expected, or is no more."""

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "invitation lapsed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Member:
    """One person. `invited_until` is None unless they were invited and have not come yet.

    `signed_in_at` is the moment of their newest sign-in, as the provider dated it; sign-ins up to `signed_out_since` are
    over. `changed_at` is when somebody last changed what they may, a removal included.
    """

    actor: Actor
    is_active: bool
    added_at: datetime
    changed_at: datetime
    invited_until: datetime | None = None
    signed_in_at: datetime | None = None
    signed_out_since: datetime | None = None
    last_seen_at: datetime | None = None

    @property
    def email(self) -> str:
        """Their address."""
        return self.actor.email

    @property
    def is_local(self) -> bool:
        """Whether this is the desk's own admin, whom nobody signs in as."""
        return self.email.endswith(HERE)

    def presence(self, now: datetime) -> Presence:
        """Whether they are of this desk at that moment."""
        if not self.is_active:
            return Presence.REMOVED
        if self.invited_until is None:
            return Presence.ACTIVE
        return Presence.INVITED if now < self.invited_until else Presence.LAPSED


def invitation_time(days: int) -> timedelta:
    """How long an invitation stands; DeskError `invitation_days` for what is no time at all, or too long."""
    if not 1 <= days <= MOST_INVITED_DAYS:
        raise DeskError(
            "invitation_days",
            f"An invitation cannot stand for {days} days.",
            f"Give it between 1 and {MOST_INVITED_DAYS}.",
        )
    return timedelta(days=days)
