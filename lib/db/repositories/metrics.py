"""Metric definitions: what each number of an account means, in numbered versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select, update

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts
from lib.db.tables.reports import metric_definitions
from lib.domain.accounts import Account
from lib.domain.metrics import Aggregation, Metric, MetricTemplate, Surface
from lib.domain.signals import ObjectSignal, Paid, Signal
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

    def keyed(self, account_id: int, keys: Sequence[str]) -> dict[str, Metric]:
        """The current definitions of an account that are called so, by key; NotFound where one is missing."""
        statement = self._select().where(_definitions.c.account_id == account_id, _definitions.c.key.in_(keys))
        found = {metric.template.key: metric for metric in self._found(statement)}
        for key in keys:
            if key not in found:
                raise NotFound("metric", key, "Its account has none of this name.")
        return found

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

    def history(self, metric: Metric) -> list[Metric]:
        """Every version of a definition, newest first."""
        statement = self._select(is_current=False).where(
            _definitions.c.account_id == metric.account_id, _definitions.c.key == metric.template.key
        )
        return [_metric(row) for row in self.all(statement.order_by(_definitions.c.version.desc()))]

    def add_definitions(self, account: Account, templates: Sequence[MetricTemplate]) -> None:
        """Write the first version of the metrics whose object the account sends."""
        rows = [self._row(account, item, 1) for item in templates if item.object in account.signals]
        if rows:
            insert_many(self.connection, _definitions, rows)

    def add_version(self, account: Account, metric: Metric, template: MetricTemplate) -> Metric:
        """Count something else under a metric's name from now on: the next version of it, which becomes the current one."""
        self.run(update(_definitions).where(_definitions.c.id == metric.id).values(is_current=False))
        return self.by_id(self.add(_definitions, **self._row(account, template, metric.version + 1)))

    def reword(self, metric: Metric, template: MetricTemplate) -> Metric:
        """Say otherwise what a metric counts: its label, meaning, unit and surface; the version stays."""
        said = {name: getattr(template, name) for name in ("label", "client_meaning", "unit", "surface")}
        self.run(update(_definitions).where(_definitions.c.id == metric.id).values(**said))
        return self.by_id(metric.id)

    def set_signal(self, account: Account, name: str, signal: ObjectSignal) -> None:
        """Give the metrics of an object the signal that the object now carries."""
        self.run(
            update(_definitions)
            .where(_definitions.c.account_id == account.id, _definitions.c.object == name)
            .values(signal=signal.signal, paid=signal.paid)
        )

    def _row(self, account: Account, item: MetricTemplate, version: int) -> dict[str, Any]:
        signal = account.signals[item.object]
        return {
            "client_id": account.client_id,
            "account_id": account.id,
            "key": item.key,
            "version": version,
            "is_current": True,
            "label": item.label,
            "signal": signal.signal,
            "paid": signal.paid,
            "object": item.object,
            "unit": item.unit,
            "aggregation": item.aggregation,
            "date_basis": item.date_basis,
            "sum_column": item.column,
            "weight_column": item.weight,
            "filters": [[column, list(values)] for column, values in item.where],
            "dimension": item.dimension,
            "numerator": item.numerator,
            "denominator": item.denominator,
            "counts_every_class": item.counts_every_class,
            "client_meaning": item.client_meaning,
            "surface": item.surface,
            "created_at": self.tx.now,
        }

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
        weight=row.weight_column,
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
