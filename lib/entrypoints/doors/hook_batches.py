"""Receipts on their way to safety: all that wait are written in one transaction, or on disk while the database is away.

One thread writes for everybody, so two hundred webhooks a second are some ten transactions. None waits longer than
`PATIENCE_SECONDS` for the database: what is not written by then goes to the spool, and a receipt that gets to both is
the same receipt.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.hooks import Receipt, Refusal, Stored
from lib.errors import DeskError
from lib.intake.spool import Spool
from lib.log import log, log_bug
from lib.pipeline.intake.receipts import store
from lib.services.people.people import local_admin

PATIENCE_SECONDS = 0.25
_PROBE_SECONDS = 1.0
_MOST_AT_ONCE = 500
# Refusals are counted by the hour; more kinds of them than this wait for nobody.
_MOST_REFUSALS = 1_000

_Waiting = tuple[Sequence[Receipt], "asyncio.Future[list[Stored]]"]


class HookBatches:
    """Takes receipts from all requests of one event loop."""

    def __init__(self, opened: Callable[[], Desk], patience: float = PATIENCE_SECONDS) -> None:
        self._opened, self._patience = opened, patience
        self._waiting: list[_Waiting] = []
        self._refused: Counter[Refusal] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._database, self._disk = ThreadPoolExecutor(1, "hook-store"), ThreadPoolExecutor(1, "hook-spool")
        # The write or the probe that the database has not answered yet; and whether it is thought to be away.
        self._pending: asyncio.Future[Any] | None = None
        self._is_away, self._probed_at = False, 0.0

    async def put(self, receipts: Sequence[Receipt]) -> list[Stored]:
        """Bring receipts to safety; what became of each. Once it returns they are there, or `LOST`."""
        future: asyncio.Future[list[Stored]] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipts, future))
        self._start()
        return await future

    def note(self, refusal: Refusal) -> None:
        """Count a refusal; it is written with the next batch, and nobody waits for it."""
        if refusal in self._refused or len(self._refused) < _MOST_REFUSALS:
            self._refused[refusal] += 1
            self._start()

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting or (self._refused and not self._is_away):
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            receipts = [item for some, _ in batch for item in some]
            try:
                stored = await self._safe(receipts)
            except Exception as bug:
                log_bug(bug)
                stored = [Stored.LOST] * len(receipts)
            for some, future in batch:
                mine, stored = stored[: len(some)], stored[len(some) :]
                if not future.done():
                    future.set_result(mine)

    async def _safe(self, receipts: list[Receipt]) -> list[Stored]:
        self._probe()
        if not self._is_away:
            written = await self._written(receipts)
            if written is not None:
                return written
        return await self._spooled(receipts) if receipts else []

    async def _written(self, receipts: list[Receipt]) -> list[Stored] | None:
        """What the database says of them; None where it does not say anything in time."""
        refused, self._refused = self._refused, Counter()

        def work() -> list[Stored]:
            desk = self._opened()
            return store(desk, local_admin(desk), receipts, refused)

        call = asyncio.get_running_loop().run_in_executor(self._database, work)
        try:
            return await asyncio.wait_for(asyncio.shield(call), self._patience)
        except TimeoutError:
            # It may still be written, and so may what is spooled: the same key is the same receipt.
            self._is_away, self._pending = True, call
            call.add_done_callback(_heard)
            log.warning("the database does not answer in time; webhooks go to the spool")
        except DeskError as trouble:
            self._is_away = True
            self._refused.update(refused)
            log.warning("the database does not take webhooks, so they go to the spool: %s", trouble.code)
        return None

    async def _spooled(self, receipts: list[Receipt]) -> list[Stored]:
        def work() -> None:
            desk = self._opened()
            Spool.of_hooks(desk.settings.var).keep(receipts, desk.clock())

        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, work)
        except (OSError, DeskError) as trouble:
            log.error("webhooks can neither be stored nor spooled: %s", type(trouble).__name__)
            return [Stored.LOST] * len(receipts)
        return [Stored.SPOOLED] * len(receipts)

    def _probe(self) -> None:
        """While the database is away, ask it now and then whether it is back; no receipt waits for that."""
        if not self._is_away or (self._pending is not None and not self._pending.done()):
            return
        if time.monotonic() - self._probed_at < _PROBE_SECONDS:
            return
        self._probed_at = time.monotonic()

        def ask() -> None:
            local_admin(self._opened())

        def heard(call: asyncio.Future[None]) -> None:
            if not call.cancelled() and call.exception() is None:
                self._is_away = False
                log.info("the database takes webhooks again")

        probe = asyncio.get_running_loop().run_in_executor(self._database, ask)
        probe.add_done_callback(heard)
        self._pending = probe


def _heard(call: asyncio.Future[list[Stored]]) -> None:
    """Whatever became of a write that nobody waited for: an error of it is no news."""
    if not call.cancelled():
        call.exception()
