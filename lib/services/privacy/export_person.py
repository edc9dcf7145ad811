"""Put together what is known of a person, as plain values: records, rows with their cells, webhooks that wait, and texts.

A row is given as it came and as it was read; a text that only speaks of them is given whole, so somebody reads the file
before it is handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from lib.db.unit_of_work import UnitOfWork
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.mapping.keys import CONTENT_HASH
from lib.mapping.mentions import Mentions

_OWN_COLUMNS = frozenset({"content_hash", "client_id", "account_id", "load_id", "version"})
Plain = dict[str, Any]


def records_of(tx: UnitOfWork, name: str, ids: Sequence[int]) -> list[Plain]:
    """Records of one object with every value they hold, and whose they are."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = []
    for row in tx.records.by_ids(object_type(name), ids).values():
        account = tx.accounts.by_id(row.account_id)
        whose = {"client": account.client_name, "source_label": account.source_label}
        values = {column: value for column, value in row._mapping.items() if column not in _OWN_COLUMNS}
        found.append(_plain({**whose, **{column: value for column, value in values.items() if value is not None}}))
    return found


def rows_of(tx: UnitOfWork, load_id: int, places: Sequence[int]) -> list[Plain]:
    """Rows of one load: the file they came in, their cells as they came and as they were read."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    load = tx.loads.by_id(load_id)
    delivery = tx.deliveries.by_id(load.delivery_id)
    raw = tx.payloads.rows_at(delivery.id, load_id, "raw", places)
    mapped = tx.payloads.rows_at(delivery.id, load_id, "mapped", places)
    came = {"load": load_id, "file": delivery.file_name, "received_at": delivery.received_at}
    return [
        _plain({**came, "row": place, "as_it_came": raw.get(place, {}), "as_it_was_read": _read(mapped.get(place, {}))})
        for place in places
    ]


def parked_of(tx: UnitOfWork, ids: Sequence[int]) -> list[Plain]:
    """Webhooks that wait, as they came."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return [{"webhook": item.id, "body": orjson.loads(item.body)} for item in tx.traces.parked() if item.id in ids]


def texts_of(tx: UnitOfWork, name: str, who: Mentions) -> list[Plain]:
    """The texts of a table that speak of them."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return [
        {"place": f"{name} {' '.join(map(str, line.key.values()))}", "column": column, "text": text}
        for line in tx.traces.speaking(name, who.patterns())
        for column, text in line.texts.items()
        if who.is_in(text)
    ]


def note_export(tx: UnitOfWork, marks: list[list[Any]], counts: dict[str, int]) -> None:
    """Write down that it left the desk, for whom by keyed hashes alone."""
    client_id = next(iter(tx.actor.client_ids)) if tx.actor.client_ids and len(tx.actor.client_ids) == 1 else None
    tx.audit.note("person exported", "person", 0, client_id, marks=marks, **counts)


def _read(values: Plain) -> Plain:
    return {name: value for name, value in values.items() if name != CONTENT_HASH}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return f"{value:f}" if isinstance(value, Decimal) else value
