"""Rung 1, Access: what the account is, who answers for it, how the desk gets in, and where its rows belong."""

from __future__ import annotations

from lib.domain.ladder.gates import Gate
from lib.domain.ladder.rungs.looking import Looking, day_in_words, named, words_of
from lib.domain.people import RIGHTS, Right
from lib.domain.wording import listed

# What is known of a provider for a year may have changed since: its export has another shape, its terms other words.
_YEAR = 365


def access(look: Looking) -> tuple[Gate, ...]:
    """The six gates of rung 1."""
    return (
        _confirmed(look, "source_label", "Source label", look.account.source_label, "Name the source."),
        _owner(look),
        _confirmed(look, "auth_model", "Sign-in to the provider", look.account.auth_model, "Write how one signs in."),
        _destination(look),
        look.by_hand(
            "documentation",
            "Provider documentation",
            "Say which documentation was read, with its link.",
            mark=look.account.provider,
            good_days=_YEAR,
        ),
        look.by_hand(
            "access",
            "Account access",
            "Say who was given access to the provider's account, and how that was seen.",
            mark=look.account.owner_email,
            good_days=_YEAR,
        ),
    )


def marks(look: Looking) -> dict[str, str]:
    """What the gates that a person confirms are confirmed for, by gate: as it is now."""
    account = look.account
    return {
        "source_label": account.source_label,
        "auth_model": account.auth_model,
        "documentation": account.provider,
        "access": account.owner_email,
        "watch_owner": account.owner_email,
    }


def _confirmed(look: Looking, key: str, what: str, text: str, climb: str) -> Gate:
    """Written by the owner, and what it was when the account went live; another text waits for somebody to confirm it."""
    if not text.strip():
        return look.gate(key, what, False, "Nothing is written", climb=climb)
    promotion, said = look.standing.promotion, look.standing.evidence.get(key)
    if promotion is None:
        return look.gate(key, what, True, text, by=look.account.owner_email)
    was, by, at = promotion.looked_at.get("marks", {}).get(key, text), promotion.by, promotion.at
    evidence = text
    if said is not None and said.at >= promotion.at:
        was, by, at, evidence = said.looked_at.get("mark", text), said.by, said.at, f"{text}: {words_of(said)}"
    stale = "" if was == text else f"it was {was} on {day_in_words(at)}, and it is {text} now"
    confirm = "Confirm it, and say what the clients were told."
    return look.gate(key, what, not stale, evidence, by=by, at=at, stale=stale, climb=confirm)


def _owner(look: Looking) -> Gate:
    account, seen = look.account, look.standing.owner
    trouble = ""
    if seen is None or not seen.is_active:
        trouble = f"{account.owner_email} is no longer a person of this desk"
    elif Right.MANAGE_ACCOUNTS not in RIGHTS[seen.role]:
        trouble = f"{account.owner_email} is {seen.role} now, and may no longer manage accounts"
    elif not seen.may_see_client:
        trouble = f"{account.owner_email} may no longer see {account.client_name}"
    return look.gate(
        "owner",
        "Owner",
        not trouble,
        account.owner_email,
        by=account.owner_email,
        stale=trouble,
        climb="Give the account another owner.",
    )


def _destination(look: Looking) -> Gate:
    account = look.account
    found = f"The {account.destination} database"
    there = {item.object for item in look.standing.objects}
    moved = sorted({key.partition(".")[2] for key in look.standing.held} - {"", *there})
    fits = bool(there) and not moved
    stale = f"it went live with {listed([named(name) for name in moved])}, which belong to another database"
    return look.gate(
        "destination",
        "Database",
        fits,
        found if there else f"{found}, and nothing that the provider sends belongs there",
        by=account.owner_email if fits else "",
        stale=stale if moved else "",
        climb="Choose the database that its objects belong to, or set up another account.",
    )
