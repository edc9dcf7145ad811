"""The rhythm in which each account's provider sends, from the deliveries that are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.reporting.silence import WEEKS, Rhythm, rhythm

# A day more than the weeks that are looked at: they are counted in the client's days.
_WINDOW = timedelta(weeks=WEEKS, days=1)


def rhythms_of(tx: UnitOfWork, accounts: Sequence[Account]) -> dict[int, Rhythm]:
    """The rhythm of each of these accounts, by its id."""
    if not accounts:
        return {}
    arrivals = tx.runs.arrivals([account.id for account in accounts], _WINDOW)
    return {account.id: rhythm(arrivals.get(account.id, []), account.client_timezone) for account in accounts}
