"""Taken out one by one: files and links on their way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.security.taken_out.defence import Defence

_OUT = "tests/security/test_ways_out.py::"
_FILES = "tests/integration/test_downloads.py::"
_LINKS = "tests/integration/test_share_links.py::"


def _cookie_is_believed(patch: pytest.MonkeyPatch) -> None:
    """What a cookie says counts, whoever signed it."""
    import json

    from itsdangerous import URLSafeTimedSerializer

    from lib.ui.entry import cookie

    def claims(cookies: Mapping[str, str], _redirect_uri: str) -> dict[str, object]:
        is_sound, said = URLSafeTimedSerializer("").loads_unsafe(cookies.get("_streamlit_user", ""))
        del is_sound
        found: dict[str, object] = json.loads(said or "{}")
        return found

    patch.setattr(cookie, "_claims", claims)


def _cookie_is_of_any_address(patch: pytest.MonkeyPatch) -> None:
    import json

    from lib.ui.entry import cookie

    def claims(cookies: Mapping[str, str], _redirect_uri: str) -> dict[str, object]:
        signed = cookie._get_signed_cookie_with_chunks(dict(cookies), "_streamlit_user")
        found: dict[str, object] = json.loads(signed or "{}")
        return found

    patch.setattr(cookie, "_claims", claims)


def _tickets(name: str, answer: object) -> Callable[[pytest.MonkeyPatch], None]:
    def remove(patch: pytest.MonkeyPatch) -> None:
        from lib.services.people import download_tickets

        patch.setattr(download_tickets, name, lambda *_: answer)

    return remove


def _every_right_is_had(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.people import Actor

    patch.setattr(Actor, "require", lambda *_: None)


def _head_is_get(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.doors.downloads import DownloadDoor

    patch.setattr(DownloadDoor, "refuse", DownloadDoor.get)


def _links_open_whatever_became_of_them(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access.share_links import ShareAnswer
    from lib.services.publishing import portal

    patch.setattr(portal, "answer_of", lambda *_, **__: ShareAnswer.SHOWN)


def _tokens_are_kept_as_they_are(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access import share_links as tokens
    from lib.services.publishing import share_links

    for module in (tokens, share_links):
        patch.setattr(module, "hash_of", lambda token: token[:64])


def _anything_may_run_behind_a_link(patch: pytest.MonkeyPatch) -> None:
    from lib.entrypoints.doors import shared

    patch.setattr(shared, "_HEADERS", {**shared._HEADERS, "Content-Security-Policy": "default-src * 'unsafe-inline'"})


def _markup_in_a_name_is_markup(patch: pytest.MonkeyPatch) -> None:
    from lib.reporting import shared_note

    shown = shared_note._template()
    patch.setattr(shown.environment, "autoescape", False)
    fresh = shown.environment.from_string((shared_note._HERE / "shared_note.html.jinja").read_text())
    patch.setattr(shared_note, "_template", lambda: fresh)


def _whole_addresses_are_kept(patch: pytest.MonkeyPatch) -> None:
    from lib.pipeline.publishing import share_links

    patch.setattr(share_links, "network_of", lambda address: address)


DEFENCES: tuple[Defence, ...] = (
    Defence(
        "a file goes to whom its ticket is for",
        _tickets("_is_theirs", True),
        f"{_OUT}test_an_address_is_of_no_use_to_anybody_else_and_stays_good_for_whom_it_is[somebody else with the same rights]",
        is_quick=False,
    ),
    Defence(
        "a ticket is good once",
        _tickets("_is_new", True),
        f"{_FILES}test_a_ticket_hands_out_one_file_that_nobody_keeps",
    ),
    Defence(
        "a ticket is signed by this desk",
        _tickets("_signature", ""),
        f"{_FILES}test_a_ticket_that_is_late_or_not_of_this_desk_is_none",
    ),
    Defence(
        "rights are asked when a file is made",
        _every_right_is_had,
        f"{_FILES}test_a_pack_is_handed_out_once_to_whoever_manages_accounts",
    ),
    Defence(
        "asking for a file's headers uses up no ticket",
        _head_is_get,
        f"{_FILES}test_only_get_takes_a_file_and_nothing_else_uses_a_ticket_up",
    ),
    Defence(
        "a route believes a cookie that this desk signed",
        _cookie_is_believed,
        f"{_OUT}test_an_address_is_of_no_use_to_anybody_else_and_stays_good_for_whom_it_is[a cookie signed by another desk]",
        is_quick=False,
    ),
    Defence(
        "a route believes a cookie made for this address",
        _cookie_is_of_any_address,
        f"{_OUT}test_an_address_is_of_no_use_to_anybody_else_and_stays_good_for_whom_it_is[a cookie for another address]",
        is_quick=False,
    ),
    Defence(
        "a link that ended opens nothing",
        _links_open_whatever_became_of_them,
        f"{_LINKS}test_a_link_is_ended_at_once_and_by_itself",
    ),
    Defence(
        "a link whose number was taken back opens nothing",
        _links_open_whatever_became_of_them,
        f"{_LINKS}test_a_note_that_may_not_be_shown_any_more_is_not",
    ),
    Defence(
        "of a link nothing is kept that opens it",
        _tokens_are_kept_as_they_are,
        f"{_LINKS}test_each_opening_is_kept_with_its_network_and_the_token_is_not",
    ),
    Defence(
        "nothing runs and nothing is fetched behind a link",
        _anything_may_run_behind_a_link,
        f"{_LINKS}test_a_link_opens_the_note_and_nothing_else",
    ),
    Defence(
        "markup in a name stays text behind a link",
        _markup_in_a_name_is_markup,
        "tests/unit/reporting/test_shared_note.py::test_what_is_written_in_a_name_stays_text",
    ),
    Defence(
        "of who opened a link the network is kept alone",
        _whole_addresses_are_kept,
        f"{_LINKS}test_each_opening_is_kept_with_its_network_and_the_token_is_not",
    ),
)
