"""Look at a load before it is approved: its funnel, what blocks it, what to know about it."""

from __future__ import annotations

from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Delivery, Load
from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError


def review_load(tx: UnitOfWork, load_id: int) -> dict[str, Any]:
    """The load as machines and pages read it: counts that add up to the rows, blockers and warnings in words."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    delivery = tx.deliveries.by_id(load.delivery_id)
    account = tx.accounts.by_id(load.account_id)
    return {
        **summary(load, delivery),
        "provider": account.provider,
        "source": account.source_label,
        "account": account.key,
        "blockers": blockers(load, delivery),
        "warnings": list(load.warnings),
    }


def summary(load: Load, delivery: Delivery) -> dict[str, Any]:
    """What is said of a load wherever it is listed."""
    return {
        "delivery": delivery.id,
        "load": load.id,
        "object": load.object,
        "map_version": load.map_version,
        "status": load.status,
        "test": load.is_test,
        "date_range": _range(load),
        "error_note": load.error_note or delivery.error_note,
        "rows": load.row_count,
        "verdicts": {str(verdict): count for verdict, count in load.verdicts.items()},
        "classes": {str(row_class): count for row_class, count in load.classes.items()},
        "reasons": load.reasons,
        "partial": delivery.is_partial,
    }


def blockers(load: Load, delivery: Delivery) -> list[str]:
    """What stands in the way of approval; only these disable it."""
    if load.status not in (LoadStatus.IN_REVIEW, LoadStatus.APPROVED):
        return []
    found = []
    if delivery.expected_rows is not None and delivery.expected_rows != load.row_count:
        found.append(
            f"{delivery.expected_rows} rows were expected and {load.row_count} arrived. "
            "Ask for the file again, or import it with the right --expect-rows."
        )
    if load.row_count and load.verdicts[Verdict.FAILED] == load.row_count:
        found.append("Every row failed, which is usually the wrong file or the wrong map. Nothing would be committed.")
    return found


def require_unblocked(load: Load, delivery: Delivery) -> None:
    """DeskError `blocked` with the first blocker."""
    found = blockers(load, delivery)
    if found:
        raise DeskError("blocked", found[0], f"`review {load.id}` shows everything that stands in the way.")


def reject_load(tx: UnitOfWork, load_id: int, reason: str) -> Load:
    """Turn a load down; the same file may be imported again."""
    tx.actor.require(Right.APPROVE_LOADS)
    load = tx.loads.by_id(load_id)
    rejected = tx.loads.move(load, LoadStatus.REJECTED, error_note=reason[:1000])
    tx.audit.note("load rejected", "load", load.id, load.client_id, reason=reason[:300])
    return rejected


def _range(load: Load) -> dict[str, str] | None:
    if load.range_from is None or load.range_to is None:
        return None
    return {"from": load.range_from.isoformat(), "to": load.range_to.isoformat()}
