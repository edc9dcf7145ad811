"""Provider accounts and the signals of their objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update

from lib.db.bulk import insert_many
from lib.db.repositories.account_versions import AccountVersionRepository
from lib.db.repositories.base import Repository
from lib.db.scoped import Scoped
from lib.db.tables.accounts import account_objects, integration_provider_accounts
from lib.db.tables.imports import integration_import_batches
from lib.db.tables.people import clients, people
from lib.domain.accounts import Account
from lib.domain.arriving.intake import IntakeSettings
from lib.domain.objects import Destination
from lib.domain.rows.class_rules import ClassRule
from lib.domain.rows.matching import MatchRule
from lib.domain.rows.policies import Policies
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.states import AccountStatus
from lib.errors import DeskError, NotFound

_accounts = integration_provider_accounts
_EVERY = (
    select(
        _accounts,
        clients.c.key.label("client_key"),
        clients.c.name.label("client_name"),
        clients.c.timezone.label("client_timezone"),
        people.c.email.label("owner_email"),
    )
    .join(clients, clients.c.id == _accounts.c.client_id)
    .join(people, people.c.id == _accounts.c.owner_id)
)
_BY_KEY = Scoped(_EVERY.where(_accounts.c.key == bindparam("key")), _accounts)
_BY_ID = Scoped(_EVERY.where(_accounts.c.id == bindparam("account_id")), _accounts)
_OBJECTS = (
    select(account_objects)
    .where(account_objects.c.account_id.in_(bindparam("accounts", expanding=True)))
    .order_by(account_objects.c.id)
)


class AccountRepository(Repository):
    """One row a connection of one client to one provider."""

    def by_key(self, key: str) -> Account:
        """The account called `key`; NotFound when there is none in scope."""
        found = self.find(key)
        if found is None:
            raise NotFound("account", key, "`account add` makes one; the key is the one given there.")
        return found

    def find(self, key: str) -> Account | None:
        """The account called `key` in scope, or None."""
        row = _BY_KEY.one(self.tx, key=key)
        return None if row is None else self._read([row])[0]

    def by_id(self, account_id: int) -> Account:
        """The account with this id; NotFound when it lies outside the scope."""
        row = _BY_ID.one(self.tx, account_id=account_id)
        if row is None:
            raise NotFound("account", account_id)
        return self._read([row])[0]

    def is_key_taken(self, key: str) -> bool:
        """Whether any client has an account of this key."""
        return self.one(select(_accounts.c.id).where(_accounts.c.key == key)) is not None

    def twin(self, client_id: int, provider: str, source_label: str, besides: int = 0) -> str | None:
        """The key of another account of this client that has the same provider and the same label, if there is one."""
        same = (_accounts.c.client_id == client_id) & (_accounts.c.provider == provider) & (_accounts.c.id != besides)
        label = func.lower(_accounts.c.source_label) == source_label.lower()
        found = select(_accounts.c.key).where(same, label, self.tx.visible(_accounts)).order_by(_accounts.c.id).limit(1)
        return self.connection.execute(found).scalar_one_or_none()

    def every(self, client_id: int | None = None) -> list[Account]:
        """Every account in scope, or those of one client, by key."""
        statement = self._select().order_by(_accounts.c.key)
        if client_id is not None:
            statement = statement.where(_accounts.c.client_id == client_id)
        return self._read(self.all(statement))

    def add_account(self, values: dict[str, Any], signals: dict[str, ObjectSignal]) -> Account:
        """Write the account and the signal of each of its objects."""
        account_id = self.add(_accounts, **values, version=1, created_at=self.tx.now)
        insert_many(
            self.connection,
            account_objects,
            [
                {"account_id": account_id, "object": name, "signal_name": item.signal, "paid": item.paid}
                | {"epoch": 0, "match_rules": [], "has_aliases": False}
                for name, item in signals.items()
            ],
        )
        added = self.by_id(account_id)
        self._versions.note(None, added)
        return added

    def change(self, account: Account, values: dict[str, Any]) -> Account:
        """Write changed settings, unless somebody else changed the account since it was read, and what changed by them.

        `account` is as it was read before anything of it changed: a signal that was set meanwhile belongs to the version.
        """
        moved = self.run(
            update(_accounts)
            .where(_accounts.c.id == account.id, _accounts.c.version == account.version)
            .values(**values, version=account.version + 1)
        )
        if moved.rowcount == 0:
            raise DeskError(
                "changed_meanwhile",
                f"Somebody else changed {account.key} a moment ago, so nothing was changed.",
                "Look at it again and repeat the change.",
                is_retryable=True,
            )
        changed = self.by_id(account.id)
        self._versions.note(account, changed)
        return changed

    def set_signal(self, account: Account, name: str, signal: ObjectSignal) -> None:
        """Change what signal an object carries; the `change` that follows writes it down."""
        self.run(
            update(account_objects)
            .where(account_objects.c.account_id == account.id, account_objects.c.object == name)
            .values(signal_name=signal.signal, paid=signal.paid)
        )

    def set_match_rules(self, account: Account, name: str, rules: Sequence[MatchRule]) -> None:
        """Change how rows of an object are looked for when their external id is unknown."""
        self.run(
            update(account_objects)
            .where(account_objects.c.account_id == account.id, account_objects.c.object == name)
            .values(match_rules=[str(rule) for rule in rules])
        )
        self.change(account, {})

    def has_aliases(self, account: Account, name: str) -> bool:
        """Whether an external id of this object was ever linked to a record that another id had made."""
        statement = (
            select(account_objects.c.has_aliases)
            .join(_accounts, _accounts.c.id == account_objects.c.account_id)
            .where(
                account_objects.c.account_id == account.id,
                account_objects.c.object == name,
                self.tx.visible(_accounts),
            )
        )
        return bool(self.connection.execute(statement).scalar_one_or_none())

    def note_aliases(self, account: Account, name: str) -> None:
        """Write down that there are such ids from now on."""
        self.run(
            update(account_objects)
            .where(account_objects.c.account_id == account.id, account_objects.c.object == name)
            .values(has_aliases=True)
        )

    def has_deliveries(self, account: Account) -> bool:
        """Whether anything ever arrived for this account."""
        count = (
            select(func.count())
            .select_from(integration_import_batches)
            .where(integration_import_batches.c.account_id == account.id, self.tx.visible(integration_import_batches))
        )
        return bool(self.connection.execute(count).scalar_one())

    def epoch(self, account_id: int, name: str) -> int:
        """How many commits and undos of this object there have been."""
        statement = (
            select(account_objects.c.epoch)
            .join(_accounts, _accounts.c.id == account_objects.c.account_id)
            .where(
                account_objects.c.account_id == account_id,
                account_objects.c.object == name,
                self.tx.visible(_accounts),
            )
        )
        found = self.connection.execute(statement).scalar_one_or_none()
        if found is None:
            raise NotFound("object of this account called", name)
        return int(found)

    def advance_epoch(self, account_id: int, name: str) -> int:
        """Take the object's row and count one more; whoever else commits this object waits until we are done."""
        self.run(
            update(account_objects)
            .where(account_objects.c.account_id == account_id, account_objects.c.object == name)
            .values(epoch=account_objects.c.epoch + 1)
        )
        return self.epoch(account_id, name)

    def hold(self, account_id: int, name: str) -> None:
        """Take the object's row without counting a commit: whoever commits this object waits until we are done."""
        mine = (account_objects.c.account_id == account_id) & (account_objects.c.object == name)
        self.run(update(account_objects).where(mine).values(epoch=account_objects.c.epoch))

    @property
    def _versions(self) -> AccountVersionRepository:
        return AccountVersionRepository(self.tx)

    def _select(self) -> Select[Any]:
        return _EVERY.where(self.tx.visible(_accounts))

    def _read(self, rows: Sequence[Row[Any]]) -> list[Account]:
        """The accounts of these rows, in two queries however many they are."""
        ids = [row.id for row in rows]
        objects: dict[int, list[Row[Any]]] = {number: [] for number in ids}
        for item in self.connection.execute(_OBJECTS, {"accounts": ids}):
            objects[item.account_id].append(item)
        return [self._account(row, objects[row.id]) for row in rows]

    def _account(self, row: Row[Any], found: Sequence[Row[Any]]) -> Account:
        values = {key: value for key, value in row._mapping.items() if key != "created_at"}
        values["status"] = AccountStatus(row.status)
        values["destination"] = Destination(row.destination)
        values["promised"] = tuple(row.promised)
        values["policies"] = Policies.of_dict(row.policies)
        values["intake"] = IntakeSettings.of_dict(row.intake)
        values["class_rules"] = tuple(ClassRule.of_dict(stored) for stored in row.class_rules)
        signals = {item.object: ObjectSignal(Signal(item.signal_name), Paid(item.paid)) for item in found}
        matching = {item.object: tuple(map(MatchRule, item.match_rules)) for item in found if item.match_rules}
        return Account(**values, signals=signals, matching=matching)
