"""The versions of accounts' settings: a line for each change, in the transaction that made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Text, insert, select, type_coerce

from lib.db.repositories.base import Repository
from lib.db.tables.accounts import account_versions
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.settings.account_versions import AccountVersion, differences


class AccountVersionRepository(Repository):
    """Append-only; written by AccountRepository alone, so that no setting changes without its line."""

    def note(self, before: Account | None, after: Account) -> None:
        """Write down what `after` says otherwise; nothing where it says the same."""
        changes = differences(before, after)
        if not changes:
            return
        line = {"account_id": after.id, "client_id": after.client_id, "version": after.version, "at": self.tx.now}
        self.run(insert(account_versions).values(**line, person_id=self.tx.actor.person_id, changes=changes))

    def of(self, account: Account, limit: int) -> list[AccountVersion]:
        """The newest versions of an account, newest first."""
        return self._read(account_versions.c.account_id == account.id, limit)

    def last_of(self, account: Account, name: str) -> AccountVersion | None:
        """The newest version of an account that changed this setting."""
        # Kept as canonical JSON, in which a quotation mark inside a text is escaped: this stands before a list only as
        # the name of a setting.
        named = type_coerce(account_versions.c.changes, Text).contains(f'"{name}":[', autoescape=True)
        found = self._read((account_versions.c.account_id == account.id) & named, 1)
        return found[0] if found else None

    def newest(self, account_ids: Sequence[int], limit: int) -> list[AccountVersion]:
        """The newest versions of these accounts together, newest first."""
        return self._read(account_versions.c.account_id.in_(account_ids), limit) if account_ids else []

    def _read(self, which: Any, limit: int) -> list[AccountVersion]:
        statement = (
            select(account_versions, people.c.email)
            .join(people, people.c.id == account_versions.c.person_id)
            .where(which, self.tx.visible(account_versions))
            .order_by(account_versions.c.id.desc())
            .limit(limit)
        )
        return [_version(row) for row in self.all(statement)]


def _version(row: Row[Any]) -> AccountVersion:
    return AccountVersion(row.account_id, row.version, row.at, row.email, row.changes)
