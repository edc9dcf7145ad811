"""What a defence is to the test of the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Defence:
    """One thing that keeps something from somebody.

    `remove` breaks it for the length of a test. `proof` is a test's address (`tests/….py::test` or `…::test[case]`;
    without the case every case is run, and one that goes red is enough). `is_quick` is False for a proof of more than
    about two seconds: it is taken out in the proofs only.
    """

    name: str
    remove: Callable[[pytest.MonkeyPatch], None]
    proof: str
    is_quick: bool = True
