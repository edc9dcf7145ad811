"""What was shown and what was proven, after something moved under it, in the very transaction: published numbers are taken
back or left as they are (F148), and an account whose proof lapsed is live no longer (R17).
"""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.publishing.statement_states import CorrectionCause
from lib.services.publishing import corrections
from lib.services.setup import ladder


def protect_from_load(
    tx: UnitOfWork, account: Account, load: Load, cause: CorrectionCause, reason: str = ""
) -> tuple[str, ...]:
    """Look at every published number of a load's object once its slices are replaced; the metrics that were taken back."""
    taken_back = corrections.protect(
        tx, account, {load.object}, cause, lambda: corrections.reason_of_load(tx, load.id, cause, reason), load.id
    )
    ladder.lapse_if_due(tx, account.key)
    return taken_back


def protect_from_map(tx: UnitOfWork, account: Account, name: str, version: int) -> tuple[str, ...]:
    """The same once a map was approved."""
    why = f"Map {version} of {name.replace('_', ' ')} was approved by {tx.actor.called}."
    taken_back = corrections.protect(tx, account, {name}, CorrectionCause.MAP_APPROVED, lambda: why)
    ladder.lapse_if_due(tx, account.key)
    return taken_back


def protect_from_definition(tx: UnitOfWork, account: Account, metric: str, reason: str) -> tuple[str, ...]:
    """The same once a metric of an account was defined anew, with every number that is made of it."""
    why = f"{metric} was defined anew by {tx.actor.called}: {reason.strip().rstrip('.')}."
    taken_back = corrections.protect(tx, account, set(account.signals), CorrectionCause.DEFINED, lambda: why)
    ladder.lapse_if_due(tx, account.key)
    return taken_back


def protect_from_rebuild(tx: UnitOfWork, account: Account, name: str) -> tuple[str, ...]:
    """The same once an object was rolled up from scratch: its numbers are those that were there, or they were wrong."""
    why = f"{name.replace('_', ' ').capitalize()} records were counted from scratch by {tx.actor.called}."
    return corrections.protect(tx, account, {name}, CorrectionCause.REBUILT, lambda: why)
