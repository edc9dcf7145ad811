"""What a database connection may do and where it stands, asked without changing anything (R19)."""

from __future__ import annotations

import secrets

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, error_number, failure_of

_MISSING_RIGHT = frozenset({1044, 1142})


def may_drop(engine: Engine) -> bool:
    """Whether this user could DROP a table, found by dropping one that does not exist."""
    name = f"probe_{secrets.token_hex(8)}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    except DBAPIError as error:
        if error_number(error) in _MISSING_RIGHT:
            return False
        return failure_of(error) is not Failure.NOT_GRANTED
    return True
