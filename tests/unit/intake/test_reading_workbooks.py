"""Workbooks: which sheet, which rows, and every value as the text it stands for."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from lib.errors import DeskError
from lib.intake.reading import Reading, ReadOptions, read_bytes


def workbook(
    *sheets: tuple[str, list[list[object]]], change: Callable[[openpyxl.Workbook], None] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets:
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)]


def lines(reading: Reading) -> list[int]:
    return [int(line) for batch in reading.batches() for line in batch.lines]


def test_values_become_the_text_they_stand_for() -> None:
    values = [
        281498631867774, 1.5, 0.1, -3, True, False, dt.date(2026, 11, 1), dt.datetime.fromisoformat("2026-11-01 09:30:05"),
        dt.time(9, 30), dt.timedelta(hours=30, minutes=5), "00501", "=not a formula"[1:], None,
    ]  # fmt: skip
    names = [f"c{number}" for number in range(len(values))]
    reading = read_bytes(workbook(("Leads", [names, values])), "leads.xlsx")
    assert rows(reading) == [
        ["281498631867774", "1.5", "0.1", "-3", "true", "false", "2026-11-01", "2026-11-01 09:30:05", "09:30:00",
         "30:05:00", "00501", "not a formula", ""]
    ]  # fmt: skip
    assert (reading.facts.kind, reading.facts.sheet, reading.facts.header_row) == ("workbook", "Leads", 1)


def test_a_number_too_long_for_excel_is_flagged() -> None:
    reading = read_bytes(workbook(("S", [["id"], [1234567890123456], [123456789012345]])), "x.xlsx")
    assert [note.line for note in reading.facts.flagged] == [2]


def test_error_cells_keep_their_text_and_are_flagged() -> None:
    reading = read_bytes(workbook(("S", [["id", "fee"], ["1", "#N/A"], ["2", "#DIV/0!"], ["3", "4"]])), "x.xlsx")
    assert rows(reading) == [["1", "#N/A"], ["2", "#DIV/0!"], ["3", "4"]]
    assert [note.line for note in reading.facts.flagged] == [2, 3]


def test_blank_rows_and_preamble_are_listed_by_the_row_of_the_sheet() -> None:
    cells: list[list[object]] = [["Lead report"], [None], ["id", "name", "day"], [1, "Ann", "x"], [None], [2, "Bo", "y"],
                                 ["Total", None, 2]]  # fmt: skip
    reading = read_bytes(workbook(("S", cells)), "x.xlsx")
    assert (reading.facts.header_row, lines(reading)) == (3, [4, 6])
    assert [note.line for note in reading.facts.skipped] == [1, 2, 5, 7]


def test_hidden_sheets_are_not_chosen_and_other_full_ones_are_named() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["Secret"].sheet_state = "hidden"

    data = workbook(
        ("Secret", [["x"], [9]]), ("Empty", []), ("Leads", [["id"], [1]]), ("Calls", [["id"], [2]]), change=hide
    )
    reading = read_bytes(data, "x.xlsx")
    assert (reading.facts.sheet, rows(reading)) == ("Leads", [["1"]])
    others, hidden = (note.why for note in reading.facts.flagged)
    assert "'Calls'" in others
    assert "Secret" not in others
    assert hidden == "Not read, because hidden: 'Secret'."
    assert rows(read_bytes(data, "x.xlsx", ReadOptions(sheet="Secret"))) == [["9"]]


def test_an_unknown_sheet_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(DeskError) as refused:
        read_bytes(workbook(("Leads", [["id"], [1]])), "x.xlsx", ReadOptions(sheet="Lead"))
    assert refused.value.code == "no_such_sheet"
    assert "'Leads'" in refused.value.hint


def test_a_workbook_without_content_is_an_empty_file() -> None:
    with pytest.raises(DeskError) as refused:
        read_bytes(workbook(("S", [])), "x.xlsx")
    assert refused.value.code == "empty_file"


def test_names_in_merged_cells_over_two_rows_are_joined() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["S"].merge_cells("A1:A2")
        book["S"].merge_cells("B1:C1")

    cells: list[list[object]] = [["Id", "Customer", None], [None, "Name", "City"], [1, "Ann", "Rye"]]
    reading = read_bytes(workbook(("S", cells), change=merge), "x.xlsx")
    assert reading.facts.columns == ("Id", "Customer Name", "Customer City")
    assert (rows(reading), lines(reading)) == ([["1", "Ann", "Rye"]], [3])
    assert "rows 1 to 2" in reading.facts.flagged[0].why


def test_a_workbook_named_csv_is_read_as_a_workbook() -> None:
    assert read_bytes(workbook(("S", [["id"], ["007"]])), "leads.csv").facts.kind == "workbook"


def test_a_damaged_workbook_is_refused() -> None:
    data = workbook(("S", [["id"], ["007"]]))
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(broken, "w") as new:
        for item in old.namelist():
            body = old.read(item)
            new.writestr(item, re.sub(rb"</?row.*", b"<row><c", body, flags=re.DOTALL) if "sheet1" in item else body)
    for bad in (broken.getvalue(), data[: len(data) // 2]):
        with pytest.raises(DeskError) as refused:
            read_bytes(bad, "x.xlsx")
        assert refused.value.code == "corrupt_file"
