"""How both databases do, looked at from outside: reach, standing, and what their users may."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from lib.db.engine import open_engine
from lib.db.failures import translated
from lib.db.migrations.history import APP, TRAFFIC, History, require_head
from lib.db.probe import may_drop
from lib.errors import DeskError
from lib.settings import Settings


@dataclass(frozen=True)
class Checkup:
    """One database: the trouble that keeps it from being used, or what to know about its user."""

    trouble: DeskError | None
    is_same_user: bool = False
    may_drop: bool = False


def check_up(settings: Settings) -> dict[str, Checkup]:
    """Look at both databases."""
    return {
        "app database": _check_up(APP, settings.app_url, settings.app_migration_url),
        "traffic database": _check_up(TRAFFIC, settings.traffic_url, settings.traffic_migration_url),
    }


def _check_up(history: History, url: str, migration_url: str) -> Checkup:
    engine = open_engine(url)
    try:
        require_head(history, engine)
        if url.startswith("sqlite"):
            # The embedded guard stands where a server has grants.
            return Checkup(None)
        is_same = make_url(url).username == make_url(migration_url).username
        return Checkup(None, is_same, may_drop(engine))
    except DeskError as trouble:
        return Checkup(trouble)
    except DBAPIError as error:
        return Checkup(translated(error) or DeskError("database_error", str(error.orig), "Look into the server's log."))
    finally:
        engine.dispose()
