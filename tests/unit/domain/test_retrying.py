"""Trying again: whose trouble it is, how often work is tried, and how long it pauses between."""

from __future__ import annotations

import random

import pytest

from lib.domain.running.retrying import LONGEST_ASKED, POLICIES, ErrorClass, class_of, may_try_again, pause_after
from lib.errors import DeskError


def trouble(code: str, *, passes: bool = True) -> DeskError:
    return DeskError(code, "It went wrong.", is_retryable=passes)


@pytest.mark.parametrize(
    ("code", "passes", "wanted"),
    [
        ("rate_limited", True, ErrorClass.RATE_LIMITED),
        ("unavailable", True, ErrorClass.UNAVAILABLE),
        ("refused", False, ErrorClass.REFUSED),
        ("database_down", True, ErrorClass.OURS),
        ("load_taken_over", False, ErrorClass.OURS),
        ("unexpected", False, ErrorClass.OURS),
        ("missing_columns", False, ErrorClass.BROKEN),
    ],
)
def test_the_class_of_trouble_says_whose_it_is(code: str, passes: bool, wanted: ErrorClass) -> None:
    assert class_of(trouble(code, passes=passes)) is wanted


@pytest.mark.parametrize(
    ("code", "passes", "tries"),
    [
        ("rate_limited", True, 8),
        ("unavailable", True, 6),
        ("database_down", True, 5),
        ("load_taken_over", False, 5),
        ("refused", False, 1),
        ("missing_columns", False, 1),
        ("unexpected", False, 1),
    ],
)
def test_work_is_tried_as_often_as_its_trouble_deserves(code: str, passes: bool, tries: int) -> None:
    met = trouble(code, passes=passes)
    assert [may_try_again(met, attempts) for attempts in range(1, tries + 1)] == [True] * (tries - 1) + [False]


# The most a pause can be after each try, in seconds.
CEILINGS = {
    ErrorClass.RATE_LIMITED: [30, 60, 120, 240, 480, 960, 1920, 3600],
    ErrorClass.UNAVAILABLE: [15, 30, 60, 120, 240, 480, 960, 1800],
    ErrorClass.OURS: [5, 10, 20, 40, 80, 160, 300, 300],
}


@pytest.mark.parametrize("kind", CEILINGS)
def test_pauses_double_up_to_the_longest_and_are_spread_over_all_of_it(kind: ErrorClass) -> None:
    policy = POLICIES[kind]
    drawn = [pause_after(policy, attempts, None, 1.0) for attempts in range(1, 9)]
    assert drawn == CEILINGS[kind]
    assert pause_after(policy, 10_000, None, 1.0) == policy.longest_pause
    assert pause_after(policy, 3, None, 0.0) == 1.0
    seeded = random.Random(7)
    many = [pause_after(policy, 5, None, seeded.random()) for _ in range(400)]
    assert min(many) < 0.1 * CEILINGS[kind][4]
    assert max(many) > 0.9 * CEILINGS[kind][4]


def test_nobody_comes_back_before_the_moment_they_were_told() -> None:
    policy = POLICIES[ErrorClass.RATE_LIMITED]
    assert pause_after(policy, 1, 900, 0.0) == 900
    assert pause_after(policy, 1, 900, 0.5) == 915
    assert pause_after(policy, 1, -5, 0.0) == 1.0
    assert pause_after(policy, 1, 10 * LONGEST_ASKED, 0.0) == LONGEST_ASKED
