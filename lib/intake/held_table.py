"""Reads a table from records that are in memory already, as those of a sheet are, with the same sorting as text has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.domain.arriving.readings import LineNote
from lib.intake.layout import find_layout, is_blank
from lib.intake.records import HeldRows, Notes, ReadOptions, Record, Table, text_frame
from lib.intake.rows import Ledger, Sort, Sorted, Sorter
from lib.intake.tables import (
    NEEDED,
    SAMPLE,
    TableMark,
    no_such_table,
    note_tables,
    other_table,
    table_end,
)
from lib.intake.zip_codes import note_lost_zeros


def read_held(kind: str, records: Sequence[Record], notes: Notes, options: ReadOptions) -> Table:
    """The table that lies among the records, the first by default; those of other tables are skipped lines."""
    wanted, start = options.table or 1, 0
    places: list[LineNote] = []
    chosen: Table | None = None
    while start < len(records):
        number, own = len(places) + 1, Notes()
        header_row = options.header_row if number == wanted else None
        table, end = _read_table(kind, records[start:], own, header_row)
        places.append(LineNote(table.header_row or records[start].line, ", ".join(table.columns[:20])))
        if number == wanted:
            chosen = table
            notes.take(own)
        else:
            for record in records[start : start + end]:
                notes.skip(record.line, other_table(number))
        start += end
    if chosen is None:
        raise no_such_table(wanted, places)
    note_tables(places, wanted, notes)
    chosen.notes, chosen.number, chosen.others = notes, wanted, places if len(places) > 1 else []
    return chosen


def _read_table(kind: str, records: Sequence[Record], notes: Notes, header_row: int | None) -> tuple[Table, int]:
    """The table at the start of the records, and how many of them are its own."""
    cut = table_end(records[:SAMPLE], header_row)
    sample = records[:SAMPLE] if cut is None else records[: cut + 1]
    layout = find_layout(list(sample), notes, header_row)
    note_lost_zeros(layout, sample, notes)
    ledger, sorter = Ledger(layout, notes), Sorter(layout)
    mark = TableMark(layout.header, sample[layout.used :])
    sorted_records: list[tuple[Record, Sorted]] = []
    end = layout.used
    for end, record in enumerate(records[layout.used :], start=layout.used + 1):
        found = sorter.sort(record)
        ledger.add(record, found)
        sorted_records.append((record, found))
        is_end = end - 1 == cut or (is_blank(record.cells) and mark.names_of(records[end : end + 4 * NEEDED]))
        if is_end:
            break
    kept = ledger.close()
    rows = [(record, found) for record, found in sorted_records if found.sort in kept]
    dropped = {Sort.REJECTED, Sort.SHORT, Sort.WIDE} - kept
    frame = text_frame(layout.names, list(zip(*(found.cells for _, found in rows), strict=True)))
    lines = np.array([record.line for record, _ in rows], dtype=np.int64)
    held = HeldRows(frame, lines, [(item.line, item.raw) for item, found in sorted_records if found.sort in dropped])
    return Table(kind, layout.names, len(rows), held, layout.header_line, notes), end
