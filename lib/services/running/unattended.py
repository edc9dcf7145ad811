"""The standing order of an account: who switched it on, what it asks of a load, and the work queued for it (F97)."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import is_by_hand
from lib.domain.arriving.unattended import (
    KEPT_LINE,
    LET_IN_LINE,
    SWITCHED_ON,
    ColumnsFound,
    Condition,
    LoadFacts,
    conditions,
)
from lib.domain.imports import Load
from lib.domain.jobs import LET_IN, ROUTINE
from lib.domain.maps import UNPLACED, Band, FieldMap
from lib.domain.objects import object_type
from lib.domain.people import Actor, Right
from lib.domain.states import AccountStatus
from lib.domain.verdicts import Verdict
from lib.mapping.scoring import band

_STRONG = (Band.CERTAIN, Band.STRONG)
# What is asked anew by the blockers, so that a cell mended meanwhile counts.
_EXPECTED = frozenset({"rows_not_as_expected", "sum_not_as_expected"})


def orderer(tx: UnitOfWork, account: Account) -> Actor | None:
    """Who switched it on last, with the role they have now; None where they are no longer of this desk."""
    lines = [line for line in tx.audit.of("account", account.id) if line.action == SWITCHED_ON]
    return tx.people.by_id(lines[-1].person_id) if lines else None


def queue(tx: UnitOfWork, account: Account, load: Load) -> int | None:
    """Ask the worker to let a load in that has just come to review; the job's id, None where nobody wants that.

    Written in the transaction that brings the load into review, so that a desk that is killed then still does it.
    """
    if not account.intake.unattended.is_on or load.is_test:
        return None
    found = orderer(tx, account)
    if found is None or is_by_hand(tx.deliveries.by_id(load.delivery_id).kind):
        return None
    told = {"delivery": load.delivery_id, "by": found.person_id}
    return tx.jobs.add_job(account, LET_IN, load.object, told, load.id, ROUTINE)


def judged(
    tx: UnitOfWork, account: Account, load: Load, columns: ColumnsFound, blockers: Sequence[str]
) -> tuple[Condition, ...]:
    """Every condition of the account's standing order for a load, met or not."""
    tx.actor.require(Right.SEE_DETAIL)
    person, version = orderer(tx, account), tx.maps.by_id(load.map_version_id)
    in_use = tx.maps.approved(account, load.object)
    facts = LoadFacts(
        orderer="" if person is None else person.called,
        may_orderer_approve=person is not None
        and person.may(Right.APPROVE_LOADS)
        and person.may_see(account.client_id),
        is_paused=account.status is AccountStatus.PAUSED,
        needs_review=account.status is AccountStatus.NEEDS_REVIEW,
        is_four_eyes=account.is_four_eyes,
        is_test=load.is_test,
        is_by_hand=is_by_hand(tx.deliveries.by_id(load.delivery_id).kind),
        is_map_in_use=in_use is not None and in_use.id == version.id,
        weak=_weak(version.field_map),
        unplaced=sum(item.reason == UNPLACED for item in version.field_map.ignored),
        unseen_rows=load.reasons.get("unseen_value", 0),
        waiting_rows=max(load.held, load.reasons.get("ambiguous_match", 0)),
        columns=columns,
        doubts=tuple(item.sentence for item in load.findings if item.code not in _EXPECTED),
        blockers=blockers,
        rows=load.row_count,
        failed=load.verdicts[Verdict.FAILED],
    )
    return conditions(facts, account.intake.unattended)


def note_let_in(tx: UnitOfWork, load: Load, found: Sequence[Condition]) -> None:
    """Write down that a load went in by a standing order, with the conditions that were looked at as evidence."""
    codes = [item.code for item in found]
    tx.audit.note(LET_IN_LINE, "load", load.id, load.client_id, conditions=codes, rows=load.row_count)


def note_kept(tx: UnitOfWork, load: Load, why: Sequence[str]) -> None:
    """Write down that a load waits for a person although loads of its account go in by themselves, and why."""
    tx.audit.note(KEPT_LINE, "load", load.id, load.client_id, why=[text[:300] for text in why[:5]])


def _weak(field_map: FieldMap) -> tuple[str, ...]:
    """The required fields, and the key, whose rule is less than strong."""
    kind = object_type(field_map.object)
    needed = {"external_id", *(column.name for column in kind.columns if column.is_required)}
    return tuple(
        rule.source or rule.target
        for rule in field_map.fields
        if rule.target in needed and band(rule.confidence) not in _STRONG
    )
