"""The traffic database, in short transactions of its own: written first, visible through committed loads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, delete, select, tuple_

from lib.db.bulk import batches
from lib.db.columnar import insert_columns
from lib.db.repositories.base import Repository
from lib.db.tables.traffic import traffic_days
from lib.db.transactions import transact
from lib.domain.accounts import Account


class TrafficRepository(Repository):
    """Each call is one transaction of the traffic database; the app side's status decides what anybody sees."""

    def write(
        self, account: Account, name: str, load_id: int, parts: Sequence[pa.Table], *, is_more: bool = False
    ) -> None:
        """Write the rows of a load, part by part, replacing what an earlier try of the same load had written.

        With `is_more` only what an earlier try had written of these very rows is replaced.
        """
        common = {
            "load_id": load_id,
            "client_id": account.client_id,
            "account_id": account.id,
            "object": name,
            "written_at": self.tx.now,
        }

        def work(connection: Any) -> None:
            mine = delete(traffic_days).where(traffic_days.c.load_id == load_id)
            if not is_more:
                connection.execute(mine)
            for rows in parts:
                for keys in batches(rows["external_id"].to_pylist()) if is_more else ():
                    connection.execute(mine.where(traffic_days.c.external_id.in_(keys)))
                insert_columns(connection, traffic_days, rows, common)

        transact(self.tx.traffic_engine, work)

    def erase(self, load_ids: Sequence[int]) -> None:
        """Remove rows of loads that are not committed any more, or never were."""

        def work(connection: Any) -> None:
            connection.execute(delete(traffic_days).where(traffic_days.c.load_id.in_(load_ids)))

        transact(self.tx.traffic_engine, work)

    def load_ids(self) -> list[int]:
        """Every load in scope that has rows here."""
        return transact(
            self.tx.traffic_engine,
            lambda connection: list(
                connection.execute(
                    select(traffic_days.c.load_id).where(self.tx.visible(traffic_days)).distinct()
                ).scalars()
            ),
            is_writing=False,
        )

    def days_of_versions(self, account: Account, name: str, load_id: int) -> list[date]:
        """Every day that any version of this load's rows lies on: those are counted anew when it comes or goes."""
        own, other = traffic_days.alias("own"), traffic_days.alias("other")
        statement = (
            select(other.c.day)
            .distinct()
            .select_from(
                own.join(other, (other.c.account_id == own.c.account_id) & (other.c.external_id == own.c.external_id))
            )
            .where(
                own.c.load_id == load_id,
                own.c.account_id == account.id,
                other.c.object == name,
                # Aliased, so the scope is asked of the load's own rows by their key.
                own.c.load_id.in_(
                    select(traffic_days.c.load_id).where(
                        traffic_days.c.load_id == load_id, self.tx.visible(traffic_days)
                    )
                ),
            )
        )
        return transact(
            self.tx.traffic_engine,
            lambda connection: list(connection.execute(statement).scalars()),
            is_writing=False,
        )

    def newest_of(self, account: Account, name: str, loads: Sequence[int], keys: Sequence[str]) -> dict[str, Row[Any]]:
        """The rows of these external ids as the last of `loads` (in the order of commits) that holds them wrote them."""
        order = {load_id: place for place, load_id in enumerate(loads)}

        def work(connection: Any) -> dict[str, Row[Any]]:
            newest: dict[str, Row[Any]] = {}
            for batch in batches(keys):
                statement = select(traffic_days).where(
                    traffic_days.c.account_id == account.id,
                    traffic_days.c.object == name,
                    traffic_days.c.external_id.in_(batch),
                    self.tx.visible(traffic_days),
                )
                for row in connection.execute(statement):
                    known = newest.get(row.external_id)
                    if row.load_id in order and (known is None or order[known.load_id] < order[row.load_id]):
                        newest[row.external_id] = row
            return newest

        return transact(self.tx.traffic_engine, work, is_writing=False)

    def at(self, places: Sequence[tuple[int, int]]) -> list[Row[Any]]:
        """The rows that were written from these rows of loads, given as (load, row)."""
        statement = select(traffic_days).where(
            tuple_(traffic_days.c.load_id, traffic_days.c.row_no).in_(places), self.tx.visible(traffic_days)
        )
        return transact(
            self.tx.traffic_engine, lambda connection: list(connection.execute(statement).all()), is_writing=False
        )

    def days(self, account: Account, name: str) -> list[date]:
        """Every day on which any version of a row lies."""
        statement = (
            select(traffic_days.c.day)
            .distinct()
            .where(
                traffic_days.c.account_id == account.id, traffic_days.c.object == name, self.tx.visible(traffic_days)
            )
        )
        return transact(
            self.tx.traffic_engine, lambda connection: list(connection.execute(statement).scalars()), is_writing=False
        )

    def visible_rows(
        self, account: Account, name: str, loads: Sequence[int], first: date, last: date
    ) -> list[Row[Any]]:
        """The rows of these days as they stand: for each external id, the one of the last of `loads` that holds it.

        `loads` is in the order of commits. A row that moved to another day under a later load is not found on the old one.
        """
        order = {load_id: place for place, load_id in enumerate(loads)}

        def work(connection: Any) -> list[Row[Any]]:
            found = connection.execute(
                select(traffic_days).where(
                    traffic_days.c.account_id == account.id,
                    traffic_days.c.object == name,
                    traffic_days.c.day.between(first, last),
                    self.tx.visible(traffic_days),
                )
            ).all()
            newest: dict[str, Row[Any]] = {}
            for row in found:
                if row.load_id in order and (
                    row.external_id not in newest or order[newest[row.external_id].load_id] < order[row.load_id]
                ):
                    newest[row.external_id] = row
            moved = _newest_loads(connection, account, list(newest), order)
            return [row for key, row in newest.items() if moved[key] == row.load_id]

        return transact(self.tx.traffic_engine, work, is_writing=False)


def _newest_loads(connection: Any, account: Account, keys: list[str], order: dict[int, int]) -> dict[str, int]:
    """For each external id, the last committed load that holds it on any day."""
    newest: dict[str, int] = {}
    for batch in batches(keys):
        statement = select(traffic_days.c.external_id, traffic_days.c.load_id).where(
            traffic_days.c.account_id == account.id, traffic_days.c.external_id.in_(batch)
        )
        for row in connection.execute(statement):
            if row.load_id in order and (
                row.external_id not in newest or order[newest[row.external_id]] < order[row.load_id]
            ):
                newest[row.external_id] = row.load_id
    return newest
