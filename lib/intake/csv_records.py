"""Cuts delimited text into records, each with its line and its text, and mends stray quotes within the line they stand on.

Text is looked at as bytes, one character each (Latin-1), so that places in it are places in the file; cells are turned
into the text they are when a record is done. Delimiters, quotes and line ends are ASCII, so this changes nothing.
"""

from __future__ import annotations

import csv
import re
import sys
from typing import NamedTuple

from lib.intake.dialect import Dialect, guarded
from lib.intake.records import Record

csv.field_size_limit(sys.maxsize)

# A quote that is not closed within so many bytes is never closed; no record is longer.
LONGEST = 8 << 20
# How many lines from a stray quote on may belong to its record.
_WINDOW = 20

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


def as_characters(data: bytes) -> str:
    """Bytes, one character each."""
    return data.decode("latin-1")


def as_text(characters: str) -> str:
    """The text that some characters, one byte each, stand for."""
    return characters if characters.isascii() else characters.encode("latin-1").decode("utf-8", errors="replace")


class _Cut(NamedTuple):
    """Cells, how many characters they take with their line end, and a doubt about them or nothing."""

    cells: list[str]
    length: int
    doubt: str = ""


class Cutter:
    """RFC 4180 for one dialect, as patterns: what a clean record is, and how an unclean one is cut all the same."""

    def __init__(self, dialect: Dialect) -> None:
        mark, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
        lead, end = " *+" if dialect.skips_blank else "", rf"(?={mark}|[\r\n]|\Z)"
        slash, escaped = (r"\\", rf"|\\[{quote}\\]?+") if dialect.is_backslash else ("", "")
        plain, bare = f"[^{quote}{slash}]", f"[^{quote}{mark}\r\n{slash}]"
        # Possessive all through, so that no text can make them slow.
        opened = f"{quote}{plain}*+(?:(?:{quote}{quote}{escaped}){plain}*+)*+"
        cell = f"(?:{lead}{opened}{quote}|(?:{bare}{escaped})*+)"
        self._record = re.compile(f"{cell}(?:{mark}{cell})*+(?:\r\n|\r|\n|\\Z)", re.DOTALL)
        # A quoted cell that the text at hand does not close: whether it is clean depends on what follows.
        self._open = re.compile(rf"(?:{cell}{mark})*+{lead}{opened}\Z", re.DOTALL)
        # Loose: a quote closes a cell only before a delimiter or the line's end; any other one is part of the text.
        inner = f"(?:[^{quote}]|{quote}{quote}|{quote}(?!{quote}|{end}))*+"
        self._loose = re.compile(f"{lead}{quote}({inner}){quote}{end}|([^{mark}\r\n]*+)", re.DOTALL)
        # Literal: a cell is either quoted without fault or stands as it is, quotes and all.
        self._literal = re.compile(f"{lead}(?={quote})({opened}{quote}){end}|([^{mark}\r\n]*+)", re.DOTALL)
        self._opens = re.compile(f"(?:^|{mark}){lead}{quote}")
        self._dialect = dialect

    def cut(self, text: str, place: int, line: int, *, is_last: bool) -> tuple[Record, int] | None:
        """The record that begins at a place, and where the next one begins; None when the text at hand ends too early.

        A record with a stray quote is cut anew, so that it never swallows the rows below it. What is found depends on
        nothing but the text from `place` on. A blank line is a record without cells.
        """
        found = self._record.match(text, place)
        if found and found.end() - place <= LONGEST:
            if found.end() == len(text) and not is_last and text[-1] != "\n":
                return None
            cut = self._clean(found[0], line)
        else:
            is_short = not is_last and len(text) - place <= LONGEST
            if is_short and self._open.match(text, place):
                return None
            lines, end = _window(text, place)
            if is_short and end == len(text):
                return None
            cut = self._mended(lines, line)
        end = place + cut.length
        return Record(line, [*map(as_text, cut.cells)], as_text(text[place:end]), cut.doubt), end

    def swallows(self, raw: str) -> bool:
        """Whether a record seems to hold other rows: two stray quotes make a faultless cell of all that lies between."""
        mark, width = self._dialect.delimiter, self._dialect.width
        inner = [found[0] for found in _LINE.finditer(raw) if found[0]][1:-1]
        return width > 2 and len(inner) > 0 and all(item.count(mark) == width - 1 for item in inner)

    def _clean(self, raw: str, line: int) -> _Cut:
        """A record without fault; one that seems to hold other rows is cut at its first line's end."""
        cells, width = self._cells(raw), self._dialect.width
        first = _LINE.match(raw)
        if first and first.end() < len(raw) and (len(cells) != width or self.swallows(raw)):
            mended = self._mended([first[0]], line)
            if len(mended.cells) == width:
                return mended
        return _Cut(cells, len(raw))

    def _cells(self, raw: str) -> list[str]:
        return next(self._dialect.reader([guarded(raw) if self._dialect.is_backslash else raw]))

    def _mended(self, lines: list[str], line: int) -> _Cut:
        """The likeliest reading of a record with a stray quote: the first of four that gives the usual number of cells."""
        first, text, width = lines[0], "".join(lines), self._dialect.width
        why = "A quote mark stands where none may; check the cells of this row."
        if self._opens.search(first) and first.count(self._dialect.quote) % 2:
            why = f"A quote opens on line {line} and is never closed; the line was read as it stands."
        literal, used = self._split(self._literal, text, 1)
        if len(literal) == width and used > len(first):
            return _Cut(literal, used, why)
        loose, _ = self._split(self._loose, first, 0)
        if len(loose) == width:
            return _Cut(loose, len(first), why)
        literal, _ = self._split(self._literal, first, 1)
        if len(literal) != width:
            # The end of the last line is the record's own, and not that of a cell whose quote never closes.
            bare = [*lines[:-1], lines[-1].rstrip("\r\n")]
            reader = self._dialect.reader([*map(guarded, bare)] if self._dialect.is_backslash else bare)
            tolerant, taken = next(reader), reader.line_num
            # A record that ran to the end of the window has swallowed what is not its own.
            if len(tolerant) == width and taken < max(len(lines), 2):
                return _Cut(tolerant, sum(map(len, lines[:taken])), why)
        return _Cut(literal, len(first), why)

    def _split(self, pattern: re.Pattern[str], text: str, margin: int) -> tuple[list[str], int]:
        """The cells of the record at the start of some text, and how many characters it takes with its line end."""
        cells, place = [], 0
        while True:
            found = pattern.match(text, place)
            assert found is not None  # the second half matches nothing at worst
            cells.append(found[2] if found[1] is None else self._plain(found[1][margin : len(found[1]) - margin]))
            place = found.end()
            if place >= len(text) or text[place] in "\r\n":
                return cells, min(place + (2 if text.startswith("\r\n", place) else 1), len(text))
            place += 1

    def _plain(self, inside: str) -> str:
        text = inside.replace(self._dialect.quote * 2, self._dialect.quote)
        return re.sub(r'\\(["\\])', r"\1", text) if self._dialect.is_backslash else text


def _window(text: str, place: int) -> tuple[list[str], int]:
    """The next lines, one at least, and where they end."""
    lines: list[str] = []
    limit = min(len(text), place + LONGEST)
    while place < limit and len(lines) < _WINDOW:
        found = _LINE.match(text, place, limit)
        assert found is not None  # any line matches
        lines.append(found[0])
        place = found.end()
    return lines, place
