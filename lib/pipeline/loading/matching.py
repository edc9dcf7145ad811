"""After rows were judged: sort out those that stand for one record, and count the load again."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.services.loading import match_rows, recheck


def settle_matches(tx: UnitOfWork, load: Load) -> Load:
    """The load once no two of its rows write one record, and every doubtful one is held; costs nothing without matches."""
    found = match_rows.sorted_out(tx, load)
    if found is None:
        return load
    was, now = found
    tx.rows.correct(load.id, now)
    return recheck.recount(tx, load, [was], [now], load.staged_epoch)
