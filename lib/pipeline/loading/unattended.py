"""Unattended approval: a clean load goes in by itself, the way a person's approval does, or says why it waits (F97)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.arriving.unattended import ColumnsFound, Condition, waits_because
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.people import Actor, Right
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.services.arriving import drift
from lib.services.reviewing import review
from lib.services.running import unattended

_WAITS = "waits_for_a_person"
_NOT_LET_IN = frozenset({_WAITS, "blocked", "illegal_move", "review_changed", "four_eyes", "not_allowed"})


def let_in(
    desk: Desk,
    orderer: Actor,
    load_id: int,
    progress: Progress = lambda *_: None,
    settled: Callable[[UnitOfWork, bool], None] = lambda _tx, _is_in: None,
) -> tuple[str, ...]:
    """Let a load in if it is clean, in the name of whoever gave the standing order; why it waits where it is not.

    The one way in without a person: through `approve` with all its gates, and with the conditions looked at once more
    in the very transaction that commits. `settled` runs last in the transaction that ends it, either way.
    """
    load, found = desk.ask(orderer, _judged, load_id)
    if load.status is not LoadStatus.IN_REVIEW:
        desk.do(orderer, settled, load.status is LoadStatus.COMMITTED)
        return ()
    why = waits_because(found)
    if not why:
        why = _approved(desk, orderer, load, progress, settled)
    if why:

        def kept(tx: UnitOfWork) -> None:
            unattended.note_kept(tx, load, why)
            settled(tx, False)

        desk.do(orderer, kept)
    return why


def waits_for_person(tx: UnitOfWork, load_id: int) -> tuple[str, ...]:
    """Why a load under review waits for a person, sentence by sentence: nothing where its account lets none in by itself,
    and where the worker is about to.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    if load.status is not LoadStatus.IN_REVIEW or not tx.accounts.by_id(load.account_id).intake.unattended.is_on:
        return ()
    _, found = _judged(tx, load_id)
    return waits_because(found)


def _approved(
    desk: Desk,
    orderer: Actor,
    load: Load,
    progress: Progress,
    settled: Callable[[UnitOfWork, bool], None],
) -> tuple[str, ...]:
    seen = {str(verdict): count for verdict, count in load.verdicts.items()}

    def in_the_end(tx: UnitOfWork, _result: dict[str, Any]) -> None:
        # Somebody may have switched it off, or touched the load, since it was looked at.
        # What stops an approval was asked by the approval itself, in this transaction.
        now = _conditions(tx, replace(tx.loads.by_id(load.id), status=load.status), is_approving=True)
        if why := waits_because(now):
            raise DeskError(_WAITS, why[0])
        unattended.note_let_in(tx, load, now)
        settled(tx, True)

    try:
        approve(desk, orderer, load.id, seen, progress, in_the_end)
    except DeskError as trouble:
        # Whatever else it is has nothing to do with the load, and is tried again.
        if trouble.code not in _NOT_LET_IN:
            raise
        return (trouble.message,)
    return ()


def _judged(tx: UnitOfWork, load_id: int) -> tuple[Load, tuple[Condition, ...]]:
    load = tx.loads.by_id(load_id)
    return load, _conditions(tx, load)


def _conditions(tx: UnitOfWork, load: Load, *, is_approving: bool = False) -> tuple[Condition, ...]:
    account, delivery = tx.accounts.by_id(load.account_id), tx.deliveries.by_id(load.delivery_id)
    if not account.intake.unattended.is_on:
        return (Condition("switched_on", "loads of this account do not go in by themselves"),)
    view = drift.drift_of(tx, load.id)
    columns = ColumnsFound()
    if view is not None:
        item = view.drift
        columns = ColumnsFound(item.new, view.gone, tuple(each.name for each in item.retyped))
    blockers = [] if is_approving else review.blockers(tx, load, account, delivery, is_fresh=True)
    return unattended.judged(tx, account, load, columns, blockers)
