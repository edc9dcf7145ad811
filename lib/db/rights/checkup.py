"""How both databases do, looked at from outside: reach, standing, and what their users may."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError

from lib.db.engine import is_embedded, open_engine
from lib.db.failures import translated
from lib.db.migrations.history import APP, TRAFFIC, History, require_head
from lib.db.rights.database_users import DatabaseUser, asked, users
from lib.db.rights.held_rights import held_by
from lib.db.rights.needed import Part, Right, changing_tables, in_words, lacking, too_much
from lib.db.rights.probe import may_drop
from lib.errors import DeskError
from lib.settings import Settings


@dataclass(frozen=True)
class Checkup:
    """One database: the trouble that keeps it from being used, or what to know about its user."""

    trouble: DeskError | None
    is_same_user: bool = False
    may_drop: bool = False


@dataclass(frozen=True)
class UserCheck:
    """One database user: what they lack, what they have too much of, and what could not be told; '' where nothing."""

    name: str
    variable: str
    parts: tuple[Part, ...]
    lacks: str = ""
    has_too_much: str = ""
    unread: tuple[str, ...] = ()
    trouble: DeskError | None = None
    may_change_tables: bool = False

    @property
    def is_migrating_only(self) -> bool:
        """Whether the desk runs without this user."""
        return self.parts == (Part.MIGRATE,)


def check_up(settings: Settings) -> dict[str, Checkup]:
    """Look at both databases."""
    return {
        "app database": _check_up(APP, settings.app_url, settings.app_migration_url),
        "traffic database": _check_up(TRAFFIC, settings.traffic_url, settings.traffic_migration_url),
    }


def check_users(settings: Settings) -> list[UserCheck]:
    """Compare what every database user holds with what they need; none on the embedded database, which has no users."""
    return [_check_user(user) for user in users(settings)]


def has_own_portal_user(settings: Settings) -> bool:
    """Whether the portal is read with rights of its own: always here, on a server by a user of its own."""
    app, portal = make_url(settings.app_url), make_url(settings.portal_url)
    return is_embedded(settings.app_url) or app.username != portal.username


def require_no_ddl(settings: Settings, *engines: Engine) -> None:
    """Refuse to run as a user who may change tables (R19), unless this desk is developed; here the guard refuses it.

    The probe asks the server itself, SHOW GRANTS tells the rest: who may CREATE or ALTER need not be able to DROP.
    """
    if settings.is_development:
        return
    for engine in engines:
        if engine.dialect.name == "sqlite":
            continue
        try:
            found = changing_tables(held_by(engine).rights, engine.url.database or "")
            if not found and not may_drop(engine):
                continue
        except DBAPIError as error:
            raise translated(error) or error from error
        raise DeskError(
            "too_many_rights",
            f"The desk does not run as the database user {engine.url.username}, who may change what its tables are: "
            f"{in_words(found) or 'DROP'}.",
            "Give it what `python -m lib grants` prints and no more, or set DESK_DEVELOPMENT=1 where a desk is developed.",
        )


def _check_up(history: History, url: str, migration_url: str) -> Checkup:
    engine = open_engine(url)
    try:
        require_head(history, engine)
        if is_embedded(url):
            # The embedded guard stands where a server has grants.
            return Checkup(None)
        is_able = may_drop(engine)
        # Where migrations run elsewhere with an address of their own, nothing here names their user.
        is_same = is_able and make_url(url).username == make_url(migration_url).username
        return Checkup(None, is_same, is_able)
    except DeskError as trouble:
        return Checkup(trouble)
    except DBAPIError as error:
        return Checkup(translated(error) or DeskError("database_error", str(error.orig), "Look into the server's log."))
    finally:
        engine.dispose()


def _check_user(user: DatabaseUser) -> UserCheck:
    try:
        held = asked(user)
    except DeskError as trouble:
        return UserCheck(user.name, user.variable, user.parts, trouble=trouble)
    parts = _parts(user, held.rights)
    # Who migrates and runs the desk as well has too much for running it.
    running = tuple(part for part in parts if part is not Part.MIGRATE) or parts
    return UserCheck(
        user.name,
        user.variable,
        parts,
        lacks=in_words(lacking(user.needed(parts), held.rights)),
        has_too_much=in_words(too_much(user.needed(running), held.rights)),
        unread=held.unread,
        may_change_tables=_may_change_tables(user, held.rights),
    )


def _parts(user: DatabaseUser, held: tuple[Right, ...]) -> tuple[Part, ...]:
    """What this user is there for: not for migrating where they could not, as another one does that elsewhere."""
    rest = tuple(part for part in user.parts if part is not Part.MIGRATE)
    return user.parts if _may_change_tables(user, held) or not rest else rest


def _may_change_tables(user: DatabaseUser, held: tuple[Right, ...]) -> bool:
    return any(changing_tables(held, make_url(entry.url).database or "") for entry in user.entries)
