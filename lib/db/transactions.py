"""Transactions: tried again whole where that helps, and done once even when the answer of COMMIT was lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.clock import utc_now
from lib.db.engine import WRITES
from lib.db.failures import Failure, error_number, failure_of, is_retryable, translated
from lib.db.tables.operations import transaction_keys
from lib.errors import DeskError

Result = TypeVar("Result")
_TRIES = 6
_GONE_AWAY = 2006
_TOO_LARGE = "too large to convert to SQLite"
# Built once, as they stand at both ends of every step.
_BEGUN = insert(transaction_keys)
_DONE = update(transaction_keys).where(transaction_keys.c.key == bindparam("done"))


def transact(engine: Engine, work: Callable[[Connection], Result], *, is_writing: bool = True) -> Result:
    """Run `work` in one transaction, in a new session for each try, with a growing random pause between tries.

    `work` may run several times, so it must not touch anything outside the transaction that matters. Known trouble
    comes out as DeskError. A packet that is too large shows as "gone away", so the second of those is final.
    """
    gone = 0
    for attempt in range(1, _TRIES + 1):
        try:
            with engine.connect().execution_options(**{WRITES: is_writing}) as connection:
                return _written(connection, work) if is_writing else work(connection)
        except DBAPIError as error:
            gone += error_number(error) == _GONE_AWAY
            if not is_retryable(error) or attempt == _TRIES or gone > 1:
                known = translated(error)
                if known is None:
                    raise
                raise known from error
        except OverflowError as error:
            # SQLite's driver refuses what has more than 64 bits; a server says that it found nothing.
            if _TOO_LARGE not in str(error):
                raise
            raise DeskError(
                "number_too_large", "A number in what was asked is larger than any the desk keeps.", "Look at it again."
            ) from error
        time.sleep(random.uniform(0.02, 0.05 * 2**attempt))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _written(connection: Connection, work: Callable[[Connection], Result]) -> Result:
    """What only reads needs no COMMIT: giving its connection back ends it, with one round trip instead of two."""
    with connection.begin():
        return work(connection)


def once(connection: Connection, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do `work` under `key` exactly once; a second time, hand back the first result.

    The key is the transaction's first statement: COMMIT can answer "connection lost" and have succeeded, and then the
    retry finds the key and knows that the work was done.
    """
    try:
        connection.execute(_BEGUN, {"key": key, "result": {}, "done_at": utc_now()})
    except DBAPIError as error:
        if failure_of(error) is not Failure.DUPLICATE:
            raise
        found = connection.execute(select(transaction_keys.c.result).where(transaction_keys.c.key == key)).scalar_one()
        return dict(found)
    result = work()
    connection.execute(_DONE, {"done": key, "result": result})
    return result
