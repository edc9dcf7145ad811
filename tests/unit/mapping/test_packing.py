"""Rows come out of their chunks as they went in: every kind, every missing cell, in order."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.objects import OBJECTS, TEXT_KINDS, Column, Kind, ObjectType, object_type
from lib.mapping.frames import frame_of, table_of
from lib.mapping.keys import mapped_dtype
from lib.mapping.packing import joined, pack, packed, rows_of, unpack

_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    **dict.fromkeys(TEXT_KINDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=12)),
    Kind.DATE: st.dates().map(lambda day: day.isoformat()),
    Kind.MONEY: _INTEGERS,
    Kind.INTEGER: _INTEGERS,
    Kind.DURATION: _INTEGERS,
    Kind.DECIMAL: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.TIMESTAMP: st.datetimes(timezones=st.just(UTC)),
}


def mapped(column: Column, cells: list[Any]) -> Any:
    if column.kind is Kind.TIMESTAMP:
        naive = [None if cell is None else cell.replace(tzinfo=None) for cell in cells]
        return pd.Series(np.array(naive, dtype="datetime64[us]")).dt.tz_localize("UTC")
    return pd.Series(cells, dtype=mapped_dtype(column.kind))


@st.composite
def mapped_frames(draw: st.DrawFn, canonical: ObjectType) -> pd.DataFrame:
    """A frame with one filled column of each kind; all others are wholly missing."""
    rows = draw(st.integers(0, 4))
    one_each = {column.kind: column for column in canonical.columns}.values()
    cells = {c.name: draw(st.lists(st.none() | _VALUES[c.kind], min_size=rows, max_size=rows)) for c in one_each}
    every = {c.name: mapped(c, cells.get(c.name, [None] * rows)) for c in canonical.columns}
    return pd.DataFrame(every, index=pd.RangeIndex(rows))


def test_the_objects_below_have_a_column_of_every_kind() -> None:
    kinds = {column.kind for name in ("lead", "traffic_day") for column in OBJECTS[name].columns}
    assert kinds == set(Kind)


@pytest.mark.parametrize("name", ["lead", "traffic_day"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_mapped_frame_comes_back_from_its_chunks_exactly(name: str, data: st.DataObject) -> None:
    frame = data.draw(mapped_frames(object_type(name)))
    chunks = packed(0, table_of(frame), size=2)
    assert [chunk.first_row for chunk in chunks] == list(range(0, len(frame), 2))
    if chunks:
        table = joined([unpack(chunk.body) for chunk in chunks])
        pd.testing.assert_frame_equal(frame_of(table), frame)
        assert table.equals(table_of(frame))


def test_a_frame_of_text_comes_back_with_its_odd_cells() -> None:
    frame = pd.DataFrame({"a b": ["NULL", "\\N", "🦊\n\r\"'", "\x00", ""], "": ["1", None, "", "x", None]}, dtype="str")
    pd.testing.assert_frame_equal(frame_of(unpack(pack(0, table_of(frame)).body)), frame)


def test_chunks_say_where_their_rows_stand() -> None:
    table = pa.table({"n": list(range(7))})
    chunks = packed(100, table, size=3)
    assert [(chunk.first_row, chunk.row_count) for chunk in chunks] == [(100, 3), (103, 3), (106, 1)]
    assert joined([unpack(chunk.body) for chunk in chunks])["n"].to_pylist() == list(range(7))
    assert packed(0, table.slice(0, 0)) == []


def test_a_slice_is_packed_without_what_lies_around_it() -> None:
    table = pa.table({"secret": ["x" * 50_000, "seen", "y" * 50_000]})
    chunk = pack(1, table.slice(1, 1))
    assert unpack(chunk.body)["secret"].to_pylist() == ["seen"]
    assert len(chunk.body) < 1000


def test_tables_that_follow_each_other_are_one_although_a_column_is_missing_or_wholly_null() -> None:
    one = pa.table({"a": pa.array(["1"], pa.large_string()), "b": pa.array([None], pa.null())})
    two = pa.table({"b": pa.array([2], pa.int64())})
    assert list(rows_of(joined([one, two]))) == [{"a": "1"}, {"b": 2}]


def test_a_row_is_a_dict_of_the_cells_that_are_there() -> None:
    table = pa.table({"a": ["", None], "b": [0, None], "c": [False, None]})
    assert list(rows_of(table)) == [{"a": "", "b": 0, "c": False}, {}]
