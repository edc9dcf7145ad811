"""Read a delivery under review again in another way: another header row, sheet, encoding or delimiter."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.people import Actor, Right
from lib.domain.settings.retention import payload_gone
from lib.errors import DeskError
from lib.pipeline.loading.inward import Queued, stage_received
from lib.services.arriving.read import ReadOptions
from lib.services.loading import stage
from lib.services.running import queue_work

# A file of more rows is read by the worker.
MOST_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class _Again:
    """A load to be read again: itself, whether its bytes are kept, and for how many days they would be."""

    load: Load
    has_file: bool
    days: int


def read_again(
    desk: Desk, actor: Actor, load_id: int, options: ReadOptions, progress: Progress = lambda *_: None
) -> Queued:
    """A new load of the same delivery, read as `options` say; the load under review gives way to it.

    Where the file cannot be read that way, the load under review stays as it is. DeskError `payload_gone` when the file
    is no longer kept, `read_the_same` when nothing would change.
    """
    actor.require(Right.IMPORT)

    def look(tx: UnitOfWork) -> _Again:
        load = tx.loads.by_id(load_id)
        stage.require_replaceable(tx, load)
        days = tx.accounts.by_id(load.account_id).retention_days
        return _Again(load, tx.payloads.has_file(load.delivery_id), days)

    found = desk.ask(actor, look)
    load = found.load
    if not found.has_file:
        what, so = f"The file of load {load_id} is", ", so it cannot be read again"
        raise payload_gone(what, found.days, "Import the file anew, with the options that fit it.", so)
    if options.as_dict() == load.read_options:
        raise DeskError("read_the_same", "The file was read in just this way.", "Choose what should be different.")
    if load.row_count > MOST_ROWS_AT_ONCE:
        return Queued(desk.do(actor, _replaced_by_a_job, load, options), None)
    new = stage_received(
        desk,
        actor,
        load.delivery_id,
        load.object,
        options=options,
        is_test=load.is_test,
        progress=progress,
        written=lambda tx, opened: stage.give_way(tx, load, f"Read again as load {opened.id}."),
    )
    return Queued(None, new.id)


def _replaced_by_a_job(tx: UnitOfWork, load: Load, options: ReadOptions) -> int:
    stage.give_way(tx, load, "Read again in another way.")
    return queue_work.enqueue_import(tx, load.delivery_id, load.object, load.is_test, options.as_dict())
