"""Which past deliveries can be loaded again through the map in use, and what that would find there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import IMPORT
from lib.domain.people import Right
from lib.domain.states import SPENT_LOADS, LoadStatus
from lib.errors import DeskError

MOST = 50
_MOST_JOBS = 500
# What loading again does, as it is: tests/integration/road/test_replay.py holds it to that.
WHAT_HAPPENS = (
    "Each becomes a load of its own, to be reviewed and approved as usual. Its values go over the records that are "
    "there, also over newer ones: so leave none out in between and approve the oldest first. A row that no longer "
    "comes in, or is known by another key now, leaves its old record as it was until the old load is undone."
)


@dataclass(frozen=True)
class Replayable:
    """A delivery with its newest load: `why_not` says why it cannot be loaded again now, '' where it can.

    `job_id` is the job that loads it again at this moment.
    """

    delivery_id: int
    file_name: str
    received_at: datetime
    load_id: int
    rows: int
    map_version: int
    status: LoadStatus
    why_not: str = ""
    job_id: int | None = None


def replayable(tx: UnitOfWork, key: str, name: str) -> tuple[Replayable, ...]:
    """The newest deliveries of an object, newest first; none while it has no approved map."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    version = tx.maps.approved(account, name)
    if version is None:
        return ()
    newest: dict[int, Load] = {}
    for load in tx.loads.of_object(account.id, name):
        newest.setdefault(load.delivery_id, load)
    chosen = sorted(newest, reverse=True)[:MOST]
    return _lines(tx, version, account.id, {number: newest[number] for number in chosen})


def _lines(tx: UnitOfWork, version: MapVersion, account_id: int, newest: Mapping[int, Load]) -> tuple[Replayable, ...]:
    """One line a delivery, in the order of `newest`."""
    deliveries = tx.deliveries.with_ids(newest)
    queued = {
        int(job.arguments["delivery"]): job.id
        for job in tx.jobs.unfinished(_MOST_JOBS, account_id, IMPORT)
        if job.object == version.object
    }
    return tuple(_line(tx, deliveries[number], load, version, queued.get(number)) for number, load in newest.items())


def _line(tx: UnitOfWork, delivery: Delivery, load: Load, version: MapVersion, job_id: int | None) -> Replayable:
    return Replayable(
        delivery.id,
        delivery.file_name,
        delivery.received_at,
        load.id,
        load.row_count,
        load.map_version,
        load.status,
        _why_not(tx, delivery, load, version, is_queued=job_id is not None),
        job_id,
    )


def _why_not(tx: UnitOfWork, delivery: Delivery, load: Load, version: MapVersion, *, is_queued: bool) -> str:
    if is_queued:
        return "it is being loaded"
    if load.status is LoadStatus.MAPPED:
        return "an import of it was stopped and can go on"
    if load.map_version_id == version.id and load.status not in SPENT_LOADS:
        return f"loaded through map {version.version} already"
    return "" if tx.payloads.has_file(delivery.id) else "its file is no longer kept"


def to_replay(tx: UnitOfWork, key: str, name: str, delivery_ids: list[int]) -> tuple[list[Load], MapVersion]:
    """The newest loads of these deliveries, oldest delivery first, and the map they are to go through.

    DeskError `not_replayable` names the first that cannot be loaded again, `no_deliveries` where none is named.
    """
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    version = tx.maps.approved(account, name)
    if version is None:
        raise DeskError("no_approved_map", f"{key} has no approved map for {name}.", "Approve one first.")
    newest = {}
    for number in sorted(set(delivery_ids)):
        loads = [load for load in tx.loads.of_delivery(number) if load.object == name and not load.is_test]
        if not loads or loads[-1].account_id != account.id:
            raise DeskError("not_replayable", f"Delivery {number} has no load of {name} in {key}.", "Leave it out.")
        newest[number] = loads[-1]
    found = []
    for line in _lines(tx, version, account.id, newest):
        if line.why_not:
            said = f"Delivery {line.delivery_id} cannot be loaded again: {line.why_not}."
            raise DeskError("not_replayable", said, "Leave it out, or approve a mended map first.")
        found.append(newest[line.delivery_id])
    if not found:
        raise DeskError("no_deliveries", "No delivery was named.", "Tick those that are to be loaded again.")
    return found, version
