"""Metric definitions: what each number of an account means, in numbered versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts
from lib.db.tables.reports import metric_definitions
from lib.domain.accounts import Account
from lib.domain.metrics import Aggregation, Metric, MetricTemplate, Surface
from lib.domain.signals import Paid, Signal
from lib.errors import NotFound

_definitions = metric_definitions


class MetricRepository(Repository):
    """A metric is asked for as `account.metric`, and has exactly one signal (R3)."""

    def of_account(self, account: Account) -> list[Metric]:
        """The current definitions of an account, in the order of its template."""
        return self._found(self._select().where(_definitions.c.account_id == account.id))

    def of_client(self, client_id: int) -> list[Metric]:
        """The current definitions of every account of a client."""
        return self._found(self._select().where(_definitions.c.client_id == client_id))

    def named(self, client_id: int, name: str) -> Metric:
        """The metric of this client called `account.metric`; NotFound lists what there is."""
        found = self.of_client(client_id)
        for metric in found:
            if metric.name == name:
                return metric
        names = ", ".join(metric.name for metric in found) or "none yet: `account add` brings them"
        raise NotFound("metric", name, f"This client has {names}.")

    def by_id(self, metric_id: int) -> Metric:
        """The definition with this id, whichever version it is."""
        row = self.one(self._select(is_current=False).where(_definitions.c.id == metric_id))
        if row is None:
            raise NotFound("metric", metric_id)
        return _metric(row)

    def add_definitions(self, account: Account, templates: Sequence[MetricTemplate]) -> None:
        """Write the first version of the metrics whose object the account sends."""
        rows = [
            {
                "client_id": account.client_id,
                "account_id": account.id,
                "key": item.key,
                "version": 1,
                "is_current": True,
                "label": item.label,
                "signal": account.signals[item.object].signal,
                "paid": account.signals[item.object].paid,
                "object": item.object,
                "unit": item.unit,
                "aggregation": item.aggregation,
                "date_basis": item.date_basis,
                "sum_column": item.column,
                "filters": [[column, list(values)] for column, values in item.where],
                "dimension": item.dimension,
                "numerator": item.numerator,
                "denominator": item.denominator,
                "counts_every_class": item.counts_every_class,
                "client_meaning": item.client_meaning,
                "surface": item.surface,
                "created_at": self.tx.now,
            }
            for item in templates
            if item.object in account.signals
        ]
        if rows:
            insert_many(self.connection, _definitions, rows)

    def _found(self, statement: Select[Any]) -> list[Metric]:
        return [_metric(row) for row in self.all(statement.order_by(_definitions.c.id))]

    def _select(self, *, is_current: bool = True) -> Select[Any]:
        statement = (
            select(
                _definitions,
                integration_provider_accounts.c.key.label("account_key"),
                integration_provider_accounts.c.source_label,
            )
            .join(integration_provider_accounts, integration_provider_accounts.c.id == _definitions.c.account_id)
            .where(self.tx.visible(_definitions))
        )
        return statement.where(_definitions.c.is_current) if is_current else statement


def _metric(row: Row[Any]) -> Metric:
    template = MetricTemplate(
        key=row.key,
        label=row.label,
        object=row.object,
        unit=row.unit,
        client_meaning=row.client_meaning,
        aggregation=Aggregation(row.aggregation),
        date_basis=row.date_basis,
        column=row.sum_column,
        where=tuple((column, tuple(values)) for column, values in row.filters),
        dimension=row.dimension,
        numerator=row.numerator,
        denominator=row.denominator,
        surface=Surface(row.surface),
        counts_every_class=row.counts_every_class,
    )
    return Metric(
        id=row.id,
        client_id=row.client_id,
        account_id=row.account_id,
        account_key=row.account_key,
        source_label=row.source_label,
        signal=Signal(row.signal),
        paid=Paid(row.paid),
        version=row.version,
        template=template,
    )
