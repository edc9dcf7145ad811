"""What a person may choose: a table among several, a header row, an encoding, a delimiter; and how choices are kept."""

import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lib.errors import DeskError
from lib.intake.reading import Reading, ReadOptions, read_bytes, read_path

TWO = "Leads\n\nid,name,fee\n1,Ann,2.5\n2,Bo,3.5\n\nCalls\ncall,length\n7,30\n8,40\n9,50\n"
ALIKE = "id,name,fee\n1,Ann,2.5\n2,Bo,3.5\n\ncall,agent,length\n7,Cy,30\n8,Di,40\n"


def read(text: str, **options: object) -> Reading:
    return read_bytes(text.encode(), "export.csv", ReadOptions(**options))  # type: ignore[arg-type]


def rows(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)]


@pytest.mark.parametrize("text", [TWO, ALIKE, TWO.replace("call,length", "call,length,").replace("0\n", "0,\n")])
def test_two_tables_are_never_mixed(text: str) -> None:
    reading = read(text)
    assert rows(reading) == [["1", "Ann", "2.5"], ["2", "Bo", "3.5"]]
    assert len(reading.facts.tables) == 2
    line = text.splitlines().index(next(item for item in text.splitlines() if item.startswith("call,"))) + 1
    assert (reading.facts.tables[1].line, [note.line for note in reading.facts.flagged]) == (line, [line])
    told = {*(note.line for note in reading.facts.skipped), reading.facts.header_row}
    told |= {int(number) for batch in reading.batches() for number in batch.lines}
    assert told == set(range(1, len(text.splitlines()) + 1))


def test_the_second_table_can_be_chosen() -> None:
    reading = read(TWO, table=2)
    assert (reading.facts.columns, rows(reading)) == (("call", "length"), [["7", "30"], ["8", "40"], ["9", "50"]])
    assert (reading.facts.table, reading.facts.header_row, reading.facts.skipped_count) == (2, 8, 7)
    with pytest.raises(DeskError) as refused:
        read(TWO, table=3)
    assert refused.value.code == "no_such_table"
    assert "line 8" in refused.value.hint


def test_a_second_table_far_below_is_found() -> None:
    body = "".join(f"{n},Ann,2.5\n" for n in range(3_000))
    reading = read(f"id,name,fee\n{body}\n\ncall,length\n7,30\n8,40\n")
    assert (reading.facts.rows, reading.facts.skipped_count, reading.facts.tables[1].line) == (3_000, 5, 3_004)
    assert read(f"id,name,fee\n{body}\n\ncall,length\n7,30\n8,40\n", table=2).facts.rows == 2


@pytest.mark.parametrize(
    "text",
    [
        "Report,Leads\nAccount,123\n\nid,name,fee\n1,Ann,2\n2,Bo,3\n",
        "id,name,fee\n1,Ann,2\n\nid,name,fee\n2,Bo,3\n",
        "id,name,fee\n1,Ann,2\n\n2,Bo,3\n",
        "name,city\nAnn,Rye\n\nBo,Erie\nCy,Troy\n",
        "id,name,fee\n1,Ann,2\n\nBusiness Unit: HVAC,,\n2,Bo,3\n",
    ],
)
def test_preambles_groups_and_gaps_make_no_second_table(text: str) -> None:
    reading = read(text)
    assert (reading.facts.tables, reading.facts.rejected_count) == ((), 0)
    assert reading.facts.rows in (2, 3)


def test_sheets_with_two_tables_are_read_alike() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [["id", "name", "fee"], [1, "Ann", 2.5], [2, "Bo", 3.5], [None], ["call", "length"], [7, 30], [8, 40]]:
        book.active.append(row)
    book.save(out)
    first, second = (read_bytes(out.getvalue(), "x.xlsx", ReadOptions(table=number)) for number in (None, 2))
    assert (rows(first), first.facts.tables[1].line) == ([["1", "Ann", "2.5"], ["2", "Bo", "3.5"]], 5)
    assert [row[:2] for row in rows(second)] == [["7", "30"], ["8", "40"]]


def test_choices_are_kept_as_plain_values_and_come_back() -> None:
    options = ReadOptions(sheet="Leads", header_row=0, delimiter=";", table=2)
    kept = json.loads(json.dumps(options.as_dict()))
    assert kept == {"sheet": "Leads", "header_row": 0, "delimiter": ";", "table": 2}
    assert ReadOptions.from_dict(kept) == options
    assert ReadOptions.from_dict({}) == ReadOptions()
    for wrong, code in (({"seperator": ";"}, "unknown_read_option"), ({"table": "2"}, "wrong_read_option")):
        with pytest.raises(DeskError) as refused:
            ReadOptions.from_dict(wrong)
        assert refused.value.code == code


@pytest.mark.parametrize("told", ["ab", "§", '"', "\n", "\0"])
def test_what_is_no_delimiter_is_refused(told: str) -> None:
    with pytest.raises(DeskError) as refused:
        read("a,b\n1,2\n", delimiter=told)
    assert refused.value.code == "wrong_delimiter"


def test_another_dialect_in_mid_file_is_pointed_at_row_by_row() -> None:
    body = "".join(f"{n},Ann,2.5\n" for n in range(40))
    reading = read(f"id,name,fee\n{body}41;Bo;3.5\n")
    assert "';' between its cells" in reading.facts.rejected[0].why


def test_zip_codes_that_lost_a_zero_are_pointed_at() -> None:
    reading = read("id,Zip Code,fee\n1,2139,5\n2,10001,6\n")
    assert "lost their leading zero" in reading.facts.flagged[0].why
    assert rows(reading)[0][1] == "2139"
    assert read("id,Zip Code,fee\n1,02139,5\n2,10001,6\n").facts.flagged == ()


def test_notes_are_capped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,name,fee\n" + "1,Ann,2\n" * 40_000 + "1,2,3,4\n\n" * 1_500)
    reading = read_path(path)
    facts = reading.facts
    assert (facts.rows, facts.rejected_count, facts.skipped_count, facts.arrived) == (40_000, 1_500, 1_500, 41_500)
    assert (len(facts.rejected), len(facts.skipped)) == (1_000, 1_000)
    assert [line for line, _ in reading.rejected_rows()] == list(range(40_002, 43_002, 2))
    assert facts.as_dict()["rejected_count"] == 1_500


def test_a_file_that_changes_under_the_reader_is_no_file_any_more(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,name\n1,Ann\n")
    reading = read_path(path)
    path.write_text("id,name\n1,Ann\n2,Bo\n")
    with pytest.raises(DeskError) as refused:
        list(reading.batches())
    assert refused.value.code == "file_changed"


def test_western_letters_behind_a_hundred_kilobytes_of_ascii_are_found() -> None:
    data = b"id,name\n" + b"1,Ann\n" * 20_000 + "2,José\n".encode("cp1252")
    reading = read_bytes(data, "x.csv")
    assert (reading.facts.encoding, rows(reading)[-1]) == ("cp1252", ["2", "José"])


def _changed(data: bytes, part: str, pattern: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as made:
        for name in old.namelist():
            body = old.read(name)
            made.writestr(name, re.sub(pattern.encode(), new.encode(), body) if name == part else body)
    return out.getvalue()


def test_dates_of_1904_and_the_kept_values_of_formulas() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["day", "sum"])
    book.active.append([1.0, "=1+1"])
    book.active["A2"].number_format = "yyyy-mm-dd"
    book.save(out)
    data = _changed(
        out.getvalue(), "xl/worksheets/sheet1.xml", r"<f>1\+1</f><v ?/>|<f>1\+1</f><v></v>", "<f>1+1</f><v>2</v>"
    )
    assert rows(read_bytes(data, "x.xlsx")) == [["1900-01-01", "2"]]
    old = _changed(data, "xl/workbook.xml", r"<workbookPr ?/>", '<workbookPr date1904="1"/>')
    assert rows(read_bytes(old, "x.xlsx")) == [["1904-01-02", "2"]]


def test_an_open_document_sheet_is_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in (["zip", "name"], ["02139", "Ann"])
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert rows(read_bytes(out.getvalue(), "x.ods")) == [["02139", "Ann"]]
