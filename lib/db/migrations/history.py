"""The two histories: which revisions there are, where a database stands, and how it is brought to head."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from lib.db.engine import WRITES
from lib.db.failures import translated
from lib.db.migrations.steps import foreign_table
from lib.db.tables import app_metadata, traffic_metadata
from lib.db.tables.portal_views import PORTAL_VIEWS, View
from lib.errors import DeskError

Progress = Callable[[str], None]
_WAIT_SECONDS = 60


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
    def script(self) -> ScriptDirectory:
        """The revisions on disk, read once a process."""
        return _script(self.name)

    def revision(self, engine: Engine) -> str | None:
        """The revision the database is at, None before the first."""
        with _looking(engine) as connection:
            context = MigrationContext.configure(connection, opts={"version_table": self.version_table})
            return context.get_current_revision()

    def standing(self, engine: Engine) -> Standing:
        """Where the database stands; DeskError when it cannot be reached."""
        try:
            revision = self.revision(engine)
            if revision is None:
                return Standing.FOREIGN if self.foreign_tables(engine) else Standing.EMPTY
        except DBAPIError as error:
            raise translated(error) or error from error
        known = {item.revision for item in self.script.walk_revisions()}
        if revision not in known:
            return Standing.NEWER
        return Standing.HEAD if revision == self.script.get_current_head() else Standing.BEHIND

    def upgrade(self, engine: Engine, progress: Progress = lambda _: None) -> None:
        """Bring the database to head; refuse one that is newer or somebody else's, and wait for another migration."""
        standing = self.standing(engine)
        if standing is Standing.NEWER:
            raise newer(self.name)
        if standing is Standing.FOREIGN:
            raise foreign_table(self.foreign_tables(engine)[0])
        try:
            self._run(engine, progress)
        except DBAPIError as error:
            raise translated(error) or error from error

    def _run(self, engine: Engine, progress: Progress) -> None:
        script = self.script

        def steps(revision: Any, _context: MigrationContext) -> Any:
            return script._upgrade_revs("head", revision)

        with _alone(engine) as connection, EnvironmentContext(Config(), script, fn=steps) as environment:
            environment.configure(
                connection=connection,
                version_table=self.version_table,
                transaction_per_migration=True,
                transactional_ddl=engine.dialect.name == "sqlite",
                on_version_apply=lambda **kwargs: progress(kwargs["step"].up_revision_id),
            )
            with environment.begin_transaction():
                environment.run_migrations()

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
def _script(name: str) -> ScriptDirectory:
    # Every desk that is opened asks for the head, and to find it each revision is loaded as a module.
    return ScriptDirectory(str(Path(__file__).parent / name))


def _looking(engine: Engine) -> Connection:
    """A connection that only looks: on the embedded database it waits for no writer."""
    return engine.connect().execution_options(**{WRITES: False})


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection that migrates while no other one does: two at once would leave two heads in the version table.

    On the embedded database it is one transaction for all. A server commits each DDL, so there a named lock is held; it
    goes with the connection, also when that is killed. A cluster grants the lock on each node, so migrate on one of them.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA journal_mode=WAL")
            with connection.begin():
                yield connection
            return
        is_ours = connection.execute(text(f"SELECT GET_LOCK('connector_desk_migration', {_WAIT_SECONDS})")).scalar()
        connection.commit()
        if not is_ours:
            raise DeskError(
                "migration_running", "Another migration is running on this server.", "Wait for it, then try again."
            )
        try:
            yield connection
        finally:
            connection.invalidate()


def newer(name: str) -> DeskError:
    """The refusal to work on a database that a newer version of the desk has migrated."""
    return DeskError(
        "database_newer",
        f"The {name} database was migrated by a newer version of Connector Desk than this one.",
        "Start the newer version, or point the URL at another database; nothing was changed.",
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
