"""Rows on their way out of the desk to be mended elsewhere, and back: an error file, a CSV, and the error file dropped in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Load
from lib.domain.people import Actor, Right
from lib.domain.rows.fixes import CellEdit, WhichRows
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.intake.returned_sheet import returned_rows
from lib.mapping.safe_csv import SafeCsv
from lib.pipeline.loading.fixing import Changed, Seen, fix_cells
from lib.reporting.error_workbook import ROW_ID, ErrorRow, ErrorWorkbook
from lib.services.arriving import returned_file
from lib.services.arriving.returned_file import Contested, Returned
from lib.services.reviewing import error_file, fix_panel, fix_rows
from lib.services.reviewing.error_file import Leaving

FAILED = WhichRows(verdicts=(Verdict.FAILED,))
# A sentence names so many cells; a list names them all.
_MOST_TOLD = 20


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
    actor.require(Right.IMPORT)
    names, rows = returned_rows(content, ROW_ID)
    return desk.ask(actor, lambda tx: _returned(tx, desk.hash_key, load_id, names, rows))


def take_back(desk: Desk, actor: Actor, load_id: int, content: bytes, reason: str, seen: Seen = None) -> Changed:
    """Put the cells mended in an error file over those of the load; DeskError `nothing_differs` without any.

    A cell that the desk has mended otherwise since the file was made is left as it is.
    """
    found = read_back(desk, actor, load_id, content)
    if not found.edits:
        said = " ".join([found.sentence, *(cell.sentence for cell in found.contested[:_MOST_TOLD])])
        raise DeskError("nothing_differs", said, "Mend the red cells, save the file, and drop it in again.")
    return fix_cells(desk, actor, load_id, found.edits, reason, found.load.version if seen is None else seen)


def _write_workbook(tx: UnitOfWork, found: Leaving, path: Path, key: bytes) -> None:
    say = error_file.what_is_wrong(tx, found.load)
    with ErrorWorkbook(path, found.columns) as book:
        for batch in _batches(tx, found):
            cells = zip(*(batch.frame[name].fillna("").tolist() for name in found.columns), strict=True)
            texts_of, names = _each(cells, len(batch.row_nos)), found.names(batch.row_nos, key)
            reasons = batch.rows["reasons"].to_pylist()
            for row_no, name, reason, texts in zip(batch.row_nos, names, reasons, texts_of, strict=True):
                wrong = say(reason)
                line = f"\n{batch.lost[row_no]}" if found.has_personal and row_no in batch.lost else ""
                book.add(ErrorRow(name, texts, f"{wrong.message}{line}", wrong.marks))


def _each(cells: Iterator[tuple[str, ...]], count: int) -> Iterator[tuple[str, ...]]:
    """The cells of each row; of rows of which no column may be seen, none."""
    found = list(cells)
    return iter(found or [()] * count)


def _write_csv(tx: UnitOfWork, found: Leaving, path: Path, key: bytes) -> None:
    say = error_file.what_is_wrong(tx, found.load)
    with path.open("wb") as out:
        csv = SafeCsv(out, error_file.csv_columns(found))
        for batch in _batches(tx, found):
            messages = [say(reasons).message.replace("\n", " ") for reasons in batch.rows["reasons"].to_pylist()]
            names = found.names(batch.row_nos, key)
            csv.add(error_file.csv_rows(batch.rows, batch.frame, messages, found.columns, names))


def _batches(tx: UnitOfWork, found: Leaving) -> Iterator[_Batch]:
    for row_nos in found.batches():
        frame, lost = _as_it_reads(tx, found.load, row_nos, None)
        yield _Batch(list(row_nos), tx.rows.at(found.load.id, row_nos), frame, lost)


def _as_it_reads(
    tx: UnitOfWork, load: Load, row_nos: Sequence[int], up_to: int | None
) -> tuple[pd.DataFrame, dict[int, str]]:
    """One row for each ordinal, cells mended up to an edit included (None: all); a line that could not be read is blank,
    and its text beside it.
    """
    raw = fix_rows.raw_now(tx, load, row_nos, up_to)
    frame = raw.frame.set_axis(pd.Index(raw.row_nos, dtype="int64")).reindex(list(row_nos))
    return frame, dict(zip(raw.unread, raw.unread_texts, strict=True))


def _returned(tx: UnitOfWork, key: bytes, load_id: int, names: list[str], rows: list[list[str]]) -> Returned:
    load = fix_rows.fixable(tx, load_id, None)
    columns = list(tx.deliveries.by_id(load.delivery_id).facts.get("columns", ()))
    named = returned_file.named_rows(load, columns, names, rows, key)
    edits: list[CellEdit] = []
    against: list[tuple[CellEdit, str]] = []
    for up_to, row_nos in named.batches():
        left, _ = _as_it_reads(tx, load, row_nos, up_to)
        mended = list(returned_file.mended_cells(named, row_nos, left))
        concerned = sorted({cell.edit.row_no for cell in mended})
        if concerned:
            now, _ = _as_it_reads(tx, load, concerned, None)
            taken, standing = returned_file.weighed(mended, concerned, now)
            edits += taken
            against += standing
    contested: list[Contested] = returned_file.contested(tx, load, against, fix_panel.source_sensitivity)
    changed = len({edit.row_no for edit in edits})
    same = len(named.rows) - len({edit.row_no for edit in (*edits, *(edit for edit, _ in against))})
    counts = {"foreign": named.foreign, "nameless": named.nameless, "twice": named.twice}
    return Returned(load, tuple(edits), changed, same, **counts, contested=tuple(contested))
