"""Imports that were stopped in the middle: found again by their file, gone on with, begun anew, or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Load
from lib.domain.people import Actor
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.pipeline.loading.files import delivered_file
from lib.pipeline.loading.inward import Delivered
from lib.services.arriving import receive
from lib.services.loading import stage
from lib.services.mapping import maps
from lib.services.running import jobs, queue_work

Result = TypeVar("Result")
# How often a load is looked at again that a worker still writes, although it was told to stop.
_LOOKS = 5


def stopped_import(desk: Desk, actor: Actor, delivered: Delivered) -> Load | None:
    """The load that an earlier import of this very file began and did not finish; None where there is none.

    DeskError `under_way` while a worker writes it.
    """
    with delivered_file(delivered.content, delivered.file_name) as path:
        arrived = receive.Arrived.at(path, delivered.file_name)

    def look(tx: UnitOfWork) -> Load | None:
        account, version = maps.approved_map(tx, delivered.account, delivered.object)
        delivery = tx.deliveries.with_hash(account, arrived.content_hash)
        if delivery is None:
            return None
        options = delivered.options.as_dict()
        found = stage.earlier_load(tx, delivery, delivered.object, version, options, is_test=delivered.is_test)
        if found is None or found.status is not LoadStatus.MAPPED:
            return None
        job = jobs.of_load(tx, found.id)
        if job is not None:
            raise DeskError(
                "under_way",
                f"Job {job.id} is importing this very file; it is at row {found.row_count:,} of {found.arriving:,}.",
                f"`jobs` shows how far it is, and `job cancel {job.id}` stops it.",
            )
        return found

    return desk.ask(actor, look)


def go_on(desk: Desk, actor: Actor, load_id: int, *, is_clean: bool = False) -> int:
    """Queue a load that was stopped: it goes on where it stopped, or is dropped and begun anew. The job's id.

    DeskError `not_stopped` where all of its rows are there, `map_changed` where it cannot go on since another map was
    approved meanwhile.
    """

    def work(tx: UnitOfWork) -> int:
        load = stage.require_stopped(tx, load_id)
        account, version = maps.approved_map(tx, tx.accounts.by_id(load.account_id).key, load.object)
        if version.id != load.map_version_id and not is_clean:
            raise DeskError(
                "map_changed",
                f"Load {load_id} was begun through map {load.map_version} of {account.key}, and map {version.version} "
                "is approved now.",
                "Start clean, so that all of its rows are read through one map.",
            )
        if is_clean:
            jobs.cancel_of(tx, load_id)
        told = load.delivery_id, load.object, load.is_test, load.read_options, load_id
        return queue_work.enqueue_import(tx, *told, is_clean=is_clean)

    return desk.do(actor, work)


def drop_load(desk: Desk, actor: Actor, load_id: int) -> Load:
    """Give up a load that was stopped before all of its rows were there, and every job that still writes it."""

    def work(tx: UnitOfWork) -> Load:
        jobs.cancel_of(tx, load_id)
        return stage.drop_load(tx, load_id)

    return _after_the_last_batch(lambda: desk.do(actor, work))


def drop_first(desk: Desk, person: Actor, load_id: int) -> None:
    """Drop the load that is begun anew, unless an earlier try has."""

    def work(tx: UnitOfWork) -> None:
        if tx.loads.by_id(load_id).status is LoadStatus.MAPPED:
            stage.drop_load(tx, load_id)

    _after_the_last_batch(lambda: desk.do(person, work))


def _after_the_last_batch(work: Callable[[], Result]) -> Result:
    """Do it although a worker that was told to stop may write one more batch meanwhile: then look again."""
    for look in range(1, _LOOKS + 1):
        try:
            return work()
        except DeskError as trouble:
            if trouble.code != "load_taken_over" or look == _LOOKS:
                raise
    raise AssertionError("unreachable")
