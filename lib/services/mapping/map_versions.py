"""Everything to be weighed before a version of a map is decided on; and the ways it goes other than into use."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.mapping.approvals import refusal, within
from lib.domain.people import Right
from lib.domain.states import HAS_GONE_LIVE, MapStatus
from lib.errors import DeskError
from lib.mapping.coverage import Coverage, coverage
from lib.mapping.map_diff import ChangeKind, Difference, differences

__all__ = ["BaselineChoice", "ChangeKind", "Difference", "MapDecision", "between", "decision", "send_back", "withdraw"]


@dataclass(frozen=True)
class BaselineChoice:
    """A baseline of one of the account's numbers, which a change can be measured against."""

    id: int
    words: str


@dataclass(frozen=True)
class MapDecision:
    """A version that waits, beside the one in use.

    `replaces` is the number of the one in use, None for a first one; `changes` what is different, in words. `has_gone_live`
    asks for a rollback note and a baseline. `why_not` says why this person may not approve it, '' where they may;
    `is_own` whether they submitted it themselves.
    """

    version: int
    replaces: int | None
    changes: tuple[Difference, ...]
    coverage: Coverage
    has_gone_live: bool
    baselines: tuple[BaselineChoice, ...]
    rollback_note: str
    why_not: str
    is_own: bool


def decision(tx: UnitOfWork, key: str, name: str, version: int) -> MapDecision:
    """What there is to be known before a version is approved; nothing is written."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    found, current = tx.maps.numbered(account, name, version), tx.maps.approved(account, name)
    refused = refusal(tx.actor, account, found.submitted_by)
    return MapDecision(
        version=version,
        replaces=current.version if current else None,
        changes=differences(current.field_map if current else None, found.field_map),
        coverage=coverage(found.field_map),
        has_gone_live=account.status in HAS_GONE_LIVE,
        baselines=_baselines(tx, account),
        rollback_note=account.rollback_note,
        why_not=f"{refused.message} {refused.hint}" if refused else "",
        is_own=found.submitted_by == tx.actor.person_id,
    )


def between(tx: UnitOfWork, key: str, name: str, old: int, new: int) -> tuple[Difference, ...]:
    """What version `new` says and `old` does not, and the other way round, in words."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    one, other = (tx.maps.numbered(account, name, number).field_map for number in (old, new))
    return differences(one, other)


def send_back(tx: UnitOfWork, key: str, name: str, version: int, reason: str) -> MapVersion:
    """Return a submitted version to whoever drafted it, and say why (F35)."""
    tx.actor.require(Right.APPROVE_MAPS)
    if not reason.strip():
        raise DeskError("reason_missing", "Whoever drafted it must know why.", "Say what is to be mended.")
    return _closed(tx, key, name, version, MapStatus.RETURNED, reason)


def withdraw(tx: UnitOfWork, key: str, name: str, version: int, reason: str = "") -> MapVersion:
    """Take back a version that one submitted oneself, as long as nobody decided on it."""
    tx.actor.require(Right.EDIT_MAPS)
    if tx.maps.numbered(tx.accounts.by_key(key), name, version).submitted_by != tx.actor.person_id:
        raise DeskError(
            "not_yours",
            f"Somebody else submitted version {version}, so it is not {tx.actor.email}'s to take back.",
            "Whoever approves maps may send it back with a reason.",
        )
    return _closed(tx, key, name, version, MapStatus.WITHDRAWN, reason)


def _closed(tx: UnitOfWork, key: str, name: str, version: int, status: MapStatus, reason: str) -> MapVersion:
    account = tx.accounts.by_key(key)
    found = tx.maps.numbered(account, name, version)
    tx.maps.close(found, status, within(reason, "reason", 500))
    action = "map sent back" if status is MapStatus.RETURNED else "map withdrawn"
    tx.audit.note(action, "map_version", found.id, account.client_id, object=name, version=version)
    return tx.maps.by_id(found.id)


def _baselines(tx: UnitOfWork, account: Account) -> tuple[BaselineChoice, ...]:
    return tuple(
        BaselineChoice(item.id, f"{item.id}: {item.name}")
        for item in tx.baselines.of_client(account.client_id)
        if tx.metrics.by_id(item.metric_id).account_id == account.id
    )
