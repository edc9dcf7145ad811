"""Decides what a file is by its content, never by its name, and refuses by name what holds no table."""

from __future__ import annotations

import re
from pathlib import PurePath

from lib.errors import DeskError
from lib.intake.sources import Source, whole
from lib.intake.unpack import GZIP, ZIP, is_workbook_archive

JSON_NAMES = frozenset({".json", ".ndjson", ".jsonl"})
LINES_NAMES = frozenset({".ndjson", ".jsonl"})

_UNREADABLE = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (GZIP, "a GZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a BZIP2 archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WEB_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)?(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|table|script|meta)\b",
                       re.IGNORECASE | re.DOTALL)  # fmt: skip
_XML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)


def suffix_of(name: str) -> str:
    """The file name's last suffix in small letters, with its dot."""
    return PurePath(name).suffix.lower()


def is_workbook(source: Source) -> bool:
    """Whether the bytes are a workbook (XLSX, XLSB, XLS, ODS); archives, pictures and locked workbooks are refused."""
    head = source.read(0, 16)
    if head.startswith(_OLE):
        return _is_open_ole(whole(source, "a workbook"))
    if head.startswith(ZIP):
        if is_workbook_archive(source):
            return True
        raise _refused("a ZIP archive")
    for magic, noun in _UNREADABLE:
        if head.startswith(magic):
            raise _refused(noun)
    return False


def _refused(noun: str) -> DeskError:
    if "archive" in noun:
        return DeskError("archive", f"This is {noun}, not a table.", "Unpack it and import the file inside.")
    return DeskError("not_a_table", f"This is {noun}, not a table.", "Export it again as CSV, JSON or XLSX.")


def _is_open_ole(data: bytes) -> bool:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked_workbook()
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return True
    raise DeskError("not_a_table", "This is an old Office document, not a workbook.", "Export it again as XLSX or CSV.")


def locked_workbook() -> DeskError:
    """The refusal of a workbook nobody can open without its password."""
    return DeskError(
        "password_protected",
        "This workbook is protected by a password, so nothing in it can be read.",
        "Open it, save a copy without a password, and import the copy.",
    )


def refuse_markup(text: str) -> None:
    """Refuse a web page or other markup that carries a table's name; looks at the first characters only."""
    head = text[:4096]
    if _WEB_PAGE.match(head):
        raise DeskError(
            "web_page",
            "This is a web page (HTML), not a table: it begins with markup on line 1.",
            "A sign-in or error page is often saved this way; export the file again as CSV, XLSX or JSON.",
        )
    if _XML.match(head):
        raise DeskError("not_a_table", "This is an XML document, not a table.", "Export it again as CSV, XLSX or JSON.")


def refuse_binary(text: str) -> None:
    """Refuse what decodes but is no text: one control character in ten is no table."""
    head = text[:8192]
    control = sum(1 for letter in head if ord(letter) < 32 and letter not in "\t\r\n\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f")
    if len(head) > 256 and control * 10 > len(head):
        raise DeskError("not_a_table", "This is a binary file, not a table.", "Export it again as CSV, JSON or XLSX.")
