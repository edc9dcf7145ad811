"""Say of rows that leave the desk what is wrong with them, and of rows that come back what was changed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.fixes import CellEdit, WhichRows
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.policies import Policies
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from lib.mapping.row_ids import read_row_id
from lib.mapping.shown import label_of, raw_cells
from lib.reporting.error_workbook import MOST_COLUMNS, MOST_ROWS, ROW_ID, steady
from validation.policy import severity_under
from validation.reasons import REASONS

_OPEN = (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
_AT_ONCE = 2_500
_MOST_CSV = 10_000_000


@dataclass(frozen=True)
class Leaving:
    """Rows on their way out: which load, their ordinals in order, and the columns of the file that may be seen.

    `has_personal` says whether personal values are among them; a line that could not be read is told only then.
    """

    load: Load
    row_nos: tuple[int, ...]
    columns: tuple[str, ...]
    has_personal: bool

    def batches(self) -> Iterator[tuple[int, ...]]:
        """The ordinals, some thousand at a time."""
        for first in range(0, len(self.row_nos), _AT_ONCE):
            yield self.row_nos[first : first + _AT_ONCE]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: every reason with its mend in words, and by column of the file why it is marked."""

    message: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Returned:
    """What a file that came back says: the cells that differ, in `rows` rows; and the rows nothing is done with.

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

    @property
    def sentence(self) -> str:
        """`41 cells in 38 rows differ; 2 rows are not of this load.`"""
        cells = _counted(len(self.edits), "cell", "differs", "differ", f" in {_noun(self.rows, 'row')}")
        parts = [cells if self.edits else "No cell differs"]
        for count, one, many in (
            (self.foreign, "is not of this load", "are not of this load"),
            (self.nameless, "has no name in the hidden column and was left", "have no name in the hidden column"),
            (self.twice, "stands there twice with different cells", "stand there twice with different cells"),
        ):
            if count:
                parts.append(_counted(count, "row", one, many))
        return f"{'; '.join(parts)}."


def leaving(
    tx: UnitOfWork,
    load_id: int,
    which: WhichRows,
    sensitivity: Callable[[FieldMap, str], Sensitivity],
    *,
    is_clear: bool,
    is_workbook: bool,
) -> Leaving:
    """The rows that are so, for whoever asks; personal columns only for `is_clear` and who may approve loads.

    DeskError `too_many_for_excel` beyond what a sheet holds, `no_rows` where there is none.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    has_personal = is_clear and tx.actor.may(Right.APPROVE_LOADS)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    columns = tuple(
        name
        for name in tx.deliveries.by_id(load.delivery_id).facts.get("columns", ())
        if has_personal or sensitivity(field_map, name) in _OPEN
    )
    most = MOST_ROWS if is_workbook else _MOST_CSV
    row_nos = tuple(which.row_nos) or _places(tx, load, which, most + 1)
    if len(row_nos) > most or (is_workbook and len(columns) > MOST_COLUMNS):
        raise DeskError(
            "too_many_for_excel",
            f"A sheet holds {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns, and these rows are more.",
            "Choose fewer rows, for one reason at a time, or take them as CSV.",
        )
    if not row_nos:
        raise DeskError("no_rows", f"No row of load {load.id} is like that.", "Choose other rows.")
    return Leaving(load, row_nos, columns, has_personal)


def _places(tx: UnitOfWork, load: Load, which: WhichRows, limit: int) -> tuple[int, ...]:
    found = tx.rows.places(
        load.id, limit=limit, verdicts=which.verdicts, row_class=which.row_class, reason=which.reason
    )
    return tuple(found)


def what_is_wrong(tx: UnitOfWork, load: Load) -> Callable[[str], Wrong]:
    """Says of a row's reasons what is wrong in words; the same reasons are looked at once."""
    field_map, kind = tx.maps.by_id(load.map_version_id).field_map, object_type(load.object)
    policies = tx.accounts.by_id(load.account_id).policies
    known: dict[str, Wrong] = {}

    def say(reasons: str) -> Wrong:
        if reasons not in known:
            known[reasons] = _wrong(reasons, field_map, kind, policies)
        return known[reasons]

    return say


def _wrong(reasons: str, field_map: FieldMap, kind: ObjectType, policies: Policies) -> Wrong:
    said: list[str] = []
    marks: dict[str, str] = {}
    for reason in dict.fromkeys(reasons.split()):
        code, _, target = reason.partition(":")
        known = REASONS.get(code)
        words = f"{known.sentence} {known.mend}".strip() if known else code
        told = f"{label_of(field_map, target)}: {words}" if target else words
        said.append(told)
        if severity_under(policies, reason, kind) is Severity.BLOCK and code != "unreadable_line":
            for source, _ in raw_cells(field_map, target, {}):
                marks[source] = f"{marks[source]}\n{told}" if source in marks else told
    return Wrong("\n".join(said), marks)


def note_leaving(tx: UnitOfWork, found: Leaving, kind: str) -> None:
    """Write down who took which rows out of the desk."""
    told = {"kind": kind, "rows": len(found.row_nos), "personal": found.has_personal}
    tx.audit.note("rows taken out", "load", found.load.id, found.load.client_id, **told)


@dataclass(frozen=True)
class Named:
    """The rows of a file that came back which are of this load, by ordinal; the counts are as in `Returned`."""

    columns: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    foreign: int
    nameless: int
    twice: int


def named_rows(
    load: Load, columns: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]], key: bytes
) -> Named:
    """Match rows by their hidden names; only `columns` of the load's file are looked at, in whatever order they stand.

    DeskError `not_of_this_load` where not one row is.
    """
    places = {name: names.index(name) for name in columns if name in names}
    at = names.index(ROW_ID)
    cells: dict[int, tuple[str, ...]] = {}
    twice: set[int] = set()
    foreign = nameless = 0
    for row in rows:
        if not any(row):
            continue
        if not row[at].strip():
            nameless += 1
            continue
        found = read_row_id(row[at], key)
        if found is None or found[0] != load.id or found[1] >= load.row_count:
            foreign += 1
            continue
        texts = tuple(row[place] for place in places.values())
        if cells.setdefault(found[1], texts) != texts:
            twice.add(found[1])
    for row_no in twice:
        del cells[row_no]
    if not cells and not twice:
        raise DeskError(
            "not_of_this_load",
            f"None of the rows in this workbook is of load {load.id}, or their hidden names were changed.",
            "Drop it in at the load it was made for, or take the error file of this one anew.",
        )
    return Named(tuple(places), cells, foreign, nameless, len(twice))


def differences(named: Named, row_nos: Sequence[int], now: pd.DataFrame) -> Iterator[CellEdit]:
    """The cells of these rows (`now` has one row for each, as it reads today) that came back different."""
    columns = [name for name in named.columns if name in now]
    standing = list(zip(*(now[name].fillna("").tolist() for name in columns), strict=True)) if columns else []
    wanted = [named.columns.index(name) for name in columns]
    for row_no, there in zip(row_nos, standing, strict=False):
        back = named.cells[row_no]
        for name, place, cell in zip(columns, wanted, there, strict=True):
            if steady(cell).strip() != steady(back[place]).strip():
                yield CellEdit(row_no, name, back[place])


def csv_columns(found: Leaving) -> list[str]:
    """The names of what leaves in a CSV, in order."""
    return ["line", "verdict", "class", "what to mend", *found.columns]


def csv_rows(rows: pa.Table, frame: pd.DataFrame, messages: Sequence[str], columns: Sequence[str]) -> list[pa.Array]:
    """Rows as they leave in a CSV: their line, verdict and class, what is said of them, then their cells, all text."""
    said = [rows["line_no"].cast(pa.large_string()), rows["verdict"], rows["row_class"], pa.array(messages)]
    return [*said, *(pa.array(frame[name].fillna("").tolist(), pa.large_string()) for name in columns)]


def _noun(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _counted(count: int, noun: str, one: str, many: str, where: str = "") -> str:
    return f"{_noun(count, noun)}{where} {one if count == 1 else many}"
