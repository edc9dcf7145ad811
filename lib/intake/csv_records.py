"""Cuts delimited text into records, each with its line and its text, and mends stray quotes within the line they stand on."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator

from lib.intake.dialect import Dialect
from lib.intake.records import Record

csv.field_size_limit(sys.maxsize)


_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")
# How many lines from a stray quote on may belong to its record.
_WINDOW = 20


class _Grammar:
    """RFC 4180 for one dialect, as patterns: what a clean record is, and how an unclean one is cut all the same."""

    def __init__(self, dialect: Dialect) -> None:
        mark, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
        lead, end = " *+" if dialect.skips_blank else "", rf"(?={mark}|[\r\n]|\Z)"
        # Possessive all through, so that no text can make them slow.
        escaped = r"|\\." if dialect.is_backslash else ""
        plain, bare = (
            (rf"[^{quote}\\]", rf"[^{quote}{mark}\r\n\\]") if escaped else (f"[^{quote}]", f"[^{quote}{mark}\r\n]")
        )
        quoted = f"{quote}{plain}*+(?:(?:{quote}{quote}{escaped}){plain}*+)*+{quote}"
        cell = f"(?:{lead}{quoted}|(?:{bare}{escaped})*+)" if escaped else f"(?:{lead}{quoted}|{bare}*+)"
        self.text = re.compile(f"(?:{cell}(?:{mark}|\r\n|\r|\n))*+{cell}", re.DOTALL)
        self.record = re.compile(f"{cell}(?:{mark}{cell})*+(?:\r\n|\r|\n|\\Z)", re.DOTALL)
        # Loose: a quote closes a cell only before a delimiter or the line's end; any other one is part of the text.
        inner = f"(?:[^{quote}]|{quote}{quote}|{quote}(?!{quote}|{end}))*+"
        self._loose = re.compile(f"{lead}{quote}({inner}){quote}{end}|([^{mark}\r\n]*+)", re.DOTALL)
        # Literal: a cell is either quoted without fault or stands as it is, quotes and all.
        self._literal = re.compile(f"{lead}(?={quote})({quoted}){end}|([^{mark}\r\n]*+)", re.DOTALL)
        self.opens = re.compile(f"(?:^|{mark}){lead}{quote}")
        self._quote, self._is_backslash = dialect.quote, dialect.is_backslash

    def cut_loosely(self, line: str) -> list[str]:
        """The cells of one line, inner quotes taken as text: `"He said "hi""` is one cell."""
        return self._cut(self._loose, line, 0)[0]

    def cut_literally(self, raw: str) -> tuple[list[str], int]:
        """The cells of the record at the start of some text, and how many characters it takes with its line end."""
        return self._cut(self._literal, raw, 1)

    def _cut(self, pattern: re.Pattern[str], text: str, margin: int) -> tuple[list[str], int]:
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
        text = inside.replace(self._quote * 2, self._quote)
        return re.sub(r'\\(["\\])', r"\1", text) if self._is_backslash else text


def csv_records(text: str, dialect: Dialect) -> Iterator[Record]:
    """Each record of the text in its order; blank lines come as records without cells.

    A text that keeps to RFC 4180 throughout is read in one go. In any other each record is looked at by itself, and one
    with a stray quote is cut anew, so that it never swallows the rows below it. Either way the time grows with the
    length of the text only.
    """
    grammar = _Grammar(dialect)
    if dialect.quote not in text or grammar.text.fullmatch(text):
        yield from _clean(text, dialect, grammar)
    else:
        yield from _unclean(text, dialect, grammar, 0, 1)


def _clean(text: str, dialect: Dialect, grammar: _Grammar) -> Iterator[Record]:
    taken: list[str] = []

    def feed() -> Iterator[str]:
        for item in io.StringIO(text, newline=""):
            taken.append(item)
            yield item

    place, line = 0, 1
    for cells in dialect.reader(feed()):
        if len(taken) > 1 and (len(cells) != dialect.width or _swallows(taken, dialect)):
            yield from _unclean(text, dialect, grammar, place, line)
            return
        raw = taken[0] if len(taken) == 1 else "".join(taken)
        yield Record(line, cells, raw)
        place += len(raw)
        line += len(taken)
        taken.clear()


def _unclean(text: str, dialect: Dialect, grammar: _Grammar, place: int, line: int) -> Iterator[Record]:
    while place < len(text):
        found = grammar.record.match(text, place)
        if found:
            record = Record(line, next(dialect.reader([found[0]])), found[0])
            lines = _lines(found[0]) if len(found[0]) > 1 else []
            if len(lines) > 1 and (len(record.cells) != dialect.width or _swallows(lines, dialect)):
                mended = _mended(lines[:1], line, dialect, grammar)
                record = mended if len(mended.cells) == dialect.width else record
        else:
            record = _mended(_window(text, place), line, dialect, grammar)
        yield record
        place += len(record.raw)
        line += len(_lines(record.raw))


def _swallows(lines: list[str], dialect: Dialect) -> bool:
    """Whether a record seems to hold other rows: two stray quotes make a faultless cell of all that lies between them."""
    inner = lines[1:-1]
    return (
        dialect.width > 2
        and len(inner) > 0
        and all(item.count(dialect.delimiter) == dialect.width - 1 for item in inner)
    )


def _window(text: str, place: int) -> list[str]:
    """The next lines, one at least."""
    lines: list[str] = []
    while place < len(text) and len(lines) < _WINDOW:
        found = _LINE.match(text, place)
        assert found is not None  # any line matches
        lines.append(found[0])
        place = found.end()
    return lines


def _lines(raw: str) -> list[str]:
    return _window(raw, 0) if raw.count("\n") + raw.count("\r") < _WINDOW else list(io.StringIO(raw, newline=""))


def _mended(lines: list[str], line: int, dialect: Dialect, grammar: _Grammar) -> Record:
    """The likeliest reading of a record with a stray quote: the first of four that gives the usual number of cells."""
    first, text, width = lines[0], "".join(lines), dialect.width
    why = "A quote mark stands where none may; check the cells of this row."
    if grammar.opens.search(first) and first.count(dialect.quote) % 2:
        why = f"A quote opens on line {line} and is never closed; the line was read as it stands."
    literal, used = grammar.cut_literally(text)
    if len(literal) == width and used > len(first):
        return Record(line, literal, text[:used], why)
    loose = grammar.cut_loosely(first)
    if len(loose) == width:
        return Record(line, loose, first, why)
    literal, _ = grammar.cut_literally(first)
    if len(literal) != width:
        reader = dialect.reader(lines)
        tolerant, taken = next(reader), reader.line_num
        # A record that ran to the end of the window has swallowed what is not its own.
        if len(tolerant) == width and taken < max(len(lines), 2):
            return Record(line, tolerant, "".join(lines[:taken]), why)
    return Record(line, literal, first, why)
