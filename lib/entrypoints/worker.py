"""The worker: takes one job after another, in the name of whoever asked for it, and lets go of it when asked to stop."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.origins import came_by
from lib.domain.jobs import LET_GO
from lib.domain.people import Actor
from lib.domain.running.retrying import Jitter
from lib.errors import DeskError
from lib.log import log, log_bug
from lib.pipeline.intake.receipts import drain_spool, group_receipts, let_overdue_webhooks_go
from lib.pipeline.letters.dead_letters import wake as wake_letters
from lib.pipeline.letters.failing import meet_trouble
from lib.pipeline.publishing.report_notes import send_report_notes
from lib.pipeline.running.alerting import send_alerts
from lib.pipeline.running.retention import queue_purges
from lib.pipeline.running.schedules import queue_due
from lib.pipeline.running.task_rules import keep_tasks
from lib.pipeline.running.turns import claim_next, come_through
from lib.pipeline.running.work import perform
from lib.pipeline.setup.watching import watch_freshness, watch_ladder
from lib.services.people.people import local_admin
from lib.services.running import jobs

_BEAT_SECONDS = 1.0
_IDLE_SECONDS = 0.5

Chore = Callable[[Desk, Actor], object]


def _drain_spool(desk: Desk, _worker: Actor) -> None:
    drain_spool(desk)


def _forget_jobs(desk: Desk, worker: Actor) -> None:
    desk.do(worker, jobs.forget_finished)


# What a worker looks after between jobs, and how often by the desk's clock: runs that come round, failures whose snooze
# is over, webhooks that were spooled while the database was away and those whose window is over, report notes (oftener
# than the pause after one that was put off), providers that fell silent, live accounts whose proof lapsed, what waits
# for a person, payloads whose time is over (R11), jobs that were over long ago. Every one of them may be done by several
# workers at once, and only reads where there is nothing to do.
CHORES: tuple[tuple[timedelta, Chore], ...] = (
    (timedelta(seconds=5), queue_due),
    (timedelta(seconds=5), _drain_spool),
    (timedelta(seconds=5), group_receipts),
    (timedelta(minutes=5), wake_letters),
    (timedelta(seconds=240), send_report_notes),
    (timedelta(minutes=1), send_alerts),
    (timedelta(minutes=15), watch_freshness),
    (timedelta(minutes=5), watch_ladder),
    (timedelta(seconds=30), keep_tasks),
    (timedelta(hours=1), queue_purges),
    (timedelta(hours=1), let_overdue_webhooks_go),
    (timedelta(hours=1), _forget_jobs),
)


class Worker:
    """One worker, driven step by step: `run` steps for ever, a simulation whenever its clock has moved.

    `jitter` spreads the pauses after trouble; a seeded one makes a run repeatable.
    """

    def __init__(self, desk: Desk, holder: str = "", jitter: Jitter = random.random) -> None:
        self._desk, self._jitter = desk, jitter
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}"
        self._chores_at: list[datetime | None] = [None] * len(CHORES)
        # A plain flag: what a signal sets must not wait for a lock that the interrupted code holds.
        self._is_stopping = False

    def stop(self) -> None:
        """Let go of the job in hand at its next safe step, and take no other."""
        self._is_stopping = True

    def run(self, *, is_once: bool = False, is_until_idle: bool = False) -> int:
        """Do jobs as they come due: for ever, until one is done, until nothing is due, or until it is to stop.

        Returns how many were done.
        """
        done = 0
        while not self._is_stopping:
            has_worked = self.step()
            done += has_worked
            if (is_once and done) or (is_until_idle and not has_worked):
                break
            if not has_worked:
                time.sleep(_IDLE_SECONDS)
        return done

    def step(self) -> bool:
        """The chores whose time has come by the desk's clock, then one job that is due; whether there was one.

        Known trouble is logged and the next step is as good as any: a database that is down comes back, and a worker
        that gave up would not.
        """
        came_by("worker")
        try:
            worker = local_admin(self._desk)
            self._do_chores(worker)
            claimed = claim_next(self._desk, worker, self._holder)
            if claimed is not None:
                do_job(self._desk, claimed, lambda: self._is_stopping, self._jitter)
        except DeskError as trouble:
            log.warning("the worker cannot go on for the moment: %s", trouble.message)
            return False
        return claimed is not None

    def _do_chores(self, worker: Actor) -> None:
        """Each by itself: the trouble of one keeps none of the others from being done."""
        now = self._desk.clock()
        for place, (every, chore) in enumerate(CHORES):
            due = self._chores_at[place]
            if self._is_stopping or (due is not None and now < due):
                continue
            self._chores_at[place] = now + every
            try:
                chore(self._desk, worker)
            except DeskError as trouble:
                log.warning("a chore of the worker met trouble (%s): %s", trouble.code, trouble.message)
            except Exception as bug:
                log_bug(bug)


def work(desk: Desk, *, is_once: bool = False, is_until_idle: bool = False) -> int:
    """Do jobs as `Worker.run` does; how many were done."""
    return Worker(desk).run(is_once=is_once, is_until_idle=is_until_idle)


def do_job(
    desk: Desk,
    claimed: jobs.Job,
    is_stopping: Callable[[], bool] = lambda: False,
    jitter: Jitter = random.random,
) -> None:
    """One job that was claimed: its work, or the trouble it met, written down.

    DeskError only where not even that could be written; the lease then runs out and the job is taken up again.
    """
    worker = local_admin(desk)
    log.info("job %s begins (%s %s, attempt %s)", claimed.id, claimed.kind, claimed.object, claimed.attempts)
    try:
        if is_stopping():
            raise jobs.worker_stopping(claimed)
        person = desk.ask(worker, jobs.person_of, claimed)
        with Beat(desk, worker, claimed, is_stopping).beating() as beat:
            perform(desk, person, claimed, beat.progress)
    except DeskError as trouble:
        log.warning("job %s met trouble: %s", claimed.id, trouble.code)
        if trouble.code in LET_GO:
            desk.do(worker, jobs.hand_back, claimed)
        else:
            desk.do(worker, meet_trouble, claimed, trouble, jitter())
    except Exception as bug:
        said = f"Something broke on the desk's side; it is logged as {log_bug(bug)}."
        desk.do(worker, meet_trouble, claimed, DeskError("unexpected", said), jitter())
    else:
        log.info("job %s is done", claimed.id)
        come_through(desk, worker, claimed)


class Beat:
    """Says once a second how far a job is and that its worker lives, from a thread beside the work.

    The work itself never waits for the database to hear of its progress; it learns at its next step that the job was
    cancelled, or taken over by another worker, or that its own worker is to stop.
    """

    def __init__(
        self, desk: Desk, worker: Actor, claimed: jobs.Job, is_stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._desk, self._worker, self._claimed, self._is_stopping = desk, worker, claimed, is_stopping
        self._seen: dict[str, Any] = {"stage": "reading", "done": 0, "total": 0}
        self._since = (time.monotonic(), 0)
        self._ended, self._lost = threading.Event(), threading.Event()

    def progress(self, stage: str, done: int, total: int) -> None:
        """What the road reports after each step; DeskError `job_lost` or `worker_stopping` where it is to let go."""
        if self._lost.is_set():
            raise jobs.job_lost(self._claimed)
        if self._is_stopping():
            raise jobs.worker_stopping(self._claimed)
        now = time.monotonic()
        if stage != self._seen["stage"]:
            # A rate is that of one stage, and what an earlier try has done is none of it.
            self._since = (now, done)
        began, before = self._since
        rate = round((done - before) / (now - began), 1) if now > began and done > before else 0
        self._seen = {"stage": stage, "done": done, "total": total, "rate": rate}

    @contextmanager
    def beating(self) -> Iterator[Beat]:
        """Beat while the block runs."""
        thread = threading.Thread(target=self._beat, name=f"job-{self._claimed.id}", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            try:
                is_held = self._desk.do(self._worker, jobs.heartbeat, self._claimed, self._seen)
            except DeskError as trouble:
                # Busy, or away for a moment: the lease lasts longer than that.
                log.info("job %s could not say how far it is: %s", self._claimed.id, trouble.code)
            except Exception as bug:
                log_bug(bug)
            else:
                if not is_held and not self._ended.is_set():
                    self._lost.set()
                    return
