"""Taken out one by one: finding and erasing a person."""

from __future__ import annotations

import pytest

from tests.security.taken_out.defence import Defence


def _erased_people_come_back(patch: pytest.MonkeyPatch) -> None:
    from lib.mapping.emptied_again import ErasedPeople

    patch.setattr(ErasedPeople, "emptied", lambda _, batch: (batch, 0))


def _their_file_is_kept(patch: pytest.MonkeyPatch) -> None:
    from lib.services.privacy import empty_again

    patch.setattr(empty_again, "let_file_go", lambda *_: 0)


def _deleted_pages_stay(patch: pytest.MonkeyPatch) -> None:
    from lib.pipeline.privacy import erasing

    patch.setattr(erasing, "scrub", lambda _: "")


def _erasures_hang_on_what_is_said(patch: pytest.MonkeyPatch) -> None:
    """One that was stopped looks again for whoever it has half taken out, and does not go by what it had set out to do."""
    from lib.services.privacy import erase_person

    patch.setattr(erase_person, "_with_planned", lambda traces, _: traces)


def _nothing_hangs_on_a_record(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.traces import TraceRepository

    patch.setattr(TraceRepository, "following", lambda *_: {})


def _a_name_is_enough(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access.privacy import Sought

    patch.setattr(Sought, "without_names", lambda who: who)


_PRIVACY = "tests/security/test_privacy.py::"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "somebody erased is emptied when they come again",
        _erased_people_come_back,
        _PRIVACY + "test_somebody_erased_is_emptied_again_when_they_come_again[sqlite]",
        is_quick=False,
    ),
    Defence(
        "a file with somebody erased in it is not kept",
        _their_file_is_kept,
        _PRIVACY + "test_somebody_erased_is_emptied_again_when_they_come_again[sqlite]",
        is_quick=False,
    ),
    Defence(
        "deleted pages of an embedded database go",
        _deleted_pages_stay,
        _PRIVACY + "test_an_erasure_changes_no_number_and_an_undo_still_works[sqlite]",
        is_quick=False,
    ),
    Defence(
        "an erasure that was stopped goes by its plan",
        _erasures_hang_on_what_is_said,
        _PRIVACY + "test_an_erasure_that_was_stopped_anywhere_goes_on_and_ends_the_same",
        is_quick=False,
    ),
    Defence(
        "what is told of a lead elsewhere goes with it",
        _nothing_hangs_on_a_record,
        _PRIVACY + "test_what_is_told_of_her_lead_elsewhere_goes_with_it",
        is_quick=False,
    ),
    Defence(
        "nobody is erased for their name", _a_name_is_enough, _PRIVACY + "test_a_name_alone_is_found_and_left_alone"
    ),
)
