"""Load past deliveries again through the map in use: as ordinary loads, each queued, reviewed and approved on its own."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Actor
from lib.domain.states import LoadStatus
from lib.services.arriving import replay
from lib.services.loading import stage
from lib.services.running import queue_work


def queue_replay(desk: Desk, actor: Actor, key: str, name: str, delivery_ids: Sequence[int]) -> list[int]:
    """Queue each delivery, oldest first, all of them or none; the jobs' ids.

    A load of one that still waits for a decision gives way: the same rows are decided on once. Mended cells are
    carried over; DeskError `not_replayable` names the first that cannot be loaded again.
    """

    def work(tx: UnitOfWork) -> list[int]:
        loads, version = replay.to_replay(tx, key, name, list(delivery_ids))
        queued = []
        for load in loads:
            if load.status is LoadStatus.IN_REVIEW:
                stage.give_way(tx, load, f"Loaded again through map {version.version}.")
            queued.append(queue_work.enqueue_import(tx, load.delivery_id, name, False, load.read_options))
            tx.audit.note("load again", "delivery", load.delivery_id, load.client_id, object=name, map=version.version)
        return queued

    return desk.do(actor, work)
