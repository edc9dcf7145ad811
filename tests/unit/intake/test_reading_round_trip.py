"""What a CSV writer wrote comes back cell by cell."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.intake.clean_csv import write_clean_csv
from lib.intake.reading import Reading, ReadOptions, read_bytes

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def shared(path: str) -> Path:
    found = DATA / path
    if not found.exists():
        pytest.skip(f"../shared/data is absent: {path} is not beside the checkout")
    return found


def rows(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)]


def written(table: list[list[str]], **how: object) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(table)  # type: ignore[arg-type]
    return out.getvalue().encode("utf-8")


# Left out because no reader can keep them: lone surrogates (they are not UTF-8) and NUL (taken out, and flagged).
# A key leads each row, and the names are words, so that no generated row is blank, a total, a heading or a header.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    ['"', '""', ",", "\r", "\n", "\r\n", ' "', '" ', "\\", '\\"', "'", "Total:", "#", "=1+1", "\ufeff", "\u2028", ";"]
)


@settings(max_examples=150, deadline=None)
@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)
    ),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_any_table_of_text_is_read_as_it_was_written(table: list[list[str]], mark: str, quoting: int, end: str) -> None:
    width = len(table[0]) if table else 2
    # QUOTE_MINIMAL with "\n" leaves a lone CR unquoted before Python 3.13, which ends a line in any reader's eyes.
    quoting = csv.QUOTE_ALL if end == "\n" else quoting
    keyed = [[f"r{number}", *row] for number, row in enumerate(table)]
    header = ["key", *(f"name {letter}" for letter in "abcd"[:width])]
    data = written([header, *keyed], delimiter=mark, quoting=quoting, lineterminator=end)
    reading = read_bytes(data, "x.csv", ReadOptions(delimiter=mark))
    assert (rows(reading), reading.facts.rejected) == (keyed, ())
    out = io.BytesIO()
    write_clean_csv(reading, out)
    assert list(csv.reader(io.StringIO(out.getvalue().decode(), newline=""))) == [header, *keyed]


def test_every_naughty_string_comes_back_unchanged() -> None:
    strings = json.loads(shared("torture/big-list-of-naughty-strings/blns.json").read_text("utf-8"))
    table = [[f"r{number}", text, "end"] for number, text in enumerate(strings)]
    reading = read_bytes(written([["key", "text", "last"], *table]), "naughty.csv")
    assert rows(reading) == table
    assert reading.facts.delimiter == ","
    as_json = json.dumps([{"key": row[0], "text": row[1]} for row in table]).encode()
    assert rows(read_bytes(as_json, "naughty.json")) == [row[:2] for row in table]


SPECTRUM = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
]  # fmt: skip


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_equals_its_json_twin(name: str) -> None:
    data = shared(f"torture/csv-spectrum/csvs/{name}.csv").read_bytes()
    if name.endswith("_crlf") and b"\r" not in data:
        # This copy lost the line ends it is named after; its twin still has them.
        data = data.replace(b"\n", b"\r\n")
    reading = read_bytes(data, f"{name}.csv")
    twin = json.loads(shared(f"torture/csv-spectrum/json/{name}.json").read_text("utf-8"))
    expected = twin if isinstance(twin, list) else [twin]
    if name == "location_coordinates":
        # The twin's phone is a placeholder; the file holds another number. Everything else must agree.
        expected[0]["Contact Phone Number"] = "2095257564"
    assert [dict(zip(reading.facts.columns, row, strict=True)) for row in rows(reading)] == expected
