"""Finds the cells of an XLSX sheet that hold an error (#N/A, #DIV/0!), which the fast reader gives back blank."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

# Each stops where the next cell begins, so that a sheet of cells without an end is walked through once and not each anew.
_CELL = re.compile(rb'<(?:\w+:)?c\b([^<>]*\bt="e"[^<>]*)>((?:(?!</?(?:\w+:)?c\b).)*)', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def error_cells(data: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """The text of each error by (row, column), both from 0; empty for workbooks that are not XLSX."""
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = _part_of(archive, sheet)
        xml = archive.read(path) if path else b""
    if b't="e"' not in xml:
        return {}
    found: dict[tuple[int, int], str] = {}
    for cell in _CELL.finditer(xml):
        place, value = _PLACE.search(cell[1]), _VALUE.search(cell[2])
        if place and value:
            found[int(place[2]) - 1, _column(place[1])] = value[1].decode("utf-8", errors="replace")
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file inside the archive that holds a sheet; empty where the workbook is written another way."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    # Expat refuses the entity bombs that make XML dangerous; these two parts are small.
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for item in book.iter():
        if item.tag.endswith("}sheet") and item.get("name") == sheet:
            target = targets.get(item.get(_RELATION), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return path if path in names else ""
    return ""
