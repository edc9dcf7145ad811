"""Taken out one by one: a client that need not be a browser."""

from __future__ import annotations

import pytest

from tests.security.taken_out.defence import Defence


def _acts_as_they_were(patch: pytest.MonkeyPatch) -> None:
    from lib.ui.entry import guard

    patch.setattr(guard.Visit, "_as_of_now", lambda self: self)


def _parts_shown_to_anybody(patch: pytest.MonkeyPatch) -> None:
    from lib.ui.entry import guard

    patch.setattr(guard, "is_alone", lambda: False)


def _every_message_is_passed_on(patch: pytest.MonkeyPatch) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    from lib.ui.entry import stream_gate

    patch.setattr(stream_gate, "_SAID_BY_PAGES", {kind.name for kind in BackMsg.DESCRIPTOR.fields})


def _files_from_anybody(patch: pytest.MonkeyPatch) -> None:
    from lib.ui.entry import stream_gate

    async def somebody(_scope: object) -> bool:
        return True

    patch.setattr(stream_gate, "_is_somebody", somebody)


def _locked_cells_are_edited(patch: pytest.MonkeyPatch) -> None:
    from lib.mapping import edits

    patch.setattr(edits, "EDITABLE", {*edits.EDITABLE, "source"})


def _uploads_from_anybody(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.doors.uploads import UploadDoor

    patch.setattr(UploadDoor, "_admitted", lambda *_: None)


def _pages_without_their_guard(patch: pytest.MonkeyPatch) -> None:
    from lib.ui.entry import guard

    patch.setattr(guard, "require", lambda _right: guard.visit())


_FORGED = "tests/security/test_forged_websocket.py::"
_TRIED = "tests/security/test_attacks.py::test_an_attempt_gets_nothing_of_somebody_elses"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "a button's callback acts for who its person is now",
        _acts_as_they_were,
        _FORGED + "test_a_callback_acts_for_who_its_person_is_now",
        is_quick=False,
    ),
    Defence(
        "a part of a page holds nothing for whom it was not shown to",
        _parts_shown_to_anybody,
        _FORGED + "test_a_part_of_a_page_shows_nothing_of_a_client_that_was_taken_away",
        is_quick=False,
    ),
    Defence(
        "a client says only what pages say",
        _every_message_is_passed_on,
        _FORGED + "test_nobody_empties_the_servers_caches",
        is_quick=False,
    ),
    Defence(
        "a file for a page comes from somebody signed in",
        _files_from_anybody,
        _TRIED + "[a_file_from_nobody]",
        is_quick=False,
    ),
    Defence(
        "a locked cell of a grid is locked on the server",
        _locked_cells_are_edited,
        _FORGED + "test_the_grid_takes_nothing_that_it_does_not_offer",
        is_quick=False,
    ),
    Defence(
        "a large file comes from whom its ticket is for",
        _uploads_from_anybody,
        _TRIED + "[an_upload_with_somebody_elses_ticket]",
        is_quick=False,
    ),
    Defence(
        "a page asks for its right in its first line",
        _pages_without_their_guard,
        _TRIED + "[every_page_of_the_desk]",
        is_quick=False,
    ),
)
