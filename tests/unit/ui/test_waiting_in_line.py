"""Runs take turns: in the order they came, one within another, and nobody waits for whoever works for long."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from lib.ui.entry.turns import Turns, in_turn, turn

_SOON = 5.0


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _in_line(turns: Turns, count: int) -> None:
    """Wait until so many stand in line."""
    pause = threading.Event()
    for _ in range(500):
        if turns.waiting == count:
            return
        pause.wait(0.01)
    raise AssertionError(f"{turns.waiting} of {count} came")


def test_whoever_came_first_goes_first_and_never_two_at_once() -> None:
    turns = Turns(places=1, longest=60)
    order: list[int] = []
    inside: list[int] = []

    def work(number: int) -> None:
        with turns.taken():
            inside.append(number)
            assert inside == [number]
            order.append(number)
            inside.remove(number)

    with turns.taken():
        threads = []
        for number in range(6):
            threads.append(_started(lambda number=number: work(number)))  # type: ignore[misc]
            _in_line(turns, number + 1)
        assert order == []
    for thread in threads:
        thread.join(_SOON)
    assert order == [0, 1, 2, 3, 4, 5]


def test_nobody_waits_for_the_end_of_whoever_works_for_long() -> None:
    turns = Turns(places=1, longest=0.05)
    ended = threading.Event()

    def work() -> None:
        with turns.taken():
            ended.set()

    with turns.taken():
        _started(work)
        assert ended.wait(_SOON), "the second waited although the first was past its time"


def test_a_run_that_breaks_gives_its_place_back() -> None:
    turns = Turns(places=1, longest=60)
    with pytest.raises(ZeroDivisionError), turns.taken():
        raise ZeroDivisionError
    done = threading.Event()

    def work() -> None:
        with turns.taken():
            done.set()

    _started(work)
    assert done.wait(_SOON)


def test_a_fragment_within_its_page_is_in_the_pages_turn() -> None:
    @in_turn
    def part() -> str:
        return "shown"

    with turn():
        assert part() == "shown"
    assert part() == "shown"
