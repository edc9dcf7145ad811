"""Files that were seen where an account's files are put down: one row a name, as the last look found it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.drops import dropped_files as drops
from lib.domain.accounts import Account
from lib.domain.arriving.drops import DropState, Sight


@dataclass(frozen=True)
class DroppedFile:
    """One file as it was seen last; `note` says why it failed."""

    id: int
    account_id: int
    url: str
    name: str
    size: int
    modified: str
    etag: str
    first_seen_at: datetime
    same_since: datetime
    looked_at: datetime
    state: DropState
    delivery_id: int | None
    note: str


class DropRepository(Repository):
    """What changes is what the place shows; a file that went away keeps its row, and with it its delivery."""

    def of_account(self, account: Account, limit: int) -> list[DroppedFile]:
        """The files seen for an account, those seen last first."""
        statement = select(drops).where(drops.c.account_id == account.id, self.tx.visible(drops))
        ordered = statement.order_by(drops.c.looked_at.desc(), drops.c.id.desc()).limit(limit)
        return [_dropped(row) for row in self.all(ordered)]

    def named(self, account: Account, url: str, name: str) -> DroppedFile | None:
        """One file by its place, or None."""
        row = self.one(
            select(drops).where(
                drops.c.account_id == account.id, drops.c.place == _place(url, name), self.tx.visible(drops)
            )
        )
        return None if row is None else _dropped(row)

    def add_seen(self, account: Account, url: str, sight: Sight) -> DroppedFile:
        """Write a file down that was never seen before."""
        drop_id = self.add(
            drops,
            account_id=account.id,
            client_id=account.client_id,
            place=_place(url, sight.name),
            url=url[:500],
            name=sight.name[:500],
            size=sight.size,
            modified=sight.modified,
            etag=sight.etag,
            first_seen_at=self.tx.now,
            same_since=self.tx.now,
            looked_at=self.tx.now,
            state=DropState.WAITING,
            note="",
        )
        row = self.one(select(drops).where(drops.c.id == drop_id, self.tx.visible(drops)))
        assert row is not None
        return _dropped(row)

    def looked(self, drop: DroppedFile) -> None:
        """It looked the same again."""
        self.run(update(drops).where(drops.c.id == drop.id).values(looked_at=self.tx.now))

    def changed(self, drop: DroppedFile, sight: Sight) -> None:
        """It is another by now: it waits anew."""
        told: dict[str, Any] = {"size": sight.size, "modified": sight.modified, "etag": sight.etag}
        moments = {"same_since": self.tx.now, "looked_at": self.tx.now}
        self.run(update(drops).where(drops.c.id == drop.id).values(**told, **moments, state=DropState.WAITING, note=""))

    def ended(self, drop: DroppedFile, state: DropState, delivery_id: int | None, note: str = "") -> None:
        """What became of it."""
        told = {"state": state, "delivery_id": delivery_id, "note": note[:1000]}
        self.run(update(drops).where(drops.c.id == drop.id).values(**told))


def _place(url: str, name: str) -> str:
    return hashlib.sha256(f"{url}\x1f{name}".encode()).hexdigest()


def _dropped(row: Row[Any]) -> DroppedFile:
    values = {
        key: value for key, value in row._mapping.items() if key in DroppedFile.__dataclass_fields__ and key != "state"
    }
    return DroppedFile(**values, state=DropState(row.state))
