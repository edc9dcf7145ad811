"""Bytes to text: declared encodings are obeyed, guesses are said."""

import codecs

import pytest

from lib.errors import DeskError
from lib.intake.reading import Reading, ReadOptions, read_bytes

TEXT = "name,city\nZoë,Köln\nJosé,Málaga\n"


def cells(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32-be"),
    ],
)
def test_a_declared_encoding_is_obeyed_without_a_word(data: bytes, encoding: str) -> None:
    reading = read_bytes(data, "x.csv")
    assert (reading.facts.encoding, reading.facts.flagged) == (encoding, ())
    assert reading.facts.columns == ("name", "city")
    assert cells(reading) == [["Zoë", "Köln"], ["José", "Málaga"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1252"])
def test_an_undeclared_encoding_is_found_and_flagged(encoding: str) -> None:
    reading = read_bytes(TEXT.encode(encoding), "x.csv")
    assert reading.facts.encoding == encoding
    assert [note.line for note in reading.facts.flagged] == [1]
    assert cells(reading)[0] == ["Zoë", "Köln"]


@pytest.mark.parametrize(
    ("encoding", "word"), [("iso8859_7", "Αλέξανδρος"), ("cp1251", "Александр"), ("koi8_r", "Александр")]
)
def test_other_alphabets_are_told_apart(encoding: str, word: str) -> None:
    reading = read_bytes(f"id,name,age\n1,{word},30\n2,{word},40\n".encode(encoding), "x.csv")
    assert (reading.facts.encoding, cells(reading)[0][1]) == (encoding, word)


def test_one_broken_byte_does_not_spoil_a_utf8_file() -> None:
    data = b"id,name\n" + "1,Zoë\n2,Köln\n3,José\n4,naïve é\n".encode() + b"5,caf\xe9\n"
    reading = read_bytes(data, "x.csv")
    assert cells(reading)[0] == ["1", "Zoë"]
    assert cells(reading)[4] == ["5", "café"]
    assert [note.line for note in reading.facts.flagged] == [6]


def test_an_encoding_can_be_told_and_must_fit() -> None:
    reading = read_bytes("a,b\n1,Łódź\n".encode("cp1250"), "x.csv", ReadOptions(encoding="cp1250"))
    assert cells(reading) == [["1", "Łódź"]]
    with pytest.raises(DeskError, match="Line 2"):
        read_bytes(b"a,b\n1,\xff\n", "x.csv", ReadOptions(encoding="utf-8"))
    with pytest.raises(DeskError) as refused:
        read_bytes(b"a,b\n", "x.csv", ReadOptions(encoding="klingon"))
    assert refused.value.code == "unknown_encoding"
