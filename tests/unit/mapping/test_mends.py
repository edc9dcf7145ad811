"""A suggested mend is what a careful person would have typed, with a sentence; where nobody can know there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.objects import Kind
from lib.mapping.mends import mends_of


@pytest.mark.parametrize(
    ("code", "value", "kind", "mended"),
    [
        ("unreadable_date", "31/12/2026", Kind.DATE, "12/31/2026"),
        ("unreadable_date", "2026-31-03 12:00:00Z", Kind.TIMESTAMP, "2026-03-31 12:00:00Z"),
        ("unreadable_date", "12.31.2026", Kind.DATE, "31.12.2026"),
        ("unreadable_money", "1.234,50", Kind.MONEY, "1234.50"),
        ("unreadable_money", "12,50 €", Kind.MONEY, "12.50"),
        ("unreadable_money", "about $1,200", Kind.MONEY, "1200"),
        ("unreadable_number", "3 visits", Kind.INTEGER, "3"),
        ("unreadable_email", "ann @mail.example", Kind.EMAIL, "ann@mail.example"),
        ("unreadable_email", "ann@mail,example", Kind.EMAIL, "ann@mail.example"),
        ("unreadable_email", "Ann <ann@mail.example>", Kind.EMAIL, "ann@mail.example"),
        ("unreadable_boolean", "Ja", Kind.BOOLEAN, "yes"),
        ("too_long", "\u00a0Ann\u200b  Lee ", Kind.TEXT, "Ann Lee"),
    ],
)
def test_the_likeliest_mend_comes_first_with_a_sentence(code: str, value: str, kind: Kind, mended: str) -> None:
    found = mends_of(code, value, kind)
    assert found
    assert found[0].value == mended
    assert found[0].why.endswith(".")


@pytest.mark.parametrize(
    ("code", "value", "kind"),
    [
        ("unreadable_phone", "303555012", Kind.PHONE),
        ("unreadable_phone", "30355501234", Kind.PHONE),
        ("unreadable_money", "10-20", Kind.MONEY),
        ("unreadable_money", "10 to 20", Kind.MONEY),
        ("unreadable_date", "soon", Kind.DATE),
        ("unreadable_date", "31.31.2026", Kind.DATE),
        ("unreadable_date", "04.31.2026", Kind.DATE),
        ("unreadable_email", "a@b.example, c@d.example", Kind.EMAIL),
    ],
)
def test_where_nobody_can_know_nothing_is_suggested(code: str, value: str, kind: Kind) -> None:
    assert mends_of(code, value, kind) == ()


def test_a_misspelled_value_is_likened_to_what_the_map_knows() -> None:
    found = mends_of("unseen_value", "Bookd", Kind.STATUS, ["Booked", "Lost", "New"])
    assert [mend.value for mend in found] == ["Booked"]
    assert mends_of("unseen_value", "Refunded", Kind.STATUS, ["Booked", "Lost"]) == ()


@given(value=st.text(max_size=60), kind=st.sampled_from(list(Kind)))
def test_a_mend_is_never_what_stands_there_already(value: str, kind: Kind) -> None:
    assert all(mend.value != value for mend in mends_of("unreadable_date", value, kind, ["Booked"]))
