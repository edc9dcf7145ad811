"""Where a statement may stand on its way to a client, every legal move between those places, and kinds of changes."""

from __future__ import annotations

from enum import StrEnum

from lib.errors import DeskError


class StatementStatus(StrEnum):
    """A version of a governed sentence: written, looked over, shown to the client, and no longer shown."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    # A newer version of the same number stands in its place.
    REPLACED = "replaced"
    # Taken back: by a person, or by itself because a number of it moved.
    WITHDRAWN = "withdrawn"


class ChangeKind(StrEnum):
    """What can be changed so that numbers may move, or read differently (R4)."""

    FORM = "form"
    PAGE = "page"
    AUTOMATION = "automation"
    CAMPAIGN = "campaign"
    MAPPING = "mapping"
    WORDING = "wording"


class CorrectionCause(StrEnum):
    """Why a published number was taken back."""

    COMMITTED = "committed"
    UNDONE = "undone"
    RELEASED = "released"
    MAP_APPROVED = "map_approved"
    # What is counted was defined anew.
    DEFINED = "defined"
    # The same records were counted once more, and come to something else.
    REBUILT = "rebuilt"
    BY_HAND = "by_hand"


_ENDS = frozenset({StatementStatus.REPLACED, StatementStatus.WITHDRAWN})
STATEMENT_MOVES: dict[StatementStatus, frozenset[StatementStatus]] = {
    StatementStatus.DRAFT: frozenset({StatementStatus.REVIEWED}) | _ENDS,
    StatementStatus.REVIEWED: frozenset({StatementStatus.PUBLISHED}) | _ENDS,
    StatementStatus.PUBLISHED: _ENDS,
    StatementStatus.REPLACED: frozenset(),
    StatementStatus.WITHDRAWN: frozenset(),
}


def require_statement_move(statement: int, now: StatementStatus, then: StatementStatus) -> None:
    """Refuse a move the table does not allow; DeskError `illegal_move` says where the statement stands."""
    if then not in STATEMENT_MOVES[now]:
        hint = {
            StatementStatus.DRAFT: "Have it reviewed first.",
            StatementStatus.REVIEWED: "Publish it, or write another version.",
            StatementStatus.PUBLISHED: "It is shown to the client already; write another version to change it.",
        }.get(now, "Write another version of it.")
        raise DeskError("illegal_move", f"Statement {statement} is {now}, so it cannot become {then}.", hint)


def change_kind(text: str) -> ChangeKind:
    """The kind of change called so; DeskError `unknown_change` names those there are."""
    try:
        return ChangeKind(text)
    except ValueError:
        raise DeskError(
            "unknown_change", f"{text!r} is no kind of change.", f"Use one of {', '.join(ChangeKind)}."
        ) from None
