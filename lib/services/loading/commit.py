"""Commit an approved load: every gate stands here, in the one function that lets a load become records."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.shared_steps.record_writer import write_records, write_released
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.people import Right
from lib.domain.settings.retention import payload_gone
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.mapping.touched import Touched


def require_may_approve(tx: UnitOfWork, account: Account, load: Load) -> None:
    """The right, and a second pair of eyes where the account asks for one; stored people are compared."""
    tx.actor.require(Right.APPROVE_LOADS)
    if account.is_four_eyes and load.created_by == tx.actor.person_id:
        raise DeskError(
            "four_eyes",
            f"{tx.actor.email} imported load {load.id}, and {account.key} asks for a second person.",
            "Let somebody else approve it.",
        )


def commit_load(
    tx: UnitOfWork, account: Account, load: Load, epoch: int, progress: Progress = lambda *_: None
) -> tuple[Load, Touched | None]:
    """Write the records of a load under review, and with the last statement make them visible.

    A test load is accepted and writes no record and no metric (R15); then nothing was touched.
    """
    require_may_approve(tx, account, load)
    approved = tx.loads.move(load, LoadStatus.APPROVED, approved_by=tx.actor.person_id, approved_at=tx.now)
    if load.is_test:
        tx.audit.note("test import accepted", "load", load.id, load.client_id, rows=load.row_count)
        return approved, None
    touched = write_records(tx, account, load, progress)
    committed = tx.loads.move(approved, LoadStatus.COMMITTED, committed_at=tx.now, committed_epoch=epoch)
    verdicts = {str(verdict): count for verdict, count in load.verdicts.items()}
    tx.audit.note("load committed", "load", load.id, load.client_id, verdicts=verdicts)
    return committed, touched


def commit_released(tx: UnitOfWork, account: Account, load: Load, row_nos: Sequence[int]) -> Touched:
    """Write rows that were held when their load was committed, through the same gates; the days that moved come back."""
    require_may_approve(tx, account, load)
    if load.status is not LoadStatus.COMMITTED:
        raise DeskError(
            "not_committed",
            f"Load {load.id} is {load.status.replace('_', ' ')}, so no held row of it can be written.",
            "Held rows are released before their load is approved, or while it is committed.",
        )
    kept, _ = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", row_nos)
    if len(kept) < len(set(row_nos)):
        what, so = f"Held rows of load {load.id} are", ", so they cannot be written"
        raise payload_gone(what, account.retention_days, "Import the file again.", so)
    return write_released(tx, account, load, row_nos)
