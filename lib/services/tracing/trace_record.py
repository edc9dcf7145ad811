"""Where a record comes from: its values beside the raw cells, its row, load, delivery, map, and who let it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import is_by_hand, record_source
from lib.domain.arriving.unattended import LET_IN_LINE
from lib.domain.imports import Load
from lib.domain.maps import FieldMap
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.settings.retention import no_longer_kept
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.errors import NotFound
from lib.mapping.shown import as_seen, cut, label_of, raw_cells, sensitivity_of, shown

_MOST_ROWS = 100
_TRAFFIC = "traffic_days"
_WRITTEN = (Verdict.CREATED, Verdict.UPDATED)


@dataclass(frozen=True)
class TracedValue:
    """One column of the record: what it is called, what it holds, and the raw cells it was read from.

    `steps` are the names of the map's steps between the cells and the value, in their order.
    """

    column: str
    label: str
    value: str
    raw: tuple[tuple[str, str], ...]
    is_veiled: bool
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """The row that wrote the record last, and everything behind it; `gone` says so once retention took its payload."""

    load_id: int
    row_no: int
    line_no: int
    verdict: Verdict
    delivery_id: int
    kind: str
    file_name: str
    content_hash: str
    received_at: datetime
    delivery_rows: int | None
    map_version: int
    map_approved_by: str
    approved_by: str
    committed_at: datetime | None
    gone: str
    # Who entered it in the provider's place, and why; '' where the provider sent it.
    entered_by: str = ""
    by_hand_reason: str = ""

    @property
    def is_by_hand(self) -> bool:
        """Whether a person entered it in the provider's place."""
        return is_by_hand(self.kind)

    @property
    def has_raw(self) -> bool:
        """Whether its raw cells are kept."""
        return not self.gone


@dataclass(frozen=True)
class Meeting:
    """One load that met the record: what its row did, and where the load stands now."""

    load_id: int
    row_no: int
    line_no: int
    verdict: Verdict
    row_class: RowClass
    reasons: str
    status: LoadStatus
    map_version: int
    at: datetime


@dataclass(frozen=True)
class Trace:
    """One record with its whole story; the list of meetings is newest first."""

    table: str
    id: int
    account_key: str
    source_label: str
    client_name: str
    object: str
    external_id: str
    row_class: RowClass
    times_written: int
    values: tuple[TracedValue, ...]
    origin: Origin | None
    history: tuple[Meeting, ...]


def trace_record(tx: UnitOfWork, table: str, record_id: int) -> Trace:
    """The record and its story; NotFound outside the person's clients.

    Whoever may not approve loads sees the shape of a personal value only, and of a confidential one nothing.
    """
    tx.actor.require(Right.SEE_DETAIL)
    rows = tx.rows.of_record(record_id, _MOST_ROWS)
    loads = tx.loads.with_ids(row.load_id for row in rows)
    if table == _TRAFFIC:
        record, times_written = _daily_figure(tx, record_id, rows, loads)
    else:
        record = tx.records.in_table(table, record_id)
        times_written = record.version
    account, kind = tx.accounts.by_id(record.account_id), object_type(record.object)
    writer = next((row for row in rows if row.load_id == record.load_id and row.verdict in _WRITTEN), None)
    field_map, origin = FieldMap(record.object, ()), None
    raw: dict[str, str] = {}
    if writer is not None:
        load = loads[writer.load_id]
        version = tx.maps.by_id(load.map_version_id)
        field_map = version.field_map
        kept = tx.payloads.rows_at(load.delivery_id, load.id, "raw", [writer.row_no]).get(writer.row_no)
        raw = kept or {}
        gone = "" if kept is not None else no_longer_kept(account.retention_days)
        origin = _origin(tx, load, writer, _who(tx, version.approved_by), gone)
    if tx.actor.may(Right.APPROVE_LOADS):
        tx.audit.saw("record", record_id, account.client_id, what="values and raw cells", table=table)
    return Trace(
        table=table,
        id=record_id,
        account_key=account.key,
        source_label=record_source(account.source_label, is_by_hand=origin is not None and origin.is_by_hand),
        client_name=account.client_name,
        object=record.object,
        external_id=shown(record.external_id, kind.column("external_id").kind, account.client_timezone),
        row_class=RowClass(record.row_class),
        times_written=times_written,
        values=_values(tx, account, kind, field_map, dict(record._mapping), raw),
        origin=origin,
        history=tuple(_meeting(row, loads[row.load_id]) for row in rows),
    )


def _daily_figure(tx: UnitOfWork, record_id: int, rows: Sequence[Any], loads: Mapping[int, Load]) -> tuple[Any, int]:
    """A row of the traffic database as it stands, the one of the last committed load, and how many versions it has."""
    places = [
        (row.load_id, row.row_no)
        for row in rows
        if row.verdict in _WRITTEN and loads[row.load_id].status is LoadStatus.COMMITTED
    ]
    found = {row.load_id: row for row in tx.traffic.at(places)} if places else {}
    if not found:
        raise NotFound("record", record_id, "It may have been undone; look at the loads of its day.")
    some = next(iter(found.values()))
    newest = [load for load in tx.committed_loads.ids(some.account_id, some.object) if load in found][-1]
    return found[newest], len(found)


def _values(
    tx: UnitOfWork,
    account: Account,
    kind: ObjectType,
    field_map: FieldMap,
    values: Mapping[str, Any],
    raw: Mapping[str, str],
) -> tuple[TracedValue, ...]:
    """Every column that holds something or was read from something, in the order of the object."""
    is_clear = tx.actor.may(Right.APPROVE_LOADS)
    found = []
    for column in kind.columns:
        text = shown(values[column.name], column.kind, account.client_timezone)
        cells = raw_cells(field_map, column.name, raw) if raw else []
        if not text and not any(cell for _, cell in cells):
            continue
        careful = sensitivity_of(field_map, kind, column.name)
        seen = as_seen(text, careful, is_clear=is_clear)
        veiled = tuple((name, as_seen(cut(cell), careful, is_clear=is_clear)) for name, cell in cells)
        hides = seen != text or any(cell != cut(whole) for (_, cell), (_, whole) in zip(veiled, cells, strict=True))
        rule = field_map.rule_for(column.name)
        steps = tuple(step.name for step in rule.transforms) if rule else ()
        found.append(TracedValue(column.name, label_of(field_map, column.name), seen, veiled, hides, steps))
    return tuple(found)


def _origin(tx: UnitOfWork, load: Load, row: Any, map_approved_by: str, gone: str) -> Origin:
    delivery = tx.deliveries.by_id(load.delivery_id)
    return Origin(
        load_id=load.id,
        row_no=row.row_no,
        line_no=row.line_no,
        verdict=Verdict(row.verdict),
        delivery_id=delivery.id,
        kind=delivery.kind,
        file_name=delivery.file_name,
        content_hash=delivery.content_hash,
        received_at=delivery.received_at,
        delivery_rows=delivery.row_count,
        map_version=load.map_version,
        map_approved_by=map_approved_by,
        approved_by=_let_in_by(tx, load),
        committed_at=load.committed_at,
        gone=gone,
        entered_by=_who(tx, delivery.received_by) if is_by_hand(delivery.kind) else "",
        by_hand_reason=delivery.by_hand_reason,
    )


def _let_in_by(tx: UnitOfWork, load: Load) -> str:
    """Who let it in: a person, or by itself under the standing order of one."""
    is_unattended = any(line.action == LET_IN_LINE for line in tx.audit.of("load", load.id))
    return f"{_who(tx, load.approved_by)}{', by standing order' if is_unattended else ''}"


def _who(tx: UnitOfWork, person_id: int | None) -> str:
    person = tx.people.by_id(person_id) if person_id is not None else None
    return person.email if person else "somebody who is no longer on this desk"


def _meeting(row: Any, load: Load) -> Meeting:
    return Meeting(
        row.load_id,
        row.row_no,
        row.line_no,
        Verdict(row.verdict),
        RowClass(row.row_class),
        row.reasons,
        load.status,
        load.map_version,
        load.committed_at or load.created_at,
    )
