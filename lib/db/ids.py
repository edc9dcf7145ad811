"""Ids reserved in blocks, so that a record's id is known before it is written."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from lib.db.tables.operations import id_blocks


def reserve(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` ids of the sequence `name` and return the first. A rolled-back block is lost: ids have gaps."""
    if count == 0:
        return 0
    moved = connection.execute(
        update(id_blocks).where(id_blocks.c.name == name).values(next_id=id_blocks.c.next_id + count)
    )
    if moved.rowcount == 0:
        connection.execute(insert(id_blocks).values(name=name, next_id=1 + count))
        return 1
    after: int = connection.execute(select(id_blocks.c.next_id).where(id_blocks.c.name == name)).scalar_one()
    return after - count
