"""No row is lost or invented on any file at hand: read plus rejected equals an independent count."""

import csv
import io
from pathlib import Path

import pytest

from lib.errors import DeskError
from lib.intake.reading import Reading, read_path

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
ABSENT = f"../shared/data is absent: {DATA} was not found beside the checkout"
TORTURE = DATA / "torture"
JSON_SUITE = TORTURE / "JSONTestSuite" / "test_parsing"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)


def cells(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.fillna("").itertuples(index=False)]


@pytest.mark.parametrize(
    ("path", "count", "width"),
    [
        ("nyc311_animals/311_Animals_short.csv", 4_969, 31),
        ("burlington_permits/Building_Permits.csv", 5_026, 15),
        ("us_zipcodes/zipcodes.csv", 42_049, 6),
        ("bank_marketing/bank-full.csv", 44_923, 12),
    ],
)
def test_real_files_are_read_whole_and_cell_by_cell(path: str, count: int, width: int) -> None:
    found = DATA / "real" / path
    reading = read_path(found)
    plain = list(csv.reader(io.StringIO(found.read_bytes().decode("utf-8-sig"), newline="")))
    assert (len(plain) - 1, reading.facts.arrived, reading.facts.rows) == (count, count, count)
    assert len(reading.facts.columns) == width
    assert list(reading.facts.columns) == [name.strip() for name in plain[0]]
    assert cells(reading) == plain[1:]
    assert (reading.facts.skipped, reading.facts.flagged) == ((), ())


# (rows read, rows rejected), counted by eye in each file.
COUNTED = {
    "csvkit/examples/bad.csv": (2, 1),
    "csvkit/examples/mac_newlines.csv": (2, 0),
    "csvkit/examples/null_byte.csv": (1, 0),
    "csvkit/examples/test_latin1.csv": (2, 0),
    "csvkit/examples/test_locale.csv": (1, 0),
    "csvkit/examples/test_skip_lines.csv": (1, 0),
    "csvkit/examples/test_utf16_little.csv": (2, 0),
    "frictionless/data/blank-headers.csv": (2, 0),
    "frictionless/data/bom.csv": (2, 0),
    "frictionless/data/defective-rows.csv": (1, 1),
    "frictionless/data/duplicate-headers.csv": (2, 0),
    "frictionless/data/leading-zeros.csv": (3, 0),
    "frictionless/data/merged-cells.xlsx": (0, 0),
    "frictionless/data/multiline-headers.xlsx": (1, 0),
    "frictionless/data/skip-rows.csv": (2, 0),
    "frictionless/data/table-infer-iso-8859-7.csv": (4, 0),
    "frictionless/data/timezone.csv": (4, 0),
    "readxl/sheets/big-texty-numbers-xlsx.xlsx": (6, 0),
    "readxl/sheets/blanks.xlsx": (2, 0),
    "readxl/sheets/dates-leap-year-1900-xlsx.xlsx": (7, 0),
    "readxl/sheets/inlineStr.xlsx": (1, 0),
    "readxl/sheets/missing-first-column.xlsx": (2, 0),
    "readxl/sheets/missing-values-xlsx.xlsx": (3, 0),
    "readxl/sheets/no-styles-or-sharedStrings-parts.xlsx": (11, 0),
    "readxl/sheets/texty-dates-xlsx.xlsx": (2, 0),
    "readxl/sheets/unnamed-duplicated-columns.xlsx": (2, 0),
    "sheetjs/ErrorTypes.xlsx": (13, 0),
    "sheetjs/merge_cells.xlsx": (2, 0),
    "sheetjs/number_format_entities.xlsx": (1, 0),
    "sheetjs/sheet_visibility.xlsx": (1, 0),
}


@pytest.mark.parametrize("path", COUNTED)
def test_torture_files_keep_every_row(path: str) -> None:
    reading = read_path(TORTURE / path)
    assert (reading.facts.rows, len(reading.facts.rejected)) == COUNTED[path]
    assert sum(len(batch.frame) for batch in reading.batches()) == reading.facts.rows
    assert {note.line for note in reading.facts.rejected} == {line for line, _ in reading.rejected_rows()}


def test_every_torture_table_is_counted_here() -> None:
    folders = ("csvkit", "frictionless", "readxl", "sheetjs")
    there = {
        str(path.relative_to(TORTURE))
        for folder in folders
        for path in (TORTURE / folder).rglob("*")
        if path.suffix in (".csv", ".xlsx")
    }
    assert there == set(COUNTED)


def test_every_file_at_hand_accounts_for_each_of_its_lines() -> None:
    """In a delimited file each line belongs to a row, a rejected row, a skipped line, or the column names."""
    for path in sorted(DATA.rglob("*")):
        if not path.is_file() or path.parent == JSON_SUITE:
            continue
        try:
            reading = read_path(path)
        except DeskError as refused:
            assert refused.code in ("no_records", "empty_file"), path
            continue
        facts = reading.facts
        starts = [int(line) for batch in reading.batches() for line in batch.lines]
        others = [note.line for note in (*facts.skipped, *facts.rejected)]
        header = [facts.header_row] if facts.header_row else []
        assert len(starts) == facts.rows, path
        # No line is told of twice, and only a cell that holds line ends leaves numbers out.
        assert len({*starts, *others, *header}) == len(starts) + len(others) + len(header), path
        if facts.kind == "csv":
            text = path.read_bytes().decode(facts.encoding.replace("utf-8", "utf-8-sig"), errors="replace")
            physical = len(list(io.StringIO(text, newline="")))
            breaks = sum(sum(map(_line_ends, row)) for row in cells(reading))
            assert len(starts) + len(others) + len(header) + breaks == physical, path


def _line_ends(cell: str) -> int:
    return len(list(io.StringIO(cell + "x", newline=""))) - 1 if "\n" in cell or "\r" in cell else 0


def test_the_json_suite_is_accepted_and_refused_rightly() -> None:
    seen = 0
    for path in sorted(JSON_SUITE.iterdir()):
        seen += 1
        try:
            read_path(path)
            code = ""
        except DeskError as refused:
            code = refused.code
        if path.name.startswith("y_"):
            assert code in ("", "no_records"), path.name
        elif path.name.startswith("n_"):
            assert code == "invalid_json", path.name
    assert seen == 318


def test_known_cells_of_torture_files() -> None:
    def read(path: str) -> list[list[str]]:
        return cells(read_path(TORTURE / path))

    assert read("frictionless/data/table-infer-iso-8859-7.csv")[0][2] == "Λεωνιδας"
    assert read("csvkit/examples/mac_newlines.csv")[1] == ["Once upon\ra time", "5", "6"]
    assert read("csvkit/examples/test_latin1.csv")[1][2] == "©"
    assert read("csvkit/examples/test_utf16_little.csv")[1][2] == "ʤ"
    assert read("csvkit/examples/test_locale.csv") == [["1,7", "200.000.000", ""]]
    assert read("frictionless/data/leading-zeros.csv") == [["01"], ["002"], ["00003"]]
    assert read("readxl/sheets/big-texty-numbers-xlsx.xlsx")[2][:2] == ["2147483648", "2147483648"]
    assert read("sheetjs/ErrorTypes.xlsx")[1][:2] == ["#DIV/0!", "#DIV/0!"]
    assert (
        read_path(TORTURE / "frictionless/data/multiline-headers.xlsx").facts.columns[1] == "Caloric contribution (%)"
    )
