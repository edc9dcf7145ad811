"""A sealed baseline as one side of a comparison: found, of the same metric, and unchanged since it was sealed."""

from __future__ import annotations

from dataclasses import replace

from lib.db.repositories.baselines import Baseline
from lib.db.shared_steps.metric_series import stands_on_by_hand
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.errors import DeskError
from lib.reporting.compare import Side
from lib.reporting.evidence import content_of, side_from
from lib.reporting.seal import verify_seal
from lib.reporting.sentences import require_complete


def comparable_metric(tx: UnitOfWork, client: str, name: str) -> Metric:
    """The metric `account.metric` of a client, if one clear sentence can be made of it and it is not split.

    NotFound; DeskError `metric_incomplete`, `metric_has_dimension`.
    """
    metric = tx.metrics.named(tx.clients.by_key(client).id, name)
    require_complete(metric)
    if metric.template.dimension:
        raise DeskError(
            "metric_has_dimension",
            f"{name} is split by {metric.template.dimension}, and the parts are never summed into a total.",
            "Use the metric that counts the same records without a split.",
        )
    return metric


def sealed_side(tx: UnitOfWork, metric: Metric, baseline_id: int) -> tuple[Baseline, Side]:
    """A baseline of this metric with the days it sealed; NotFound, DeskError `other_metric` or `seal_broken`."""
    captured = tx.baselines.by_id(baseline_id)
    sealed_metric = tx.metrics.by_id(captured.metric_id)
    if sealed_metric.name != metric.name:
        raise DeskError(
            "other_metric",
            f"Baseline {baseline_id} was captured of {sealed_metric.name}, not of {metric.name}.",
            "Signals never mix: compare a metric with a baseline of its own.",
        )
    side = kept_side(tx, metric, captured)
    if not verify_seal(content_of(sealed_metric, side, captured.evidence["loads"]), captured.seal):
        raise DeskError(
            "seal_broken",
            f"Baseline {baseline_id} does not match its seal, so it cannot support a comparison.",
            "Somebody changed it in the database; capture a new one and look into the audit log.",
        )
    return captured, side


def kept_side(tx: UnitOfWork, metric: Metric, captured: Baseline) -> Side:
    """The side that a baseline of a metric keeps, whether or not its seal still holds."""
    side = side_from(
        captured.evidence,
        DateRange(captured.range_from, captured.range_to),
        captured.definition_version,
        captured.date_basis,
        captured.timezone,
    )
    return replace(side, has_by_hand=stands_on_by_hand(tx, metric, captured.evidence["loads"]))
