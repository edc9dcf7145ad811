"""Taken out one by one: the doors: what is let in, how fast, and with which headers."""

from __future__ import annotations

import re

import pytest

from tests.security.taken_out.defence import Defence


def _answers_without_headers(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.guards.safe_answers import SafeAnswers

    patch.setattr(SafeAnswers, "_completed", lambda _self, headers, **_more: headers)


def _pages_of_any_site(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.guards.gatehouse import Gatehouse

    patch.setattr(Gatehouse, "_is_own_page", lambda *_: True)


def _side_doors_open(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.guards import gatehouse

    patch.setattr(gatehouse, "_CLOSED", re.compile(r"(?!)"))


def _no_paces(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.guards.pace import Pace

    patch.setattr(Pace, "wait_seconds", lambda *_: 0)


def _strangers_use_up_the_accounts_pace(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.guards.pace import Pace

    patch.setattr(Pace, "look", lambda *_: 0)


def _names_of_any_length(patch: pytest.MonkeyPatch) -> None:
    from lib.intake import naming

    patch.setattr(naming, "LONGEST_NAME", 10**9)


def _signs_that_steer(patch: pytest.MonkeyPatch) -> None:
    from lib import log

    patch.setattr(log, "visible", lambda text, _keep="": text)


def _inner_addresses_are_asked(patch: pytest.MonkeyPatch) -> None:
    from lib.intake.api import inner_addresses

    patch.setattr(inner_addresses, "is_inner", lambda _address: False)


def _references_to_the_desks_own(patch: pytest.MonkeyPatch) -> None:
    from lib.intake import secret_values

    patch.setattr(secret_values, "_is_the_desks", lambda *_: False)


def _formulas_in_charts_numbers(patch: pytest.MonkeyPatch) -> None:
    from lib.reporting import step_series

    patch.setattr(step_series, "_FORMULA_BEGINS", ("nothing begins so",))


def _keys_repeated_in_a_webhook(patch: pytest.MonkeyPatch) -> None:
    from lib.intake import hook_bodies

    patch.setattr(hook_bodies, "_tells", lambda *_: False)


_GATE = "tests/security/test_gatehouse.py::"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "every answer says what a browser may do with it",
        _answers_without_headers,
        _GATE + "test_every_answer_says_what_a_browser_may_do_with_it",
    ),
    Defence(
        "cookies stay with https and out of reach of scripts",
        _answers_without_headers,
        _GATE + "test_cookies_stay_with_https_and_out_of_reach_of_scripts",
    ),
    Defence(
        "another site's page opens no stream and changes nothing",
        _pages_of_any_site,
        _GATE + "test_a_page_of_another_site_sends_nothing_and_opens_no_stream",
    ),
    Defence(
        "a name rebound to the desk opens no stream",
        _pages_of_any_site,
        _GATE + "test_a_name_rebound_to_the_desk_opens_no_stream_where_its_own_is_known",
    ),
    Defence(
        "the server's counters and its agent API are shut",
        _side_doors_open,
        _GATE + "test_streamlits_side_doors_are_shut",
    ),
    Defence(
        "who guesses at tickets, links and sign-ins is slowed down",
        _no_paces,
        _GATE + "test_who_asks_too_fast_is_told_when_to_come_again_and_nobody_else_is",
    ),
    Defence(
        "a stranger uses up no account's webhooks",
        _strangers_use_up_the_accounts_pace,
        "tests/integration/test_webhooks.py::"
        "test_a_stranger_who_guesses_uses_up_their_own_tries_and_not_those_of_the_accounts_sender",
    ),
    Defence(
        "a column's name has bounds",
        _names_of_any_length,
        "tests/unit/intake/test_bombs.py::test_a_text_that_bursts_is_refused[name]",
    ),
    Defence(
        "what is logged is one line",
        _signs_that_steer,
        "tests/unit/test_one_line_a_log.py::test_a_name_with_a_line_break_writes_no_line_of_its_own",
    ),
    Defence(
        "an account asks nothing behind the desk",
        _inner_addresses_are_asked,
        "tests/unit/intake/test_inner_addresses.py::test_an_inner_address_is_refused_by_name_before_or_after_it_answers",
    ),
    Defence(
        "an account's reference names no secret of the desk",
        _references_to_the_desks_own,
        "tests/unit/intake/test_inner_addresses.py::test_an_accounts_reference_never_names_a_secret_of_the_desk",
    ),
    Defence(
        "no spreadsheet runs anything of a chart's numbers",
        _formulas_in_charts_numbers,
        "tests/security/test_formulas.py::test_no_cell_of_any_of_them_runs",
    ),
    Defence(
        "an account's key in the body of its webhook is not kept",
        _keys_repeated_in_a_webhook,
        "tests/integration/test_secrets_stay_out.py::test_after_a_full_run_no_secret_lies_anywhere[sqlite]",
        is_quick=False,
    ),
)
