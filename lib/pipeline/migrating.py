"""Bring the desk's databases to head."""

from __future__ import annotations

from lib.db.migrations.history import APP, TRAFFIC
from lib.db.migrations.upgrading import Progress, upgrade
from lib.db.unit_of_work import open_databases
from lib.hash_key import hash_key
from lib.services.people import people
from lib.settings import Settings


def migrate(settings: Settings, progress: Progress = lambda _: None) -> None:
    """Bring both databases to head as the migrating user, and write the local admin down."""
    desk = open_databases(settings, hash_key(settings), is_migrating=True)
    try:
        upgrade(APP, desk.app, progress)
        upgrade(TRAFFIC, desk.traffic, progress)
        people.ensure_local_admin(desk)
    finally:
        desk.close()
