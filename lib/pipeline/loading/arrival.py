"""What happens by itself when a load is whole or a map approved: undecided values held, columns compared, tasks kept up."""

from __future__ import annotations

from dataclasses import replace

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.findings import Finding
from lib.domain.imports import Load
from lib.pipeline.loading.burying import close_refused
from lib.pipeline.loading.protecting import protect_from_map
from lib.services.arriving import drift
from lib.services.loading import recheck
from lib.services.mapping import maps
from lib.services.running import tripwire


def arrived(tx: UnitOfWork, account: Account, load: Load) -> tuple[Load, list[Finding]]:
    """The load with the rows held that must wait and what its columns look like, and what is found against these."""
    held = tripwire.held_rows(tx, load)
    if held is not None:
        was, now = held
        tx.rows.correct(load.id, now)
        load = recheck.recount(tx, load, [was], [now], load.staged_epoch)
    load = replace(load, looks=drift.looks_of(tx, load))
    findings = drift.notice_drift(tx, account, load)
    tripwire.open_tasks(tx, account, load)
    settle_tasks(tx, account, load.object)
    close_refused(tx, account, load)
    return load, findings


def settle_tasks(tx: UnitOfWork, account: Account, name: str) -> None:
    """Close every task of an object whose cause is gone; costs one question where none is open."""
    if tx.tasks.listed(account_id=account.id):
        tripwire.settle_tasks(tx, account, name)
        drift.settle_tasks(tx, account, name)


def approve_map(
    tx: UnitOfWork, key: str, name: str, version: int, *, rollback_note: str = "", baseline_id: int | None = None
) -> MapVersion:
    """Put a submitted version in use, and close the tasks that it settles; refused as `maps.approve_map` says."""
    found = maps.approve_map(tx, key, name, version, rollback_note=rollback_note, baseline_id=baseline_id)
    account = tx.accounts.by_key(key)
    settle_tasks(tx, account, name)
    protect_from_map(tx, account, name, version)
    return found
