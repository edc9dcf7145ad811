"""No cell, however it is made, keeps a reading step or the look for secrets busy: their time grows with the text alone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest

from lib.domain.access.secret_shapes import looks_like_a_secret
from lib.domain.objects import Kind
from lib.mapping.transforms.library import TRANSFORMS
from lib.mapping.transforms.manual import manual
from lib.mapping.transforms.shape import TEXT, MapContext, Scene

LONG = 20_000
# What a pattern may share out among its parts in many ways, or begin anew at each sign of.
CELLS = [
    " " * LONG + "x", "1" + " " * LONG + "x", "1" + "\xa0" * LONG + "x", "1" * LONG, "1." * LONG, "1," * LONG, "1/" * LONG,
    "1:" * LONG, "1 am " * LONG, "2026-01-01T" + "0" * LONG, "a" * LONG, "é" * LONG, "a." * LONG, "a@" * LONG,
    "a@" + "b." * LONG, "A " * LONG + "<a@b", "-" * LONG, "+" * LONG, "(" * LONG, "$" * LONG, "Jan " * LONG, "eyJ" * LONG,
    "password " * LONG, "a://" * LONG,
]  # fmt: skip
OPTIONS = {entry.name: entry.example.options for entry in manual()}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fails where the block takes longer."""

    def ring(*_: object) -> None:
        raise AssertionError(f"It took more than {seconds} seconds.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_no_cell_keeps_a_step_busy(name: str) -> None:
    values = pd.Series([*CELLS, "x"], dtype=TEXT)
    raw = pd.DataFrame(dict.fromkeys(("a", "b"), values))
    with within(5):
        try:
            TRANSFORMS[name].run(values, dict(OPTIONS.get(name, {})), Scene(raw, MapContext("UTC"), Kind.STATUS))
        except KeyError:
            # A step that joins columns asks for ones that this file has not.
            assert "sources" in TRANSFORMS[name].options


def test_no_text_keeps_the_look_for_secrets_busy() -> None:
    with within(10):
        for cell in CELLS:
            looks_like_a_secret(cell)
