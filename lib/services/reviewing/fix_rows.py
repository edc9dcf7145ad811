"""Mend single cells of rows under review: an edit lies over the cell as it came, and taking it away shows that again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.people import Right
from lib.domain.rows.fixes import MOST_ROWS, CellEdit, FixStep, WhichRows, standing_steps, turning
from lib.domain.settings.retention import no_longer_kept
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.mapping.frames import frame_of
from lib.mapping.shown import UNREADABLE

_LONGEST = 4000


@dataclass(frozen=True)
class RawRows:
    """Rows as they read now: `frame` has one row for each of `row_nos`, in order, all text; `lines` are file lines.

    `unread` are the ordinals of lines that could not be read and that nobody has given cells; they are not in the frame.
    """

    row_nos: tuple[int, ...]
    lines: tuple[int, ...]
    frame: pd.DataFrame
    unread: tuple[int, ...]
    unread_lines: tuple[int, ...]
    unread_texts: tuple[str, ...]


def fixable(tx: UnitOfWork, load_id: int, seen_version: int | None) -> Load:
    """The load, when its rows may be changed by whoever asks; refused when somebody changed it since it was seen."""
    tx.actor.require(Right.IMPORT)
    load = tx.loads.by_id(load_id)
    if load.status is not LoadStatus.IN_REVIEW:
        raise DeskError(
            "not_in_review",
            f"Load {load_id} is {load.status.replace('_', ' ')}; rows are changed only while a load is in review.",
            "Undo the load and bring the file again; what was mended in it is carried over.",
        )
    if seen_version is not None and load.version != seen_version:
        raise DeskError(
            "changed_meanwhile",
            f"Somebody else changed load {load_id} since you looked at it, so nothing of this was done.",
            "Look at what is there now, and repeat it if it is still needed.",
            is_retryable=True,
        )
    return load


def reasoned(reason: str) -> str:
    """The reason, trimmed; DeskError `reason_missing` without one."""
    if not reason.strip():
        raise DeskError("reason_missing", "A change of rows needs a reason.", "Say why; it stays with the rows.")
    return reason.strip()[:500]


def places_of(tx: UnitOfWork, load: Load, which: WhichRows) -> list[int]:
    """The ordinals of the rows meant, in order; DeskError `too_many_rows` or `no_rows`."""
    if which.row_nos:
        found: list[int] = tx.rows.at(load.id, which.row_nos[: MOST_ROWS + 1])["row_no"].to_pylist()
    elif which.lines:
        runs = [tx.rows.places(load.id, limit=MOST_ROWS + 1, lines=run) for run in which.lines]
        found = sorted({row_no for run in runs for row_no in run})
    else:
        found = tx.rows.places(
            load.id,
            limit=MOST_ROWS + 1,
            verdicts=which.verdicts,
            row_class=which.row_class,
            reason=which.reason,
            is_held=True if which.is_held else None,
        )
    if len(found) > MOST_ROWS:
        raise DeskError(
            "too_many_rows",
            f"That would change more than {MOST_ROWS:,} rows at once, and nothing was changed.",
            "Choose fewer rows; what concerns them all is mended in the map.",
        )
    if not found:
        raise DeskError("no_rows", f"No row of load {load.id} is like that.", "Choose other rows.")
    return found


def raw_now(tx: UnitOfWork, load: Load, row_nos: Sequence[int], up_to: int | None = None) -> RawRows:
    """Rows as they came, with what people put over their cells; DeskError `raw_not_kept` where they are gone.

    With `up_to`, as they read when that edit was the newest of the load.
    """
    found, table = tx.payloads.tables_at(load.delivery_id, load.id, "raw", row_nos)
    if table is None or len(found) < len(set(row_nos)):
        gone = no_longer_kept(tx.accounts.by_id(load.account_id).retention_days)
        raise DeskError(
            "raw_not_kept",
            f"Cells of load {load.id} as they came are {gone}, so none can be mended.",
            "Mend the file and bring it again, or let the account keep what arrives for some days.",
        )
    overlay = tx.edits.overlay(load.id, found, up_to)
    lines = dict(zip(found, tx.rows.at(load.id, found)["line_no"].to_pylist(), strict=True))
    frame = frame_of(table).set_axis(found)
    lost = frame.pop(UNREADABLE) if UNREADABLE in frame else pd.Series(dtype="str")
    is_lost = lost.notna().reindex(found, fill_value=False)
    edited = {row_no for row_no, _ in overlay}
    unread = [row_no for row_no in found if is_lost[row_no] and row_no not in edited]
    read = [row_no for row_no in found if row_no not in set(unread)]
    return RawRows(
        tuple(read),
        tuple(lines[row_no] for row_no in read),
        _overlaid(_all_columns(tx, load, frame), is_lost, overlay).loc[read].reset_index(drop=True),
        tuple(unread),
        tuple(lines[row_no] for row_no in unread),
        tuple(str(lost[row_no]) for row_no in unread),
    )


def _all_columns(tx: UnitOfWork, load: Load, frame: pd.DataFrame) -> pd.DataFrame:
    columns = list(tx.deliveries.by_id(load.delivery_id).facts.get("columns", ()))
    names = [*columns, *(name for name in frame.columns if name not in columns)]
    return frame.reindex(columns=names).astype("str")


def _overlaid(frame: pd.DataFrame, is_lost: pd.Series[bool], overlay: dict[tuple[int, str], str]) -> pd.DataFrame:
    """The cells with their edits; a line that was given cells is blank in those that it was not given."""
    mended = frame.mask(is_lost, "") if is_lost.any() else frame
    by_source: dict[str, dict[int, str]] = {}
    for (row_no, source), value in overlay.items():
        by_source.setdefault(source, {})[row_no] = value
    columns = {}
    for source, cells in by_source.items():
        if source in mended:
            there = mended[source]
            columns[source] = pd.Series(cells, dtype="str").reindex(there.index).where(there.index.isin(cells), there)
    return mended.assign(**columns)


def with_edits(tx: UnitOfWork, load: Load, raw: RawRows, edits: Sequence[CellEdit]) -> RawRows:
    """One row with further texts over its cells, as a trial; a line that could not be read gets the cells it is given."""
    cells = {edit.source: edit.value or "" for edit in edits}
    if raw.unread:
        frame = _all_columns(tx, load, pd.DataFrame([cells], dtype="str")).fillna("")
        return replace(raw, row_nos=raw.unread, lines=raw.unread_lines, frame=frame, unread=())
    return replace(
        raw, frame=raw.frame.assign(**{name: pd.Series([cell], dtype="str") for name, cell in cells.items()})
    )


def sound_edits(tx: UnitOfWork, load: Load, edits: Iterable[CellEdit]) -> list[CellEdit]:
    """Edits as they came from outside, looked at: known columns, text that fits, rows that are there."""
    known = set(tx.deliveries.by_id(load.delivery_id).facts.get("columns", ()))
    found = list({(edit.row_no, edit.source): edit for edit in edits}.values())
    for edit in found:
        if edit.source not in known:
            raise DeskError(
                "unknown_source",
                f"The file of load {load.id} has no column {edit.source!r}.",
                f"It has {', '.join(sorted(known)[:20])}.",
            )
        if edit.value is not None and len(edit.value) > _LONGEST:
            raise DeskError(
                "too_long",
                f"The new text for {edit.source} is {len(edit.value):,} characters long; a cell takes {_LONGEST:,}.",
                "Shorten it.",
            )
    places = sorted({edit.row_no for edit in found})
    there = set(tx.rows.at(load.id, places)["row_no"].to_pylist())
    missing = next((row_no for row_no in places if row_no not in there), None)
    if missing is not None or not found:
        raise DeskError("no_rows", f"Load {load.id} has no row {missing}." if found else "There is nothing to change.")
    return found


def cells_of(tx: UnitOfWork, load_id: int, which: WhichRows, source: str) -> Counter[str]:
    """How often each text stands in a column of some rows, as it reads now."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    raw = raw_now(tx, load, places_of(tx, load, which))
    return Counter(raw.frame[source].fillna("").tolist() if source in raw.frame else [])


def first_line(tx: UnitOfWork, load_id: int, which: WhichRows) -> int | None:
    """The line of the first row that is so; None where there is none."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    found = tx.rows.places(load.id, limit=1, verdicts=which.verdicts, row_class=which.row_class, reason=which.reason)
    return int(tx.rows.at(load.id, found)["line_no"][0].as_py()) if found else None


def count_of(tx: UnitOfWork, load_id: int, which: WhichRows) -> int:
    """How many rows are meant; DeskError as `places_of`."""
    tx.actor.require(Right.SEE_DETAIL)
    return len(places_of(tx, tx.loads.by_id(load_id), which))


def cells_of_row(tx: UnitOfWork, load: Load, row_no: int) -> tuple[dict[str, str], dict[str, str]]:
    """One row as it came, and as it stands; both by column, and a line that could not be read as `unreadable line`."""
    came = tx.payloads.rows_at(load.delivery_id, load.id, "raw", [row_no]).get(row_no, {})
    raw = raw_now(tx, load, [row_no])
    stands = {} if raw.unread else dict(raw.frame.fillna("").iloc[0])
    return {name: str(cell) for name, cell in came.items()}, {str(name): str(cell) for name, cell in stands.items()}


def changed_cells(
    tx: UnitOfWork, load: Load, which: WhichRows, source: str, becomes: Callable[[str], str | None]
) -> tuple[list[CellEdit], list[tuple[int, str, str]]]:
    """What `becomes` makes of each cell of a column: the edits, and (line, was, becomes) of each; None leaves a cell.

    Every distinct text is asked about once.
    """
    raw = raw_now(tx, load, places_of(tx, load, which))
    if source not in raw.frame:
        raise DeskError("unknown_source", f"The file of load {load.id} has no column {source!r}.", "Choose another.")
    cells = raw.frame[source].fillna("").tolist()
    becoming = {cell: becomes(cell) for cell in dict.fromkeys(cells)}
    changed = [
        (row_no, line, cell, new)
        for row_no, line, cell in zip(raw.row_nos, raw.lines, cells, strict=True)
        if (new := becoming[cell]) is not None and new != cell
    ]
    edits = [CellEdit(row_no, source, new) for row_no, _, _, new in changed]
    return edits, [(line, cell, new) for _, line, cell, new in changed]


def replacing(find: str, put: str, *, is_pattern: bool) -> Callable[[str], str | None]:
    """A find and replace as a function of one text; DeskError `bad_pattern` says what is wrong with a pattern.

    Plain text is found wherever it stands, upper and lower case apart. A pattern is one of RE2's, which no text can keep
    busy for ever; `put` may name its groups by a backslash and their number.
    """
    if not find:
        raise DeskError("bad_pattern", "There is nothing to look for.", "Type the text that is to be replaced.")
    if not is_pattern:
        return lambda text: text.replace(find, put) if find in text else None

    def becomes(text: str) -> str | None:
        try:
            return str(pc.replace_substring_regex(pa.scalar(text), find, put).as_py())
        except pa.ArrowInvalid as error:
            raise DeskError(
                "bad_pattern",
                f"The pattern cannot be read: {str(error).rpartition('expression: ')[2]}.",
                "Mend it, or look for plain text instead.",
            ) from error

    becomes("")
    return becomes


def next_turn(tx: UnitOfWork, load: Load, *, is_redo: bool) -> int:
    """The step that undo takes back next, or that redo brings back; DeskError `nothing_to_undo`."""
    done, undone = standing_steps(tx.edits.steps(load.id))
    found = undone if is_redo else done
    if not found:
        words = "brought back" if is_redo else "taken back"
        raise DeskError("nothing_to_undo", f"There is no change of cells in load {load.id} that can be {words}.")
    return found[-1]


def turning_edits(tx: UnitOfWork, load: Load, step: int) -> list[CellEdit]:
    """The edits that take a step back, or bring it back; cells that a later step covers stay. DeskError without any."""
    found = turning(tx.edits.histories(load.id), step)
    if not found:
        raise DeskError(
            "nothing_to_undo",
            f"Step {step} changed no cell of load {load.id} that still stands as it left it.",
            "Take the later steps back first.",
        )
    return found


def steps_of(tx: UnitOfWork, load_id: int) -> tuple[list[FixStep], list[int], list[int]]:
    """What was done to cells of a load, in order; the steps that stand, and those that can be brought back."""
    tx.actor.require(Right.SEE_DETAIL)
    steps = tx.edits.steps(tx.loads.by_id(load_id).id)
    return steps, *standing_steps(steps)
