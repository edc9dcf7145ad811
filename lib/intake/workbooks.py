"""Opens workbooks behind a wall: in another process, with bounds of memory and time, since files may be made to burst it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from lib.errors import DeskError
from lib.intake.kinds import locked_workbook
from lib.intake.workbook_cells import SECONDS

Range = tuple[tuple[int, int], tuple[int, int]]
_ROOT = Path(__file__).resolve().parents[2]
# Nothing of the folder it stands in and nothing of the environment is read, so that nobody else's module takes its place.
_SAYS = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from lib.intake.workbook_cells import main; main()"


@dataclass(frozen=True)
class Sheet:
    """One sheet as text: rows and columns count from 0, `long_lines` from 1; what else the book holds, by name."""

    name: str
    rows: list[list[str]]
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    long_lines: list[int] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)


def sheet_of(data: bytes, *, sheet: str = "", marker: str = "") -> Sheet:
    """The sheet called `sheet`, else the first with a cell that says `marker` (no rows where none does), else the first
    visible one with content.

    DeskError `password_protected`, `corrupt_file`, `no_such_sheet` (lists the sheets), `empty_file`, `too_large`.
    """
    wanted = orjson.dumps({"sheet": sheet, "marker": marker}) + b"\n"
    try:
        reading = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-I", "-c", _SAYS],
            input=wanted + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_large("takes longer to open than the desk waits") from None
    if reading.returncode:
        # It ended where it wanted more than it was given.
        raise _too_large(_BURSTS["too_large"])
    said = orjson.loads(reading.stdout)
    if "refused" in said:
        raise _refusal(*said["refused"])
    return Sheet(
        name=said["sheet"],
        rows=said["rows"],
        others=said.get("others", []),
        hidden=said.get("hidden", []),
        long_lines=said.get("long", []),
        merged=[(tuple(start), tuple(end)) for start, end in said.get("merged", [])],
        errors=[(row, column, text) for row, column, text in said.get("errors", [])],
    )


def _refusal(code: str, *words: str) -> DeskError:
    if code == "password_protected":
        return locked_workbook()
    if code in _BURSTS:
        return _too_large(_BURSTS[code].format(*words))
    message, hint = _SENTENCES[code]
    return DeskError(code, message.format(*words), hint.format(*words))


def _too_large(why: str) -> DeskError:
    return DeskError(
        "too_large",
        f"This workbook {why}.",
        "Delete what lies far off the table, or export a shorter period, or export it as CSV.",
    )


_BURSTS = {
    "too_large": "asks for more memory than the desk gives it",
    "too_many_sheets": "has {} sheets, and the desk opens up to {}",
    "far_apart": "spans too many cells on its sheet {!r}",
}
_SENTENCES = {
    "no_such_sheet": ("There is no sheet {0!r}.", "The workbook has {1}."),
    "empty_file": ("No visible sheet of this workbook holds anything.", "Name a hidden one by --sheet."),
    "corrupt_file": (
        "This workbook is damaged or cut off, so it cannot be opened.",
        "Export it again, or open it and save it as XLSX.",
    ),
}
