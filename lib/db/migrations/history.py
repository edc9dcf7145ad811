"""The two histories: which revisions there are, and where a database stands. Every desk that opens asks, so it is quick."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from lib.db.engine import WRITES
from lib.db.failures import translated
from lib.db.tables import app_metadata, traffic_metadata
from lib.db.tables.portal_views import PORTAL_VIEWS, View
from lib.errors import DeskError


class Standing(StrEnum):
    """Where a database stands on its way to head."""

    EMPTY = "empty"
    BEHIND = "behind"
    HEAD = "head"
    NEWER = "newer"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class History:
    """One database's revisions. Its version table has a name of its own, so both may even share one schema."""

    name: str
    metadata: MetaData
    views: tuple[View, ...] = ()

    @property
    def names(self) -> list[str]:
        """Its tables and views by name."""
        return [*self.metadata.tables, *(view.name for view in self.views)]

    @property
    def version_table(self) -> str:
        """Where the database keeps its revision."""
        return f"desk_{self.name}_version"

    @property
    def folder(self) -> Path:
        """Where the revisions lie, one file each; its name begins with the revision's number."""
        return Path(__file__).parent / self.name

    @property
    def revisions(self) -> tuple[str, ...]:
        """The revisions on disk, first to last, read once a process."""
        return _revisions(self.folder)

    def revision(self, engine: Engine) -> str | None:
        """The revision the database is at, None before the first."""
        with _looking(engine) as connection:
            if not inspect(connection).has_table(self.version_table):
                return None
            return connection.scalar(select(column("version_num")).select_from(table(self.version_table)))

    def standing(self, engine: Engine) -> Standing:
        """Where the database stands; DeskError when it cannot be reached."""
        try:
            revision = self.revision(engine)
            if revision is None:
                return Standing.FOREIGN if self.foreign_tables(engine) else Standing.EMPTY
        except DBAPIError as error:
            raise translated(error) or error from error
        if revision not in self.revisions:
            return Standing.NEWER
        return Standing.HEAD if revision == self.revisions[-1] else Standing.BEHIND

    def foreign_tables(self, engine: Engine) -> list[str]:
        """Tables and views of our names, in whatever case, in a database that no migration of ours has begun on.

        Both databases may share one schema, so the other one's names count as well until its own history has begun.
        """
        with _looking(engine) as connection:
            inspector = inspect(connection)
            if inspector.has_table(self.version_table):
                return []
            ours = {
                name
                for history in (APP, TRAFFIC)
                if history is self or not inspector.has_table(history.version_table)
                for name in history.names
            }
            there = inspector.get_table_names() + inspector.get_view_names()
        return sorted(name for name in there if name.lower() in ours)


APP = History("app", app_metadata, PORTAL_VIEWS)
TRAFFIC = History("traffic", traffic_metadata)


@functools.cache
def _revisions(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.stem.partition("_")[0] for file in (folder / "versions").glob("[0-9]*.py")))


def _looking(engine: Engine) -> Connection:
    """A connection that only looks: on the embedded database it waits for no writer."""
    return engine.connect().execution_options(**{WRITES: False})


def newer(name: str) -> DeskError:
    """The refusal to work on a database that a newer version of the desk has migrated."""
    return DeskError(
        "database_newer",
        f"The {name} database was migrated by a newer version of Connector Desk than this one.",
        "Start the newer version, or point the URL at another database; nothing was changed.",
    )


def foreign_table(name: str) -> DeskError:
    """The refusal to touch a database that already holds somebody else's table of this name."""
    return DeskError(
        "foreign_tables",
        f"The database already holds a table {name} that is not this desk's, so nothing in it was changed.",
        "Give the desk a database of its own: set DATABASE_URL and TRAFFIC_DATABASE_URL to empty ones.",
    )


def require_head(history: History, engine: Engine) -> None:
    """Refuse to work unless the database is at head, with the one sentence that fits."""
    standing = history.standing(engine)
    if standing is Standing.NEWER:
        raise newer(history.name)
    if standing is Standing.FOREIGN:
        raise foreign_table(history.foreign_tables(engine)[0])
    if standing is not Standing.HEAD:
        raise DeskError(
            "not_migrated", f"The {history.name} database is not migrated yet.", "Run `python -m lib migrate`."
        )
