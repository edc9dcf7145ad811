"""A row's text, hashes and ids are the same whoever asks, and one row of a file stands for each id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.objects import OBJECTS, TEXT_KINDS, Column, Kind, ObjectType, object_type
from lib.mapping.keys import (
    content_hashes,
    external_ids,
    in_file_duplicates,
    in_file_winners,
    keyed_hash,
    mapped_dtype,
    read_row_texts,
    row_texts,
)

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    **dict.fromkeys(TEXT_KINDS, _TEXTS),
    Kind.DATE: st.dates().map(lambda day: day.isoformat()),
    Kind.MONEY: _INTEGERS,
    Kind.INTEGER: _INTEGERS,
    Kind.DURATION: _INTEGERS,
    Kind.DECIMAL: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.TIMESTAMP: st.datetimes(timezones=st.just(UTC)),
}


def text(*cells: str | None) -> pd.Series[str]:
    return pd.Series(list(cells), dtype="str")


def moments(*cells: str | None) -> pd.Series[Any]:
    return pd.Series(pd.to_datetime(list(cells), utc=True)).dt.as_unit("us")


def mapped(column: Column, cells: list[Any]) -> pd.Series[Any]:
    if column.kind is Kind.TIMESTAMP:
        naive = [None if cell is None else cell.replace(tzinfo=None) for cell in cells]
        return pd.Series(np.array(naive, dtype="datetime64[us]")).dt.tz_localize("UTC")
    return pd.Series(cells, dtype=mapped_dtype(column.kind))


@st.composite
def mapped_frames(draw: st.DrawFn, canonical: ObjectType) -> pd.DataFrame:
    rows = draw(st.integers(0, 4))
    cells = {
        c.name: draw(st.lists(st.none() | _VALUES[c.kind], min_size=rows, max_size=rows)) for c in _one_each(canonical)
    }
    every = {c.name: mapped(c, cells.get(c.name, [None] * rows)) for c in canonical.columns}
    return pd.DataFrame(every, index=pd.RangeIndex(rows))


def _one_each(canonical: ObjectType) -> list[Column]:
    """One column of each kind, which is all that the text of a row can tell apart."""
    return list({column.kind: column for column in canonical.columns}.values())


def test_the_objects_below_have_a_column_of_every_kind() -> None:
    kinds = {column.kind for name in ("lead", "traffic_day") for column in OBJECTS[name].columns}
    assert kinds == set(Kind)


@pytest.mark.parametrize("name", ["lead", "traffic_day"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_frame_comes_back_from_its_row_texts_exactly(name: str, data: st.DataObject) -> None:
    frame = data.draw(mapped_frames(object_type(name)))
    pd.testing.assert_frame_equal(read_row_texts(row_texts(frame), object_type(name)), frame)


def test_many_rows_come_back_in_their_order() -> None:
    ids = text(*(str(number) for number in range(12_345)))
    frame = read_row_texts(row_texts(pd.DataFrame({"external_id": ids})), object_type("lead"))
    assert frame["external_id"].tolist() == ids.tolist()
    assert list(frame.columns) == list(object_type("lead").column_names)


def test_a_row_text_is_sorted_and_leaves_missing_values_out() -> None:
    frame = pd.DataFrame(
        {
            "occurred_at": moments("2026-03-04T05:06:07Z"),
            "email": text(None),
            "amount": pd.Series([12_500_000], dtype="Int64"),
            "city": text("Zürich"),
        }
    )
    assert row_texts(frame) == [
        '{"amount":12500000,"city":"Zürich","occurred_at":"2026-03-04T05:06:07.000000Z"}'.encode()
    ]


def test_a_long_identifier_stays_the_text_it_was() -> None:
    line = row_texts(pd.DataFrame({"external_id": text("007123456789012345")}))[0]
    assert orjson.loads(line) == {"external_id": "007123456789012345"}


def test_neither_column_order_nor_index_changes_a_row_text() -> None:
    frame = pd.DataFrame({"b": text("1", "2"), "a": text("3", "4")})
    assert row_texts(frame) == row_texts(frame[["a", "b"]].set_axis([7, 7]))


def test_a_moment_in_another_zone_has_the_same_text() -> None:
    utc = moments("2026-03-04T05:06:07Z")
    there = utc.dt.tz_convert("America/Denver")
    assert row_texts(pd.DataFrame({"a": utc})) == row_texts(pd.DataFrame({"a": there}))


def test_a_decimal_that_is_not_finite_is_missing() -> None:
    frame = pd.DataFrame({"quantity": pd.Series([1.5, float("inf"), None], dtype="Float64")})
    assert row_texts(frame) == [b'{"quantity":1.5}', b"{}", b"{}"]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        row_texts(pd.DataFrame({"a": pd.Series([datetime(2026, 1, 1)])}))  # noqa: DTZ001


def test_two_columns_of_one_name_are_refused_rather_than_losing_one() -> None:
    with pytest.raises(ValueError, match="share a name"):
        row_texts(pd.DataFrame([["1", "2"]], columns=["a", "a"]))


def test_equal_texts_have_equal_hashes_and_others_do_not() -> None:
    hashes = content_hashes([b"{}", b'{"a":1}', b"{}"])
    assert hashes.dtype == "S32"
    assert hashes[0] == hashes[2] != hashes[1]
    assert content_hashes([]).shape == (0,)


def test_the_providers_id_is_the_key_where_there_is_one() -> None:
    frame = pd.DataFrame({"external_id": text("A1", None, "a1")})
    raw = pd.DataFrame({"id": text("A1", "", "a1"), "name": text("x", "y", "z")})
    ids = external_ids(frame, raw)
    assert ids[0] == "A1" and ids[2] == "a1"
    assert ids[1].startswith("row:") and len(ids[1]) == 36


def test_a_row_without_a_key_is_known_by_all_its_cells() -> None:
    raw = pd.DataFrame({"a": text("1", "1", "2"), "b": text("x", "x", "x")})
    ids = external_ids(pd.DataFrame(index=range(3)), raw)
    assert ids[0] == ids[1] != ids[2]


def test_moved_and_empty_columns_do_not_make_new_records() -> None:
    raw = pd.DataFrame({"a": text("1"), "b": text("2")})
    moved = pd.DataFrame({"b": text("2"), "new": text(""), "a": text("1"), "other": text(None)})
    nothing = pd.DataFrame(index=range(1))
    assert external_ids(nothing, raw)[0] == external_ids(nothing, moved)[0]


def test_cells_that_swap_columns_are_another_row() -> None:
    nothing = pd.DataFrame(index=range(1))
    one, other = pd.DataFrame({"a": text("1"), "b": text("2")}), pd.DataFrame({"a": text("2"), "b": text("1")})
    assert external_ids(nothing, one)[0] != external_ids(nothing, other)[0]


def test_ids_need_as_many_raw_rows_as_mapped_ones() -> None:
    with pytest.raises(ValueError, match="raw"):
        external_ids(pd.DataFrame({"external_id": text("1")}), pd.DataFrame({"a": text("1", "2")}))


def test_a_keyed_hash_depends_on_the_key_and_blank_stays_none() -> None:
    values = text("+13035550100", None, "", "+13035550100")
    one, other = keyed_hash(values, b"one"), keyed_hash(values, b"other")
    assert one[0] == one[3] != other[0]
    assert len(one[0]) == 32
    assert one[1] is None and one[2] is None
    assert keyed_hash(text(None), b"one").tolist() == [None]


def test_a_hash_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        keyed_hash(text("+13035550100"), b"")


def test_the_latest_change_wins_wherever_it_stands() -> None:
    ids = text("a", "a", "b", "a")
    modified = moments("2026-01-02", "2026-01-03", None, "2026-01-01")
    assert in_file_winners(ids, modified).tolist() == [1, 1, 2, 1]
    assert in_file_duplicates(ids, modified).tolist() == [True, False, False, True]


def test_of_equally_late_rows_the_last_wins() -> None:
    modified = moments("2026-01-02", "2026-01-02", "2026-01-01")
    assert in_file_duplicates(text("a", "a", "a"), modified).tolist() == [True, False, True]


def test_a_row_that_does_not_say_when_it_changed_loses_to_one_that_does() -> None:
    assert in_file_duplicates(text("a", "a"), moments("1960-01-01", None)).tolist() == [False, True]


def test_without_times_the_last_row_wins() -> None:
    assert in_file_duplicates(text("a", "b", "a"), None).tolist() == [True, False, False]


def test_ids_that_differ_in_case_or_blanks_are_different_ids() -> None:
    assert not in_file_duplicates(text("A1", "a1", "a1 ", "a\x001", "a\x002")).any()


def test_a_missing_id_is_nobodys_duplicate() -> None:
    assert not in_file_duplicates(text(None, None)).any()


@given(
    st.lists(st.tuples(st.sampled_from(["a", "A", "b", "c "]), st.none() | st.integers(0, 3)), max_size=30),
    st.booleans(),
)
@settings(deadline=None)
def test_each_id_has_exactly_one_winner_and_no_row_is_lost(rows: list[tuple[str, int | None]], has_times: bool) -> None:
    ids = text(*(key for key, _ in rows))
    days = [None if day is None else f"2026-01-0{day + 1}" for _, day in rows]
    losers = in_file_duplicates(ids, moments(*days) if has_times else None)
    assert len(losers) == len(rows)
    assert sorted(ids[~losers]) == sorted(set(ids))
    for position in np.flatnonzero(~losers):
        ranks = [
            ((day if day is not None else -1) if has_times else 0, place)
            for place, (key, day) in enumerate(rows)
            if key == ids[position]
        ]
        assert max(ranks)[1] == position
