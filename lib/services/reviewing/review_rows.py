"""Leaf through the rows of a load: a page at a time, filtered at the database, with what each row becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import Destination, Kind, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.settings.retention import no_longer_kept
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass, Severity, Verdict
from lib.mapping.content import dated_by_receipt
from lib.mapping.shown import as_seen, cut, label_of, raw_cells, sensitivity_of, shown
from lib.mapping.values import python_lists
from validation.reasons import severity_of

PAGE_ROWS = 50
_MAIN_VALUES = 4
# Once a load was written, what its updates replaced is in its before-images and no longer in the records.
_WRITTEN = (LoadStatus.COMMITTED, LoadStatus.UNDONE)
_NO_SUMMARY = frozenset({"external_id", "modified_at"})


@dataclass(frozen=True)
class RowQuery:
    """Which rows: of these verdicts (none: all), of a class, giving a reason (`code` or `code:column`); '' is any."""

    verdicts: tuple[Verdict, ...] = ()
    row_class: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """One column of a row: what it is called, what it was, what it becomes; either may be ''."""

    field: str
    was: str
    becomes: str


@dataclass(frozen=True)
class RowLine:
    """One row of a load. `changes` has the columns that differ (of an update), or the cells that failed (of a failure);
    `summary` the main values of any other row. `why` are the reasons in words. `gone` says so where retention has taken
    its payload, else ''.
    """

    row_no: int
    line_no: int
    verdict: Verdict
    row_class: RowClass
    external_id: str
    summary: str
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    why: tuple[str, ...]
    gone: str


@dataclass(frozen=True)
class RowPage:
    """A page of rows in the order of the file; `before` and `after` are where the pages beside it start, or None.

    `load` is the load as it stood when they were read.
    """

    load: Load
    rows: tuple[RowLine, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True)
class _Looking:
    """What every row of one page is looked at with."""

    load: Load
    field_map: FieldMap
    kind: ObjectType
    timezone: str
    is_clear: bool
    # What was found out about a column, for the rows after the first.
    columns: dict[str, tuple[Kind, Sensitivity]] = field(default_factory=dict)

    def text(self, target: str, value: Any) -> str:
        if target not in self.columns:
            self.columns[target] = self.kind.column(target).kind, sensitivity_of(self.field_map, self.kind, target)
        kind, sensitivity = self.columns[target]
        return as_seen(shown(value, kind, self.timezone), sensitivity, is_clear=self.is_clear)

    def seen(self, target: str, text: str) -> str:
        found = sensitivity_of(self.field_map, self.kind, target) if target else Sensitivity.CONFIDENTIAL
        return as_seen(text, found, is_clear=self.is_clear)


class _Columns(dict[str, list[Any]]):
    """The columns of a page as Python values, each read when it is first asked for: most rows show only a few."""

    def __init__(self, table: pa.Table, kind: ObjectType) -> None:
        super().__init__()
        self._table, self._kind = table, kind

    def __missing__(self, name: str) -> list[Any]:
        self[name] = python_lists(self._table, [name], self._kind)[name]
        return self[name]


@dataclass(frozen=True)
class _Cells(Mapping[str, Any]):
    """One row of such columns."""

    names: tuple[str, ...]
    columns: _Columns
    place: int

    def __getitem__(self, name: str) -> Any:
        if name not in self.names:
            raise KeyError(name)
        return self.columns[name][self.place]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def rows_page(tx: UnitOfWork, load_id: int, query: RowQuery, start: int = 0) -> RowPage:
    """The page of a load's rows that begins at the ordinal `start`.

    Personal values show their shape only to whoever may not approve loads; the number of queries does not grow with the
    load. NotFound outside the person's clients.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    if not _may_have(load, query):
        return RowPage(load, (), None, None)
    found = _found(tx, load, query, start, PAGE_ROWS + 1)
    before = _before(tx, load, query, start)
    after = found[PAGE_ROWS].row_no if len(found) > PAGE_ROWS else None
    rows = _lines(tx, load, found[:PAGE_ROWS]) if found else ()
    if rows and may_see_clear(tx):
        tx.audit.saw("load", load.id, load.client_id, what="rows")
    return RowPage(load, rows, before, after)


def _before(tx: UnitOfWork, load: Load, query: RowQuery, start: int) -> int | None:
    """Where the page before the one from `start` on begins; None where there is none."""
    if query == RowQuery():
        return max(start - PAGE_ROWS, 0) if start else None
    earlier = _found(tx, load, query, start, PAGE_ROWS, is_backwards=True) if start else []
    return earlier[0].row_no if earlier else None


def _found(
    tx: UnitOfWork, load: Load, query: RowQuery, start: int, limit: int, *, is_backwards: bool = False
) -> list[Any]:
    return tx.rows.page(
        load.id,
        start=start,
        limit=limit,
        verdicts=query.verdicts,
        row_class=query.row_class,
        reason=query.reason,
        is_backwards=is_backwards,
    )


def _may_have(load: Load, query: RowQuery) -> bool:
    """Whether the load's counters leave room for such rows: what cannot be there is not looked for."""
    counts = [load.verdicts[verdict] for verdict in query.verdicts or tuple(Verdict)]
    if query.row_class and not load.classes.get(RowClass(query.row_class)):
        return False
    code = query.reason.partition(":")[0]
    return sum(counts) > 0 and (not code or code in load.reasons)


def may_see_clear(tx: UnitOfWork) -> bool:
    """Whether personal values are shown as they are: to those who answer for a load, and to nobody else."""
    return tx.actor.may(Right.APPROVE_LOADS)


def _lines(tx: UnitOfWork, load: Load, rows: Sequence[Any]) -> tuple[RowLine, ...]:
    look = _Looking(
        load,
        tx.maps.by_id(load.map_version_id).field_map,
        object_type(load.object),
        tx.clients.timezone_of(load.client_id),
        may_see_clear(tx),
    )
    values = _mapped(tx, look, [row.row_no for row in rows])
    olds = _olds(tx, look, [row for row in rows if row.verdict == Verdict.UPDATED], values)
    failed = [row.row_no for row in rows if row.verdict == Verdict.FAILED]
    raw = tx.payloads.rows_at(load.delivery_id, load.id, "raw", failed)
    lines = [_line(look, row, values.get(row.row_no), olds.get(row.row_no), raw.get(row.row_no)) for row in rows]
    if len(values.keys() | raw.keys()) == len(rows):
        return tuple(lines)
    gone = no_longer_kept(tx.accounts.by_id(load.account_id).retention_days)
    return tuple(replace(line, gone="" if line.row_no in values or line.row_no in raw else gone) for line in lines)


def _line(
    look: _Looking,
    row: Any,
    new: Mapping[str, Any] | None,
    old: Mapping[str, Any] | None,
    raw: Mapping[str, str] | None,
) -> RowLine:
    verdict, reasons = Verdict(row.verdict), tuple(row.reasons.split())
    changes: tuple[Change, ...] = ()
    if verdict is Verdict.FAILED:
        changes = _failures(look, reasons, raw or {})
    elif verdict is Verdict.UPDATED and new is not None and old is not None:
        changes = _changes(look, row.row_class, new, old)
    return RowLine(
        row_no=row.row_no,
        line_no=row.line_no,
        verdict=verdict,
        row_class=RowClass(row.row_class),
        external_id=look.text("external_id", new["external_id"]) if new else "",
        summary=_summary(look, new) if new else "",
        changes=changes,
        reasons=reasons,
        why=tuple(_in_words(look, reason) for reason in reasons),
        gone="",
    )


def _in_words(look: _Looking, reason: str) -> str:
    """`unreadable date: Requested on`; the sentence of each kind stands where kinds are told apart."""
    code, _, column = reason.partition(":")
    said = code.replace("_", " ")
    return f"{said}: {label_of(look.field_map, column)}" if column else said


def _mapped(tx: UnitOfWork, look: _Looking, row_nos: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The canonical values of rows by ordinal, as the commit would write them."""
    found, table = tx.payloads.tables_at(look.load.delivery_id, look.load.id, "mapped", row_nos)
    if table is None:
        return {}
    targets = {rule.target for rule in look.field_map.fields} | {"external_id"}
    names = tuple(name for name in look.kind.column_names if name in targets)
    columns = _Columns(table, look.kind)
    return {row_no: _Cells(names, columns, place) for place, row_no in enumerate(found)}


def _olds(
    tx: UnitOfWork, look: _Looking, rows: Sequence[Any], values: Mapping[int, Mapping[str, Any]]
) -> dict[int, Mapping[str, Any]]:
    """What each updated row replaces, or replaced where the load is written already."""
    if not rows:
        return {}
    if look.kind.destination is Destination.TRAFFIC:
        ids = {row.row_no: values[row.row_no]["external_id"] for row in rows if row.row_no in values}
        return _traffic_olds(tx, look, ids)
    if look.load.status in _WRITTEN:
        return _replaced(tx, look, rows)
    there = tx.records.by_ids(look.kind, [row.record_id for row in rows])
    return {row.row_no: dict(there[row.record_id]._mapping) for row in rows if row.record_id in there}


def _replaced(tx: UnitOfWork, look: _Looking, rows: Sequence[Any]) -> dict[int, Mapping[str, Any]]:
    """What each row replaced, as its before-image has it."""
    images = tx.payloads.images_at(look.load.delivery_id, look.load.id, [row.row_no for row in rows])
    if images is None:
        return {}
    columns = python_lists(images, look.kind.column_names, look.kind)
    classes, cells = images["row_class"].to_pylist(), zip(*columns.values(), strict=True)
    return {
        row_no: {**dict(zip(columns, values, strict=True)), "row_class": row_class}
        for row_no, row_class, values in zip(images["row_no"].to_pylist(), classes, cells, strict=True)
    }


def _traffic_olds(tx: UnitOfWork, look: _Looking, ids: Mapping[int, str]) -> dict[int, Mapping[str, Any]]:
    """Traffic rows are versions: the old one is the last that an earlier commit wrote."""
    account = tx.accounts.by_id(look.load.account_id)
    committed = tx.committed_loads.ids(account.id, look.load.object)
    if look.load.id in committed:
        committed = committed[: committed.index(look.load.id)]
    there = tx.traffic.newest_of(account, look.load.object, committed, list(ids.values()))
    return {row_no: dict(there[key]._mapping) for row_no, key in ids.items() if key in there}


def _changes(look: _Looking, row_class: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> tuple[Change, ...]:
    # A lead keeps the moment it was first received, however often it is delivered.
    lasting = {"external_id", *dated_by_receipt(look.field_map)}
    keeping = look.field_map.keeping
    found = [
        Change(label_of(look.field_map, name), look.text(name, old[name]), look.text(name, value))
        for name, value in new.items()
        if name not in lasting and name in old and old[name] != value and not (value is None and name in keeping)
    ]
    if "row_class" in old and old["row_class"] != row_class:
        found.append(Change("class", str(old["row_class"]).replace("_", " "), row_class.replace("_", " ")))
    return tuple(found)


def _failures(look: _Looking, reasons: Sequence[str], raw: Mapping[str, str]) -> tuple[Change, ...]:
    """The cells that a failed row's reasons are about, as the provider sent them."""
    found: dict[str, Change] = {}
    # A remark on a cell that goes in all the same is not why its row failed.
    blocking = [reason for reason in reasons if severity_of(reason, look.kind) is Severity.BLOCK]
    for reason in blocking or reasons:
        target = reason.partition(":")[2]
        for source, cell in raw_cells(look.field_map, target, raw):
            found.setdefault(source, Change(source, "", look.seen(target, cut(cell))))
    return tuple(found.values())


def _summary(look: _Looking, values: Mapping[str, Any]) -> str:
    """The first few values in the order of the object's columns: its date first, then what it is."""
    names = [look.kind.date_column, *(name for name in values if name != look.kind.date_column)]
    texts = (look.text(name, values[name]) for name in names if name in values and name not in _NO_SUMMARY)
    return " · ".join(islice(filter(None, texts), _MAIN_VALUES))
