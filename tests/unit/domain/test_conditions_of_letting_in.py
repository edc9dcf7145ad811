"""When a load may go in without a person: every condition by itself keeps it waiting, and says so in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.domain.arriving.unattended import ColumnsFound, LoadFacts, Unattended, conditions, waits_because
from lib.errors import DeskError

CLEAN = LoadFacts(
    orderer="Ana",
    may_orderer_approve=True,
    is_paused=False,
    needs_review=False,
    is_four_eyes=False,
    is_test=False,
    is_by_hand=False,
    is_map_in_use=True,
    rows=200,
    failed=2,
)
ON = Unattended(is_on=True)


def why(**differs: Any) -> tuple[str, ...]:
    return waits_because(conditions(replace(CLEAN, **differs), ON))


def test_a_clean_load_waits_for_nobody() -> None:
    assert why() == ()


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"orderer": ""}, "nobody is known to have asked"),
        ({"may_orderer_approve": False}, "Ana, who asked for loads to go in by themselves, may not approve"),
        ({"is_paused": True}, "the account is paused"),
        ({"needs_review": True}, "needing a review"),
        ({"is_four_eyes": True}, "asks for a second person"),
        ({"is_test": True}, "a test import"),
        ({"is_by_hand": True}, "entered by hand"),
        ({"is_map_in_use": False}, "another map has been approved"),
        ({"weak": ("When",)}, "required field When is less than strong"),
        ({"unplaced": 2}, "leaves 2 columns out because nothing fits"),
        ({"unseen_rows": 3}, "3 rows have a value that nobody has decided about"),
        ({"columns": ColumnsFound(new=("Extra",))}, "a column appeared that the map does not know: Extra"),
        ({"columns": ColumnsFound(gone=("Fee",))}, "a mapped column is gone: Fee"),
        ({"columns": ColumnsFound(retyped=("Fee",))}, "the values of Fee look like something else"),
        ({"doubts": ("Exactly 100 rows.",)}, "exactly 100 rows"),
        ({"failed": 3}, "3 of 200 rows fail, 1.5%; up to 1 % go in by themselves"),
        ({"waiting_rows": 1}, "1 row waits for somebody's choice"),
        ({"blockers": ("10 rows were expected and 9 arrived.",)}, "10 rows were expected and 9 arrived"),
    ],
)
def test_each_condition_alone_keeps_a_load_waiting_and_says_why(differs: dict[str, Any], words: str) -> None:
    told = why(**differs)
    assert len(told) == 1 and words in told[0]


def test_as_many_failures_as_the_account_puts_up_with_go_in_and_one_more_does_not() -> None:
    some = replace(CLEAN, rows=100, failed=5)
    assert not waits_because(conditions(some, Unattended(True, 5)))
    assert waits_because(conditions(replace(some, failed=6), Unattended(True, 5)))
    assert waits_because(conditions(replace(some, failed=1), Unattended(True, 0)))


def test_a_share_of_more_than_all_rows_is_refused() -> None:
    with pytest.raises(DeskError, match="cannot fail"):
        Unattended(True, 101)
