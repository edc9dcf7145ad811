"""Statements in the words of a database: each is put into SQL once a process, whichever engine asks first.

An engine keeps such words for itself alone, and a desk has three of them: the app database, its portal and the traffic.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

# As many as the whole desk has to say; beyond it what was not said for the longest time is forgotten.
_KEPT = 1_500


class WordedStatements(LRUCache[tuple[Any, ...], Any]):
    """What was put into SQL, by statement and by kind of database; whoever asks fills in values of their own."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """The words of a statement, or the default."""
        return super().get(_by_kind(key), default)

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return super().__getitem__(_by_kind(key))

    def __setitem__(self, key: tuple[Any, ...], words: Any) -> None:
        super().__setitem__(_by_kind(key), words)


def _by_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key with the kind of database in place of the engine's own dialect."""
    return tuple(_kind(part) if isinstance(part, Dialect) else part for part in key)


def _kind(dialect: Dialect) -> tuple[Any, ...]:
    """All that words depend on: a server speaks as its version does, and MariaDB not quite as MySQL."""
    return dialect.name, dialect.driver, dialect.server_version_info, getattr(dialect, "is_mariadb", False)


WORDED = WordedStatements(_KEPT)
