"""Look at a load before it is approved: its funnel, what blocks it, what to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lib.db.shared_steps.row_sums import money_sums
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import is_by_hand
from lib.domain.arriving.readings import LineNote
from lib.domain.arriving.unattended import LET_IN_LINE
from lib.domain.findings import Finding
from lib.domain.imports import Delivery, Load
from lib.domain.objects import MICROS
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass, Severity, Verdict
from lib.errors import DeskError
from validation.arrival import ArrivalFacts, arrival_findings
from validation.policy import load_findings

# What a person expects may be said again, and cells may be mended: these are asked anew whenever somebody looks.
_EXPECTED = frozenset({"rows_not_as_expected", "sum_not_as_expected"})


@dataclass(frozen=True)
class LoadReview:
    """Everything a person decides on. `refusal` says why whoever asks may not approve, '' when they may; people are
    told by their names, '' where nobody did it; the line notes are those the reader kept, beside their full counts.
    """

    load: Load
    delivery: Delivery
    account: Account
    signal: ObjectSignal | None
    blockers: tuple[str, ...]
    refusal: str
    imported_by: str
    approved_by: str
    approved_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    undo_reason: str
    set_apart: dict[str, int]
    rejected: int
    skipped: int
    flagged: int
    notes: dict[str, tuple[LineNote, ...]]
    # Whether it went in by the standing order of whoever is told as its approver, and no person looked at it.
    is_unattended: bool = False

    @property
    def written(self) -> int:
        """The rows that an approval writes: created and updated, less those that a person holds."""
        return self.load.verdicts[Verdict.CREATED] + self.load.verdicts[Verdict.UPDATED] - self.load.held

    @property
    def held_back(self) -> int:
        """The rows that wait for a person: failed ones, and those that a person holds."""
        return self.load.verdicts[Verdict.FAILED] + self.load.held

    @property
    def left_out(self) -> int:
        """The rows that nothing is done with: duplicates and ignored ones."""
        return self.load.verdicts[Verdict.DUPLICATE] + self.load.verdicts[Verdict.IGNORED]

    @property
    def adds_up(self) -> bool:
        """The conservation law, asked of what is stored: verdicts, classes and the delivery's rows are one number."""
        rows = self.load.row_count
        sums = sum(self.load.verdicts.values()), sum(self.load.classes.values()), self.delivery.row_count
        return all(found == rows for found in sums)


def look_at(tx: UnitOfWork, load_id: int) -> LoadReview:
    """One load with its delivery, its people and what stands in the way; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    delivery, account = tx.deliveries.by_id(load.delivery_id), tx.accounts.by_id(load.account_id)
    ending, facts = tx.loads.ending(load_id), delivery.facts
    names = tx.people.names_of([load.created_by, ending.approved_by, ending.undone_by])
    return LoadReview(
        load=load,
        delivery=delivery,
        account=account,
        signal=account.signals.get(load.object),
        blockers=tuple(blockers(tx, load, account, delivery)),
        refusal=_refusal(tx, account, load),
        imported_by=names.get(load.created_by, ""),
        approved_by=names.get(ending.approved_by, ""),
        approved_at=ending.approved_at,
        undone_by=names.get(ending.undone_by, ""),
        undone_at=ending.undone_at,
        undo_reason=ending.undo_reason,
        set_apart={row_class: rows for row_class, rows in load.going_in.items() if row_class != RowClass.GENUINE},
        rejected=facts.get("rejected_count", 0),
        skipped=facts.get("skipped_count", 0),
        flagged=facts.get("flagged_count", 0),
        notes={name: _notes(facts, name) for name in ("rejected", "skipped", "flagged")},
        is_unattended=_was_let_in(tx, load, ending.approved_by),
    )


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
        "by_hand": delivery.by_hand_reason,
        "entered_by": _entered_by(tx, delivery),
        "unattended": _was_let_in(tx, load, load.approved_by),
        "blockers": blockers(tx, load, account, delivery),
        "warnings": [*load.warnings, *_waiting(load)],
    }


def _was_let_in(tx: UnitOfWork, load: Load, approved_by: int | None) -> bool:
    return approved_by is not None and any(line.action == LET_IN_LINE for line in tx.audit.of("load", load.id))


def _entered_by(tx: UnitOfWork, delivery: Delivery) -> str:
    """Who entered it in the provider's place; '' where the provider sent it."""
    if not is_by_hand(delivery.kind):
        return ""
    return tx.people.names_of([delivery.received_by]).get(delivery.received_by, "") or "somebody"


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
        "kind": delivery.kind,
        "file": delivery.file_name,
    }


def blockers(tx: UnitOfWork, load: Load, account: Account, delivery: Delivery, *, is_fresh: bool = False) -> list[str]:
    """What stands in the way of approval; only these disable it. `is_fresh` adds the money columns up anew."""
    if load.status not in (LoadStatus.IN_REVIEW, LoadStatus.APPROVED):
        return []
    against = load_findings(
        account.policies,
        row_count=load.row_count,
        failed_count=load.verdicts[Verdict.FAILED],
        reason_counts=load.reasons,
    )
    lasting = [item for item in load.findings if item.code not in _EXPECTED]
    missed = unmet(tx, load, delivery, is_fresh=is_fresh)
    blocking = [item for item in (*missed, *lasting, *against) if item.severity is Severity.BLOCK]
    found = [f"{item.sentence} {item.mend}".strip() for item in blocking]
    if load.row_count and load.verdicts[Verdict.FAILED] == load.row_count:
        found.append("Every row failed, which is usually the wrong file or the wrong map. Nothing would be committed.")
    return found


def unmet(tx: UnitOfWork, load: Load, delivery: Delivery, *, is_fresh: bool = False) -> list[Finding]:
    """What a person expects of the file and does not find in it as it stands now, mended cells included."""
    if delivery.expected_rows is None and not delivery.control_totals:
        return []
    found = money_sums(tx, load, list(delivery.control_totals), is_fresh=is_fresh)
    facts = ArrivalFacts(
        load.row_count,
        expected_rows=delivery.expected_rows,
        expected_sums={name: int(Decimal(text) * MICROS) for name, text in delivery.control_totals.items()},
        sums={name: int(amount * MICROS) for name, amount in found.items()},
    )
    return [item for item in arrival_findings(facts) if item.code in _EXPECTED]


def _waiting(load: Load) -> list[str]:
    """What waits for a person, now: it is gone once they have chosen, so it is not kept with the load."""
    doubtful = load.reasons.get("ambiguous_match", 0)
    if not doubtful or load.status is not LoadStatus.IN_REVIEW:
        return []
    rows = "1 row" if doubtful == 1 else f"{doubtful:,} rows"
    return [
        f"{rows} may be one of several records and stay out until somebody has chosen (`match {load.id}` lists them)."
    ]


def require_unblocked(tx: UnitOfWork, load: Load, account: Account) -> None:
    """DeskError `blocked` with the first blocker."""
    found = blockers(tx, load, account, tx.deliveries.by_id(load.delivery_id), is_fresh=True)
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


def _refusal(tx: UnitOfWork, account: Account, load: Load) -> str:
    """Why whoever asks may not approve; the function that commits asks the same again."""
    if not tx.actor.may(Right.APPROVE_LOADS):
        return "You can look at this load; approving and undoing is for data owners."
    if account.is_four_eyes and load.created_by == tx.actor.person_id:
        return f"You imported load {load.id}, and {account.key} asks for a second person to approve it."
    return ""


def _notes(facts: dict[str, Any], name: str) -> tuple[LineNote, ...]:
    return tuple(LineNote(item["line"], item["why"]) for item in facts.get(name, ()))
