"""What a person needs to enter a row by hand: the fields of the map, and the row that is known of an id already (R16)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import FieldMap
from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import GOES_IN
from lib.errors import DeskError
from lib.mapping.entries import EntryField, entry_fields

__all__ = ["EntryField"]

_MOST_ROWS = 50


def fields_to_enter(tx: UnitOfWork, key: str, name: str) -> tuple[EntryField, ...]:
    """The fields that the approved map of an object reads; none where there is no approved map."""
    tx.actor.require(Right.IMPORT)
    found = tx.maps.approved(tx.accounts.by_key(key), name)
    return () if found is None else entry_fields(found.field_map)


def completed(
    tx: UnitOfWork, account: Account, field_map: FieldMap, external_id: str, typed: Mapping[str, str]
) -> dict[str, str]:
    """A typed row with what it leaves out taken from the row that wrote the record last, mended cells included.

    An update replaces a record whole, so a field left out would be emptied otherwise. DeskError `earlier_row_gone`
    where that row, or a field of it, is no longer known: then every such field has to be given.
    """
    tx.actor.require(Right.IMPORT)
    known = tx.external_objects.known(account, field_map.object, [external_id])
    if not known.num_rows:
        return dict(typed)
    sources = [item.source for item in entry_fields(field_map)]
    before, columns = _last_row(tx, int(known["record_id"][0].as_py()))
    unknown = [name for name in sources if name not in typed and name not in columns]
    if unknown:
        raise DeskError(
            "earlier_row_gone",
            f"{external_id} is known already, and what {', '.join(unknown[:5])} held is no longer kept, "
            "so leaving it out would empty it.",
            f"Give it too, or empty it on purpose: {unknown[0]}=",
        )
    return {name: typed.get(name, before.get(name, "")) for name in sources}


def as_new_bytes(tx: UnitOfWork, key: str, content: bytes) -> bytes:
    """The typed rows as bytes of a delivery that is not decided on yet: what was typed and committed before may be
    typed again, once the provider has said something else meanwhile; only an empty line tells the two apart.
    """
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    while (known := tx.deliveries.with_hash(account, hashlib.sha256(content).hexdigest())) is not None:
        if all(load.status is not LoadStatus.COMMITTED for load in tx.loads.of_delivery(known.id)):
            break
        content += b"\n"
    return content


def _last_row(tx: UnitOfWork, record_id: int) -> tuple[dict[str, str], Collection[str]]:
    """The raw cells of the newest committed row of a record, and the columns its file had; nothing once it is gone."""
    rows = tx.rows.of_record(record_id, _MOST_ROWS)
    loads = tx.loads.with_ids(row.load_id for row in rows)
    for row in rows:
        load = loads[row.load_id]
        if load.status is LoadStatus.COMMITTED and row.verdict in GOES_IN:
            places, table = tx.payloads.tables_at(load.delivery_id, load.id, "raw", [row.row_no])
            if table is None or not places:
                break
            cells = {str(name): str(value) for name, value in table.to_pylist()[0].items() if value is not None}
            edited = {source: text for (_, source), text in tx.edits.overlay(load.id, [row.row_no]).items()}
            return cells | edited, {*table.column_names, *edited}
    return {}, ()
