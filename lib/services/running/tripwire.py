"""Values that nobody has decided about hold their own rows, and a task says what those are worth (F149)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import MICROS, Kind, ObjectType, object_type
from lib.domain.states import SPENT_LOADS, LoadStatus
from lib.domain.tasks import UNSEEN_VALUE, Task
from lib.domain.verdicts import GOES_IN, Verdict
from lib.mapping.checked import codes_of
from lib.mapping.shown import cut, label_of, sensitivity_of, veiled
from lib.reporting.amounts import money

_CODE, _HELD = "unseen_value", "held"
_BLANK = pa.scalar(" ", pa.large_string())
# So many rows are asked for their texts, and so many values are named.
_LOOKED_AT, _NAMED, _KEPT = 5_000, 3, 50


def held_rows(tx: UnitOfWork, load: Load) -> tuple[pa.Table, pa.Table] | None:
    """Rows that would come in with a value nobody has decided about: as they were, and held; None where there is none."""
    if not load.reasons.get(_CODE) or load.is_test:
        return None
    places = tx.rows.places(load.id, limit=load.row_count, reason=_CODE)
    rows = tx.rows.at(load.id, places)
    is_open = pc.and_(
        pc.is_in(rows["verdict"], pa.array([str(verdict) for verdict in GOES_IN], pa.large_string())),
        pc.invert(rows["is_held"]),
    )
    was = rows.filter(is_open)
    if not was.num_rows:
        return None
    reasons = pc.binary_join_element_wise(
        was["reasons"].cast(pa.large_string()), pa.scalar(_HELD, pa.large_string()), _BLANK
    )
    now = was.set_column(was.schema.get_field_index("is_held"), "is_held", pa.array([True] * was.num_rows))
    return was, now.set_column(now.schema.get_field_index("reasons"), "reasons", reasons)


@dataclass(frozen=True)
class _Unseen:
    """A column's unknown values in one load: how many rows wait, what they come to, and the values as a person may see them."""

    column: str
    rows: int
    micros: int
    values: tuple[str, ...]


def open_tasks(tx: UnitOfWork, account: Account, load: Load) -> None:
    """One task for each column and its unknown values; the same values again are the task they already are."""
    if not load.reasons.get(_CODE) or load.is_test:
        return
    field_map = tx.maps.by_id(load.map_version_id).field_map
    for item in _unseen(tx, load, field_map):
        mark = blake2b(repr(sorted(value.casefold() for value in item.values)).encode(), digest_size=10).hexdigest()
        cause = f"unseen:{account.id}:{load.object}:{item.column}:{mark}"
        known = next(
            (task for task in tx.tasks.listed(account_id=account.id, kind=UNSEEN_VALUE) if task.cause == cause), None
        )
        loads = {**(known.detail["loads"] if known else {}), str(load.id): [item.rows, item.micros]}
        detail = {"object": load.object, "column": item.column, "values": list(item.values), "loads": loads}
        sentence = _sentence(account, field_map, item, loads)
        link = f"field_maps?account={account.key}&object={load.object}"
        tx.tasks.open_task(account, UNSEEN_VALUE, cause, sentence, link, detail)


def settle_tasks(tx: UnitOfWork, account: Account, name: str) -> None:
    """Close the tasks of an object whose rows wait no longer: released, decided by a newer map, undone or turned down."""
    for task in tx.tasks.standing([UNSEEN_VALUE], account.id):
        if task.detail["object"] != name:
            continue
        waiting = {number: worth for number, worth in task.detail["loads"].items() if _waits(tx, task, int(number))}
        if not waiting:
            tx.tasks.close_task(task, _because(tx, account, task))


def _waits(tx: UnitOfWork, task: Task, load_id: int) -> bool:
    """Whether rows of a load still wait because of the task's values."""
    load = tx.loads.by_id(load_id)
    if load.status in SPENT_LOADS:
        return False
    newest = max(
        (item for item in tx.loads.of_delivery(load.delivery_id) if item.object == load.object and not item.is_test),
        key=lambda item: item.id,
    )
    if newest.id != load.id and newest.status not in (*SPENT_LOADS, LoadStatus.MAPPED):
        return False
    reason = f"{_CODE}:{task.detail['column']}"
    return bool(
        tx.rows.places(load.id, limit=1, reason=reason, is_held=True)
        or tx.rows.places(load.id, limit=1, reason=reason, verdicts=[Verdict.FAILED])
    )


def _because(tx: UnitOfWork, account: Account, task: Task) -> str:
    version = tx.maps.approved(account, task.detail["object"])
    rule = version.field_map.rule_for(task.detail["column"]) if version else None
    known = {
        str(value).strip().casefold()
        for step in (rule.transforms if rule else ())
        if step.name == "value_map"
        for value in step.options["values"]
    }
    if version and task.detail["values"] and {value.casefold() for value in task.detail["values"]} <= known:
        return f"Map {version.version} says what they mean, and the deliveries were loaded again."
    return "No row waits for it any more."


def _unseen(tx: UnitOfWork, load: Load, field_map: FieldMap) -> Iterator[_Unseen]:
    kind = object_type(load.object)
    places = tx.rows.places(load.id, limit=load.row_count, reason=_CODE)
    rows = tx.rows.at(load.id, places)
    by_column: dict[str, list[int]] = defaultdict(list)
    for row_no, text, verdict, is_held in zip(
        *(rows[name].to_pylist() for name in ("row_no", "reasons", "verdict", "is_held")), strict=True
    ):
        if (is_held and _HELD in codes_of(text)) or verdict == Verdict.FAILED:
            for word in text.split():
                code, _, column = word.partition(":")
                if code == _CODE and column:
                    by_column[column].append(row_no)
    for column, waiting in by_column.items():
        values = _values(tx, load, kind, field_map, column, waiting[:_LOOKED_AT])
        yield _Unseen(column, len(waiting), _worth(tx, load, kind, waiting), tuple(values[:_KEPT]))


def _values(
    tx: UnitOfWork, load: Load, kind: ObjectType, field_map: FieldMap, column: str, row_nos: list[int]
) -> list[str]:
    """The texts as they came, the commonest first; () where they are not kept."""
    rule = field_map.rule_for(column)
    _, raw = tx.payloads.tables_at(load.delivery_id, load.id, "raw", row_nos)
    if rule is None or raw is None or rule.source not in raw.column_names:
        return []
    found: dict[str, list[Any]] = {}
    for text in raw[rule.source].to_pylist():
        if text and text.strip():
            found.setdefault(text.strip().casefold(), [cut(text.strip()), 0])[1] += 1
    is_hidden = sensitivity_of(field_map, kind, column) in (Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL)
    ordered = [text for text, _ in sorted(found.values(), key=lambda pair: -pair[1])]
    return [veiled(text) for text in ordered] if is_hidden else ordered


def _worth(tx: UnitOfWork, load: Load, kind: ObjectType, row_nos: list[int]) -> int:
    """Micros in the first column of money that the rows fill; 0 where there is none."""
    _, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", row_nos)
    if mapped is None:
        return 0
    for column in kind.columns:
        if column.kind is Kind.MONEY and column.name in mapped.column_names:
            total = int(np.nansum(np.asarray(mapped[column.name].cast(pa.float64()).fill_null(0.0))))
            if total:
                return total
    return 0


def _sentence(account: Account, field_map: FieldMap, item: _Unseen, loads: dict[str, Any]) -> str:
    rows, micros = (sum(worth[place] for worth in loads.values()) for place in (0, 1))
    named = ", ".join(f"'{value}'" for value in item.values[:_NAMED])
    more = f" and {len(item.values) - _NAMED} more" if len(item.values) > _NAMED else ""
    what = f"{named}{more}" if named else "a value"
    worth = f", worth {money(Decimal(micros) / MICROS, account.currency)}" if micros else ""
    waits = "1 row waits" if rows == 1 else f"{rows:,} rows wait"
    wheres = "load " + ", ".join(sorted(loads, key=int)[-_NAMED:])
    return (
        f"{account.source_label}: nobody has said what {what} means in {label_of(field_map, item.column)}. "
        f"{waits}{worth} ({wheres}). Decide it in the map, approve it, and load them again."
    )
