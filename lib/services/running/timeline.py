"""The timeline of the desk: settings, maps, runs, numbers and people in one list, newest first (F99)."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.running.happenings import KINDS, Happening
from lib.errors import DeskError

__all__ = ["KINDS", "Happening", "Timeline", "timeline"]

MOST = 300


@dataclass(frozen=True)
class Timeline:
    """The newest lines, whether there are older ones, and whom else it could be narrowed to."""

    lines: tuple[Happening, ...]
    has_more: bool
    people: tuple[str, ...]


def timeline(
    tx: UnitOfWork, *, client: str = "", account: str = "", person: str = "", kind: str = "", limit: int = 30
) -> Timeline:
    """The newest `limit` lines (300 at most) in scope, narrowed to a client, an account, a person's address and a kind.

    NotFound for a client or an account outside the scope; DeskError `unknown_kind`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    if kind and kind not in KINDS:
        raise DeskError("unknown_kind", f"There is no kind of line called {kind!r}.", f"There are {', '.join(KINDS)}.")
    few = max(1, min(limit, MOST))
    asked = {
        "client_id": tx.clients.by_key(client).id if client else None,
        "account_id": tx.accounts.by_key(account).id if account else None,
    }
    rows = tx.audit.newest(few + 1, **asked, person=person.strip().lower(), subjects=KINDS.get(kind, ()))
    accounts = tx.audit.accounts_of(rows)
    lines = tuple(
        Happening(
            row.at,
            row.email,
            row.action,
            row.subject_type,
            row.subject_id,
            row.detail or {},
            accounts.get((row.subject_type, row.subject_id), ""),
        )
        for row in rows[:few]
    )
    return Timeline(lines, len(rows) > few, tuple(tx.audit.people(MOST, client_id=asked["client_id"])))
