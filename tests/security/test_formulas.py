"""No file that leaves the desk runs anything in a spreadsheet, whoever wrote what stands in it."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from lib.mapping.safe_csv import SafeCsv
from lib.reporting.error_workbook import ErrorRow, ErrorWorkbook
from lib.reporting.step_series import as_text
from tests.serving import PROJECT

# Every module that writes a table, and why nothing runs in what it writes.
WRITERS = {
    "lib/mapping/safe_csv.py": "the one way for rows: error files, the audit log, samples of a handover",
    "lib/reporting/step_series.py": "numbers, and three texts of the desk that pass `as_text`",
    "lib/reporting/error_workbook.py": "every cell is written as text",
    "lib/intake/clean_csv.py": "read again by the desk alone",
    "lib/db/columnar/load_data.py": "read by the database alone",
    "lib/demo/quotes.py": "invented files, read by the desk",
    "lib/demo/servicetitan_jobs.py": "invented files, read by the desk",
}
_WRITING = {"writer", "DictWriter", "to_csv", "write_csv", "to_excel", "Workbook"}

NASTY = [
    "=1+1", "=HYPERLINK(\"http://evil.example\")", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "-1-cmd|' /C calc'!A0", "@SUM(A1)",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\xa0=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)",
]  # fmt: skip
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def runs(cell: str) -> bool:
    """Whether some spreadsheet takes a cell for a formula."""
    return cell.lstrip(" \xa0").startswith(_BEGINS)


def writers() -> set[str]:
    found = set()
    for path in (PROJECT / "lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in _WRITING and not isinstance(node.ctx, ast.Store):
                found.add(path.relative_to(PROJECT).as_posix())
    return found


def test_every_writer_of_tables_is_known() -> None:
    assert writers() == set(WRITERS)


@pytest.mark.parametrize("cell", NASTY)
def test_no_cell_of_any_of_them_runs(cell: str, tmp_path: Path) -> None:
    assert runs(cell)
    out = io.BytesIO()
    SafeCsv(out, [cell]).add([pa.array([cell])])
    rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert [row[0].replace("\r\n", "\n") for row in rows] == [f"'{cell}"] * 2
    assert not runs(as_text(cell))
    with ErrorWorkbook(tmp_path / "rows.xlsx", [cell]) as book:
        book.add(ErrorRow(cell, [cell], cell, {cell: cell}))
        book.add(ErrorRow("r", [cell], "m"))
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert {item.data_type for row in sheet.iter_rows() for item in row if item.value is not None} == {"s"}
