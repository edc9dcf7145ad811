"""Cursors of pulls, and the sources that accounts describe themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.pulls import api_sources, sync_cursors
from lib.domain.accounts import Account
from lib.domain.api.pulls import SyncCursor


class CursorRepository(Repository):
    """One cursor for each account and object that was ever pulled."""

    def of(self, account: Account, name: str) -> SyncCursor:
        """How far the pulls of an object have come; a fresh one where none was."""
        row = self.one(self._mine(account).where(sync_cursors.c.object == name))
        return SyncCursor(account.id, name) if row is None else _cursor(row)

    def every_of(self, account_ids: Sequence[int]) -> list[SyncCursor]:
        """The cursors of these accounts, by object."""
        mine = select(sync_cursors).where(sync_cursors.c.account_id.in_(account_ids), self.tx.visible(sync_cursors))
        return [_cursor(row) for row in self.all(mine.order_by(sync_cursors.c.object))]

    def move(self, account: Account, then: SyncCursor) -> bool:
        """Put a cursor where a pull came to; False when another pull has moved it since `then.version` was read."""
        values = {**asdict(then), "client_id": account.client_id, "version": then.version + 1}
        if then.version == 0:
            row = self.one(self._mine(account).where(sync_cursors.c.object == then.object).with_for_update())
            if row is None:
                self.run(insert(sync_cursors).values(**values))
                return True
        held = (
            sync_cursors.c.account_id == account.id,
            sync_cursors.c.object == then.object,
            sync_cursors.c.version == then.version,
        )
        return self.run(update(sync_cursors).where(*held, self.tx.visible(sync_cursors)).values(**values)).rowcount == 1

    def note_limits(self, account: Account, then: SyncCursor) -> None:
        """Write down what the provider said of its limits and its clock, wherever the cursor stands."""
        seen = {"limit_left": then.limit_left, "limit_of": then.limit_of, "clock_skew_seconds": then.clock_skew_seconds}
        where = sync_cursors.c.account_id == account.id, sync_cursors.c.object == then.object
        self.run(
            update(sync_cursors).where(*where, self.tx.visible(sync_cursors)).values(**seen, asked_at=then.asked_at)
        )

    def source_of(self, account: Account, name: str) -> dict[str, Any] | None:
        """How the account itself says an object is asked, as plain values; None where it says nothing."""
        row = self.one(
            select(api_sources).where(
                api_sources.c.account_id == account.id, api_sources.c.object == name, self.tx.visible(api_sources)
            )
        )
        return None if row is None else dict(row.source)

    def sources_of(self, account: Account) -> dict[str, dict[str, Any]]:
        """Every source that the account itself describes, by object."""
        mine = select(api_sources).where(api_sources.c.account_id == account.id, self.tx.visible(api_sources))
        return {row.object: dict(row.source) for row in self.all(mine.order_by(api_sources.c.object))}

    def write_source(self, account: Account, name: str, source: dict[str, Any]) -> None:
        """Put a source in the place of the one there was."""
        self.drop_source(account, name)
        self.add(
            api_sources,
            account_id=account.id,
            client_id=account.client_id,
            object=name,
            source=source,
            written_by=self.tx.actor.person_id,
            written_at=self.tx.now,
        )

    def drop_source(self, account: Account, name: str) -> bool:
        """Take the account's own source away; whether there was one."""
        where = api_sources.c.account_id == account.id, api_sources.c.object == name, self.tx.visible(api_sources)
        return self.run(delete(api_sources).where(*where)).rowcount == 1

    def _mine(self, account: Account) -> Any:
        return select(sync_cursors).where(sync_cursors.c.account_id == account.id, self.tx.visible(sync_cursors))


def _cursor(row: Row[Any]) -> SyncCursor:
    values = {key: value for key, value in row._mapping.items() if key not in ("id", "client_id")}
    return SyncCursor(**values)
