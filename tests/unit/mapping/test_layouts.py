"""A column is read shape by shape, and each of its values is what it would be alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.objects import Kind
from lib.mapping.transforms import TRANSFORMS
from lib.mapping.transforms.layouts import layouts_of
from lib.mapping.transforms.money import read_money
from lib.mapping.transforms.numbers import read_duration, read_integer
from lib.mapping.transforms.shape import MapContext, Scene, text_of

_DIGITS = st.text(alphabet="0123456789", max_size=19)
AMOUNTS = st.one_of(
    st.builds("{}{}{}{}{}".format, st.sampled_from(("", "$", "(", "-", "-$", "USD ")), _DIGITS,
              st.sampled_from(("", ".", ",", ".5", ",000", ".123456", ".1234567")), _DIGITS,
              st.sampled_from(("", ")", "-", "K", "B", " EUR"))),
    st.text(alphabet="0123456789$(),.-KM ", max_size=8),
)  # fmt: skip
_FEW = st.text(alphabet="0123456789", max_size=5)
SPANS = st.builds(
    "{}{}{}{}{}{}".format, _DIGITS, st.sampled_from(("", ":", ".", "d ", "h", " m", "s", "ms")), _FEW,
    st.sampled_from(("", ":", ".", "h ", "m", " s")), _FEW, st.sampled_from(("", ".5", "s", " ms")),
)  # fmt: skip
CASES: list[tuple[str, Kind, dict[str, Any], Any, Callable[[str], int | None]]] = [
    ("parse_money", Kind.MONEY, {}, AMOUNTS, read_money),
    ("parse_money", Kind.MONEY, {"unit": "cents"}, AMOUNTS, lambda text: read_money(text, "cents")),
    (
        "parse_money",
        Kind.MONEY,
        {"unit": "micros", "decimal_comma": True},
        AMOUNTS,
        lambda text: read_money(text, "micros", has_decimal_comma=True),
    ),
    ("parse_number", Kind.INTEGER, {}, AMOUNTS, read_integer),
    ("parse_duration", Kind.DURATION, {}, SPANS, read_duration),
    ("parse_duration", Kind.DURATION, {"unit": "hours"}, SPANS, lambda text: read_duration(text, "hours")),
    (
        "parse_duration",
        Kind.DURATION,
        {"unit": "milliseconds"},
        SPANS,
        lambda text: read_duration(text, "milliseconds"),
    ),
]


@pytest.mark.parametrize(("name", "kind", "options", "texts", "read"), CASES)
def test_a_column_is_what_each_value_is_alone(
    name: str, kind: Kind, options: dict[str, Any], texts: Any, read: Callable[[str], int | None]
) -> None:
    @settings(max_examples=40)
    @given(st.lists(texts, max_size=12))
    def holds(cells: list[str]) -> None:
        values = text_of(pd.Series(cells, dtype="str"))
        outcome = TRANSFORMS[name].run(values, options, Scene(pd.DataFrame(), MapContext("UTC"), kind))
        wanted = [None if pd.isna(text) else read(str(text)) for text in values]
        assert [None if pd.isna(number) else int(number) for number in outcome.column] == wanted
        (failed,) = outcome.failed.values()
        is_lost = [number is None and not pd.isna(text) for text, number in zip(values, wanted, strict=True)]
        assert list(failed) == is_lost

    holds()


def test_values_that_differ_in_their_digits_only_are_one_layout() -> None:
    found = {
        layout.shape: layout for layout in layouts_of(pd.Series(["$1.50", None, " $9.75 ", "12", "é1"], dtype="str"))
    }
    assert {shape: layout.rows.tolist() for shape, layout in found.items()} == {"$0.00": [0, 2], "00": [3]}
    assert found["$0.00"].number((1, 2), (3, 5)).tolist() == [150, 975]


def test_a_part_of_a_longer_column_is_read_from_its_own_rows() -> None:
    part = pd.Series(["11", "", "x", "22", "33"], dtype="str").iloc[3:]
    (layout,) = layouts_of(part)
    assert layout.number((0, 2)).tolist() == [22, 33]
    assert text_of(pd.Series(["a", " ", "b", " ", "c"], dtype="str").iloc[2:]).fillna("").to_list() == ["b", "", "c"]


def test_what_is_blanked_is_gone_for_every_later_step() -> None:
    blanked = text_of(pd.Series(["  ", "7"], dtype="str"))
    assert blanked.isna().to_list() == [True, False]
    assert [layout.shape for layout in layouts_of(blanked)] == ["0"]


def test_a_shape_that_fits_does_not_let_an_impossible_number_through() -> None:
    texts = ["4:13", "4:75", "1:75:00", "1:15:00", "75:30", "99999:59", "24855.03:14:08", "24855.03:14:07", "9" * 10]
    scene = Scene(pd.DataFrame(), MapContext("UTC"), Kind.DURATION)
    outcome = TRANSFORMS["parse_duration"].run(pd.Series(texts, dtype="str"), {}, scene)
    assert [None if pd.isna(n) else int(n) for n in outcome.column] == [read_duration(text) for text in texts]
    assert list(outcome.failed["unreadable_duration"]) == [False, True, True, False, False, False, True, False, True]
