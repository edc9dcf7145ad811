"""How fast somebody may ask: each for themselves, in memory that does not grow."""

from __future__ import annotations

import pytest

from lib.entrypoints.guards import pace
from lib.entrypoints.guards.pace import Pace, address_of


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_come_at_once_as_the_limit_and_then_as_time_goes_by() -> None:
    hands = Hands()
    door = Pace(3, 60, monotonic=hands)
    assert [door.wait_seconds("a") for _ in range(5)] == [0, 0, 0, 20, 20]
    hands.now = 20
    assert [door.wait_seconds("a") for _ in range(2)] == [0, 20]
    hands.now = 1_000
    assert [door.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 20]


def test_each_key_has_its_own_and_may_have_its_own_limit() -> None:
    door = Pace(1, 60, monotonic=Hands())
    assert [door.wait_seconds("a"), door.wait_seconds("a"), door.wait_seconds("b")] == [0, 60, 0]
    assert [door.wait_seconds("c", 2) for _ in range(3)] == [0, 0, 30]


def test_looking_takes_nothing() -> None:
    door = Pace(1, 60, monotonic=Hands())
    assert [door.look("a"), door.look("a"), door.wait_seconds("a"), door.look("a")] == [0, 0, 0, 60]


def test_many_visitors_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_MOST_KEYS", 10)
    door = Pace(1, 60, monotonic=Hands())
    for number in range(100):
        door.wait_seconds(number)
    assert len(door._buckets) == 10
    assert door.wait_seconds(99) == 60


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        (("203.0.113.7", 4), "203.0.113.7"),
        (("::ffff:203.0.113.7", 4), "203.0.113.7"),
        (("2001:db8:1:2:aaaa::1", 4), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:bbbb::9", 4), "2001:db8:1:2::/64"),
        (("testclient", 4), "testclient"),
        (None, ""),
    ],
)
def test_a_visitor_is_an_address_and_a_network_of_version_6_is_one_visitor(
    client: tuple[str, int] | None, counted: str
) -> None:
    assert address_of({"client": client}) == counted
