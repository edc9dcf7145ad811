"""The database users that the settings name, what each is there for, and what the server says that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from lib.db.engine import is_embedded, open_engine
from lib.db.failures import translated
from lib.db.migrations.history import APP, TRAFFIC, History
from lib.db.rights.held_rights import Held, held_by
from lib.db.rights.needed import Part, Right, needed
from lib.errors import DeskError
from lib.settings import Settings

_PORT = 3306


@dataclass(frozen=True)
class Entry:
    """One setting: the database that it names, and what its user needs there."""

    part: Part
    variable: str
    url: str = field(repr=False)
    history: History

    @property
    def server(self) -> str:
        """The host and port."""
        place = make_url(self.url)
        return f"{place.host}:{place.port or _PORT}"

    @property
    def user(self) -> str:
        """The name that it signs in by."""
        return make_url(self.url).username or ""

    @property
    def needed(self) -> tuple[Right, ...]:
        """The least that works."""
        return needed(self.part, self.history, make_url(self.url).database or "")


@dataclass(frozen=True)
class DatabaseUser:
    """One user of one server, with every setting that names them."""

    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """The name that they sign in by."""
        return self.entries[0].user

    @property
    def server(self) -> str:
        """The host and port."""
        return self.entries[0].server

    @property
    def parts(self) -> tuple[Part, ...]:
        """What they are there for."""
        return tuple(dict.fromkeys(entry.part for entry in self.entries))

    @property
    def keeper(self) -> Part:
        """Whose user this stays where they do several parts' work: who owns the tables and views owns them still."""
        return next(part for part in Part if part in self.parts)

    @property
    def variable(self) -> str:
        """The settings that name them, in words."""
        return ", ".join(dict.fromkeys(entry.variable for entry in self.entries))

    def needed(self, parts: tuple[Part, ...] = tuple(Part)) -> tuple[Right, ...]:
        """What they need for these parts of theirs."""
        return tuple(right for entry in self.entries if entry.part in parts for right in entry.needed)


def entries(settings: Settings) -> list[Entry]:
    """Every setting that names a database of a server; a variable that is not set is the one that stands for it."""
    app, traffic = settings.app_url, settings.traffic_url
    migrating, portal = settings.app_migration_url, settings.portal_url
    found = [
        Entry(Part.MIGRATE, _named("MIGRATION_DATABASE_URL", migrating, app), migrating, APP),
        Entry(Part.MIGRATE, _traffic_migration(settings), settings.traffic_migration_url, TRAFFIC),
        Entry(Part.RUN, "DATABASE_URL", app, APP),
        Entry(Part.RUN, "TRAFFIC_DATABASE_URL", traffic, TRAFFIC),
        Entry(Part.PORTAL, _named("PORTAL_DATABASE_URL", portal, app), portal, APP),
    ]
    return [entry for entry in found if not is_embedded(entry.url)]


def users(settings: Settings) -> list[DatabaseUser]:
    """Every user of a server that the settings name, once."""
    together: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries(settings):
        together.setdefault((entry.server, entry.user), []).append(entry)
    return [DatabaseUser(tuple(found)) for found in together.values()]


def asked(user: DatabaseUser) -> Held:
    """What the server says that this user holds; DeskError where it cannot be asked.

    No database is chosen: who has no right on any may not enter one, and is asked all the same.
    """
    address = make_url(user.entries[0].url).set(database="").render_as_string(hide_password=False)
    engine = open_engine(address)
    try:
        return held_by(engine)
    except DBAPIError as error:
        raise translated(error) or DeskError("database_error", f"The server said: {error.orig}") from error
    finally:
        engine.dispose()


def _named(variable: str, url: str, app: str) -> str:
    return "DATABASE_URL" if url == app else variable


def _traffic_migration(settings: Settings) -> str:
    is_same = settings.traffic_migration_url == settings.traffic_url
    return "TRAFFIC_DATABASE_URL" if is_same else "TRAFFIC_MIGRATION_DATABASE_URL"
