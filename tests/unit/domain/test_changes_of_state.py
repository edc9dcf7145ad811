"""An alert says what changed since its reader was told last, once; quiet hours are those of their own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from lib.domain.running.alerts import (
    AlertState,
    Change,
    Told,
    changes_since,
    quiet_hours,
    severity_named,
    text_of,
    title_of,
    worst_of,
)
from lib.domain.tasks import TaskSeverity
from lib.errors import DeskError

INCIDENT, WARNING, ROUTINE = TaskSeverity.INCIDENT, TaskSeverity.WARNING, TaskSeverity.ROUTINE


def a_state(key: str = "task:1", severity: TaskSeverity = WARNING, sentence: str = "It waits.") -> AlertState:
    return AlertState(key, 1, 1, severity, sentence, "operations?account=site")


def known(*states: AlertState) -> dict[str, Told]:
    return {each.key: Told(each.key, each.client_id, each.severity, each.sentence) for each in states}


def said(changes: Iterable[Change]) -> list[tuple[str, str]]:
    return [(each.what, each.key) for each in changes]


def test_what_stands_as_it_was_told_is_not_told_again() -> None:
    assert changes_since(known(a_state()), [a_state()], ROUTINE) == ()


def test_new_worse_better_and_over_are_told_worst_first() -> None:
    told = known(a_state("a"), a_state("b", INCIDENT), a_state("gone"))
    now = [a_state("b"), a_state("a", INCIDENT), a_state("c")]
    assert said(changes_since(told, now, ROUTINE)) == [
        ("worse", "a"),
        ("better", "b"),
        ("new", "c"),
        ("over", "gone"),
    ]


def test_only_what_weighs_enough_is_told_and_what_falls_below_is_over() -> None:
    assert changes_since({}, [a_state(severity=ROUTINE), a_state("w")], INCIDENT) == ()
    told = known(a_state("a", INCIDENT))
    assert said(changes_since(told, [a_state("a", WARNING)], INCIDENT)) == [("over", "a")]


def test_a_message_counts_in_its_title_and_says_alike_things_once() -> None:
    now = [a_state("b", INCIDENT, "It is left alone."), a_state("a"), a_state("c")]
    changes = changes_since(known(a_state("gone", WARNING, "It was late.")), now, ROUTINE)
    assert title_of(changes) == "Connector Desk: 1 incident, 2 warning, 1 over"
    there = "https://desk.example/operations?account=site"
    assert text_of(changes, "https://desk.example").split("\n\n") == [
        f"Incident: It is left alone.\n{there}",
        f"Warning: It waits. (2 times)\n{there}",
        "Over: It was late.",
    ]
    assert worst_of(changes) is INCIDENT
    assert worst_of(changes[-1:]) is None
    assert "operations" not in text_of(changes)


def test_a_long_message_ends_with_how_many_more() -> None:
    changes = changes_since({}, [a_state(str(n), sentence=f"Thing {n}.") for n in range(30)], ROUTINE)
    assert text_of(changes).endswith("18 changes more; the desk shows them.")


@pytest.mark.parametrize(
    ("hours", "zone", "quiet", "loud"),
    [
        ("22:00-07:00", "America/Denver", "2026-07-01T04:00", "2026-07-01T13:00"),
        ("22:00-07:00", "America/Denver", "2026-07-01T12:59", "2026-07-01T03:59"),
        # The same hour of UTC, when the clocks there have gone back.
        ("22:00-07:00", "America/Denver", "2026-12-01T13:59", "2026-12-01T04:59"),
        ("12:00-13:00", "Europe/Berlin", "2026-12-01T11:30", "2026-12-01T12:00"),
    ],
)
def test_quiet_hours_are_by_the_clock_of_the_person(hours: str, zone: str, quiet: str, loud: str) -> None:
    found = quiet_hours(hours)
    assert found is not None
    assert str(found) == hours
    assert found.holds(datetime.fromisoformat(quiet).replace(tzinfo=UTC), zone)
    assert not found.holds(datetime.fromisoformat(loud).replace(tzinfo=UTC), zone)


@pytest.mark.parametrize("text", ["22:00", "25:00-07:00", "night", "07:00-07:00", "22:00-", "22:00+02:00-07:00"])
def test_what_is_no_pair_of_times_is_refused(text: str) -> None:
    with pytest.raises(DeskError, match="no quiet hours"):
        quiet_hours(text)


def test_a_severity_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(DeskError) as refused:
        severity_named("panic")
    assert refused.value.hint == "Choose one of incident, warning, routine."
