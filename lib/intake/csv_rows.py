"""Gives the rows of delimited text batch by batch, read anew from the file each time, so that none has to be kept."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from lib.intake.csv_walk import Loose, Place, Run, Walk
from lib.intake.dialect import Dialect
from lib.intake.layout import Layout
from lib.intake.records import Batch, Lines
from lib.intake.rows import Sort, Sorter

_BOM = b"\xef\xbb\xbf"
_TEXT = pa.large_string()
# So many runs and single records are remembered for each mebibyte, and rows of so many lines.
_MOST_TRACES = 128
_TALLEST = 60_000


@dataclass(frozen=True)
class Trace:
    """What the first pass knows of a run: where it lies, and how many lines each row takes where some take several."""

    at: Place
    next: Place
    count: int
    heights: npt.NDArray[np.uint16] | None

    def lines(self) -> Lines:
        """The line of each row."""
        if self.heights is None:
            return np.arange(self.at.line, self.at.line + self.count)
        return self.at.line + np.concatenate(([0], np.cumsum(self.heights[:-1], dtype=np.int64)))


@dataclass
class Step:
    """A place on the way through the text, and what lies before it: rows of each sort.

    `traces` are the runs and the single records up to the next step, so that a second pass needs not search for them;
    None where they are too many to remember.
    """

    at: Place
    rows: int
    short: int
    wide: int
    rejected: int
    traces: list[Trace | Place] | None = field(default_factory=list)

    def remember(self, item: Run | Loose) -> None:
        """One more run or record."""
        if self.traces is None:
            return
        if len(self.traces) == _MOST_TRACES:
            self.traces = None
        elif isinstance(item, Loose):
            self.traces.append(item.at)
        else:
            heights = np.diff(item.lines, append=item.next.line)
            is_plain = bool((heights == 1).all())
            self.traces.append(Trace(item.at, item.next, len(item), None if is_plain else heights.astype(np.uint16)))
            if int(heights.max()) > _TALLEST:
                self.traces = None


@dataclass(frozen=True)
class Traced:
    """A run as it was remembered; only where it is parted are its bytes looked at."""

    trace: Trace
    walk: Walk
    width: int

    @property
    def at(self) -> Place:
        """Where it begins."""
        return self.trace.at

    def __len__(self) -> int:
        return self.trace.count

    def part(self, first: int, last: int) -> tuple[bytes, Lines]:
        """Bytes and lines of the rows from `first` up to `last`, which is not included."""
        trace = self.trace
        size, lines = trace.next.offset - trace.at.offset, trace.lines()
        if (first, last) == (0, trace.count):
            return self.walk.read(trace.at, size), lines
        return self.walk.run(trace.at, size, lines, trace.next, self.width).part(first, last)


@dataclass(frozen=True)
class CsvRows:
    """The rows of one table: the steps from its first record to its end, and which sorts of records are rows of it."""

    walk: Walk
    dialect: Dialect
    layout: Layout
    steps: list[Step]
    kept: frozenset[Sort]

    def batches(self, size: int, first_row: int) -> Iterator[Batch]:
        """The rows from `first_row` on, each batch read from clean CSV in one go."""
        names = pd.Index(self.layout.names, dtype="str")
        held: list[tuple[bytes, Lines]] = []
        room = size
        for run, start in self._runs(first_row):
            taken = start
            while taken < len(run):
                last = min(len(run), taken + room)
                held.append(run.part(taken, last))
                room, taken = room - (last - taken), last
                if not room:
                    yield self._batch(first_row, held, names)
                    first_row, held, room = first_row + size, [], size
        if held:
            yield self._batch(first_row, held, names)

    def rejected_rows(self) -> Iterator[tuple[int, str]]:
        """Line and text of each record that is neither a row nor skipped."""
        sorter = Sorter(self.layout)
        dropped = frozenset({Sort.REJECTED, Sort.SHORT, Sort.WIDE}) - self.kept
        for place, (step, following) in enumerate(pairwise(self.steps)):
            if self._dropped_before(step) < self._dropped_before(following):
                for item in self._items(place, place + 1):
                    if isinstance(item, Loose) and sorter.sort(item.record).sort in dropped:
                        yield item.record.line, item.record.raw

    def count(self) -> int:
        """How many rows there are."""
        return self._rows_before(self.steps[-1])

    def _rows_before(self, step: Step) -> int:
        return step.rows + step.short * (Sort.SHORT in self.kept) + step.wide * (Sort.WIDE in self.kept)

    def _dropped_before(self, step: Step) -> int:
        return step.rejected + step.short * (Sort.SHORT not in self.kept) + step.wide * (Sort.WIDE not in self.kept)

    def _items(self, first: int, last: int) -> Iterator[Run | Traced | Loose]:
        """What lies between two steps."""
        for step, following in pairwise(self.steps[first : last + 1]):
            if step.traces is not None:
                for trace in step.traces:
                    if isinstance(trace, Trace):
                        yield Traced(trace, self.walk, self.layout.width)
                    else:
                        yield self.walk.peek(trace, 1)[0]
                continue
            for item in self.walk.items(step.at, self.layout.width, self.layout.header):
                if item.at.offset >= following.at.offset:
                    break
                # A walk that begins elsewhere reads other portions, so a run of it may reach beyond the next step.
                yield item.until(following.at) if isinstance(item, Run) else item

    def _runs(self, first_row: int) -> Iterator[tuple[Run | Traced, int]]:
        """Runs of rows from a row on, and how many rows to leave out at the start of each."""
        sorter = Sorter(self.layout)
        place = bisect_right(self.steps, first_row, key=self._rows_before) - 1
        before = first_row - self._rows_before(self.steps[place])
        for item in self._items(place, len(self.steps) - 1):
            run = self._row(item, sorter) if isinstance(item, Loose) else item
            if run is not None and before < len(run):
                yield run, before
            before = max(before - (len(run) if run else 0), 0)

    def _row(self, item: Loose, sorter: Sorter) -> Run | None:
        """A record cut by itself, written anew as clean CSV; None when it is no row."""
        found = sorter.sort(item.record)
        if found.sort not in self.kept:
            return None
        quote, mark = self.dialect.quote, self.dialect.delimiter
        cells = [f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in found.cells]
        data = f"{mark.join(cells)}\n".encode("utf-8", errors="replace")
        return Run(item.at, data, np.array([len(data)]), np.array([item.record.line]), item.next)

    def _batch(self, first_row: int, held: Iterable[tuple[bytes, Lines]], names: pd.Index[str]) -> Batch:
        lines = np.concatenate([piece for _, piece in held])
        frame = clean_frame(b"".join(data for data, _ in held), self.dialect, len(names), len(lines))
        frame.columns = names
        return Batch(first_row, lines, frame)


def clean_frame(data: bytes, dialect: Dialect, width: int, count: int) -> pd.DataFrame:
    """A frame of text from clean CSV without header: UTF-8, quotes as RFC 4180 has them, every row `width` cells wide."""
    names = [str(place) for place in range(width)]
    try:
        table = arrow_csv.read_csv(
            # Arrow takes one byte order mark off; one that stands at the start of a row is text.
            pa.py_buffer(_BOM + data if data.startswith(_BOM) else data),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 8, column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter, quote_char=dialect.quote, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False, strings_can_be_null=False, column_types=dict.fromkeys(names, _TEXT)
            ),
        )
    except pa.ArrowInvalid:
        table = None
    if table is None or table.num_rows != count:
        # It should not come to this; if it does, slow and right is better than a wrong cell.
        table = _by_hand(data, dialect, names)
    frame: pd.DataFrame = table.to_pandas(types_mapper={_TEXT: pd.StringDtype(na_value=np.nan)}.get)
    return frame


def _by_hand(data: bytes, dialect: Dialect, names: list[str]) -> pa.Table:
    rows = list(dialect.reader(io.StringIO(data.decode("utf-8"), newline="")))
    return pa.table({name: pa.array([row[place] for row in rows], _TEXT) for place, name in enumerate(names)})
