"""A task belongs to the account's owner; where that cannot be, the rule finds somebody who may do it."""

from __future__ import annotations

from lib.domain.people import Actor, Role
from lib.domain.tasks import KINDS, LOAD_REVIEW, UNSEEN_VALUE, answers_for

ACME, BOLT = 1, 2


def person(number: int, role: Role, *clients: int) -> Actor:
    return Actor(number, f"p{number}@desk.example", "", role, frozenset(clients) or None)


BOSS, OWNER, OTHER = person(1, Role.ADMIN), person(2, Role.OWNER), person(3, Role.OWNER, ACME)
ANALYST, CLIENT = person(4, Role.ANALYST), person(5, Role.STAKEHOLDER, ACME)
EVERYBODY = (BOSS, OWNER, OTHER, ANALYST, CLIENT)


def test_the_owner_of_the_account_answers() -> None:
    assert all(answers_for(kind, 2, ACME, EVERYBODY) == 2 for kind in KINDS)


def test_an_owner_who_left_lost_the_right_or_the_client_is_replaced_by_whoever_knows_the_client_best() -> None:
    assert answers_for(LOAD_REVIEW, 9, ACME, EVERYBODY) == 3
    assert answers_for(LOAD_REVIEW, 4, ACME, EVERYBODY) == 3
    assert answers_for(LOAD_REVIEW, 3, BOLT, EVERYBODY) == 2
    assert answers_for(LOAD_REVIEW, 9, BOLT, (BOSS, OTHER, ANALYST)) == 1


def test_whoever_imported_it_is_not_asked_to_approve_it_where_a_second_person_is_asked_for() -> None:
    assert answers_for(LOAD_REVIEW, 2, ACME, EVERYBODY, not_by=2) == 3
    assert answers_for(LOAD_REVIEW, 2, ACME, EVERYBODY, not_by=3) == 2


def test_nobody_answers_where_nobody_may() -> None:
    assert answers_for(UNSEEN_VALUE, 4, ACME, (ANALYST, CLIENT)) is None
