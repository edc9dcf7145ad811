"""Show what stands around a draft: the account, the version in use, the one that waits, and all of them."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.repositories.maps import MapVersion, VersionLine
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.mapping.approvals import refusal
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import MapStatus
from lib.errors import DeskError

__all__ = ["AccountChoice", "MapDesk", "MapVersion", "VersionLine", "accounts_to_map", "map_desk", "numbered"]


@dataclass(frozen=True)
class AccountChoice:
    """An account with the objects whose maps can be drafted, in words for a list."""

    key: str
    words: str
    objects: tuple[str, ...]


@dataclass(frozen=True)
class MapDesk:
    """Everything that stands around a draft: the account, the version in use, the newest that waits, and all of them."""

    account: Account
    object: str
    signal: ObjectSignal
    current: MapVersion | None
    waiting: MapVersion | None
    history: tuple[VersionLine, ...]
    targets: tuple[str, ...]
    required: str
    table: str
    epoch: int
    may_approve: bool
    why_not: str

    @property
    def next_version(self) -> int:
        """The number that the next submitted map gets."""
        return max((line.version for line in self.history), default=0) + 1

    def line_of(self, version: int) -> VersionLine:
        """The history's line of a version."""
        return next(line for line in self.history if line.version == version)


def accounts_to_map(tx: UnitOfWork, client: str = "") -> tuple[AccountChoice, ...]:
    """The accounts in scope, of one client where its key is given, each with the objects that its database keeps."""
    tx.actor.require(Right.EDIT_MAPS)
    return tuple(
        AccountChoice(account.key, f"{account.client_name} / {account.source_label} ({account.key})", _objects(account))
        for account in tx.accounts.every()
        if client in ("", account.client_key)
    )


def map_desk(tx: UnitOfWork, key: str, name: str) -> MapDesk:
    """What stands around the map of one object of one account."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    if name not in _objects(account):
        raise DeskError(
            "object_not_offered",
            f"{key} sends no {name}.",
            f"It sends {', '.join(_objects(account)) or 'nothing that a map could be made for'}.",
        )
    history = tuple(tx.maps.history(account, name))
    waits = next((line.version for line in history if line.status is MapStatus.SUBMITTED), None)
    waiting = tx.maps.numbered(account, name, waits) if waits else None
    current = tx.maps.approved(account, name)
    if waiting and current and waiting.version < current.version:
        waiting = None  # what was submitted before the version in use has been passed over
    kind = object_type(name)
    why_not = _why_not(tx, account, waiting)
    return MapDesk(
        account=account,
        object=name,
        signal=account.signals[name],
        current=current,
        waiting=waiting,
        history=history,
        targets=kind.column_names,
        required=kind.date_column,
        table=kind.table,
        epoch=tx.accounts.epoch(account.id, name),
        may_approve=not why_not,
        why_not=why_not,
    )


def numbered(tx: UnitOfWork, key: str, name: str, version: int) -> MapVersion:
    """One version of a map by its number."""
    tx.actor.require(Right.EDIT_MAPS)
    return tx.maps.numbered(tx.accounts.by_key(key), name, version)


def _objects(account: Account) -> tuple[str, ...]:
    return tuple(name for name in account.signals if object_type(name).destination is account.destination)


def _why_not(tx: UnitOfWork, account: Account, waiting: MapVersion | None) -> str:
    """Why this person may not approve what waits, as one sentence; empty where they may. The service asks again."""
    refused = refusal(tx.actor, account, waiting.submitted_by if waiting else 0)
    if refused is None:
        return ""
    if refused.code == "four_eyes":
        return "You submitted it, and this account asks for a second person."
    return f"The owner of the account approves: {account.owner_email}."
