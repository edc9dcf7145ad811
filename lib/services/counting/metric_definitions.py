"""The metric catalog: what every number of a client means, in versions; own metrics added, definitions edited (R14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.metrics import Aggregation, Metric, MetricTemplate
from lib.domain.people import Right
from lib.errors import DeskError
from lib.mapping.client_safe import explanation_problems
from lib.reporting.metric_rules import changed, counts_otherwise, require_sound


@dataclass(frozen=True)
class Defined:
    """A definition as it stands now, and the metrics whose numbers have to be rolled up from records before it is whole.

    `again` is empty where only words changed. Baselines of every metric that got a new version are not comparable to it.
    """

    metric: Metric
    again: tuple[Metric, ...] = ()
    renewed: tuple[str, ...] = ()


def catalog(tx: UnitOfWork, client: str, account: str = "") -> list[dict[str, Any]]:
    """The current definitions of a client's metrics, all or those of one account, each with everything that it says."""
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.metrics.of_client(tx.clients.by_key(client).id)
    return [as_dict(metric) for metric in found if account in ("", metric.account_key)]


def definition(tx: UnitOfWork, name: str) -> dict[str, Any]:
    """One definition (`account.metric`), with its versions, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    metric = _named(tx, name)
    versions = [as_dict(item) for item in tx.metrics.history(metric)]
    return {**as_dict(metric), "versions": versions}


def add_metric(tx: UnitOfWork, account_key: str, item: MetricTemplate) -> Defined:
    """Add a metric of the account's own; it counts from what was committed already.

    DeskError `metric_exists`, `meaning_not_safe`, or as `reporting.metric_rules.require_sound` refuses it.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(account_key)
    others = _others(tx, account)
    if item.key in others:
        raise DeskError("metric_exists", f"{account_key} has a metric {item.key} already.", "Choose another key.")
    require_sound(item, account.signals, others, account.currency)
    _require_safe(item)
    tx.metrics.add_definitions(account, [item])
    metric = _named(tx, f"{account_key}.{item.key}")
    tx.audit.note("metric added", "account", account.id, account.client_id, **_said(metric))
    return Defined(metric, _counted(metric), (metric.name,))


def edit_metric(tx: UnitOfWork, name: str, changes: Mapping[str, str], reason: str) -> Defined:
    """Change a definition. What counts otherwise gets a new version, and so does every ratio that is divided from it.

    Baselines captured of an older version stay as they are and are not comparable any more. New words keep the version.
    Either way the change is in the audit log with its reason.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    if not reason.strip():
        raise DeskError("reason_missing", "A changed definition needs a reason.", "Give one with --reason.")
    metric = _named(tx, name)
    account = tx.accounts.by_id(metric.account_id)
    item, others = changed(metric.template, changes), _others(tx, account)
    del others[item.key]
    if item == metric.template:
        return Defined(metric)
    require_sound(item, account.signals, others, account.currency)
    _require_safe(item)
    ratios = [_with_part(each, item) for each in _divided_from(tx, account, item.key)]
    for each in ratios:
        # A ratio that is divided from the metric still says something clear after the change.
        require_sound(each.template, account.signals, {**others, item.key: item}, account.currency)
    detail = {"metric": metric.name, "changes": _differences(metric.template, item), "reason": reason.strip()[:300]}
    if not counts_otherwise(metric.template, item):
        reworded = tx.metrics.reword(metric, item)
        tx.audit.note("metric reworded", "account", account.id, account.client_id, **detail)
        return Defined(reworded)
    renewed = [_renew(tx, account, metric, item)]
    renewed += [_renew(tx, account, each, each.template) for each in ratios]
    tx.audit.note(
        "metric counts otherwise", "account", account.id, account.client_id, version=renewed[0].version, **detail
    )
    again = tuple(part for each in renewed for part in _counted(each))
    return Defined(renewed[0], again, tuple(each.name for each in renewed))


def as_dict(metric: Metric) -> dict[str, Any]:
    """Everything a definition says, as plain values."""
    item = metric.template
    return {
        "metric": metric.name,
        "version": metric.version,
        "label": item.label,
        "signal": metric.signal,
        "paid": metric.paid,
        "source": metric.source_label,
        "unit": item.unit,
        "aggregation": item.aggregation,
        "object": item.object,
        "table": metric.table,
        "database": metric.destination,
        "column": item.column or None,
        "weight": item.weight or None,
        "numerator": item.numerator or None,
        "denominator": item.denominator or None,
        "date_basis": item.date_basis,
        "where": {column: list(values) for column, values in item.where},
        "every_class": item.counts_every_class,
        "meaning": item.client_meaning,
        "surface": item.surface,
        "dimension": item.dimension or None,
        "missing": list(metric.missing_for_a_sentence()),
    }


def _named(tx: UnitOfWork, name: str) -> Metric:
    account = tx.accounts.by_key(name.partition(".")[0])
    return tx.metrics.named(account.client_id, name)


def _others(tx: UnitOfWork, account: Account) -> dict[str, MetricTemplate]:
    return {metric.template.key: metric.template for metric in tx.metrics.of_account(account)}


def _require_safe(item: MetricTemplate) -> None:
    """The meaning is a half sentence of the one that a client reads, so it is held to what a client may read (R6)."""
    meaning = item.client_meaning.strip(" .")
    for problem in explanation_problems(f"{meaning[:1].upper()}{meaning[1:]}."):
        raise DeskError("meaning_not_safe", problem.sentence.replace("explanation", "meaning"), problem.mend)


def _with_part(ratio: Metric, part: MetricTemplate) -> Metric:
    """A ratio is counted by the date that its numerator is counted by."""
    if ratio.template.numerator != part.key:
        return ratio
    return replace(ratio, template=replace(ratio.template, date_basis=part.date_basis))


def _divided_from(tx: UnitOfWork, account: Account, key: str) -> list[Metric]:
    return [
        metric
        for metric in tx.metrics.of_account(account)
        if key in (metric.template.numerator, metric.template.denominator)
    ]


def _renew(tx: UnitOfWork, account: Account, metric: Metric, item: MetricTemplate) -> Metric:
    # The slices of the version before say what nobody asks for any more; what was sealed of them is in the baselines.
    tx.slices.clear(metric)
    return tx.metrics.add_version(account, metric, item)


def _counted(metric: Metric) -> tuple[Metric, ...]:
    return () if metric.template.aggregation is Aggregation.RATIO else (metric,)


def _differences(old: MetricTemplate, new: MetricTemplate) -> list[str]:
    """What is said otherwise, each in words that the timeline shows as they are."""
    names = {"label": "label", "client_meaning": "meaning", "unit": "unit", "surface": "surface"}
    pairs = [(said, str(getattr(old, name)), str(getattr(new, name))) for name, said in names.items()]
    pairs += [("counted by", old.date_basis, new.date_basis), ("filter", _filter(old), _filter(new))]
    return [f"{said} from “{was[:200]}” to “{now[:200]}”" for said, was, now in pairs if was != now]


def _filter(item: MetricTemplate) -> str:
    return "; ".join(f"{column} {' or '.join(accepted)}" for column, accepted in item.where)


def _said(metric: Metric) -> dict[str, Any]:
    item = metric.template
    return {"metric": metric.name, "label": item.label, "unit": item.unit, "meaning": item.client_meaning[:300]}
