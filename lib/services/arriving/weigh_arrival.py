"""Say whether a delivery arrived whole, against what it was announced to be and what usually comes (F152)."""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.clock import zone
from lib.db.repositories.committed_loads import PastArrival
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.findings import Finding
from lib.domain.imports import Delivery, DeliveryKind, Load
from lib.domain.objects import MICROS
from lib.domain.verdicts import Verdict
from lib.mapping.tally import Tally
from validation.arrival import ArrivalFacts, PastLoad, arrival_findings
from validation.policy import judged_arrival

_MOST_PAST = 20


def weigh_arrival(
    tx: UnitOfWork, account: Account, delivery: Delivery, load: Load, tally: Tally
) -> tuple[list[Finding], dict[str, Any]]:
    """The doubts about a load as a whole, and the figures that later loads are weighed against."""
    past = tx.committed_loads.past_arrivals(account.id, load.object, _MOST_PAST)
    facts = ArrivalFacts(
        row_count=load.row_count,
        failed_count=load.verdicts[Verdict.FAILED],
        row_hashes=tally.hashes,
        days=tally.days,
        history_days=_history(tx, account, load.object),
        first=delivery.range_from,
        last=delivery.range_to,
        until=delivery.received_at.astimezone(zone(account.client_timezone)).date(),
        is_partial=delivery.is_partial,
        is_stream=delivery.kind in (DeliveryKind.API, DeliveryKind.WEBHOOK),
        expected_rows=delivery.expected_rows,
        sums=dict(tally.sums),
        filled=dict(tally.filled),
        usually_filled=_usually_filled(past),
        past=[PastLoad(item.rows, item.failed, item.arrival.get("days")) for item in past],
    )
    figures = {
        "days": len(tally.days),
        "filled": dict(tally.filled),
        "sums": {name: micros / MICROS for name, micros in tally.sums.items()},
    }
    return judged_arrival(arrival_findings(facts), account.policies), figures


def _history(tx: UnitOfWork, account: Account, name: str) -> npt.NDArray[np.datetime64]:
    metrics = [metric.id for metric in tx.metrics.of_account(account) if metric.template.object == name]
    return np.array(tx.slices.days_with_rows(metrics), dtype="datetime64[D]")


def _usually_filled(past: list[PastArrival]) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for item in past:
        for name, count in item.arrival.get("filled", {}).items():
            shares.setdefault(name, []).append(count / item.rows if item.rows else 0.0)
    return {name: median(found) for name, found in shares.items()}
