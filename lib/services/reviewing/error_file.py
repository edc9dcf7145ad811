"""Say of rows that leave the desk which they are, what is wrong with them, and who took them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.rows.fixes import WhichRows
from lib.domain.rows.policies import Policies
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from lib.mapping.row_ids import row_id
from lib.mapping.shown import label_of, raw_cells
from lib.reporting.error_workbook import MOST_COLUMNS, MOST_ROWS, ROW_ID
from validation.policy import severity_under
from validation.reasons import REASONS

_OPEN = (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
_AT_ONCE = 2_500
_MOST_CSV = 10_000_000


@dataclass(frozen=True)
class Leaving:
    """Rows on their way out: which load, their ordinals in order, and the columns of the file that may be seen.

    `has_personal` says whether personal values are among them; a line that could not be read is told only then.
    `up_to` is the newest edit of the load that their cells show.
    """

    load: Load
    row_nos: tuple[int, ...]
    columns: tuple[str, ...]
    has_personal: bool
    up_to: int

    def names(self, row_nos: Sequence[int], key: bytes) -> list[str]:
        """What each row is found again by when the file comes back."""
        return [row_id(self.load.id, row_no, self.up_to, key) for row_no in row_nos]

    def batches(self) -> Iterator[tuple[int, ...]]:
        """The ordinals, some thousand at a time."""
        for first in range(0, len(self.row_nos), _AT_ONCE):
            yield self.row_nos[first : first + _AT_ONCE]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: every reason with its mend in words, and by column of the file why it is marked."""

    message: str
    marks: Mapping[str, str]


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
    # Asked before any cell is read: an edit that came between would count as not seen, which loses nothing.
    up_to = tx.edits.last_edit(load.id)
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
    return Leaving(load, row_nos, columns, has_personal, up_to)


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


def csv_columns(found: Leaving) -> list[str]:
    """The names of what leaves in a CSV, in order; the desk's own never stand for a column of the file."""
    own = ("line", "verdict", "class", "what to mend")
    named = [f"Connector Desk: {name}" if name in found.columns else name for name in own]
    return [*named, *found.columns, ROW_ID]


def csv_rows(
    rows: pa.Table, frame: pd.DataFrame, messages: Sequence[str], columns: Sequence[str], names: Sequence[str]
) -> list[pa.Array]:
    """Rows as they leave in a CSV: line, verdict, class, what is said of them, their cells, their names; all text."""
    said = [rows["line_no"].cast(pa.large_string()), rows["verdict"], rows["row_class"], pa.array(messages)]
    cells = (pa.array(frame[name].fillna("").tolist(), pa.large_string()) for name in columns)
    return [*said, *cells, pa.array(names, pa.large_string())]
