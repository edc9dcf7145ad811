"""A row's hashes and ids are the same whoever asks, and one row of a file stands for each id."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.mapping.keys import FileKeys, content_hashes, external_ids, keyed_hash

NOTHING = pd.DataFrame(index=range(1))
# What stands between the cells of a row's canonical text, and what is put before it where a cell holds it.
MARKS = "\x1d\x1e\x1f"
AWKWARD = st.text(st.sampled_from([*MARKS, "a", "b", "0", "1", "2", "é", "\x00"]), max_size=4)


def text(*cells: str | None) -> pd.Series[str]:
    return pd.Series(list(cells), dtype="str")


def table(**columns: list[Any]) -> pa.Table:
    return pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})


# --- content hashes


def test_equal_rows_have_equal_hashes_and_others_do_not() -> None:
    one, two, three = content_hashes(table(a=["1", "1", "2"], b=["x", "x", "x"]))
    assert one == two != three
    assert len(one) == 16
    assert content_hashes(table(a=[])) == []


def test_neither_the_order_of_columns_nor_an_empty_one_changes_a_hash() -> None:
    plain = content_hashes(table(a=["1"], b=["2"]))
    assert content_hashes(table(b=["2"], a=["1"])) == plain
    assert content_hashes(table(b=["2"], c=[None], a=["1"])) == plain
    assert content_hashes(table(a=["1"], b=["2"], c=[""])) != plain


def test_cells_that_swap_columns_are_another_row() -> None:
    assert content_hashes(table(a=["1"], b=["2"])) != content_hashes(table(a=["2"], b=["1"]))


def test_rows_hash_alike_alone_and_among_others() -> None:
    """Also beside a row whose cells hold the marks, where the whole table is hashed the guarded way."""
    plain = content_hashes(table(a=["1", "2"], b=["x", None]))
    assert content_hashes(table(a=["1", "2", "\x1e\x1fb"], b=["x", None, "\x1d"]))[:2] == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "1\x1eb\x1f2"}, {"a": "1", "b": "2"}),
        ({"a": "\x1d1"}, {"a": "\x1e"}),
        ({"a": "\x1d01"}, {"a": "\x1d1"}),
        ({"a": "\x1d"}, {"a": "\x1d0"}),
        ({"a\x1f": "b"}, {"a": "\x1fb"}),
        ({"a": "1\x1e"}, {"a": "1"}),
    ],
)
def test_a_cell_that_holds_the_marks_is_not_taken_for_two_cells(one: dict[str, str], other: dict[str, str]) -> None:
    hashes = [content_hashes(table(**{name: [cell] for name, cell in row.items()})) for row in (one, other)]
    assert hashes[0] != hashes[1]


@given(st.lists(st.tuples(st.none() | AWKWARD, st.none() | AWKWARD), min_size=1, max_size=8))
@settings(deadline=None)
def test_rows_have_one_hash_exactly_when_they_are_one_row(rows: list[tuple[str | None, str | None]]) -> None:
    hashes = content_hashes(table(a=[one for one, _ in rows], b=[two for _, two in rows]))
    assert len(set(hashes)) == len(set(rows))
    alone = [content_hashes(table(a=[one], b=[two]))[0] for one, two in rows]
    assert alone == hashes


def test_a_moment_in_another_zone_or_unit_is_the_same_content() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    hashes = [
        content_hashes(pa.table({"at": pa.array([moment], pa.timestamp(unit, zone))}))
        for unit, zone in (("us", "UTC"), ("us", "America/Denver"), ("s", "UTC"))
    ]
    assert hashes[0] == hashes[1] == hashes[2]
    with pytest.raises(ValueError, match="time zone"):
        content_hashes(pa.table({"at": pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))}))  # noqa: DTZ001


def test_decimals_count_by_their_bits_and_the_two_zeros_are_one() -> None:
    def hashed(value: float) -> bytes:
        return content_hashes(pa.table({"n": pa.array([value], pa.float64())}))[0]

    assert hashed(0.1 + 0.2) != hashed(0.3)
    assert hashed(0.0) == hashed(-0.0)
    assert hashed(math.nextafter(1.0, 2.0)) != hashed(1.0)


def test_two_columns_of_one_name_are_refused_rather_than_losing_one() -> None:
    with pytest.raises(ValueError, match="share a name"):
        content_hashes(pa.table([pa.array(["1"]), pa.array(["2"])], names=["a", "a"]))


def test_chunks_of_a_column_do_not_change_its_hashes() -> None:
    whole = table(a=["1", "2", None], b=["\x1e", "y", "z"])
    parts = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    assert content_hashes(parts) == content_hashes(whole)
    assert content_hashes(whole.slice(1)) == content_hashes(whole)[1:]


# --- external ids


def test_the_providers_id_is_the_key_where_there_is_one() -> None:
    frame = pd.DataFrame({"external_id": text("A1", None, "a1")})
    ids = external_ids(frame, table(id=["A1", "", "a1"], name=["x", "y", "z"]))
    assert ids[0] == "A1" and ids[2] == "a1"
    assert ids[1].startswith("row:") and len(ids[1]) == 36


def test_a_row_without_a_key_is_known_by_all_its_cells() -> None:
    ids = external_ids(pd.DataFrame(index=range(3)), table(a=["1", "1", "2"], b=["x", "x", "x"]))
    assert ids[0] == ids[1] != ids[2]


def test_moved_and_empty_columns_do_not_make_new_records() -> None:
    moved = table(b=["2"], new=[""], a=["1"], other=[None])
    assert external_ids(NOTHING, table(a=["1"], b=["2"]))[0] == external_ids(NOTHING, moved)[0]


def test_ids_need_as_many_raw_rows_as_mapped_ones() -> None:
    with pytest.raises(ValueError, match="raw"):
        external_ids(pd.DataFrame({"external_id": text("1")}), table(a=["1", "2"]))


# --- keyed hashes


def siphash(key: bytes, message: bytes) -> int:
    """SipHash-2-4 as its authors wrote it down (Aumasson and Bernstein, 2012)."""
    mask = (1 << 64) - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turned(value: int, by: int) -> int:
        return (value << by | value >> (64 - by)) & mask

    def rounds(count: int) -> None:
        for _ in range(count):
            v[0] = (v[0] + v[1]) & mask
            v[1] = turned(v[1], 13) ^ v[0]
            v[0] = turned(v[0], 32)
            v[2] = (v[2] + v[3]) & mask
            v[3] = turned(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & mask
            v[3] = turned(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & mask
            v[1] = turned(v[1], 17) ^ v[2]
            v[2] = turned(v[2], 32)

    padded = message + bytes(-(len(message) + 1) % 8) + bytes([len(message) & 255])
    for place in range(0, len(padded), 8):
        word = int.from_bytes(padded[place : place + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_reference_is_siphash() -> None:
    """The example of the paper's appendix A."""
    assert siphash(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5


def stirred(value: int) -> int:
    """The finishing step of splitmix64, with which pandas spreads any hash of its own."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        value = (value ^ value >> shift) * factor % (1 << 64)
    return value


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=20),
    st.binary(min_size=1),
)
@settings(deadline=None, max_examples=40)
def test_a_keyed_hash_is_siphash_under_a_key_made_of_the_desks(values: list[str], key: bytes) -> None:
    """Spelled out here, because stored hashes must still be found after pandas was exchanged for a newer one."""
    sixteen = blake2b(key, digest_size=8).hexdigest().encode()
    expected = [stirred(siphash(sixteen, value.encode())) if value else None for value in values]
    found = keyed_hash(values, key).to_pylist()
    assert [hashed if hashed is None else hashed % (1 << 64) for hashed in found] == expected


def test_a_keyed_hash_depends_on_the_key_and_blank_stays_none() -> None:
    values = ["+13035550100", None, "", "+13035550100", float("nan")]
    one, other = keyed_hash(values, b"one").to_pylist(), keyed_hash(values, b"other").to_pylist()
    assert one[0] == one[3] != other[0]
    assert one[1] is None and one[2] is None and one[4] is None
    assert keyed_hash(values, b"one").type == pa.int64()
    assert keyed_hash([], b"one").to_pylist() == []


def test_a_hash_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        keyed_hash(["+13035550100"], b"")


# --- who wins inside one file


def losers(ids: list[str], days: list[int | None] | None = None, failed: list[bool] | None = None) -> list[int]:
    """The rows that lose, of a file in one batch; days count from 1960 to 2026."""
    keys = FileKeys()
    add(keys, ids, days or [None] * len(ids), failed or [False] * len(ids))
    return [int(place) for place in keys.losers()]


def add(keys: FileKeys, ids: list[str], days: list[int | None], failed: list[bool]) -> None:
    moments = np.array([np.datetime64("NaT") if day is None else np.datetime64(day, "D") for day in days])
    keys.add(np.array(ids, dtype=object), moments.astype("datetime64[us]"), np.array(failed, dtype=bool))


def test_the_latest_change_wins_wherever_it_stands() -> None:
    assert losers(["a", "a", "b", "a"], [2, 3, None, 1]) == [0, 3]


def test_of_equally_late_rows_the_last_wins() -> None:
    assert losers(["a", "a", "a"], [2, 2, 1]) == [0, 2]


def test_a_row_that_does_not_say_when_it_changed_loses_to_one_that_does() -> None:
    assert losers(["a", "a"], [-3653, None]) == [1]


def test_without_times_the_last_row_wins() -> None:
    assert losers(["a", "b", "a"]) == [0]


def test_ids_that_differ_in_case_or_blanks_are_different_ids() -> None:
    assert losers(["A1", "a1", "a1 ", "a\x001", "a\x002"]) == []


def test_neither_a_failed_row_nor_one_without_an_id_wins_or_loses() -> None:
    assert losers(["a", "a", "", ""], [3, 1, None, None], [True, False, False, False]) == []
    assert losers(["a", "a", "a"], None, [False, True, False]) == [0]


def test_a_file_without_rows_has_no_losers() -> None:
    assert FileKeys().losers().tolist() == []
    assert losers([]) == []


ROWS = st.tuples(st.sampled_from(["a", "A", "b", "c ", "é", ""]), st.none() | st.integers(-9, 3), st.booleans())


@given(st.lists(st.lists(ROWS, max_size=12), max_size=4))
@settings(deadline=None)
def test_losers_are_those_that_plain_reasoning_finds_however_the_file_is_cut(
    batches: list[list[tuple[str, int | None, bool]]],
) -> None:
    keys = FileKeys()
    for batch in batches:
        add(keys, *([list(column) for column in zip(*batch, strict=True)] if batch else [[], [], []]))
    winners: dict[str, tuple[float, int]] = {}
    expected = []
    for place, (key, day, is_failed) in enumerate(row for batch in batches for row in batch):
        if is_failed or not key:
            continue
        rank = (-math.inf if day is None else float(day), place)
        if key in winners:
            expected.append(min(winners[key], rank)[1])
        winners[key] = max(winners.get(key, rank), rank)
    assert keys.losers().tolist() == sorted(expected)


def test_a_row_with_an_identity_stays_the_same_row_when_its_figures_change() -> None:
    def ids(clicks: str, campaign: str = "Spring") -> str:
        frame = pd.DataFrame({"day": text("2026-03-04"), "campaign": text(campaign), "clicks": text(clicks)})
        raw = table(Day=["2026-03-04"], Campaign=[campaign], Clicks=[clicks], CTR=["3 %"])
        return str(external_ids(frame, raw, ("day", "campaign", "query"))[0])

    assert ids("41") == ids("44")
    assert ids("41") != ids("41", "Autumn")
    # Without one a corrected row is another row.
    assert external_ids(NOTHING, table(a=["41"]))[0] != external_ids(NOTHING, table(a=["44"]))[0]
