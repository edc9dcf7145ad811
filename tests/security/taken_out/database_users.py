"""Taken out one by one: the three database users."""

from __future__ import annotations

import pytest

from tests.security.taken_out.defence import Defence


def _everybody_asks_as_the_app(patch: pytest.MonkeyPatch) -> None:
    from lib.db import unit_of_work

    patch.setattr(unit_of_work, "_sees_rows", lambda _: True)


def _a_portal_without_its_guard(patch: pytest.MonkeyPatch) -> None:
    from lib.db import engine

    patch.setattr(engine, "guard_portal", lambda _: None)


def _names_given_like_views(patch: pytest.MonkeyPatch) -> None:
    import re

    from lib.db.embedded import portal_guard

    patch.setattr(portal_guard, "_WITH", re.compile(r"(?!)"))


def _an_app_without_its_guard(patch: pytest.MonkeyPatch) -> None:
    from lib.db import engine

    patch.setattr(engine, "guard", lambda _: None)


def _any_user_will_do(patch: pytest.MonkeyPatch) -> None:
    from lib.pipeline import opening

    patch.setattr(opening, "require_no_ddl", lambda *_: None)


def _rights_that_are_not_told(patch: pytest.MonkeyPatch) -> None:
    from lib.db.rights import checkup

    patch.setattr(checkup, "too_much", lambda *_: [])


def _grants_as_they_stand(patch: pytest.MonkeyPatch) -> None:
    from lib.db.rights import held_rights

    patch.setattr(held_rights, "redacted", lambda line: line)


_PORTAL_USER = "tests/integration/data_layer/test_portal_user.py::"
_LEAST = "tests/integration/data_layer/test_least_privilege.py::"
_USERS = "tests/integration/data_layer/test_database_users.py::"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "a client's person reads by the portal's connection",
        _everybody_asks_as_the_app,
        _PORTAL_USER + "test_a_clients_person_asks_nothing_but_the_portal_even_where_nobody_checks[sqlite]",
    ),
    Defence(
        "a client's person writes what is their own and nothing else",
        _everybody_asks_as_the_app,
        _PORTAL_USER + "test_what_a_clients_person_writes_is_their_own_and_goes_one_way[sqlite]",
    ),
    Defence(
        "a page that checks nothing shows a client's person no row",
        _everybody_asks_as_the_app,
        "tests/pages/test_unchecked_pages.py::test_a_page_that_checks_nothing_shows_a_clients_person_nothing",
        is_quick=False,
    ),
    Defence(
        "the portal's connection reads views only, on the embedded database",
        _a_portal_without_its_guard,
        _PORTAL_USER + "test_the_portals_connection_reads_no_table[sqlite]",
    ),
    Defence(
        "no name given by WITH passes for a view",
        _names_given_like_views,
        _PORTAL_USER + "test_no_statement_of_the_portals_connection_gets_around_its_views[sqlite-a view's name]",
    ),
    Defence(
        "the running app changes no table, on the embedded database",
        _an_app_without_its_guard,
        _LEAST + "test_the_running_app_cannot_drop_alter_or_create[sqlite]",
    ),
    Defence(
        "the desk does not run as a user who may change tables",
        _any_user_will_do,
        _USERS + "test_the_desk_does_not_run_as_a_user_who_may_change_tables[ALTER]",
        is_quick=False,
    ),
    Defence(
        "the doctor names every right too many",
        _rights_that_are_not_told,
        _USERS + "test_a_table_that_the_portal_may_read_is_one_right_too_many",
        is_quick=False,
    ),
    Defence(
        "no hash of a password leaves a server's answer",
        _grants_as_they_stand,
        "tests/unit/db/test_shown_grants.py::test_a_line_that_is_not_understood_is_handed_on_without_the_hash",
    ),
)
