"""The worker beside the server: a process of its own, as it would share the interpreter's lock otherwise."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from lib.log import log
from lib.settings import PROJECT

_PATIENCE_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0


@asynccontextmanager
async def worker_beside() -> AsyncIterator[None]:
    """One worker while the server runs, started again when it ends by itself.

    It watches its standard input: that pipe closes when this process ends, however it ends, so a server killed with -9
    leaves no worker behind.
    """
    keeping = asyncio.create_task(_keep_running(), name="worker")
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _keep_running() -> None:
    pause = _FIRST_PAUSE
    while True:
        began = asyncio.get_running_loop().time()
        worker = await _start()
        try:
            status = await worker.wait()
        except asyncio.CancelledError:
            await _stop(worker)
            raise
        # One that ran for a while died of something else than its start.
        pause = _FIRST_PAUSE if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE else pause * 2
        log.warning(
            "the worker ended with status %s and is started again in %.0f s", status, min(pause, _LONGEST_PAUSE)
        )
        await asyncio.sleep(min(pause, _LONGEST_PAUSE))


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lib",
        "worker",
        "--with-parent",
        cwd=PROJECT,
        env=os.environ.copy(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def _stop(worker: asyncio.subprocess.Process) -> None:
    if worker.returncode is not None:
        return
    worker.terminate()
    try:
        await asyncio.wait_for(worker.wait(), _PATIENCE_SECONDS)
    except TimeoutError:
        worker.kill()
        await worker.wait()
