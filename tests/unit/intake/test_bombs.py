"""Files made to burst whoever opens them: each is refused in a sentence, quickly, and the desk goes on."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from lib.errors import DeskError
from lib.intake import workbook_cells, workbooks
from lib.intake.reading import read_bytes

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_TENS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "ha">{_TENS}<!ENTITY file SYSTEM "file:///etc/passwd">]>'.encode()


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, ["id", "name"])
    sheet.write_row(1, 0, ["1", "Ann"])
    book.close()
    return out.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A good workbook with one part of it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for item in good.infolist():
            content = good.read(item)
            bad.writestr(item.filename, change(content) if item.filename == part else content)
    return out.getvalue()


def with_cell(cell: bytes) -> bytes:
    return changed(SHEET, lambda xml: xml.replace(b"</sheetData>", cell + b"</sheetData>"))


def declared(part: str, old: bytes, new: bytes) -> bytes:
    """A part with a document type of its own, and an entity of it in place of some text."""
    return changed(part, lambda xml: xml.replace(b"?>", b"?>" + LAUGHS, 1).replace(old, new))


def ods(rows: int, columns: int) -> bytes:
    """A sheet of one cell that says how often it stands there."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><m/>')
        file.writestr("content.xml", content)
    return out.getvalue()


def refusal(data: bytes, name: str = "leads.xlsx") -> str:
    began = time.monotonic()
    with pytest.raises(DeskError) as refused:
        read_bytes(data, name)
    assert time.monotonic() - began < 15
    assert len(refused.value.message) < 500
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        # A cell in the first row and one in the last ask for half a terabyte, and more than there are addresses.
        (with_cell(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too_large"),
        (with_cell(b'<row r="4294967295"><c r="ZZZZZ4294967295"><v>1</v></c></row>'), "too_large"),
        (declared(STRINGS, b"Ann", b"&e9;"), "corrupt_file"),
        (declared(STRINGS, b"Ann", b"&file;"), "corrupt_file"),
        (declared(BOOK, b'name="S"', b'name="&e9;"'), "corrupt_file"),
        (ods(1_048_576, 16_384), "corrupt_file"),
        (
            changed(
                BOOK,
                lambda xml: xml.replace(
                    b"</sheets>", b'<sheet name="T" sheetId="2" r:id="rId1"/>' * 501 + b"</sheets>"
                ),
            ),
            "too_large",
        ),
    ],
    ids=["far", "beyond", "laughs", "outer entity", "laughs in a name", "repeated", "sheets"],
)
def test_a_workbook_that_bursts_is_refused_and_takes_nothing_with_it(data: bytes, code: str) -> None:
    assert len(data) < 20_000
    assert refusal(data) == code
    assert read_bytes(workbook(), "leads.xlsx").facts.rows == 1


def test_a_sheet_of_cells_without_an_end_is_walked_through_once() -> None:
    from lib.intake.sheet_errors import error_cells

    began = time.monotonic()
    cells = b'<c r="A3" t="e">' * 200_000
    assert error_cells(with_cell(cells), "S") == {}
    assert error_cells(
        with_cell(b'<row r="3"><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C3"><v>5</v></c></row>'), "S"
    ) == {(2, 1): "#DIV/0!"}
    assert time.monotonic() - began < 5


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SECONDS", 0.001)
    assert refusal(workbook()) == "too_large"


def test_the_reader_of_workbooks_is_told_nothing_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a file makes of the library, there is no secret in its process, and nobody's module is loaded into it."""
    seen = {}
    run = workbooks.subprocess.run

    def watched(command: list[str], **more: object) -> object:
        seen.update(more, command=command)
        return run(command, **more)  # type: ignore[call-overload]

    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://desk:hunter2@db/desk")
    monkeypatch.setattr(workbooks.subprocess, "run", watched)
    assert workbooks.sheet_of(workbook()).rows == [["id", "name"], ["1", "Ann"]]
    assert seen["env"] == {}
    assert "-I" in seen["command"]
    assert "hunter2" not in str(seen["command"])
    assert workbook_cells.MEMORY <= 4 << 30


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n", "x.csv", "too_many_columns"),
        (b"k" * 100_000 + b",b\n1,2\n", "x.csv", "name_too_long"),
        (b"1" + b" " * 100_000 + b"x,name\n2,3\n", "x.csv", "name_too_long"),
        (b'[{"' + b"k" * 100_000 + b'":1}]', "x.json", "name_too_long"),
        (b"[{" + b",".join(b'"k%d":1' % n for n in range(5_000)) + b"}]", "x.json", "too_many_columns"),
        (b"[" * 1_000_000, "x.json", "invalid_json"),
        (b'[{"a":' + b"[" * 900 + b"]" * 900 + b"}]", "x.json", "nested_too_deep"),
    ],
    ids=["columns", "name", "blanks", "key", "keys", "open brackets", "nested"],
)
def test_a_text_that_bursts_is_refused(data: bytes, name: str, code: str) -> None:
    assert refusal(data, name) == code


def test_a_long_cell_of_blanks_is_no_work() -> None:
    began = time.monotonic()
    assert read_bytes(b"id,name\n1,1" + b" " * 100_000 + b"x\n2,3\n", "x.csv").facts.rows == 2
    assert time.monotonic() - began < 5
