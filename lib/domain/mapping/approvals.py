"""Who may approve the map of an account: its owner or an admin; with four eyes any second person who has the right."""

from __future__ import annotations

from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right, Role
from lib.errors import DeskError


def refusal(actor: Actor, account: Account, submitted_by: int) -> DeskError | None:
    """Why this person may not approve what `submitted_by` submitted, as the error to raise; None where they may."""
    if not actor.may(Right.APPROVE_MAPS):
        return DeskError(
            "not_allowed", f"{actor.email} may not approve field maps.", f"The owner approves: {account.owner_email}."
        )
    if account.is_four_eyes:
        return _own(actor, account) if submitted_by == actor.person_id else None
    if actor.role is Role.ADMIN or actor.person_id == account.owner_id:
        return None
    return DeskError(
        "not_the_owner",
        f"{account.owner_email} answers for {account.key} and approves its maps.",
        "Ask them, or an admin; `account set` changes the owner.",
    )


def _own(actor: Actor, account: Account) -> DeskError:
    return DeskError(
        "four_eyes",
        f"{actor.email} submitted it, and {account.key} asks for a second person.",
        "Let somebody else approve it.",
    )


def within(text: str, what: str, longest: int) -> str:
    """A note as it is kept, without blanks around it; DeskError `too_long` where it does not fit, `secret_in_text`."""
    said = text.strip()
    refuse_secrets([(f"the {what}", said)])
    if len(said) > longest:
        raise DeskError("too_long", f"That {what} has {len(said)} characters.", f"Use at most {longest}.")
    return said
