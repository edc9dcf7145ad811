"""Open the desk on its databases."""

from __future__ import annotations

from lib.clock import Clock, utc_now
from lib.db.migrations.history import APP, TRAFFIC, require_head
from lib.db.rights.checkup import require_no_ddl
from lib.db.unit_of_work import Desk, open_databases
from lib.hash_key import hash_key
from lib.settings import Settings, load_settings


def open_desk(settings: Settings | None = None, clock: Clock = utc_now) -> Desk:
    """The desk, ready to work; DeskError in one sentence when a database is down, not migrated, newer or not ours.

    On a server it does not run as somebody who may change its tables (R19), unless DESK_DEVELOPMENT says that it may.
    """
    chosen = settings or load_settings()
    desk = open_databases(chosen, hash_key(chosen), clock)
    try:
        require_head(APP, desk.app)
        require_head(TRAFFIC, desk.traffic)
        require_no_ddl(chosen, desk.app, desk.traffic)
    except BaseException:
        desk.close()
        raise
    return desk
