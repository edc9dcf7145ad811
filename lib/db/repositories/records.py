"""Our records in the app database: leads, events, customers, campaigns, daily figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Table,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.types import TypeEngine

from lib.db.bulk import batches, insert_many
from lib.db.ids import reserve
from lib.db.repositories.base import Repository
from lib.db.tables.records import RECORD_TABLES
from lib.db.types import UtcDateTime
from lib.domain.accounts import Account
from lib.domain.metrics import MetricTemplate
from lib.domain.objects import Kind, ObjectType
from lib.errors import NotFound

_DAYS_A_QUERY = 60


@dataclass(frozen=True)
class DaySum:
    """How many records of one day, dimension value, class and load there are, and what their column comes to."""

    day: date
    dimension_value: str
    row_class: str
    load_id: int
    records: int
    amount: Any


class RecordRepository(Repository):
    """Written by commit and undo alone."""

    def reserve_ids(self, count: int) -> int:
        """The first of `count` record ids."""
        return reserve(self.connection, "records", count)

    def add_records(self, account: Account, kind: ObjectType, load_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Write new records; each row has id, external_id, row_class, content_hash and the mapped columns."""
        common = {
            "client_id": account.client_id,
            "account_id": account.id,
            "object": kind.name,
            "load_id": load_id,
            "version": 1,
            "created_at": self.tx.now,
            "updated_at": self.tx.now,
        }
        insert_many(self.connection, RECORD_TABLES[kind.table], [{**row, **common} for row in rows])

    def change_records(self, kind: ObjectType, load_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Overwrite the mapped columns of records; every row has the same columns, `id` among them."""
        if not rows:
            return
        table = RECORD_TABLES[kind.table]
        columns = [name for name in rows[0] if name not in ("id", "external_id")]
        statement = (
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                {
                    **{name: bindparam(f"b_{name}") for name in columns},
                    "load_id": load_id,
                    "version": table.c.version + 1,
                    "updated_at": self.tx.now,
                }
            )
        )
        values = [{"b_id": row["id"], **{f"b_{name}": row[name] for name in columns}} for row in rows]
        for batch in batches(values):
            self.run(statement, batch)

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

    def restore(self, kind: ObjectType, record_id: int, values: dict[str, Any]) -> None:
        """Put back what an update had replaced, who wrote it and when among it."""
        table = RECORD_TABLES[kind.table]
        self.run(update(table).where(table.c.id == record_id).values(values))

    def remove(self, kind: ObjectType, ids: Iterable[int]) -> None:
        """Delete records that an undone load had created."""
        table = RECORD_TABLES[kind.table]
        for batch in batches(ids):
            self.run(delete(table).where(table.c.id.in_(batch)))

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

    def day_sums(
        self,
        account: Account,
        kind: ObjectType,
        metric: MetricTemplate,
        days: Sequence[tuple[date, datetime, datetime]],
    ) -> Iterator[DaySum]:
        """Counts and sums by day (each given with its bounds in UTC, end excluded), dimension value, class and load."""
        table = RECORD_TABLES[kind.table]
        for batch in batches(days, _DAYS_A_QUERY):
            statement = _day_sums(table, account, kind, metric, batch, self.connection.dialect.name)
            for row in self.all(statement.where(self.tx.visible(table))):
                day = batch[row.place][0]
                yield DaySum(day, row.dimension_value, row.row_class, row.load_id, row.records, row.amount)


def _day_sums(
    table: Table,
    account: Account,
    kind: ObjectType,
    metric: MetricTemplate,
    days: Sequence[tuple[date, datetime, datetime]],
    dialect: str,
) -> Any:
    # A list of days joined to the records: each day is one range of the index, and daylight saving is in the bounds,
    # so no database has to know a time zone.
    bounds = union_all(
        *(
            select(
                literal(place).label("place"),
                _typed(day, Date(), dialect).label("local_day"),
                _typed(start, UtcDateTime(), dialect).label("starts"),
                _typed(end, UtcDateTime(), dialect).label("ends"),
            )
            for place, (day, start, end) in enumerate(days)
        )
    ).subquery("days")
    basis = table.c[metric.date_basis]
    if kind.column(metric.date_basis).kind is Kind.DATE:
        within = basis == bounds.c.local_day
    else:
        within = (basis >= bounds.c.starts) & (basis < bounds.c.ends)
    dimension = func.coalesce(table.c[metric.dimension], "") if metric.dimension else literal("")
    amount = func.sum(table.c[metric.column]) if metric.column else literal(0)
    statement = (
        select(
            bounds.c.place,
            dimension.label("dimension_value"),
            table.c.row_class,
            table.c.load_id,
            func.count().label("records"),
            amount.label("amount"),
        )
        .select_from(bounds.join(table, within))
        .where(table.c.account_id == account.id, table.c.object == kind.name)
    )
    for column, accepted in metric.where:
        statement = statement.where(table.c[column].in_(accepted))
    return statement.group_by(bounds.c.place, dimension, table.c.row_class, table.c.load_id)


def _typed(value: date, type_: TypeEngine[Any], dialect: str) -> ColumnElement[Any]:
    # In a list of days a server takes the literals for text, and text beside a DATETIME column uses no index. SQLite
    # keeps times as text anyway, and its CAST would make numbers of them.
    return cast(literal(value, type_), type_) if dialect == "mysql" else literal(value, type_)
