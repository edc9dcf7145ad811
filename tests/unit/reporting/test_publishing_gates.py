"""What keeps a number from a client: what is proven of its account now, and of the objects that it is counted from."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.ladder.gates import Gate
from lib.domain.states import AccountStatus
from lib.errors import DeskError
from lib.reporting.compare import compare
from lib.reporting.publishing_gates import refusals
from tests.unit.plain_accounts import an_account
from tests.unit.reporting.builders import FOUR_WEEKS, NEXT_FOUR_WEEKS, metric, side


def refused(status: AccountStatus, lacking: Sequence[Gate]) -> list[DeskError]:
    found = compare(metric(), side(FOUR_WEEKS, [2, 3]), side(NEXT_FOUR_WEEKS, [4, 5]))
    return list(refusals(an_account(status=status), metric(), found, lacking, frozenset({"lead"})))


def lacks(key: str) -> Gate:
    return Gate(key, 4, "Test import", False, "Nothing was imported yet")


def test_what_is_live_and_proven_is_published() -> None:
    assert refused(AccountStatus.LIVE, []) == []


def test_a_gate_of_the_account_or_of_the_metrics_object_keeps_it_back_and_one_of_another_object_does_not() -> None:
    for key in ("rollback_note", "test_import.lead"):
        (trouble,) = refused(AccountStatus.LIVE, [lacks(key)])
        assert (
            trouble.code == "not_live" and "no longer live (test import: Nothing was imported yet)" in trouble.message
        )
    assert refused(AccountStatus.LIVE, [lacks("test_import.job")]) == []


def test_before_it_is_live_the_refusal_says_what_comes_first() -> None:
    (trouble,) = refused(AccountStatus.SETUP, [lacks("test_import.lead")])
    assert trouble.message.startswith("site is not live yet (test import: Nothing was imported yet), so nothing")
    (trouble,) = refused(AccountStatus.NEEDS_REVIEW, [])
    assert "waits to be promoted" in trouble.message
