"""What a driver's error means, decided by its number and never by its class, and said in our words.

CHECK violations, for one, arrive as OperationalError on servers and as IntegrityError on SQLite.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from lib.errors import DeskError

# Deadlocks, lock waits, lost connections, a cluster node that is not ready, and TiDB's write conflicts: the whole
# transaction may be tried again in a new session.
_RETRYABLE = frozenset({1020, 1047, 1180, 1205, 1213, 1927, 2003, 2006, 2013, 2055, 4031, 8002, 8022, 8028, 9007})
# Lost for this session, although SQLAlchemy does not know these as disconnects.
LOST_SESSION = frozenset({1047, 1053, 1180})
_SQLITE_RETRYABLE = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})


class Failure(StrEnum):
    """The kinds of failure that somebody above treats differently."""

    DUPLICATE = "duplicate"
    CHECK = "check"
    FOREIGN_KEY = "foreign_key"
    NO_TABLE = "no_table"
    NOT_GRANTED = "not_granted"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    TOO_LARGE = "too_large"
    OTHER = "other"


_BY_NUMBER: dict[int, Failure] = {
    1062: Failure.DUPLICATE,
    3819: Failure.CHECK,
    4025: Failure.CHECK,
    1451: Failure.FOREIGN_KEY,
    1452: Failure.FOREIGN_KEY,
    1146: Failure.NO_TABLE,
    1044: Failure.NOT_GRANTED,
    1045: Failure.NOT_GRANTED,
    1130: Failure.NOT_GRANTED,
    1142: Failure.NOT_GRANTED,
    1143: Failure.NOT_GRANTED,
    1227: Failure.NOT_GRANTED,
    1698: Failure.NOT_GRANTED,
    1040: Failure.UNREACHABLE,
    1047: Failure.UNREACHABLE,
    1049: Failure.UNREACHABLE,
    2002: Failure.UNREACHABLE,
    2003: Failure.UNREACHABLE,
    2005: Failure.UNREACHABLE,
    2006: Failure.UNREACHABLE,
    2013: Failure.UNREACHABLE,
    1053: Failure.UNREACHABLE,
    1927: Failure.UNREACHABLE,
    2055: Failure.UNREACHABLE,
    4031: Failure.UNREACHABLE,
    1205: Failure.BUSY,
    1213: Failure.BUSY,
    1020: Failure.BUSY,
    1180: Failure.BUSY,
    8002: Failure.BUSY,
    8022: Failure.BUSY,
    8028: Failure.BUSY,
    9007: Failure.BUSY,
    1021: Failure.TOO_LARGE,
    1114: Failure.TOO_LARGE,
    1153: Failure.TOO_LARGE,
}
_BY_SQLITE_NAME: dict[str, Failure] = {
    "SQLITE_CONSTRAINT_UNIQUE": Failure.DUPLICATE,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Failure.DUPLICATE,
    "SQLITE_CONSTRAINT_CHECK": Failure.CHECK,
    "SQLITE_CONSTRAINT_FOREIGNKEY": Failure.FOREIGN_KEY,
    "SQLITE_AUTH": Failure.NOT_GRANTED,
    "SQLITE_READONLY": Failure.NOT_GRANTED,
    "SQLITE_CANTOPEN": Failure.UNREACHABLE,
    "SQLITE_NOTADB": Failure.UNREACHABLE,
    "SQLITE_BUSY": Failure.BUSY,
    "SQLITE_LOCKED": Failure.BUSY,
    "SQLITE_FULL": Failure.TOO_LARGE,
}


def error_number(error: DBAPIError) -> int | None:
    """The server's error number, or None on SQLite."""
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def sqlite_name(error: DBAPIError) -> str:
    """SQLite's extended error name, or an empty text."""
    return str(getattr(error.orig, "sqlite_errorname", ""))


def failure_of(error: DBAPIError) -> Failure:
    """Which kind of failure this is."""
    number = error_number(error)
    if number is not None:
        return _BY_NUMBER.get(number, Failure.OTHER)
    name = sqlite_name(error)
    if name == "SQLITE_ERROR" and "no such table" in str(error.orig):
        return Failure.NO_TABLE
    return _BY_SQLITE_NAME.get(name) or _BY_SQLITE_NAME.get(_primary(name), Failure.OTHER)


def is_retryable(error: DBAPIError) -> bool:
    """Whether the whole transaction may be tried again."""
    return error_number(error) in _RETRYABLE or _primary(sqlite_name(error)) in _SQLITE_RETRYABLE


def _primary(name: str) -> str:
    """SQLITE_BUSY for SQLITE_BUSY_SNAPSHOT: the kind without its detail."""
    return "_".join(name.split("_")[:2])


_SENTENCES: dict[Failure, tuple[str, str, str]] = {
    Failure.UNREACHABLE: (
        "database_down",
        "The database cannot be reached.",
        "Check that it runs and that DATABASE_URL and TRAFFIC_DATABASE_URL name it; nothing was changed.",
    ),
    Failure.NO_TABLE: (
        "not_migrated",
        "The database is not migrated: a table of the desk is missing.",
        "Run `python -m lib migrate`.",
    ),
    Failure.NOT_GRANTED: (
        "not_granted",
        "The database refused: this database user lacks the right, or its name or password is wrong.",
        "Run `python -m lib doctor` to see which right is missing; nothing was changed.",
    ),
    Failure.BUSY: (
        "database_busy",
        "Somebody else was writing the same rows, again and again, so nothing was changed.",
        "Try again in a moment.",
    ),
    Failure.TOO_LARGE: (
        "database_full",
        "The database could not take that much: it is full, or one value is larger than it allows.",
        "Free space or raise max_allowed_packet, then try again; nothing was changed.",
    ),
}


def translated(error: DBAPIError) -> DeskError | None:
    """The DeskError for known trouble, or None where the error is a bug and must bubble to the door."""
    sentence = _SENTENCES.get(failure_of(error))
    if sentence is None:
        return None
    return DeskError(*sentence, is_retryable=is_retryable(error))
