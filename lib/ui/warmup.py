"""What happens once when the server starts: load what every page needs, keep the collector off it, start the worker."""

from __future__ import annotations

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lib.ui.worker_process import worker_beside

# What a first visit would otherwise wait for.
_EVERY_PAGE_NEEDS = ("pandas", "pyarrow", "altair", "lib.pipeline", "lib.ui.guard", "lib.ui.notebook")


@asynccontextmanager
async def warmed_up(_app: object) -> AsyncIterator[None]:
    """Import what pages use and freeze it out of the garbage collector's sight.

    Streamlit collects garbage after each run of a script, and a collection walks every object that was ever loaded:
    75 to 95 ms a click, with two cores busy at seven clicks a second. Frozen objects are not walked.
    """
    for module in _EVERY_PAGE_NEEDS:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    async with worker_beside():
        yield
