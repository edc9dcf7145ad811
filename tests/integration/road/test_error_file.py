"""Failed rows leave as a workbook, are mended by whoever can, and come back as mended cells and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from lib.db.tables.audit import audit_log
from lib.db.tables.imports import row_edits
from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import Wanted
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit, WhichRows
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.leaving.rows import rows_wanted
from lib.pipeline.loading.error_files import read_back, take_back, write_rows
from lib.pipeline.loading.fixing import fix_cells, turn_fix
from lib.reporting.error_workbook import MESSAGE, ROW_ID
from lib.services.people import download_tickets
from lib.services.reviewing import fix_rows, review
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    at,
    code_of,
    committed,
    desk_on,
    import_file,
    table_rows,
    verdicts_of,
)


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def a_load(desk: Desk) -> int:
    """A good row, one without a readable day, one with two bad cells, and another good one."""
    a_lead_account(desk)
    rows = [a_lead(1), a_lead(2, day="2026-31-03"), a_lead(3, day="soon", fee="ten, or so"), a_lead(4)]
    return int(import_file(desk, a_csv(rows))["load"])


def taken(desk: Desk, load: int, out: Path, **more: object) -> openpyxl.Workbook:
    """The error file of a load, opened as Excel would."""
    write_rows(desk, admin(desk), load, out, **more)  # type: ignore[arg-type]
    return openpyxl.load_workbook(out)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet: object, name: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == name)  # type: ignore[index]


def test_the_wrong_cells_are_red_and_the_reasons_are_said_in_words(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    sheet = taken(desk, load, tmp_path / "errors.xlsx").active
    assert [cell.value for cell in sheet[1]] == [MESSAGE, *a_lead(1), ROW_ID]
    assert sheet.max_row == 3
    red = [[cell.column_letter for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"] for row in sheet.iter_rows(2)]
    day, fee = (sheet.cell(1, column(sheet, name)).column_letter for name in ("date", "fee"))
    assert red == [[day], [day, fee]]
    assert "The date could not be read" in sheet.cell(2, 1).value
    assert "The amount is not a number of money." in sheet.cell(3, 1).value
    assert "Mend the cell" in sheet.cell(3, column(sheet, "fee")).comment.text
    assert sheet.column_dimensions[sheet.cell(1, sheet.max_column).column_letter].hidden
    assert sheet.cell(2, column(sheet, "phone")).value == "3035550002"
    assert sheet.cell(2, column(sheet, "phone")).data_type in ("s", "inlineStr")


def test_only_cells_that_differ_come_back_whatever_became_of_the_sheet(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    book = taken(desk, load, tmp_path / "errors.xlsx")
    sheet = book.active
    sheet.cell(3, column(sheet, "date")).value = "2026-03-05 12:00:00Z"
    sheet.cell(3, column(sheet, "fee")).value = 12.5
    # The rows in another order, one taken out, a column gone, and one of somebody's own.
    sheet.move_range("A3:J3", rows=4)
    sheet.delete_rows(2)
    sheet.delete_cols(column(sheet, "status"))
    sheet.cell(1, sheet.max_column + 1).value = "my notes"
    found = read_back(desk, admin(desk), load, saved(book))
    assert [(edit.row_no, edit.source, edit.value) for edit in found.edits] == [
        (2, "date", "2026-03-05 12:00:00Z"),
        (2, "fee", "12.5"),
    ]
    assert found.sentence == "2 cells in 1 row differ."
    assert verdicts_of(desk, load) == ["created", "failed", "failed", "created"]
    take_back(desk, admin(desk), load, saved(book), "as the client said")
    assert verdicts_of(desk, load) == ["created", "failed", "created", "created"]
    with pytest.raises(DeskError) as refused:
        take_back(desk, admin(desk), load, saved(book), "once more")
    assert code_of(refused) == "nothing_differs"


def test_a_file_that_was_not_touched_changes_nothing_whatever_its_cells_hold(desk: Desk, tmp_path: Path) -> None:
    a_lead_account(desk)
    odd = {"name": " =1+1 ", "status": "two\r\nlines", "fee": "\x0b", "email": "x" * 40_000, "phone": "007"}
    load = import_file(desk, a_csv([a_lead(1, day="soon", **odd), a_lead(2)]))["load"]
    book = taken(desk, load, tmp_path / "errors.xlsx")
    found = read_back(desk, admin(desk), load, saved(book))
    assert (found.edits, found.same, found.sentence) == ((), 1, "No cell differs.")


def test_rows_of_another_load_and_made_up_names_are_told_and_left(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    other = import_file(desk, a_csv([a_lead(7, day="soon")]))["load"]
    book, foreign = taken(desk, load, tmp_path / "one.xlsx"), taken(desk, other, tmp_path / "two.xlsx")
    with pytest.raises(DeskError) as refused:
        read_back(desk, admin(desk), load, saved(foreign))
    assert code_of(refused) == "not_of_this_load"
    sheet, last = book.active, foreign.active.max_column
    sheet.cell(2, column(sheet, "date")).value = "2026-03-05 12:00:00Z"
    sheet.cell(4, last).value = foreign.active.cell(2, last).value
    forged = sheet.cell(3, last).value.replace(f"{load}-2-", f"{load}-0-")
    sheet.cell(5, last).value = forged
    sheet.cell(6, 2).value = "a row of somebody's own"
    found = read_back(desk, admin(desk), load, saved(book))
    assert (len(found.edits), found.foreign, found.nameless) == (1, 2, 1)
    assert found.sentence.startswith("1 cell in 1 row differs; 2 rows are not of this load;")


def test_a_workbook_of_somebody_elses_is_refused_in_a_sentence(desk: Desk) -> None:
    load = a_load(desk)
    with pytest.raises(DeskError) as refused:
        read_back(desk, admin(desk), load, saved(openpyxl.Workbook()))
    assert code_of(refused) == "not_returned"
    with pytest.raises(DeskError) as refused:
        read_back(desk, admin(desk), load, b"id,date\n1,2026-03-04\n")
    assert code_of(refused) == "corrupt_file"


def test_a_mended_cell_leaves_as_it_reads_now(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    book = taken(desk, load, tmp_path / "errors.xlsx")
    book.active.cell(2, column(book.active, "date")).value = "still wrong"
    take_back(desk, admin(desk), load, saved(book), "a try")
    again = taken(desk, load, tmp_path / "again.xlsx").active
    assert again.cell(2, column(again, "date")).value == "still wrong"


def test_personal_values_leave_only_with_those_who_may_see_them(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    analyst = a_person(desk, "ann@example.com", Role.ANALYST)
    out = tmp_path / "errors.xlsx"
    assert not write_rows(desk, analyst, load, out).has_personal
    assert {cell.value for cell in openpyxl.load_workbook(out).active[1]} == {
        MESSAGE, "id", "date", "modified", "status", ROW_ID,
    }  # fmt: skip
    # An owner who looks as somebody else takes out what that one sees.
    assert not write_rows(desk, admin(desk), load, out, is_clear=False).has_personal
    assert write_rows(desk, admin(desk), load, out).has_personal
    logged = [row for row in table_rows(desk.app, audit_log) if row["action"] == "rows taken out"]
    assert sorted((row["detail"]["rows"], row["detail"]["personal"]) for row in logged) == [
        (2, False), (2, False), (2, True),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        write_rows(desk, a_person(desk, "s@example.com", Role.STAKEHOLDER, "acme"), load, out)
    an_account(desk, "bolt", client="bolt")
    with pytest.raises(NotFound):
        write_rows(desk, a_person(desk, "o@example.com", Role.OWNER, "bolt"), load, out)


def test_a_csv_runs_nothing_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, name='=cmd|"/c calc"!A1', status="-5", fee="@SUM(1)")]))["load"]
    out = tmp_path / "rows.csv"
    write_rows(desk, admin(desk), load, out, WhichRows())
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert (row["name"], row["status"], row["fee"]) == ('\'=cmd|"/c calc"!A1', "-5", "'@SUM(1)")
    assert (row["verdict"], row["line"]) == ("failed", "2")


def test_a_load_without_such_rows_or_without_kept_cells_says_so(desk: Desk, tmp_path: Path) -> None:
    a_lead_account(desk)
    load = committed(desk, a_csv([a_lead(1)]))["load"]
    with pytest.raises(DeskError) as refused:
        write_rows(desk, admin(desk), load, tmp_path / "none.xlsx")
    assert code_of(refused) == "no_rows"


def test_a_ticket_takes_rows_out_once_and_not_for_long(desk: Desk) -> None:
    load, boss = a_load(desk), admin(desk)

    wanted = rows_wanted(load, WhichRows(reason="unreadable_date"), "xlsx", is_clear=True)

    def ticket() -> str:
        return desk.do(boss, download_tickets.issue_ticket, wanted, desk.hash_key)

    def redeemed(text: str, when: Desk = desk) -> Wanted:
        return when.do(boss, download_tickets.redeem_ticket, text, desk.hash_key)

    one = ticket()
    assert redeemed(one) == wanted
    later = desk.clock().replace(year=desk.clock().year + 1)
    two = ticket()
    body, _, signature = two.rpartition(".")
    for bad in (one, f"{body[:-2]}xx.{signature}", f"{body}.{'0' * 64}", "nothing", ""):
        with pytest.raises(NotAllowed):
            redeemed(bad)
    with pytest.raises(NotAllowed):
        redeemed(two, at(desk, lambda: later))
    assert desk.ask(boss, review.review_load, load)["status"] == "in_review"


GOOD_DAY = "2026-03-05 12:00:00Z"


@pytest.fixture
def either(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


def cell_now(desk: Desk, load: int, row_no: int, source: str) -> str:
    """What a cell reads on the desk."""
    found = desk.ask(admin(desk), lambda tx: fix_rows.raw_now(tx, tx.loads.by_id(load), [row_no]))
    return str(found.frame[source].iloc[0])


def edited_rows(path: Path, edits: dict[tuple[int, str], str]) -> bytes:
    """A CSV of the desk as it comes back with some cells (row of the file from 0, column) typed over."""
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    for (place, name), text in edits.items():
        lines[place][name] = text
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def test_a_cell_mended_on_the_desk_meanwhile_is_not_put_back_by_a_file_that_left_before(
    any_desk: Desk, tmp_path: Path
) -> None:
    load, boss = a_load(any_desk), admin(any_desk)
    # The file knows of an earlier edit, and so is no stranger to it.
    fix_cells(any_desk, boss, load, [CellEdit(2, "status", "won")], "known to the file")
    book = taken(any_desk, load, tmp_path / "errors.xlsx")
    fix_cells(any_desk, boss, load, [CellEdit(1, "date", GOOD_DAY), CellEdit(2, "fee", "9")], "on the desk")
    sheet = book.active
    sheet.cell(3, column(sheet, "date")).value = GOOD_DAY
    found = read_back(any_desk, boss, load, saved(book))
    assert [(edit.row_no, edit.source, edit.value) for edit in found.edits] == [(2, "date", GOOD_DAY)]
    assert (found.contested, found.sentence) == ((), "1 cell in 1 row differs.")
    take_back(any_desk, boss, load, saved(book), "by mail")
    assert verdicts_of(any_desk, load) == ["created"] * 4
    assert [cell_now(any_desk, load, 1, "date"), cell_now(any_desk, load, 2, "fee")] == [GOOD_DAY, "9"]


def test_a_cell_mended_on_both_sides_stays_as_it_is_and_is_named_with_both_texts(either: Desk, tmp_path: Path) -> None:
    load, boss = a_load(either), admin(either)
    ana = a_person(either, "ana@example.com", Role.OWNER, "acme")
    book = taken(either, load, tmp_path / "errors.xlsx")
    both = "2026-03-06 12:00:00Z"
    fix_cells(either, ana, load, [CellEdit(2, "fee", "9"), CellEdit(1, "date", both)], "on the desk")
    sheet = book.active
    # The fee of one row differs on both sides; the day of the other was mended to the same text.
    sheet.cell(3, column(sheet, "fee")).value = "12.50"
    sheet.cell(2, column(sheet, "date")).value = both
    (cell,) = read_back(either, boss, load, saved(book)).contested
    assert (cell.line, cell.source, cell.in_file, cell.on_desk) == (4, "fee", "12.50", "9")
    assert (cell.who, cell.at) == (ana.name, table_rows(either.app, row_edits)[0]["edited_at"])
    with pytest.raises(DeskError) as refused:
        take_back(either, boss, load, saved(book), "by mail")
    assert code_of(refused) == "nothing_differs"
    assert 'Line 4, fee: "12.50" in the file, "9" on the desk' in str(refused.value)
    # Another cell of the same row is taken all the same, and the contested one is named every time the file comes.
    sheet.cell(3, column(sheet, "date")).value = GOOD_DAY
    for _ in range(2):
        found = read_back(either, boss, load, saved(book))
        assert [one.source for one in found.contested] == ["fee"]
        if found.edits:
            take_back(either, boss, load, saved(book), "by mail")
    assert (cell_now(either, load, 2, "fee"), cell_now(either, load, 2, "date")) == ("9", GOOD_DAY)
    # Once the desk's own words are taken back, the file's count.
    turn_fix(either, boss, load, step=1)
    edits = read_back(either, boss, load, saved(book)).edits
    assert [(edit.source, edit.value) for edit in edits] == [("date", both), ("fee", "12.50")]


def test_the_texts_of_a_contested_cell_are_veiled_from_who_may_not_see_them(desk: Desk, tmp_path: Path) -> None:
    load = a_load(desk)
    book = taken(desk, load, tmp_path / "errors.xlsx")
    fix_cells(desk, admin(desk), load, [CellEdit(1, "phone", "3035551111")], "on the desk")
    book.active.cell(2, column(book.active, "phone")).value = "3035552222"
    (cell,) = read_back(desk, a_person(desk, "ann@example.com", Role.ANALYST), load, saved(book)).contested
    assert "303555" not in cell.sentence


def test_a_csv_comes_back_as_well_and_knows_what_it_showed(desk: Desk, tmp_path: Path) -> None:
    a_lead_account(desk)
    rows = [a_lead(1, day="soon", name="=1+1", status="'=x"), a_lead(2, day="soon", status="two\r\nlines")]
    load = import_file(desk, a_csv(rows))["load"]
    out = tmp_path / "rows.csv"
    write_rows(desk, admin(desk), load, out)
    fix_cells(desk, admin(desk), load, [CellEdit(0, "fee", "7")], "on the desk")
    assert read_back(desk, admin(desk), load, out.read_bytes()).sentence == "No cell differs."
    assert read_back(desk, admin(desk), load, edited_rows(out, {})).sentence == "No cell differs."
    found = read_back(desk, admin(desk), load, edited_rows(out, {(0, "name"): "'=2", (1, "date"): GOOD_DAY}))
    assert [(edit.row_no, edit.source, edit.value) for edit in found.edits] == [
        (0, "name", "=2"),
        (1, "date", GOOD_DAY),
    ]


def test_columns_of_the_file_are_never_taken_for_the_desks_own(desk: Desk, tmp_path: Path) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, day="soon", line="A7")]))["load"]
    out = tmp_path / "rows.csv"
    write_rows(desk, admin(desk), load, out)
    found = read_back(desk, admin(desk), load, edited_rows(out, {(0, "line"): "B8"}))
    assert [(edit.source, edit.value) for edit in found.edits] == [("line", "B8")]


def test_rows_of_two_files_put_together_are_each_weighed_against_what_their_own_file_showed(
    desk: Desk, tmp_path: Path
) -> None:
    load = a_load(desk)
    older = taken(desk, load, tmp_path / "older.xlsx")
    fix_cells(desk, admin(desk), load, [CellEdit(1, "fee", "8"), CellEdit(2, "fee", "9")], "on the desk")
    newer = taken(desk, load, tmp_path / "newer.xlsx")
    for cell in newer.active[3]:
        older.active.cell(3, cell.column).value = cell.value
    assert read_back(desk, admin(desk), load, saved(older)).sentence == "No cell differs."
