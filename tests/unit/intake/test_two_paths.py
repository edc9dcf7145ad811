"""Counting bytes and cutting record by record give the same rows, lines and notes, wherever a walk begins."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib.errors import DeskError
from lib.intake import csv_rows, csv_table, csv_walk, dialect
from lib.intake.csv_walk import Walk
from lib.intake.reading import Reading, ReadOptions, read_bytes
from lib.intake.rows import Sorter

HEADS = ["id,name,fee\n", "Überschrift,b\r\n", '"a ""x""",b,c,d\n', "one\n", "id;name;day\r"]
TOKENS = st.sampled_from(
    [",", ",", ",", '"', '""', "\n", "\n", "\r\n", "\r", " ", ";", "a", "Bo", "1", "2.5", "é", "\u00a0", "\ufeff", "ſub",
     "Total", "Grand total:", "total", "#", "id", "Unit: x", "id,name,fee\n", "1,Ann,3\n", '2,"x\ny",4\n', "\n\n",
     'Überschrift,b\n', "'", "\\", "-"]
)  # fmt: skip
ROWS = st.lists(TOKENS, max_size=60).map("".join)
CLEAN = "".join(f'{n},"Ann ""{n}""",{n}.5\n' for n in range(25))


@contextmanager
def in_portions(size: int, *, is_counted: bool = True) -> Iterator[None]:
    """Reads `size` bytes at a time and remembers a place as often; without counting every record is cut by itself."""
    scanner = Walk._scanner if is_counted else lambda *_: None
    with (
        patch.object(csv_walk, "_PORTION", size),
        patch.object(csv_walk, "_FIRST_LOOK", size),
        patch.object(csv_table, "BLOCK", size),
        patch.object(csv_rows, "_MOST_TRACES", 128 if size in (5, 400) else size % 7),
        patch.object(Walk, "_scanner", scanner),
    ):
        yield


def told(text: str, options: ReadOptions, rows: int = 10) -> object:
    """All that can be known of a reading, or the refusal."""
    try:
        reading = read_bytes(text.encode(), "x.csv", options)
    except DeskError as refused:
        return refused.code
    batches = list(reading.batches(rows))
    assert [batch.first_row for batch in batches] == list(range(0, reading.facts.rows, rows))
    cells = [tuple(row) for batch in batches for row in batch.frame.itertuples(index=False)]
    lines = [int(line) for batch in batches for line in batch.lines]
    rejected = list(reading.rejected_rows())
    assert (len(cells), len(rejected)) == (reading.facts.rows, reading.facts.rejected_count)
    assert [note.line for note in reading.facts.rejected] == [line for line, _ in rejected]
    return reading.facts, cells, lines, rejected


BODIES = st.tuples(ROWS, st.sampled_from(["", CLEAN]), ROWS).map("".join)


@settings(max_examples=40, deadline=None)
@example(head=HEADS[0], body='1,"a,3\n' + "2,b,3\n" * 30 + '4,d",5\n', size=16)
@example(head=HEADS[0], body='1,"a\n' + "b\n" * 30 + 'd",5\n', size=40)
@example(head=HEADS[0], body='1,a"b,3\r\n"2","x\r\ny",3\r\n4,c', size=7)
@example(head=HEADS[0], body='\ufeff1,a,3\n2,"\n",3\n\r\r\n"', size=3)
@example(head=HEADS[0], body=",,id,name,fee\n,,id,name,fee\n", size=5)
@given(head=st.sampled_from(HEADS), body=BODIES, size=st.sampled_from([5, 33, 400, 10_000]))
def test_both_paths_and_any_portion_tell_the_same(head: str, body: str, size: int) -> None:
    agree(head, body, size)


@pytest.mark.prove
@settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(head=st.sampled_from(HEADS), body=BODIES, size=st.sampled_from([1, 5, 33, 400, 10_000]))
def test_both_paths_agree_on_thousands_of_texts(head: str, body: str, size: int) -> None:
    agree(head, body, size)


def agree(head: str, body: str, size: int) -> None:
    options = ReadOptions(delimiter=";" if ";" in head else ",")
    with in_portions(1 << 20, is_counted=False):
        slow = told(head + body, options)
    with in_portions(size, is_counted=False):
        assert told(head + body, options) == slow
    with in_portions(size):
        assert told(head + body, options) == slow
        assert isinstance(slow, str) or told(head + body, options, rows=3)[1:] == slow[1:]  # type: ignore[index]


@settings(max_examples=60, deadline=None)
@given(body=ROWS, first=st.integers(0, 40), size=st.sampled_from([5, 100, 300]))
def test_a_reading_goes_on_at_any_row(body: str, first: int, size: int) -> None:
    text = HEADS[0] + CLEAN + body + CLEAN
    with in_portions(size):
        reading = read_bytes(text.encode(), "x.csv")
        whole = [row for batch in reading.batches(7) for row in zip(batch.lines, batch.frame["id"], strict=True)]
        rest = list(reading.batches(7, first))
    assert [row for batch in rest for row in zip(batch.lines, batch.frame["id"], strict=True)] == whole[first:]
    assert [batch.first_row for batch in rest] == list(range(first, len(whole), 7))


@settings(max_examples=100, deadline=None)
@given(body=ROWS)
def test_the_frame_holds_the_cells_that_were_cut(body: str) -> None:
    """The last word is the cutter's: what the column reader makes of the bytes must be that, cell by cell."""
    reading = read_bytes((HEADS[0] + body).encode(), "x.csv", ReadOptions(delimiter=","))
    rows = reading._rows
    sorter = Sorter(rows.layout)
    found = [
        sorter.sort(item.record)
        for item in rows.walk.records(rows.steps[0].at)
        if item.at.offset < rows.steps[-1].at.offset
    ]
    expected = [tuple(item.cells) for item in found if item.sort in rows.kept]
    assert [tuple(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)] == expected


def test_the_column_reader_is_not_trusted_with_the_number_of_rows() -> None:
    frame = csv_rows.clean_frame(b'a,"b\n"\nc,d\n', dialect.Dialect(","), 2, 2)
    with patch.object(csv_rows.arrow_csv, "read_csv", side_effect=csv_rows.pa.ArrowInvalid("no")):
        assert csv_rows.clean_frame(b'a,"b\n"\nc,d\n', dialect.Dialect(","), 2, 2).equals(frame)
    assert frame.to_numpy().tolist() == [["a", "b\n"], ["c", "d"]]


def generated(rows: int) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "name", "day", "note"])
    for number in range(rows):
        note = "two\nlines" if number % 50 == 0 else 'say "hi", Bo' if number % 7 == 0 else ""
        writer.writerow([number, f"Total Care {number}", "2026-11-01", note][: 3 if number % 1000 == 999 else 4])
    return out.getvalue().encode()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_long_file_is_the_same_row_by_row_whatever_ends_its_lines(end: str) -> None:
    data = generated(6_000).replace(b"\r\n", end.encode())
    reading = read_bytes(data, "x.csv")
    with in_portions(1 << 20, is_counted=False):
        slow = read_bytes(data, "x.csv")
        expected = whole(slow)
    assert (reading.facts, whole(reading)) == (slow.facts, expected)
    assert (reading.facts.rows, reading.facts.rejected_count) == (5_994, 6)


def whole(reading: Reading) -> list[tuple[object, ...]]:
    return [
        (line, *row)
        for batch in reading.batches(1_000)
        for line, row in zip(batch.lines.tolist(), batch.frame.itertuples(index=False), strict=True)
    ]
