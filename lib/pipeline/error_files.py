"""Rows on their way out of the desk to be mended elsewhere, and back: an error file, a CSV, and the error file dropped in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.fixes import CellEdit, WhichRows
from lib.domain.imports import Load
from lib.domain.people import Actor
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.intake.returned_sheet import returned_rows
from lib.mapping.row_ids import row_id
from lib.mapping.safe_csv import SafeCsv
from lib.pipeline.fixing import Changed, Seen, fix_cells
from lib.reporting.error_workbook import ROW_ID, ErrorRow, ErrorWorkbook
from lib.services import error_file, fix_panel, fix_rows
from lib.services.error_file import Leaving, Returned

FAILED = WhichRows(verdicts=(Verdict.FAILED,))
_AT_ONCE = 2_500


@dataclass(frozen=True)
class Written:
    """A file of rows as it was written."""

    load_id: int
    rows: int
    has_personal: bool


@dataclass(frozen=True)
class _Batch:
    """Some rows on their way out, in order: their ordinals, what the desk says of them, and their cells as text."""

    row_nos: list[int]
    rows: pa.Table
    frame: pd.DataFrame
    lost: dict[int, str]


def write_rows(
    desk: Desk, actor: Actor, load_id: int, path: Path, which: WhichRows = FAILED, *, is_clear: bool = True
) -> Written:
    """Write rows as they read now to a workbook, or to a CSV where the path ends in .csv; who took them is logged.

    Personal values go with them only with `is_clear` and for those who may see them.
    """
    is_workbook = path.suffix.lower() != ".csv"

    def work(tx: UnitOfWork) -> Leaving:
        found = error_file.leaving(
            tx, load_id, which, fix_panel.source_sensitivity, is_clear=is_clear, is_workbook=is_workbook
        )
        (_write_workbook if is_workbook else _write_csv)(tx, found, path, desk.hash_key)
        return found

    # Written in a transaction that only reads, so that nobody waits for a large file; handed out once it is logged.
    found = desk.ask(actor, work)
    desk.do(actor, error_file.note_leaving, found, "workbook" if is_workbook else "csv")
    return Written(found.load.id, len(found.row_nos), found.has_personal)


def read_back(desk: Desk, actor: Actor, load_id: int, content: bytes) -> Returned:
    """What a mended error file would change in the load it was made for; nothing is written."""
    names, rows = returned_rows(content, ROW_ID)
    return desk.ask(actor, lambda tx: _returned(tx, desk.hash_key, load_id, names, rows))


def take_back(desk: Desk, actor: Actor, load_id: int, content: bytes, reason: str, seen: Seen = None) -> Changed:
    """Put the cells that differ in a mended error file over those of the load; DeskError `nothing_differs` without any."""
    found = read_back(desk, actor, load_id, content)
    if not found.edits:
        raise DeskError("nothing_differs", found.sentence, "Mend the red cells, save the file, and drop it in again.")
    return fix_cells(desk, actor, load_id, found.edits, reason, found.load.version if seen is None else seen)


def _write_workbook(tx: UnitOfWork, found: Leaving, path: Path, key: bytes) -> None:
    say = error_file.what_is_wrong(tx, found.load)
    with ErrorWorkbook(path, found.columns) as book:
        for batch in _batches(tx, found):
            cells = zip(*(batch.frame[name].fillna("").tolist() for name in found.columns), strict=True)
            reasons = batch.rows["reasons"].to_pylist()
            for row_no, reason, texts in zip(batch.row_nos, reasons, _each(cells, len(batch.row_nos)), strict=True):
                wrong = say(reason)
                line = f"\n{batch.lost[row_no]}" if found.has_personal and row_no in batch.lost else ""
                name = row_id(found.load.id, row_no, key)
                book.add(ErrorRow(name, texts, f"{wrong.message}{line}", wrong.marks))


def _each(cells: Iterator[tuple[str, ...]], count: int) -> Iterator[tuple[str, ...]]:
    """The cells of each row; of rows of which no column may be seen, none."""
    found = list(cells)
    return iter(found or [()] * count)


def _write_csv(tx: UnitOfWork, found: Leaving, path: Path, _key: bytes) -> None:
    say = error_file.what_is_wrong(tx, found.load)
    with path.open("wb") as out:
        csv = SafeCsv(out, error_file.csv_columns(found))
        for batch in _batches(tx, found):
            messages = [say(reasons).message.replace("\n", " ") for reasons in batch.rows["reasons"].to_pylist()]
            csv.add(error_file.csv_rows(batch.rows, batch.frame, messages, found.columns))


def _batches(tx: UnitOfWork, found: Leaving) -> Iterator[_Batch]:
    for row_nos in found.batches():
        frame, lost = _as_it_reads(tx, found.load, row_nos)
        yield _Batch(list(row_nos), tx.rows.at(found.load.id, row_nos), frame, lost)


def _as_it_reads(tx: UnitOfWork, load: Load, row_nos: Sequence[int]) -> tuple[pd.DataFrame, dict[int, str]]:
    """One row for each ordinal, mended cells included; a line that could not be read is blank, and its text beside it."""
    raw = fix_rows.raw_now(tx, load, row_nos)
    frame = raw.frame.set_axis(pd.Index(raw.row_nos, dtype="int64")).reindex(list(row_nos))
    return frame, dict(zip(raw.unread, raw.unread_texts, strict=True))


def _returned(tx: UnitOfWork, key: bytes, load_id: int, names: list[str], rows: list[list[str]]) -> Returned:
    load = fix_rows.fixable(tx, load_id, None)
    columns = list(tx.deliveries.by_id(load.delivery_id).facts.get("columns", ()))
    named = error_file.named_rows(load, columns, names, rows, key)
    edits: list[CellEdit] = []
    places = sorted(named.cells)
    for first in range(0, len(places), _AT_ONCE):
        some = places[first : first + _AT_ONCE]
        frame, _ = _as_it_reads(tx, load, some)
        edits.extend(error_file.differences(named, some, frame))
    changed = len({edit.row_no for edit in edits})
    counts = {"foreign": named.foreign, "nameless": named.nameless, "twice": named.twice}
    return Returned(load, tuple(edits), changed, len(places) - changed, **counts)
