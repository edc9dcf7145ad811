"""Ids reserved in blocks, so that a record's id is known before it is written."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.operations import id_blocks


def reserve(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` ids of the sequence `name` and return the first. A rolled-back block is lost: ids have gaps."""
    if count == 0:
        return 0
    if not _advance(connection, name, count):
        try:
            connection.execute(insert(id_blocks).values(name=name, next_id=1 + count))
            return 1
        except DBAPIError as error:
            # Somebody else began the sequence at the same moment.
            if failure_of(error) is not Failure.DUPLICATE:
                raise
            _advance(connection, name, count)
    after: int = connection.execute(select(id_blocks.c.next_id).where(id_blocks.c.name == name)).scalar_one()
    return after - count


def _advance(connection: Connection, name: str, count: int) -> bool:
    """Move the sequence on, and keep its row until the transaction ends; False when there is none yet."""
    moved = connection.execute(
        update(id_blocks).where(id_blocks.c.name == name).values(next_id=id_blocks.c.next_id + count)
    )
    return moved.rowcount == 1
