"""A cell of an export never runs in a spreadsheet, and a number or a phone stays what it is."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from lib.mapping.row_ids import read_row_id, row_id
from lib.mapping.safe_csv import SafeCsv, harmless


def safe(text: str | None) -> str:
    return str(harmless(pa.array([text], pa.large_string())).to_pylist()[0])


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "=", "-", "+", "-A1", "+1 303", "-1e5", "-12-3",
     "+cmd|' /C calc'!A0", "＝1", "＋1", "－1", "＠1", "-1,2", "+12345678901234567", "-12\n=1", "+3035550100\n=1"],
)  # fmt: skip
def test_what_may_run_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "a=b", "-12", "-1,234.50", "-0.5", "+13035550100", "12", "'=1", "a\n=1", "2026-03-04", "–", "−5"]
)
def test_what_cannot_run_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_csv_reads_back_with_its_quotes_line_ends_and_blanks() -> None:
    out = io.BytesIO()
    writer = SafeCsv(out, ["a,b", "=c"])
    writer.add([pa.array(['x"y', None]), pa.array(["two\nlines", "é"])])
    text = out.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["a,b", "'=c"], ['x"y', "two\nlines"], ["", "é"]]


def test_the_name_of_a_row_cannot_be_made_up() -> None:
    key = b"k" * 32
    name = row_id(12, 345, 67, key)
    assert read_row_id(f" {name} ", key) == (12, 345, 67)
    made_up = (name.replace("-67-", "-66-"), name.replace("345", "346"), name.replace("12-", "13-", 1), f"{name}0")
    for bad in (*made_up, name[:-1], "", "12-345-"):
        assert read_row_id(bad, key) is None
    assert read_row_id(name, b"l" * 32) is None
