"""Say what the updated rows of a preview would change in the records that stand, old → new; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import FieldMap
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.verdicts import Verdict
from lib.mapping.checked import CheckedBatch, Judged
from lib.mapping.content import dated_by_receipt
from lib.mapping.map_effects import ChangedRow, MapEffect, ValueChange
from lib.mapping.shown import as_seen, label_of, sensitivity_of, shown
from lib.mapping.values import python_lists

# So many updated rows are held against their records, and so many of them named.
_COMPARED, _NAMED = 300, 20


def effect(tx: UnitOfWork, account: Account, field_map: FieldMap, batch: CheckedBatch, judged: Judged) -> MapEffect:
    """The effect of a batch of mapped rows on what is there; of its first _COMPARED updated rows."""
    tx.actor.require(Right.EDIT_MAPS)
    places = np.flatnonzero(judged.verdicts == Verdict.UPDATED.value)[:_COMPARED].tolist()
    if not places or batch.mapped is None:
        return MapEffect()
    kind = object_type(field_map.object)
    names = [name for name in kind.column_names if field_map.rule_for(name) and name != "external_id"]
    lists = python_lists(batch.mapped.take(places), names, kind)
    cells = [dict(zip(names, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    there = _standing(tx, account, kind, batch, judged, places)
    counts: Counter[str] = Counter()
    rows: list[ChangedRow] = []
    for place, new in zip(places, cells, strict=True):
        changed = _changed(field_map, new, there.get(place, {}))
        counts.update(label_of(field_map, name) for name in changed)
        if changed and len(rows) < _NAMED:
            changes = tuple(_said(account, field_map, kind, name, there[place][name], new[name]) for name in changed)
            rows.append(ChangedRow(int(batch.rows.lines[place]), changes))
    return MapEffect(len(places), tuple(counts.most_common()), tuple(rows))


def _standing(
    tx: UnitOfWork, account: Account, kind: ObjectType, batch: CheckedBatch, judged: Judged, places: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    """What each row would be written over, by its place."""
    if kind.destination is Destination.TRAFFIC:
        keys = {place: str(batch.rows.external_ids[place]) for place in places}
        committed = tx.committed_loads.ids(account.id, kind.name)
        newest = tx.traffic.newest_of(account, kind.name, committed, list(keys.values()))
        return {place: dict(newest[key]._mapping) for place, key in keys.items() if key in newest}
    ids = {place: int(judged.record_ids[place]) for place in places}
    records = tx.records.by_ids(kind, ids.values())
    return {place: dict(records[key]._mapping) for place, key in ids.items() if key in records}


def _changed(field_map: FieldMap, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    # A lead keeps the moment it was first received, however often it is delivered.
    lasting, keeping = set(dated_by_receipt(field_map)), field_map.keeping
    return [
        name
        for name, value in new.items()
        if name in old and name not in lasting and old[name] != value and not (value is None and name in keeping)
    ]


def _said(account: Account, field_map: FieldMap, kind: ObjectType, name: str, was: Any, becomes: Any) -> ValueChange:
    zone, column = account.timezone or account.client_timezone, kind.column(name)
    care = sensitivity_of(field_map, kind, name)
    texts = [shown(value, column.kind, zone) for value in (was, becomes)]
    hidden = [as_seen(text, care, is_clear=False) for text in texts]
    return ValueChange(label_of(field_map, name), *texts, *hidden)
