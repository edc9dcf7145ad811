"""Breakers: where each account's stands, changed by comparing the version it came from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.repositories.base import Repository
from lib.db.tables.jobs import account_breakers as breakers
from lib.domain.accounts import Account
from lib.domain.running.breaker import BreakerPlace, BreakerState


class BreakerRepository(Repository):
    """An account without a row has a closed one that nothing is held against."""

    def of(self, account_id: int) -> tuple[BreakerState, int]:
        """Where the account's breaker stands, and the version of that (0: never written)."""
        row = self.one(select(breakers).where(breakers.c.account_id == account_id, self.tx.visible(breakers)))
        return (BreakerState(), 0) if row is None else (_state(row), int(row.version))

    def not_closed(self) -> dict[int, BreakerState]:
        """The breakers in scope that hold work up, by account id."""
        held = breakers.c.place != BreakerPlace.CLOSED, self.tx.visible(breakers)
        return {row.account_id: _state(row) for row in self.all(select(breakers).where(*held))}

    def save(self, account: Account, state: BreakerState, version: int) -> bool:
        """Write the state down, unless somebody changed it since that version was read: then False."""
        told = {
            "place": state.place,
            "failures": state.failures,
            "times_opened": state.times_opened,
            "opened_at": state.opened_at,
            "try_at": state.try_at,
            "error_class": state.error_class,
            "sentence": state.sentence[:1000],
            "version": version + 1,
            "changed_at": self.tx.now,
        }
        if version:
            mine = breakers.c.account_id == account.id, breakers.c.version == version, self.tx.visible(breakers)
            return self.run(update(breakers).where(*mine).values(**told)).rowcount == 1
        try:
            self.connection.execute(insert(breakers).values(account_id=account.id, client_id=account.client_id, **told))
        except DBAPIError as error:
            if failure_of(error) is not Failure.DUPLICATE:
                raise
            return False
        return True


def _state(row: Row[Any]) -> BreakerState:
    return BreakerState(
        BreakerPlace(row.place),
        row.failures,
        row.times_opened,
        row.opened_at,
        row.try_at,
        row.error_class,
        row.sentence,
    )
