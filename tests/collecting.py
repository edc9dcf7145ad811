"""Scripts that run in the tests' own process, without a walk through everything that the process has loaded after each.

Streamlit collects garbage when a script has ended. The served desk freezes what it loaded out of the collector's sight
(lib/ui/entry/warmup.py), and so a run pays little for it; the tests' process has all the tests loaded beside it, and a
run paid as much as for its page. Python's own collections go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from streamlit.runtime.scriptrunner import script_runner


class _NoCollection:
    """Stands where the garbage collector is asked for a whole collection."""

    collect = staticmethod(lambda *_generation: 0)


@contextmanager
def no_collection_after_each_run() -> Iterator[None]:
    """Scripts end without one within the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "gc", _NoCollection)
        yield
