"""The desk behind the doors of a server: one, however many ask at once, and asked for again until there is one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import Mock

import pytest

from lib.entrypoints.doors.opened_desk import OpenedDesk
from lib.errors import DeskError


def test_whoever_asks_at_the_same_time_gets_one_desk_and_no_other_stays_open() -> None:
    together, made = Barrier(2), list[Mock]()

    def opening() -> Mock:
        together.wait(10)
        made.append(Mock())
        return made[-1]

    opened = OpenedDesk(opening)
    with ThreadPoolExecutor(2) as people:
        first, second = people.map(lambda _: opened(), range(2))
    assert first is second is opened()
    assert sorted(desk.close.call_count for desk in made) == [0, 1]
    assert first.close.call_count == 0


def test_a_desk_that_did_not_open_is_asked_for_again() -> None:
    desk = Mock()
    opened = OpenedDesk(Mock(side_effect=[DeskError("database_away", "The database is away."), desk]))
    with pytest.raises(DeskError):
        opened()
    assert opened() is desk
