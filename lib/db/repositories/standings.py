"""How far each account has come: its newest maps, loads and baseline, read for all accounts in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from lib.db.repositories.base import Repository
from lib.db.repositories.breakers import BreakerRepository
from lib.db.repositories.desk_settings import DeskSettingRepository
from lib.db.repositories.evidence import EvidenceRepository
from lib.db.repositories.gate_facts import GateFacts
from lib.db.repositories.setup_checks import QaRepository, SetupTestRepository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.db.tables.maps import map_versions
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.imports import DeliveryKind
from lib.domain.ladder.standing import LoadSeen, ObjectStanding, Standing
from lib.domain.objects import object_type
from lib.domain.states import LoadStatus, MapStatus
from lib.domain.verdicts import Verdict

_Key = tuple[int, str]


@dataclass(frozen=True)
class SubmittedMap:
    """A version of a map that waits for an approval."""

    account_id: int
    object: str
    version: int
    submitted_by: str
    submitted_at: datetime


class StandingRepository(Repository):
    """Read only. Every query runs once, whatever the number of accounts."""

    def of(self, accounts: Sequence[Account]) -> dict[int, Standing]:
        """The standing of each of these accounts, by the account's id, in about twenty queries."""
        ids = [account.id for account in accounts]
        if not ids:
            return {}
        facts, ledger = GateFacts(self.tx), EvidenceRepository(self.tx)
        objects, kinds, arrived = self.objects(accounts), self._kinds(ids), self._last_deliveries(ids)
        owners, evidence, fell = facts.owners(ids), ledger.newest(ids), ledger.fell_back(ids)
        tests, checks = SetupTestRepository(self.tx).newest(ids), QaRepository(self.tx).newest(ids)
        changed, metrics, letters, limits = (
            facts.connection_changes(ids), facts.metrics(ids), facts.letters(ids), facts.limits(ids)
        )  # fmt: skip
        breakers, settings = BreakerRepository(self.tx).not_closed(), DeskSettingRepository(self.tx).now()
        return {
            number: Standing(
                objects=objects[number],
                kinds=frozenset(kinds[number]),
                last_delivery_at=arrived.get(number),
                owner=owners.get(number),
                evidence=evidence.get(number, {}),
                setup_test=tests.get(number),
                connection_changed=changed.get(number, ()),
                qa=checks.get(number),
                metrics=metrics.get(number, {}),
                breaker=breakers.get(number),
                letters=letters.get(number),
                limits=limits.get(number, ()),
                settings=settings,
                fell_back=fell.get(number),
            )
            for number in ids
        }

    def objects(self, accounts: Sequence[Account]) -> dict[int, tuple[ObjectStanding, ...]]:
        """What there is of each object of these accounts, by the account's id, in five queries."""
        ids = [account.id for account in accounts]
        if not ids:
            return {}
        newest, approved = self._newest_maps(ids), self._approved_maps(ids)
        last, proofs = self._newest_loads(ids), self._newest_loads(ids, is_proof=True)
        drifts = GateFacts(self.tx).drifts(ids)
        return {
            account.id: tuple(
                _object(account, name, newest, approved, last, proofs, drifts)
                for name in account.signals
                if object_type(name).destination is account.destination
            )
            for account in accounts
        }

    def submitted_maps(self, limit: int) -> list[SubmittedMap]:
        """Versions that wait for an approval and are the newest of their object, oldest first."""
        newest = self._newest(map_versions, func.max(map_versions.c.version), self.tx.visible(map_versions))
        statement = (
            select(map_versions, people.c.email)
            .join(newest, _same(newest, map_versions) & (newest.c.top == map_versions.c.version))
            .join(people, people.c.id == map_versions.c.submitted_by)
            .where(map_versions.c.status == MapStatus.SUBMITTED)
            .order_by(map_versions.c.id)
            .limit(limit)
        )
        return [
            SubmittedMap(row.account_id, row.object, row.version, row.email, row.submitted_at)
            for row in self.all(statement)
        ]

    def _newest_maps(self, ids: list[int]) -> dict[_Key, Row[Any]]:
        mine = map_versions.c.account_id.in_(ids) & self.tx.visible(map_versions)
        newest = self._newest(map_versions, func.max(map_versions.c.version), mine)
        statement = select(map_versions).join(
            newest, _same(newest, map_versions) & (newest.c.top == map_versions.c.version)
        )
        return {(row.account_id, row.object): row for row in self.all(statement)}

    def _approved_maps(self, ids: list[int]) -> dict[_Key, Row[Any]]:
        statement = (
            select(map_versions, people.c.email)
            .join(people, people.c.id == map_versions.c.approved_by)
            .where(
                map_versions.c.account_id.in_(ids),
                map_versions.c.status == MapStatus.APPROVED,
                self.tx.visible(map_versions),
            )
        )
        return {(row.account_id, row.object): row for row in self.all(statement)}

    def _newest_loads(self, ids: list[int], *, is_proof: bool = False) -> dict[_Key, LoadSeen]:
        mine = loads.c.account_id.in_(ids) & self.tx.visible(loads)
        if is_proof:
            accepted = loads.c.is_test.is_(True) & (loads.c.status == LoadStatus.APPROVED)
            mine = mine & ((loads.c.status == LoadStatus.COMMITTED) | accepted)
        newest = self._newest(loads, func.max(loads.c.id), mine)
        statement = (
            select(loads, people.c.email, map_versions.c.version.label("map_version"))
            .join(newest, newest.c.top == loads.c.id)
            .join(map_versions, map_versions.c.id == loads.c.map_version_id)
            .outerjoin(people, people.c.id == loads.c.approved_by)
        )
        return {(row.account_id, row.object): _load(row) for row in self.all(statement)}

    def _kinds(self, ids: list[int]) -> dict[int, set[str]]:
        statement = (
            select(deliveries.c.account_id, deliveries.c.kind)
            .where(deliveries.c.account_id.in_(ids), self.tx.visible(deliveries))
            .distinct()
        )
        found: dict[int, set[str]] = defaultdict(set)
        for row in self.all(statement):
            found[row.account_id].add(row.kind)
        return found

    def _last_deliveries(self, ids: list[int]) -> dict[int, datetime]:
        """When the newest delivery arrived of which anything was committed; what a person entered is no sign of life of
        the provider.
        """
        statement = (
            select(deliveries.c.account_id, func.max(deliveries.c.received_at).label("at"))
            .join(loads, loads.c.delivery_id == deliveries.c.id)
            .where(
                deliveries.c.account_id.in_(ids),
                deliveries.c.kind != DeliveryKind.MANUAL,
                loads.c.status == LoadStatus.COMMITTED,
                self.tx.visible(deliveries),
            )
            .group_by(deliveries.c.account_id)
        )
        return {row.account_id: row.at for row in self.all(statement)}

    def _newest(self, table: Any, top: Any, mine: ColumnElement[bool]) -> Any:
        return (
            select(table.c.account_id, table.c.object, top.label("top"))
            .where(mine)
            .group_by(table.c.account_id, table.c.object)
            .subquery()
        )


def _same(newest: Any, table: Any) -> Any:
    return (newest.c.account_id == table.c.account_id) & (newest.c.object == table.c.object)


def _object(
    account: Account,
    name: str,
    newest: dict[_Key, Row[Any]],
    approved: dict[_Key, Row[Any]],
    last: dict[_Key, LoadSeen],
    proofs: dict[_Key, LoadSeen],
    drifts: dict[_Key, str],
) -> ObjectStanding:
    key = (account.id, name)
    version, good = newest.get(key), approved.get(key)
    return ObjectStanding(
        object=name,
        signal=account.signals[name],
        map_version=version.version if version else None,
        map_status=MapStatus(version.status) if version else None,
        approved_version=good.version if good else None,
        approved_by=good.email if good else "",
        approved_at=good.approved_at if good else None,
        last_load=last.get(key),
        proof=proofs.get(key),
        drift=drifts.get(key, ""),
    )


def _load(row: Row[Any]) -> LoadSeen:
    return LoadSeen(
        id=row.id,
        object=row.object,
        status=LoadStatus(row.status),
        is_test=row.is_test,
        row_count=row.row_count,
        verdicts={verdict: row._mapping[f"{verdict}_count"] for verdict in Verdict},
        created_at=row.created_at,
        approved_by=row.email or "",
        map_version=row.map_version,
        approved_at=row.approved_at,
    )
