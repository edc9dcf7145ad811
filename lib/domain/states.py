"""Where a delivery, a load and a map version may stand, and every legal move between those places, as data."""

from __future__ import annotations

from enum import StrEnum

from lib.errors import DeskError


class DeliveryStatus(StrEnum):
    """A delivery is received, then read or refused; what arrived never changes."""

    RECEIVED = "received"
    READ = "read"
    REFUSED = "refused"


class LoadStatus(StrEnum):
    """A load is one delivery read through one version of a map."""

    MAPPED = "mapped"
    CHECKED = "checked"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    COMMITTED = "committed"
    UNDONE = "undone"
    REJECTED = "rejected"
    FAILED = "failed"


class MapStatus(StrEnum):
    """A version of a map: what was drafted, from the moment it is submitted; nothing of what it says changes after that.

    Sent back to whoever drafted it, or taken back by them, it is no longer waited for; the draft goes on from it.
    """

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETIRED = "retired"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class AccountStatus(StrEnum):
    """An account is created paused, works in setup, and is live only while its proof holds (R17)."""

    PAUSED = "paused"
    SETUP = "setup"
    LIVE = "live"
    NEEDS_REVIEW = "needs_review"


# Clients have read numbers of an account in one of these, and do again once it is proven anew.
HAS_GONE_LIVE = frozenset({AccountStatus.LIVE, AccountStatus.NEEDS_REVIEW})

DELIVERY_MOVES: dict[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.RECEIVED: frozenset({DeliveryStatus.READ, DeliveryStatus.REFUSED}),
    DeliveryStatus.READ: frozenset(),
    # A refused file may be read after all once the reader is told how (sheet, header row).
    DeliveryStatus.REFUSED: frozenset({DeliveryStatus.READ}),
}

LOAD_MOVES: dict[LoadStatus, frozenset[LoadStatus]] = {
    LoadStatus.MAPPED: frozenset({LoadStatus.CHECKED, LoadStatus.FAILED}),
    LoadStatus.CHECKED: frozenset({LoadStatus.IN_REVIEW, LoadStatus.FAILED}),
    LoadStatus.IN_REVIEW: frozenset({LoadStatus.APPROVED, LoadStatus.REJECTED, LoadStatus.FAILED}),
    LoadStatus.APPROVED: frozenset({LoadStatus.COMMITTED, LoadStatus.FAILED, LoadStatus.REJECTED}),
    LoadStatus.COMMITTED: frozenset({LoadStatus.UNDONE}),
    LoadStatus.UNDONE: frozenset(),
    LoadStatus.REJECTED: frozenset(),
    LoadStatus.FAILED: frozenset({LoadStatus.MAPPED}),
}

MAP_MOVES: dict[MapStatus, frozenset[MapStatus]] = {
    # A submitted one is retired without having been used where a later one was approved before it.
    MapStatus.SUBMITTED: frozenset({MapStatus.APPROVED, MapStatus.RETURNED, MapStatus.WITHDRAWN, MapStatus.RETIRED}),
    MapStatus.APPROVED: frozenset({MapStatus.RETIRED}),
    MapStatus.RETIRED: frozenset(),
    MapStatus.RETURNED: frozenset(),
    MapStatus.WITHDRAWN: frozenset(),
}

# A load in one of these places waits: its rows are still to be written, or a person is still to decide on them.
WAITING_LOADS = frozenset({LoadStatus.MAPPED, LoadStatus.CHECKED, LoadStatus.IN_REVIEW})

# A load in one of these places is spent: the same file may be loaded again (settled question 4).
SPENT_LOADS = frozenset({LoadStatus.UNDONE, LoadStatus.REJECTED, LoadStatus.FAILED})


def require_load_move(load: int, now: LoadStatus, then: LoadStatus) -> None:
    """Refuse a move the table does not allow; DeskError `illegal_move` says where the load stands."""
    if then not in LOAD_MOVES[now]:
        raise DeskError(
            "illegal_move",
            f"Load {load} is {now.replace('_', ' ')}, so it cannot become {then.replace('_', ' ')}.",
            _way_out(now, then),
        )


def _way_out(now: LoadStatus, then: LoadStatus) -> str:
    if now is LoadStatus.COMMITTED and then is LoadStatus.APPROVED:
        return "It is approved already; nothing needs doing."
    if now in SPENT_LOADS:
        return "Import the file again: that opens a new load."
    return "Look at the load with `review` to see what it waits for."
