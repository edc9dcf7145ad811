"""The worker: takes one job after another, in the name of whoever asked for it, and ends with the server it serves."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lib.domain.people import Actor
from lib.errors import DeskError
from lib.log import log, log_bug
from lib.pipeline import Desk, perform, queue_purges, send_report_notes
from lib.services import jobs
from lib.services.people import local_admin

# Trouble of this code is another writer's, who is about to learn that its job was taken over.
_TAKEN_OVER = "load_taken_over"
_BEAT_SECONDS = 1.0
_IDLE_SECONDS = 0.5
# How often payloads are looked for whose time is over (R11).
_PURGE_SECONDS = 3600.0
# How often it is asked whether a report note is due; shorter than the pause after a note that was put off.
_NOTES_SECONDS = 240.0


def work(desk: Desk, *, is_once: bool = False, is_until_idle: bool = False) -> int:
    """Do jobs as they come due: for ever, until one is done, or until nothing is due. Returns how many were done."""
    holder, done, purges_at, notes_at = f"{socket.gethostname()}:{os.getpid()}", 0, 0.0, 0.0
    while True:
        try:
            if time.monotonic() >= purges_at:
                queue_purges(desk, local_admin(desk))
                purges_at = time.monotonic() + _PURGE_SECONDS
            if time.monotonic() >= notes_at:
                notes_at = time.monotonic() + _NOTES_SECONDS
                send_report_notes(desk, local_admin(desk))
            claimed = desk.do(local_admin(desk), jobs.claim, holder)
            if claimed is not None:
                do_job(desk, claimed)
                done += 1
        except DeskError as trouble:
            # A database that is down comes back; a worker that gave up would not.
            log.warning("the worker cannot go on for the moment: %s", trouble.message)
            claimed = None
        if (is_once and done) or (is_until_idle and claimed is None):
            return done
        if claimed is None:
            time.sleep(_IDLE_SECONDS)


def do_job(desk: Desk, claimed: jobs.Job) -> None:
    """One job that was claimed: its work, or the trouble it met, written down.

    DeskError only where not even that could be written; the lease then runs out and the job is taken up again.
    """
    worker = local_admin(desk)
    log.info("job %s begins (%s %s, attempt %s)", claimed.id, claimed.kind, claimed.object, claimed.attempts)
    try:
        person = desk.ask(worker, jobs.person_of, claimed)
        with Beat(desk, worker, claimed).beating() as beat:
            perform(desk, person, claimed, beat.progress)
        log.info("job %s is done", claimed.id)
    except DeskError as trouble:
        log.warning("job %s met trouble: %s", claimed.id, trouble.code)
        sentence = f"{trouble.message} {trouble.hint}".strip()
        desk.do(worker, jobs.fail, claimed, sentence, is_retryable=trouble.is_retryable or trouble.code == _TAKEN_OVER)
    except Exception as bug:
        reference = log_bug(bug)
        desk.do(worker, jobs.fail, claimed, f"Something broke on the desk's side; it is logged as {reference}.")


class Beat:
    """Says once a second how far a job is and that its worker lives, from a thread beside the work.

    The work itself never waits for the database to hear of its progress; it learns at its next step that the job was
    cancelled, or taken over by another worker.
    """

    def __init__(self, desk: Desk, worker: Actor, claimed: jobs.Job) -> None:
        self._desk, self._worker, self._claimed = desk, worker, claimed
        self._seen: dict[str, Any] = {"stage": "reading", "done": 0, "total": 0}
        self._since = (time.monotonic(), 0)
        self._ended, self._lost = threading.Event(), threading.Event()

    def progress(self, stage: str, done: int, total: int) -> None:
        """What the road reports after each step; DeskError `job_lost` once there is no sense in going on."""
        if self._lost.is_set():
            raise jobs.job_lost(self._claimed)
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


def end_with_parent() -> None:
    """End this process when its standard input ends, which it does however the process at the other end does.

    A job in the middle is left as it stands: its lease runs out and the next worker takes it over.
    """

    def watch() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()
