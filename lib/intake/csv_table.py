"""Reads delimited text (CSV, TSV and their kin) as a table: finds what it holds in one pass and keeps none of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from lib.domain.arriving.readings import MOST_NOTES, LineNote
from lib.errors import DeskError
from lib.intake.csv_rows import CsvRows, Step
from lib.intake.csv_walk import Place, Run, Walk
from lib.intake.dialect import USUAL, Dialect, find_dialect
from lib.intake.layout import find_layout, is_blank
from lib.intake.recoding import Recoded
from lib.intake.records import Notes, ReadOptions, Table, Tally
from lib.intake.rows import Ledger, Sort, Sorter
from lib.intake.sources import BLOCK
from lib.intake.tables import (
    NEEDED,
    SAMPLE,
    TableMark,
    may_not_be_names,
    no_such_table,
    note_tables,
    other_table,
    table_end,
)
from lib.intake.zip_codes import note_lost_zeros

_HEAD = 64 * 1024


def read_csv(text: Recoded, encoding: str, options: ReadOptions) -> Table:
    """The table of a delimited text that holds more than blanks; DeskError no_such_table, wrong_delimiter and others."""
    head = _head(text)
    dialect = find_dialect(head, options.delimiter)
    walk, notes = Walk(text.source, dialect), Notes()
    start = _after_declaration(walk, Place(text.start, 1), dialect, head, notes)
    doubts = _doubts_by_line(text)
    rows, places = _find_tables(walk, start, dialect, options, notes, doubts)
    layout = rows.layout
    notes.flagged.take(doubts.tally(text.doubts.count))
    table = Table("csv", layout.names, rows.count(), rows, layout.header_line, notes)
    _note_dialect(table, dialect, head)
    table.encoding, table.delimiter = encoding, dialect.delimiter
    table.number = options.table or 1
    table.others = places if len(places) > 1 else []
    return table


def empty_file() -> DeskError:
    """The refusal of a file in which nothing stands."""
    return DeskError("empty_file", "The file is empty.", "Export it again; if the period had no rows, say so instead.")


def _head(text: Recoded) -> str:
    """The first 64 KiB, cut at the end of a line."""
    data = text.source.read(text.start, _HEAD)
    if text.start + len(data) < text.source.size:
        data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1] or data
    return data.decode("utf-8", errors="ignore")


def _after_declaration(walk: Walk, start: Place, dialect: Dialect, head: str, notes: Notes) -> Place:
    """Where the records begin, behind Excel's own line `sep=;`."""
    if not (dialect.is_told and head.lstrip('"').lower().startswith("sep=")):
        return start
    notes.skip(1, "It names the delimiter (sep=).")
    return walk.peek(start, 1)[0].next


@dataclass
class _Body:
    """One table of the file: its rows, what was said of its lines, and where and how the next table begins."""

    rows: CsvRows
    records: int
    next: Place | None


def _find_tables(
    walk: Walk, start: Place, dialect: Dialect, options: ReadOptions, notes: Notes, doubts: _LineDoubts
) -> tuple[CsvRows, list[LineNote]]:
    """The rows of the table that was asked for (the first by default), and the line and names of each; others are skipped."""
    wanted = options.table or 1
    places: list[LineNote] = []
    chosen: CsvRows | None = None
    at: Place | None = start
    while at is not None:
        own = Notes()
        header_row = options.header_row if len(places) + 1 == wanted else None
        body = _read_table(walk, at, dialect, header_row, own, doubts)
        layout = body.rows.layout
        places.append(LineNote(layout.header_line or at.line, ", ".join(layout.names[:20])))
        if len(places) == wanted:
            chosen = body.rows
            notes.take(own)
        else:
            _skip_table(walk, at, body.records, len(places), notes)
        at = body.next
    if chosen is None:
        raise no_such_table(wanted, places)
    note_tables(places, wanted, notes)
    return chosen, places


def _skip_table(walk: Walk, at: Place, count: int, number: int, notes: Notes) -> None:
    skipped = Tally()
    for item in islice(walk.records(at), min(count, MOST_NOTES)):
        skipped.add(item.at.line, other_table(number))
    skipped.count = count
    notes.skipped.take(skipped)


def _read_table(
    walk: Walk, at: Place, dialect: Dialect, header_row: int | None, notes: Notes, doubts: _LineDoubts
) -> _Body:
    """The table that begins at a place, to its end: the end of the text or the blank line before another table."""
    looked = walk.peek(at, SAMPLE)
    sample = [item.record for item in looked]
    cut = table_end(sample, header_row)
    sample = sample if cut is None else sample[: cut + 1]
    layout = find_layout(sample, notes, header_row)
    note_lost_zeros(layout, sample, notes)
    first = looked[layout.used - 1].next if layout.used else at
    ledger, sorter, mark = Ledger(layout, notes), Sorter(layout), TableMark(layout.header, sample[layout.used :])
    end = None if cut is None else looked[cut].next
    steps, behind, records = [Step(first, 0, 0, 0, 0)], first, layout.used
    was_blank, following = False, None
    for item in walk.items(first, layout.width, layout.header):
        if item.at.offset - steps[-1].at.offset >= BLOCK:
            steps.append(_step(item.at, ledger, notes))
        steps[-1].remember(item)
        behind = item.next
        if isinstance(item, Run):
            ledger.rows += len(item)
            records, was_blank = records + len(item), False
            continue
        found = sorter.sort(item.record)
        ledger.add(item.record, found)
        doubts.move(item.record.line, found.sort, ledger)
        records, is_first = records + 1, not was_blank
        was_blank = is_blank(item.record.cells)
        if was_blank and (behind == end or (is_first and _begins_table(walk, behind, mark))):
            following = behind
            break
    steps.append(_step(behind, ledger, notes))
    return _Body(CsvRows(walk, dialect, layout, steps, ledger.close()), records, following)


def _step(at: Place, ledger: Ledger, notes: Notes) -> Step:
    return Step(at, ledger.rows, ledger.short.count, ledger.wide.count, notes.rejected.count)


def _begins_table(walk: Walk, at: Place, mark: TableMark) -> bool:
    """Whether another table begins behind a blank line; most often the first cells there settle that none does."""
    ahead = walk.peek(at, 1)
    if not ahead or may_not_be_names(ahead[0].record):
        return False
    return mark.names_of([item.record for item in walk.peek(at, 4 * NEEDED)]) is not None


@dataclass
class _LineDoubts:
    """What was said of lines when they were decoded; it goes with the row where that turns out not to be one."""

    by_line: dict[int, list[str]]
    moved: int = 0

    def move(self, line: int, sort: Sort, ledger: Ledger) -> None:
        """Hand the doubts about a row of another width over to those that share its fate."""
        if self.by_line and sort in (Sort.SHORT, Sort.WIDE):
            group = ledger.short if sort is Sort.SHORT else ledger.wide
            for why in self.by_line.pop(line, []):
                group.doubts.add(line, why)
                self.moved += 1

    def tally(self, count: int) -> Tally:
        """What is left of `count` doubts."""
        left = Tally(count - self.moved)
        left.kept = [LineNote(line, why) for line, whys in self.by_line.items() for why in whys]
        return left


def _doubts_by_line(text: Recoded) -> _LineDoubts:
    found: dict[int, list[str]] = {}
    for note in text.doubts.kept:
        found.setdefault(note.line, []).append(note.why)
    return _LineDoubts(found)


def _note_dialect(table: Table, dialect: Dialect, head: str) -> None:
    line = table.header_row or 1
    if dialect.is_backslash:
        table.notes.flag(line, 'Quotes are escaped by a backslash; \\" was read as ".')
    if dialect.quote == "'":
        table.notes.flag(line, "Apostrophes around cells were read as quotes.")
    if dialect.delimiter not in USUAL and not dialect.is_told:
        table.notes.flag(line, f"The cells seem to be parted by {dialect.name!r}; check the columns.")
    if len(table.columns) > 1 or dialect.is_told:
        return
    first = head[:4096].splitlines()[:50]
    for mark in USUAL:
        if len(first) > 1 and sum(mark in item for item in first) * 5 >= 4 * len(first):
            table.notes.flag(
                line, f"Read as one column, though most lines hold {mark!r}; name the delimiter if it is one."
            )
