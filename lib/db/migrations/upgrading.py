"""A database is brought to head, one revision after the other, by one migration at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from lib.db.failures import translated
from lib.db.migrations.history import History, Standing, foreign_table, newer
from lib.errors import DeskError

Progress = Callable[[str], None]
_WAIT_SECONDS = 60


def upgrade(history: History, engine: Engine, progress: Progress = lambda _: None) -> None:
    """Bring the database to head; refuse one that is newer or somebody else's, and wait for another migration."""
    standing = history.standing(engine)
    if standing is Standing.NEWER:
        raise newer(history.name)
    if standing is Standing.FOREIGN:
        raise foreign_table(history.foreign_tables(engine)[0])
    try:
        _run(history, engine, progress)
    except DBAPIError as error:
        raise translated(error) or error from error


def _run(history: History, engine: Engine, progress: Progress) -> None:
    script = ScriptDirectory(str(history.folder))

    def steps(revision: Any, _context: MigrationContext) -> Any:
        return script._upgrade_revs("head", revision)

    with _alone(engine) as connection, EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(
            connection=connection,
            version_table=history.version_table,
            transaction_per_migration=True,
            transactional_ddl=engine.dialect.name == "sqlite",
            on_version_apply=lambda **kwargs: progress(kwargs["step"].up_revision_id),
        )
        with environment.begin_transaction():
            environment.run_migrations()


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
