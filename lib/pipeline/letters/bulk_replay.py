"""A bulk replay done: each delivery of its lines loaded again through the current map, one after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Load
from lib.domain.jobs import LET_GO, Job, Progress
from lib.domain.people import Actor
from lib.domain.running.dead_letters import DeadLetter
from lib.domain.running.failed_work import Subject
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.pipeline.loading.inward import stage_received
from lib.services.arriving import replay
from lib.services.arriving.read import ReadOptions
from lib.services.loading import stage
from lib.services.running import bulk_replay, jobs

_STAGE = "replaying deliveries"


def perform_bulk_replay(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    """Load each delivery of a bulk replay again, oldest first; one that cannot be loaded opens its lines and is passed over.

    Stopped in the middle, what was loaded stays, the rest is open again, and the job says how far it got.
    """
    todo = by_delivery(desk.ask(person, lambda tx: tx.dead_letters.of_job(claimed.id)))
    loaded = 0
    for done, ((delivery_id, name), lines) in enumerate(sorted(todo.items())):
        progress(_STAGE, done, len(todo))
        try:
            _load_again(desk, person, claimed, delivery_id, name, lines)
            loaded += 1
        except DeskError as trouble:
            if trouble.code in LET_GO or trouble.is_retryable:
                raise
            desk.do(person, _open_again, claimed, lines, f"{trouble.message} {trouble.hint}".strip())
    result = {"deliveries": len(todo), "loaded": loaded, "left_out": len(todo) - loaded}
    desk.do(person, jobs.finish, claimed, None, len(todo), result)


def by_delivery(lines: Iterable[DeadLetter]) -> dict[tuple[int, str], list[DeadLetter]]:
    """Lines by (delivery, object), as far as they have one."""
    found: dict[tuple[int, str], list[DeadLetter]] = defaultdict(list)
    for item in lines:
        if item.delivery_id is not None:
            found[item.delivery_id, item.object].append(item)
    return found


def newest_load(tx: UnitOfWork, account_id: int, name: str, delivery_id: int) -> Load:
    """The load of a delivery that is to be loaded again; DeskError `not_replayable` says why it cannot be."""
    loads, _ = replay.to_replay(tx, tx.accounts.by_id(account_id).key, name, [delivery_id])
    return loads[0]


def _load_again(
    desk: Desk, person: Actor, claimed: Job, delivery_id: int, name: str, lines: Sequence[DeadLetter]
) -> None:
    is_refused = all(item.subject is Subject.DELIVERY for item in lines)
    was = None if is_refused else desk.ask(person, newest_load, claimed.account_id, name, delivery_id)

    def written(tx: UnitOfWork, opened: Load) -> None:
        if not bulk_replay.is_held(tx, claimed):
            raise jobs.job_lost(claimed)
        if was is not None and was.status is LoadStatus.IN_REVIEW and was.id != opened.id:
            stage.give_way(tx, was, f"Loaded again as load {opened.id} for what had failed in it.")
        for item in lines:
            tx.dead_letters.attach(item, opened.id)
        tx.audit.note("load again", "delivery", delivery_id, opened.client_id, object=name, load=opened.id)

    options = ReadOptions.from_dict(was.read_options) if was is not None else ReadOptions()
    stage_received(desk, person, delivery_id, name, options=options, written=written)


def _open_again(tx: UnitOfWork, claimed: Job, lines: Sequence[DeadLetter], why: str) -> None:
    mine = {item.id for item in lines}
    # What failed as before was buried again meanwhile, and is open already.
    for item in tx.dead_letters.of_job(claimed.id):
        if item.id in mine:
            tx.dead_letters.reopen(item, why)
