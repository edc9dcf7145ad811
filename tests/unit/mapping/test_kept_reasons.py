"""The reasons of a row have room for a thousand characters, and what must stay of them stays."""

from __future__ import annotations

from lib.mapping.checked import codes_of, kept_reasons


def test_reasons_that_fit_are_kept_as_they_are() -> None:
    assert kept_reasons(["", "unchanged", "unreadable_phone:phone held"]) == [
        "",
        "unchanged",
        "unreadable_phone:phone held",
    ]


def test_where_there_is_no_room_the_last_cells_go_and_a_person_s_word_stays() -> None:
    cells = [f"too_long:column_{number:03}" for number in range(60)]
    (kept,) = kept_reasons([" ".join(["no_contact", *cells, "matched_by_phone", "ignored_by_person"])])
    assert len(kept) <= 980
    words = kept.split()
    assert {"no_contact", "matched_by_phone", "ignored_by_person"} <= codes_of(kept)
    told = [word for word in words if ":" in word]
    assert told == cells[: len(told)]
    assert len(told) > 40
