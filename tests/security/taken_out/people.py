"""Taken out one by one: people, their invitations and sign-ins."""

from __future__ import annotations

import pytest

from tests.security.taken_out.defence import Defence


def _capitals_of_any_alphabet(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories import people
    from lib.services.people import sign_in

    for module in (people, sign_in):
        patch.setattr(module, "folded", lambda text: text.strip().lower())


def _the_last_admin_may_go(patch: pytest.MonkeyPatch) -> None:
    from lib.db.shared_steps import people_checks
    from lib.services.people import removing, roles

    for module in (people_checks, removing, roles):
        patch.setattr(module, "require_another_admin", lambda *_: None)


def _admins_take_no_turns(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.people import PeopleRepository

    patch.setattr(PeopleRepository, "hold_admins", lambda *_: None)


def _cookies_for_ever(patch: pytest.MonkeyPatch) -> None:
    from lib.services.people import sign_in

    patch.setattr(sign_in, "_is_over", lambda *_: False)


def _every_address_is_believed(patch: pytest.MonkeyPatch) -> None:
    from lib.ui.entry import visitor

    patch.setattr(visitor, "_is_verified", lambda _: True)


def _sign_in_as_the_file_says_now(patch: pytest.MonkeyPatch) -> None:
    from lib.settings import load_settings, read_sign_in
    from lib.ui.entry import visitor

    patch.setattr(visitor, "configured", lambda: read_sign_in(load_settings()))


def _invitations_for_ever(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access.members import Member, Presence

    patch.setattr(Member, "presence", lambda *_: Presence.ACTIVE)


def _back_with_the_old_cookie(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.people import PeopleRepository

    patch.setattr(PeopleRepository, "sign_out", lambda *_: None)


def _asked_once_a_visitor(patch: pytest.MonkeyPatch) -> None:
    """Who somebody is, is asked when their tab opens and then believed, in pages and in fragments."""
    import streamlit as st

    from lib.ui.entry import guard

    asked = guard.visit

    def remembered() -> guard.Visit:
        if "was-here" not in st.session_state:
            st.session_state["was-here"] = asked()
        found: guard.Visit = st.session_state["was-here"]
        return found

    patch.setattr(guard, "visit", remembered)


def _nobody_notes_who_looks(patch: pytest.MonkeyPatch) -> None:
    from lib.services.people import viewing

    patch.setattr(viewing, "begin_to_look", lambda *_: None)


_PEOPLE = "tests/security/test_people.py::"
_CLAIMS = "tests/security/test_claims.py::"
_CLICK = "tests/security/test_out_with_the_next_click.py::"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "an address is folded in ASCII only",
        _capitals_of_any_alphabet,
        _PEOPLE + "test_an_address_that_only_looks_alike_is_another_persons",
    ),
    Defence("an admin is left", _the_last_admin_may_go, _PEOPLE + "test_the_last_admin_is_neither_removed_nor_demoted"),
    Defence(
        "admins who take one another away take turns",
        _admins_take_no_turns,
        _PEOPLE + "test_two_admins_who_remove_one_another_at_once_leave_one",
    ),
    Defence(
        "a sign-out ends cookies", _cookies_for_ever, _CLAIMS + "test_a_sign_out_ends_the_sign_ins_at_every_provider"
    ),
    Defence(
        "a sign-in of tomorrow is none",
        _cookies_for_ever,
        _CLAIMS + "test_a_sign_in_is_neither_of_long_ago_nor_of_tomorrow",
    ),
    Defence(
        "only a checked address counts",
        _every_address_is_believed,
        _CLAIMS + "test_only_an_address_that_the_provider_checked_lets_anybody_in",
    ),
    Defence(
        "sign-in is settled at the start",
        _sign_in_as_the_file_says_now,
        _CLICK + "test_a_desk_whose_sign_in_was_taken_out_of_its_file_lets_nobody_in_unasked",
    ),
    Defence(
        "an invitation lapses",
        _invitations_for_ever,
        _PEOPLE + "test_an_invitation_lapses_and_is_renewed_by_inviting_again",
    ),
    Defence(
        "a removal ends every sign-in",
        _back_with_the_old_cookie,
        _PEOPLE + "test_somebody_removed_is_out_and_comes_back_only_by_a_new_sign_in",
    ),
    Defence(
        "a person is asked for anew on each run",
        _asked_once_a_visitor,
        _CLICK + "test_what_was_taken_away_is_gone_with_the_next_click",
        is_quick=False,
    ),
    Defence(
        "looking as somebody is logged",
        _nobody_notes_who_looks,
        _CLICK + "test_looking_as_somebody_stands_in_the_log_once_with_who_looks",
        is_quick=False,
    ),
)
