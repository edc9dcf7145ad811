"""Audit lines written as the last thing of their transaction, each sealed onto the line before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, Text, bindparam, insert, select, type_coerce, update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.audit import audit_head, audit_log
from lib.domain.access.audit_chain import BEFORE_THE_FIRST, Anchor, ChainLine, SealedLine, sealed

_ONLY = 1
_AT_ONCE = 5_000
# Built once: every transaction that writes ends with them.
_MOVE_ON = (
    update(audit_head)
    .where(audit_head.c.id == _ONLY)
    .values(position=audit_head.c.position + bindparam("count", type_=Integer))
)
_BEFORE = audit_head.c.position - bindparam("count", type_=Integer)
_LAST_LINE = (
    select(_BEFORE.label("position"), audit_log.c.seal)
    .select_from(audit_head.outerjoin(audit_log, audit_log.c.id == _BEFORE))
    .where(audit_head.c.id == _ONLY)
)


@dataclass(frozen=True)
class Noted:
    """A line that waits for the end of its transaction, which gives it its place; `detail` is canonical JSON."""

    at: datetime
    person_id: int
    client_id: int | None
    action: str
    subject_type: str
    subject_id: int
    detail: str
    door: str
    address: str


def as_detail(detail: dict[str, Any]) -> str:
    """The text that the table keeps of a line's detail, and that its seal is made over."""
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode()


def write_chain(connection: Connection, key: bytes, noted: Sequence[Noted]) -> Anchor:
    """Write these lines behind the last one and return the new end of the chain.

    Called right before COMMIT: from here on the transaction holds the head of the chain, for which every other writer
    of the log waits, and it waits for nothing more itself.
    """
    last, seal = _taken(connection, len(noted))
    rows: list[dict[str, Any]] = []
    for position, line in enumerate(noted, last + 1):
        one = sealed(key, seal, ChainLine(position, **vars(line)))
        seal = one.seal
        said = {**vars(line), "detail": orjson.loads(line.detail)}
        rows.append({**said, "id": position, "previous_seal": one.previous, "seal": seal})
    connection.execute(insert(audit_log), rows)
    return Anchor(last + len(rows), seal)


def _taken(connection: Connection, count: int) -> tuple[int, str]:
    """Lock the head, move it on by `count`, and tell where it stood before: the position and seal of the last line."""
    if not _advanced(connection, count):
        try:
            connection.execute(insert(audit_head).values(id=_ONLY, position=count))
        except DBAPIError as error:
            # Somebody else wrote the first line of all at the same moment.
            if failure_of(error) is not Failure.DUPLICATE:
                raise
            _advanced(connection, count)
    found = connection.execute(_LAST_LINE, {"count": count}).one()
    # Where the last line was taken away, the chain goes on behind the gap, and the gap is found.
    return found.position, found.seal or BEFORE_THE_FIRST


def _advanced(connection: Connection, count: int) -> bool:
    return connection.execute(_MOVE_ON, {"count": count}).rowcount == 1


def head_of(connection: Connection) -> int:
    """The position that the chain has come to, as the database says; 0 before the first line."""
    return int(connection.execute(select(audit_head.c.position).where(audit_head.c.id == _ONLY)).scalar() or 0)


def walked(connection: Connection) -> Iterator[SealedLine]:
    """Every line in the order of the positions, some thousand at a time."""
    # Its detail as it lies there: what was sealed is the text.
    text = type_coerce(audit_log.c.detail, Text).label("text")
    others = [column for column in audit_log.c if column is not audit_log.c.detail]
    query = select(*others, text).order_by(audit_log.c.id).limit(_AT_ONCE)
    rows = connection.execute(query).all()
    while rows:
        for row in rows:
            yield SealedLine(
                ChainLine(
                    row.id,
                    row.at,
                    row.person_id,
                    row.client_id,
                    row.action,
                    row.subject_type,
                    row.subject_id,
                    row.text,
                    row.door,
                    row.address,
                ),
                row.previous_seal,
                row.seal,
            )
        rows = connection.execute(query.where(audit_log.c.id > rows[-1].id)).all() if len(rows) == _AT_ONCE else []
