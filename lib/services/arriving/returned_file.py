"""Say of rows that left the desk and came back what was mended in them, and what the desk has mended since otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.people import Right
from lib.domain.rows.fixes import CellEdit
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.mapping.row_ids import read_row_id
from lib.mapping.safe_csv import as_typed, harmless_text
from lib.mapping.shown import as_seen, cut
from lib.reporting.error_workbook import ROW_ID, steady

_AT_ONCE = 2_500


@dataclass(frozen=True)
class Mended:
    """A cell that came back different from what left; `was` is the text that left."""

    edit: CellEdit
    was: str


@dataclass(frozen=True)
class Contested:
    """A cell mended in the file, and after the file was made also on the desk, to another text; both as one may see them.

    `line` is the row's line in the delivered file; `who` mended it on the desk last, and `at` is when.
    """

    line: int
    source: str
    in_file: str
    on_desk: str
    who: str
    at: datetime

    @property
    def sentence(self) -> str:
        """`Line 4, fee: "12.5" in the file, "13" on the desk (Ana Ruiz, 2026-03-10 12:00 UTC).`"""
        where, hand = f"Line {self.line}, {self.source}", f"{self.who}, {self.at:%Y-%m-%d %H:%M} UTC"
        return f'{where}: "{self.in_file}" in the file, "{self.on_desk}" on the desk ({hand}).'

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        texts = {"in_file": self.in_file, "on_desk": self.on_desk}
        return {"line": self.line, "column": self.source, **texts, "who": self.who, "at": self.at}


@dataclass(frozen=True)
class Returned:
    """What a file that came back says: the cells mended in it, in `rows` rows; and what nothing is done with.

    `contested` are cells that the desk has mended otherwise since the file was made: they stay as they are on the desk.
    `foreign` are rows of another load or with a name the desk has not given out, `nameless` those without a name,
    `twice` those that stand there more than once with different cells, `same` those in which nothing differs.
    """

    load: Load
    edits: tuple[CellEdit, ...]
    rows: int
    same: int
    foreign: int
    nameless: int
    twice: int
    contested: tuple[Contested, ...] = ()

    @property
    def sentence(self) -> str:
        """`41 cells in 38 rows differ; 2 rows are not of this load.`"""
        cells = _told(len(self.edits), "cell", "differs", "differ", f" in {counted(self.rows, 'row')}")
        parts = [cells if self.edits else "No cell differs that can be taken" if self.contested else "No cell differs"]
        also = "mended on the desk to another text since the file was made, and left as it is there"
        for count, noun, one, many in (
            (len(self.contested), "cell", f"was {also}", f"were {also.replace('it is', 'they are')}"),
            (self.foreign, "row", "is not of this load", "are not of this load"),
            (
                self.nameless,
                "row",
                "has no name in the hidden column and was left",
                "have no name in the hidden column",
            ),
            (self.twice, "row", "stands there twice with different cells", "stand there twice with different cells"),
        ):
            if count:
                parts.append(_told(count, noun, one, many))
        return f"{'; '.join(parts)}."


@dataclass(frozen=True)
class Named:
    """The rows of a file that came back which are of this load, by ordinal: the newest edit known to it, and their cells.

    The counts are as in `Returned`.
    """

    columns: tuple[str, ...]
    rows: dict[int, tuple[int, tuple[str, ...]]]
    foreign: int
    nameless: int
    twice: int

    def batches(self) -> Iterator[tuple[int, list[int]]]:
        """Ordinals in order, some thousand at a time, each time of files that knew the same edits (the first value)."""
        for up_to in sorted({known for known, _ in self.rows.values()}):
            places = sorted(row_no for row_no, (known, _) in self.rows.items() if known == up_to)
            for first in range(0, len(places), _AT_ONCE):
                yield up_to, places[first : first + _AT_ONCE]


def named_rows(
    load: Load, columns: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]], key: bytes
) -> Named:
    """Match rows by their hidden names; only `columns` of the load's file are looked at, in whatever order they stand.

    DeskError `not_of_this_load` where not one row is.
    """
    places = {name: names.index(name) for name in columns if name in names}
    at = names.index(ROW_ID)
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    twice: set[int] = set()
    foreign = nameless = 0
    for row in rows:
        if not any(row):
            continue
        if not row[at].strip():
            nameless += 1
            continue
        name = read_row_id(row[at], key)
        if name is None or name.load_id != load.id or name.row_no >= load.row_count:
            foreign += 1
            continue
        texts = tuple(row[place] for place in places.values())
        known, before = found.get(name.row_no, (0, texts))
        if before != texts:
            twice.add(name.row_no)
        # Of two files put together, with the same cells, what the newer one shows was seen last.
        found[name.row_no] = (max(known, name.up_to), texts)
    for row_no in twice:
        del found[row_no]
    if not found and not twice:
        raise DeskError(
            "not_of_this_load",
            f"None of the rows in this file is of load {load.id}, or their hidden names were changed.",
            "Drop it in at the load it was made for, or take the error file of this one anew.",
        )
    return Named(tuple(places), found, foreign, nameless, len(twice))


def mended_cells(named: Named, row_nos: Sequence[int], left: pd.DataFrame) -> Iterator[Mended]:
    """The cells of these rows that came back different; `left` has one row for each, as it read when it left."""
    columns = [name for name in named.columns if name in left]
    standing = list(zip(*(left[name].fillna("").tolist() for name in columns), strict=True)) if columns else []
    places = [named.columns.index(name) for name in columns]
    for row_no, there in zip(row_nos, standing, strict=False):
        back = named.rows[row_no][1]
        for name, place, was in zip(columns, places, there, strict=True):
            text = back[place]
            # In a CSV a risky text left with an apostrophe before it.
            if not _alike(was, text) and not _alike(harmless_text(was), text):
                yield Mended(CellEdit(row_no, name, text if was.startswith("'") else as_typed(text)), was)


def weighed(
    mended: Sequence[Mended], row_nos: Sequence[int], now: pd.DataFrame
) -> tuple[list[CellEdit], list[tuple[CellEdit, str]]]:
    """The edits to take, and those that the desk's own later ones stand against, with the text that stands there now.

    `now` has one row for each of `row_nos`, as it reads today. Where both came to the same text there is nothing to do.
    """
    sources = {cell.edit.source for cell in mended}
    texts = {source: dict(zip(row_nos, now[source].fillna("").tolist(), strict=True)) for source in sources}
    taken: list[CellEdit] = []
    against: list[tuple[CellEdit, str]] = []
    for cell in mended:
        stands = texts[cell.edit.source][cell.edit.row_no]
        if stands == cell.was:
            taken.append(cell.edit)
        elif not _alike(stands, cell.edit.value or ""):
            against.append((cell.edit, stands))
    return taken, against


def contested(
    tx: UnitOfWork,
    load: Load,
    against: Sequence[tuple[CellEdit, str]],
    sensitivity: Callable[[FieldMap, str], Sensitivity],
) -> list[Contested]:
    """Both texts of each cell, with who mended it on the desk and when; personal ones only to who may approve loads."""
    if not against:
        return []
    row_nos = sorted({edit.row_no for edit, _ in against})
    field_map, is_clear = tx.maps.by_id(load.map_version_id).field_map, tx.actor.may(Right.APPROVE_LOADS)
    lines = dict(zip(row_nos, tx.rows.at(load.id, row_nos)["line_no"].to_pylist(), strict=True))
    authors = tx.edits.authors(load.id, row_nos)
    names = tx.people.names_of(person for person, _ in authors.values())
    found = []
    for edit, stands in against:
        person, at = authors[edit.row_no, edit.source]
        how = sensitivity(field_map, edit.source)
        in_file, on_desk = (as_seen(cut(text), how, is_clear=is_clear) for text in (edit.value or "", stands))
        found.append(Contested(lines[edit.row_no], edit.source, in_file, on_desk, names.get(person, ""), at))
    if is_clear:
        tx.audit.saw("load", load.id, load.client_id, what="raw cells")
    return found


def _alike(one: str, other: str) -> bool:
    return steady(one).strip() == steady(other).strip()


def _told(count: int, noun: str, one: str, many: str, where: str = "") -> str:
    return f"{counted(count, noun)}{where} {one if count == 1 else many}"
