"""What holds no table is refused by name, with the mend."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from lib.errors import DeskError
from lib.intake.reading import read_bytes, read_path


def refusal(data: bytes, name: str = "leads.csv") -> DeskError:
    with pytest.raises(DeskError) as refused:
        read_bytes(data, name)
    assert refused.value.message.endswith(".")
    assert refused.value.hint
    return refused.value


def zipped(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"  \n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data).code == "empty_file"


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html>\n<html>", b"\xef\xbb\xbf\n  <html lang=en>", b"<table><tr><td>1,2", b"<!-- x --><HTML>,,"],
)
def test_a_web_page_is_refused_by_name(page: bytes) -> None:
    error = refusal(page)
    assert error.code == "web_page"
    assert "web page" in error.message
    assert "export" in error.hint


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (zipped({"a.zip": zipped({"a.csv": b"a,b\n1,2\n"})}), "archive", "ZIP"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "archive", "GZIP"),
        (b"%PDF-1.7\n1 0 obj", "not_a_table", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_table", "PNG"),
        (bytes(range(1, 9)) * 40, "not_a_table", "binary"),
        (b'<?xml version="1.0"?><rows/>', "not_a_table", "XML"),
        (b"PK\x03\x04" + b"broken" * 20, "corrupt_file", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_a_table", "Office"),
        (zipped({"xl/workbook.xml": b"<broken"}), "corrupt_file", "damaged"),
    ],
    # Archives hold the moment they were made, so named by their bytes the tests of two workers would differ.
    ids=["zip in zip", "gzip in gzip", "pdf", "png", "control", "xml", "broken zip", "office", "broken workbook"],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, code: str, word: str) -> None:
    error = refusal(data)
    assert error.code == code
    assert word in error.message


def test_a_locked_workbook_is_refused_with_the_mend() -> None:
    # Office encrypts a workbook into an OLE file with a stream of this name.
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    error = refusal(data, "leads.xlsx")
    assert error.code == "password_protected"
    assert "without a password" in error.hint


def test_a_missing_file_is_known_trouble(tmp_path: Path) -> None:
    with pytest.raises(DeskError) as refused:
        read_path(tmp_path / "none.csv")
    assert refused.value.code == "no_such_file"


def test_the_content_decides_not_the_name() -> None:
    reading = read_bytes(b'[{"id": 1}]', "leads.csv")
    assert (reading.facts.kind, reading.facts.columns) == ("json", ("id",))
    table = read_bytes(b"[id],name\n1,Ann\n", "leads.csv")
    assert (table.facts.kind, table.facts.columns) == ("csv", ("[id]", "name"))
