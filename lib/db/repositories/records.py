"""Our records in the app database: leads, events, customers, campaigns, daily figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    delete,
    func,
    literal_column,
    select,
)

from lib.db.bulk import among, batches
from lib.db.columnar import fetch_columns, fetch_numbers_of, insert_columns, overwrite_columns
from lib.db.ids import reserve
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_rows
from lib.db.tables.records import RECORD_TABLES
from lib.domain.accounts import Account
from lib.domain.metrics import MetricTemplate
from lib.domain.objects import Kind, ObjectType
from lib.errors import NotFound

# Days that are not asked for but lie between two that are: they cost less than another query.
_GAP_DAYS = 7


@dataclass(frozen=True)
class DaySum:
    """How many records of one day, class and load agree in some columns, and what the summed columns come to."""

    day: date
    row_class: str
    load_id: int
    records: int
    agreed: dict[str, str]
    amounts: dict[str, Any]


class RecordRepository(Repository):
    """Written by commit and undo alone."""

    def reserve_ids(self, count: int) -> int:
        """The first of `count` record ids."""
        return reserve(self.connection, "records", count)

    def add_records(self, account: Account, kind: ObjectType, load_id: int, rows: pa.Table) -> None:
        """Write new records; `rows` has id, external_id, row_class, content_hash and the mapped columns."""
        constants = {
            "client_id": account.client_id,
            "account_id": account.id,
            "object": kind.name,
            "load_id": load_id,
            "version": 1,
            "created_at": self.tx.now,
            "updated_at": self.tx.now,
        }
        insert_columns(self.connection, RECORD_TABLES[kind.table], rows, constants)

    def images(self, kind: ObjectType, ids: Iterable[int]) -> pa.Table:
        """Records by id, in scope, with every column, in no order."""
        table = RECORD_TABLES[kind.table]
        names = [column.name for column in table.columns]
        return fetch_columns(self.connection, table, names, ids, self.tx.visible(table))

    def overwrite(self, kind: ObjectType, rows: pa.Table) -> None:
        """Write records over those with the same ids; `rows` has every column."""
        overwrite_columns(self.connection, RECORD_TABLES[kind.table], rows, {})

    def dated(self, kind: ObjectType, ids: Iterable[int]) -> pa.Table:
        """The date columns of these records: the days on which they are counted."""
        table = RECORD_TABLES[kind.table]
        names = [column.name for column in kind.columns if column.kind in (Kind.TIMESTAMP, Kind.DATE)]
        return fetch_columns(self.connection, table, names, ids, self.tx.visible(table))

    def standing(self, kind: ObjectType, ids: Iterable[int]) -> dict[str, npt.NDArray[np.int64]]:
        """Who wrote these records last: id, load_id and version; one that is gone is not there."""
        table = RECORD_TABLES[kind.table]
        columns = {name: table.c[name] for name in ("id", "load_id", "version")}
        return fetch_numbers_of(self.connection, columns, table.c.id, ids, self.tx.visible(table))

    def by_ids(self, kind: ObjectType, ids: Iterable[int]) -> dict[int, Row[Any]]:
        """Records by id, in scope."""
        table = RECORD_TABLES[kind.table]
        found: dict[int, Row[Any]] = {}
        for batch in batches(ids):
            for row in self.all(select(table).where(table.c.id.in_(batch), self.tx.visible(table))):
                found[row.id] = row
        return found

    def in_table(self, table: str, record_id: int) -> Row[Any]:
        """One record of a table by its id; NotFound for a table that holds no records, or outside the scope."""
        found = RECORD_TABLES.get(table)
        row = None
        if found is not None:
            row = self.one(select(found).where(found.c.id == record_id, self.tx.visible(found)))
        if row is None:
            raise NotFound("record", record_id, "It may have been undone; look for it by its id, phone or e-mail.")
        return row

    def page(
        self, account: Account, kind: ObjectType, *, row_class: str = "", after: int | None = None, limit: int
    ) -> list[Row[Any]]:
        """At most `limit` records of an object by date, newest first, beginning after the record `after`.

        By key and not by offset, so that a page deep down costs what the first one does.
        """
        table = RECORD_TABLES[kind.table]
        day = table.c[kind.date_column]
        statement = select(table).where(
            table.c.account_id == account.id, table.c.object == kind.name, self.tx.visible(table)
        )
        if row_class:
            statement = statement.where(table.c.row_class == row_class)
        if after is not None:
            last = self.in_table(kind.table, after)._mapping[kind.date_column]
            statement = statement.where((day < last) | ((day == last) & (table.c.id < after)))
        return self.all(statement.order_by(day.desc(), table.c.id.desc()).limit(limit))

    def remove(self, kind: ObjectType, ids: Iterable[int]) -> None:
        """Delete records that an undone load had created."""
        table = RECORD_TABLES[kind.table]
        for found in among(table.c.id, ids):
            self.run(delete(table).where(found))

    def bearing(
        self, account: Account, kind: ObjectType, wanted: Mapping[str, npt.NDArray[np.int64]]
    ) -> list[list[int]]:
        """For each place of the arrays (keyed hashes by column: phone, email) the genuine records that bear all of them now.

        What a record bears is what the row says that wrote it last. A number that the provider masked is nobody's.
        """
        table, rows = RECORD_TABLES[kind.table], data_import_rows.c
        columns = [rows[f"{field}_hash"] for field in wanted]
        standing = [
            table.c.account_id == account.id,
            table.c.object == kind.name,
            table.c.row_class == "genuine",
            rows.verdict.in_(["created", "updated"]),
            rows.is_held.is_(False),
            self.tx.visible(table),
        ]
        if "phone" in wanted and "phone_is_masked" in kind.column_names:
            standing.append(table.c.phone_is_masked.is_(None) | table.c.phone_is_masked.is_(False))
        wrote = (table.c.id == rows.record_id) & (table.c.load_id == rows.load_id)
        found: dict[tuple[int, ...], list[int]] = {}
        for batch in batches(np.unique(next(iter(wanted.values()))).tolist()):
            statement = select(*columns, table.c.id).join_from(data_import_rows, table, wrote)
            for row in self.connection.execute(statement.where(columns[0].in_(batch), *standing).order_by(table.c.id)):
                found.setdefault(tuple(row[:-1]), []).append(row[-1])
        keys = zip(*(hashes.tolist() for hashes in wanted.values()), strict=True)
        return [found.get(key, []) for key in keys]

    def first_of_groups(self, account: Account, kind: ObjectType, groups: Iterable[str]) -> dict[str, str]:
        """For each homeowner's request (group_id) already known, the external id of its first genuine record."""
        table = RECORD_TABLES[kind.table]
        firsts: dict[str, str] = {}
        for batch in batches(groups):
            statement = (
                select(table.c.group_id, table.c.external_id)
                .where(
                    table.c.account_id == account.id,
                    table.c.object == kind.name,
                    table.c.group_id.in_(batch),
                    table.c.row_class == "genuine",
                    self.tx.visible(table),
                )
                .order_by(table.c.id.desc())
            )
            firsts.update({row.group_id: row.external_id for row in self.connection.execute(statement)})
        return firsts

    def days(self, account: Account, kind: ObjectType, basis: str) -> list[date]:
        """Every day, in UTC where the column is a moment, on which a record of an object is dated."""
        table = RECORD_TABLES[kind.table]
        day = table.c[basis] if isinstance(table.c[basis].type, Date) else func.date(table.c[basis])
        statement = (
            select(day)
            .distinct()
            .where(
                table.c.account_id == account.id,
                table.c.object == kind.name,
                table.c[basis].is_not(None),
                self.tx.visible(table),
            )
        )
        return [date.fromisoformat(str(found)) for found in self.connection.execute(statement).scalars()]

    def day_sums(
        self,
        account: Account,
        kind: ObjectType,
        metrics: Sequence[MetricTemplate],
        days: Sequence[tuple[date, datetime, datetime]],
    ) -> Iterator[DaySum]:
        """Counts and sums by day (each given with its bounds in UTC, end excluded), for metrics of one date basis.

        All of them in one walk: the records are parted by every column that any of the metrics looks at.
        """
        table, looked_at = RECORD_TABLES[kind.table], _looked_at(metrics)
        summed = sorted({metric.column for metric in metrics if metric.column})
        parted = [table.c.row_class, table.c.load_id, *(table.c[name] for name in looked_at)]
        sums = [func.sum(table.c[name]).label(f"sum_{name}") for name in summed]
        wanted = {day for day, _, _ in days}
        for within, day in _stretches(table.c[metrics[0].date_basis], days, self.connection.dialect.name):
            statement = (
                select(day.label("local_day"), *parted, func.count().label("records"), *sums)
                .where(table.c.account_id == account.id, table.c.object == kind.name, within, self.tx.visible(table))
                .group_by(day, *parted)
            )
            for row in self.all(statement):
                values = row._mapping
                counted = date.fromisoformat(str(row.local_day))
                if counted in wanted:
                    yield DaySum(
                        counted,
                        row.row_class,
                        row.load_id,
                        row.records,
                        {name: values[name] or "" for name in looked_at},
                        {name: values[f"sum_{name}"] for name in summed},
                    )


def _looked_at(metrics: Sequence[MetricTemplate]) -> list[str]:
    """The columns by which any of the metrics tells records apart: its dimension, and what it filters by."""
    dimensions = {metric.dimension for metric in metrics if metric.dimension}
    return sorted(dimensions | {column for metric in metrics for column, _ in metric.where})


def _stretches(
    basis: ColumnElement[Any], days: Sequence[tuple[date, datetime, datetime]], dialect: str
) -> Iterator[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    """Conditions that together take in the days, each with the local day as an expression.

    Within a stretch the clocks do not change, so the local day is the moment moved by one offset: one walk along the
    index, and no database has to know a time zone. A day on which they change is a stretch of its own.
    """
    stretch: list[tuple[date, datetime, datetime]] = []
    for day in sorted(days):
        if stretch and not _continues(stretch[-1], day):
            yield _stretch(basis, stretch, dialect)
            stretch = []
        stretch.append(day)
    if stretch:
        yield _stretch(basis, stretch, dialect)


def _continues(last: tuple[date, datetime, datetime], day: tuple[date, datetime, datetime]) -> bool:
    is_plain = all(end - start == timedelta(days=1) for _, start, end in (last, day))
    return is_plain and _offset(last) == _offset(day) and (day[0] - last[0]).days <= _GAP_DAYS


def _offset(day: tuple[date, datetime, datetime]) -> int:
    """The seconds by which the local clock is ahead of UTC at the start of a day."""
    midnight = datetime.combine(day[0], time(), UTC)
    return int((midnight - day[1]).total_seconds())


def _stretch(
    basis: ColumnElement[Any], days: Sequence[tuple[date, datetime, datetime]], dialect: str
) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    first, last = days[0], days[-1]
    if isinstance(basis.type, Date):
        return basis.between(first[0], last[0]), basis
    within = (basis >= first[1]) & (basis < last[2])
    if len(days) == 1:
        return within, literal_column(f"'{first[0].isoformat()}'")
    seconds = _offset(first)
    if dialect == "sqlite":
        return within, func.date(basis, literal_column(f"'{seconds:+d} seconds'"))
    return within, func.date(func.timestampadd(literal_column("SECOND"), literal_column(str(seconds)), basis))
