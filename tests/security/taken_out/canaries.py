"""Taken out one by one: what the canaries watch."""

from __future__ import annotations

import importlib
import logging
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.security.taken_out.defence import Defence


def _everywhere(patch: pytest.MonkeyPatch, module: str, name: str, instead: object) -> None:
    """Put something else in place of a function, also where it was imported by its name."""
    was = getattr(importlib.import_module(module), name)
    for found in [item for key, item in sys.modules.items() if key.startswith("lib.")]:
        if getattr(found, name, None) is was:
            patch.setattr(found, name, instead)


def _every_client_is_seen(patch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import true

    from lib.db.session import Session

    patch.setattr(Session, "visible", lambda *_: true())


def _personal_values_as_they_are(patch: pytest.MonkeyPatch) -> None:
    _everywhere(patch, "lib.mapping.shown", "as_seen", lambda text, *_, **__: text)


def _shapes_that_are_the_text(patch: pytest.MonkeyPatch) -> None:
    _everywhere(patch, "lib.mapping.shown", "veiled", lambda text: text)


def _nothing_is_personal(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.maps import Sensitivity

    _everywhere(patch, "lib.mapping.shown", "sensitivity_of", lambda *_: Sensitivity.PUBLIC)


def _cells_left_out_are_shown(patch: pytest.MonkeyPatch) -> None:
    from lib.mapping import draft_lines

    careful = draft_lines._hidden
    patch.setattr(draft_lines, "_hidden", lambda field_map, kind: careful(replace(field_map, ignored=()), kind))


def _whoever_maps_sees_it_all(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.people import Right
    from lib.services.mapping import map_steps

    patch.setattr(map_steps, "Right", SimpleNamespace(EDIT_MAPS=Right.EDIT_MAPS, APPROVE_LOADS=Right.EDIT_MAPS))


def _removed_people_stay(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.people import PeopleRepository
    from lib.services.people import sign_in

    member = PeopleRepository.member

    def still_there(self: PeopleRepository, email: str) -> Any:
        found = member(self, email)
        return found and replace(found, is_active=True)

    patch.setattr(PeopleRepository, "member", still_there)
    patch.setattr(sign_in, "_is_over", lambda *_: False)


def _nobody_is_the_admin(patch: pytest.MonkeyPatch) -> None:
    from lib.services.people import people
    from lib.ui.entry import visitor

    patch.setattr(visitor, "person_of", lambda desk, _claims: people.local_admin(desk))


def _errors_are_logged_in_full(patch: pytest.MonkeyPatch) -> None:
    import lib.log

    told = lib.log._told
    patch.setattr(lib.log, "_told", lambda error: [*told(error), str(error)])


def _others_log_as_they_like(patch: pytest.MonkeyPatch) -> None:
    import lib.log

    patch.setattr(logging, "_logRecordFactory", logging.LogRecord)
    patch.setattr(lib.log, "_without_values", logging.LogRecord)


def _errors_are_printed(patch: pytest.MonkeyPatch) -> None:
    from streamlit import config, error_util

    option = config.get_option
    is_asked = SimpleNamespace(get_option=lambda name: name == "logger.enableRich" or option(name))
    patch.setattr(error_util, "config", is_asked)


def _bugs_are_shown_in_full(patch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    _everywhere(patch, "lib.ui.entry.door", "show_bug", lambda bug: bool(st.error(str(bug))) or True)


def _alerts_of_every_client(patch: pytest.MonkeyPatch) -> None:
    from lib.services.running import alerts

    patch.setattr(alerts, "_seen_by", lambda _person, states: list(states))


_CANARIES = "tests/security/test_canaries.py::"
_SENT = _CANARIES + "test_nobody_is_sent_what_they_may_not_read"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "a query stays inside the clients of whoever asks",
        _every_client_is_seen,
        _SENT + "[an owner of another client]",
    ),
    Defence(
        "what is personal shows its shape only", _personal_values_as_they_are, _SENT + "[an analyst of the client]"
    ),
    Defence("a shape says nothing of a text", _shapes_that_are_the_text, _SENT + "[an analyst of the client]"),
    Defence("what a column holds makes it personal", _nothing_is_personal, _SENT + "[an analyst of the client]"),
    Defence("what a map leaves out is not shown", _cells_left_out_are_shown, _SENT + "[an analyst of the client]"),
    Defence(
        "whoever maps asks in vain for names in the clear",
        _whoever_maps_sees_it_all,
        _CANARIES + "test_an_analyst_asks_in_vain_for_a_field_in_the_clear",
    ),
    Defence("somebody removed is out", _removed_people_stay, _SENT + "[somebody who was removed]"),
    Defence("nobody gets in without signing in", _nobody_is_the_admin, _SENT + "[nobody]"),
    Defence(
        "an error is logged without what it says",
        _errors_are_logged_in_full,
        _CANARIES + "test_a_bug_on_any_page_says_nothing_of_what_it_met[_breaking]",
    ),
    Defence(
        "whatever logs an error leaves out what it says",
        _others_log_as_they_like,
        _CANARIES + "test_a_bug_on_any_page_says_nothing_of_what_it_met[_asking_in_vain]",
    ),
    Defence(
        "no error is printed past the log",
        _errors_are_printed,
        _CANARIES + "test_a_bug_on_any_page_says_nothing_of_what_it_met[_asking_in_vain]",
    ),
    Defence(
        "a bug is shown as its reference",
        _bugs_are_shown_in_full,
        _CANARIES + "test_a_bug_on_any_page_says_nothing_of_what_it_met[_breaking]",
    ),
    Defence(
        "an alert is of what its reader may see",
        _alerts_of_every_client,
        _CANARIES + "test_mails_hold_no_mark_that_their_reader_may_not_read",
    ),
)
