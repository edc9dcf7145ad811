"""The audit log as it is read: who did what to which client's data, when and from where, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.audit import Asked, AuditLine
from lib.domain.people import Right
from lib.errors import DeskError

PAGE = 50
_AT_ONCE = 2_000


@dataclass(frozen=True)
class Filters:
    """What the log is narrowed to: a client's key, a person's address, an action, days of UTC with both ends included."""

    client: str = ""
    person: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class AuditPage:
    """Lines, newest first; whether there are newer and older ones; the people and actions that could be asked for."""

    lines: tuple[AuditLine, ...]
    has_newer: bool
    has_older: bool
    people: tuple[str, ...]
    actions: tuple[str, ...]


def audit_page(
    tx: UnitOfWork, filters: Filters, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> AuditPage:
    """A page of the log in scope: the newest lines, those before a position, or the nearest after one.

    An admin sees every line, an owner those of their clients. NotFound for a client outside the scope.
    """
    asked = _asked(tx, filters)
    rows = tx.audit.lines(asked, limit + 1, before=before, after=after)
    has_more = len(rows) > limit
    # The one too many lies at the far end: above, where newer lines were asked for, else below.
    shown = rows[-limit:] if after is not None else rows[:limit]
    people, actions = tx.audit.offered(asked.client_id)
    return AuditPage(
        tuple(_line(row) for row in shown),
        has_newer=has_more if after is not None else before is not None,
        has_older=has_more if after is None else True,
        people=tuple(people),
        actions=tuple(actions),
    )


def audit_lines(tx: UnitOfWork, filters: Filters) -> Iterator[list[AuditLine]]:
    """Every line in scope, newest first, some thousand at a time."""
    asked, before = _asked(tx, filters), None
    while rows := tx.audit.lines(asked, _AT_ONCE, before=before):
        yield [_line(row) for row in rows]
        before = rows[-1].id


def note_log_taken(tx: UnitOfWork, filters: Filters, lines: int) -> None:
    """Write down that lines of the log left the desk; under the client where they are of one."""
    client = tx.clients.by_key(filters.client) if filters.client else None
    told: dict[str, Any] = {name: str(value) for name, value in vars(filters).items() if value}
    subject = ("client", client.id, client.id) if client else ("desk", 0, None)
    tx.audit.note("audit log taken out", *subject, lines=lines, **told)


def _asked(tx: UnitOfWork, filters: Filters) -> Asked:
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    if filters.first and filters.last and filters.last < filters.first:
        raise DeskError("range_backwards", "The last day lies before the first.", "Exchange --from and --to.")
    return Asked(
        tx.clients.by_key(filters.client).id if filters.client else None,
        filters.person.strip().lower(),
        filters.action.strip(),
        _midnight(filters.first) if filters.first else None,
        _midnight(filters.last + timedelta(days=1)) if filters.last and filters.last < date.max else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _line(row: Any) -> AuditLine:
    return AuditLine(
        row.id,
        row.at,
        row.email,
        row.client_key,
        row.client_name,
        row.action,
        row.subject_type,
        row.subject_id,
        row.detail or {},
        row.door,
        row.address,
        row.seal,
    )
