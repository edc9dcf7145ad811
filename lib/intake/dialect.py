"""Finds how a delimited text is written: its delimiter, its quote mark, how quotes are escaped, how wide its rows are."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lib.errors import DeskError

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

USUAL = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01", ":", " ")
_SAMPLE = 64 * 1024
_DETECTOR_SAMPLE = 8 * 1024
_EVEN = 0.9
_DECLARED = re.compile(r"\ufeff?\"?sep=(.)\"?[ ]*(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """`width` is the commonest number of cells a row; `share` the part of rows that have it; `is_told` by the file."""

    delimiter: str
    quote: str = '"'
    width: int = 1
    share: float = 1.0
    is_backslash: bool = False
    skips_blank: bool = False
    is_told: bool = False

    def reader(self, lines: Iterable[str]) -> CsvReader:
        """The tolerant reader of this dialect; doubled quotes are always one quote."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skips_blank,
            escapechar="\\" if self.is_backslash else None,
        )

    @property
    def name(self) -> str:
        """The delimiter as people write it."""
        return {"\t": "tab", " ": "blank"}.get(self.delimiter, self.delimiter)


def find_dialect(text: str, delimiter: str | None = None) -> Dialect:
    """The dialect of the head of a text; a `delimiter` given by a person or by a line `sep=;` is not questioned.

    A delimiter is one ASCII character; any other is refused as `wrong_delimiter`.
    """
    sample = _sample(text)
    declared = _DECLARED.match(sample)
    told = delimiter or (declared[1] if declared else "")
    if told:
        if len(told) != 1 or told in "\r\n\"'\0" or not told.isascii():
            raise DeskError("wrong_delimiter", f"{told!r} is not a delimiter.", "Use one character, such as , or ;.")
        body = sample[declared.end() :] if declared else sample
        return _with_details(body, replace(_tried(body, Dialect(told)), is_told=True))
    return _with_details(sample, _best(sample))


def _sample(text: str) -> str:
    """The first 64 KiB, cut at the end of a line."""
    if len(text) <= _SAMPLE:
        return text
    head = text[:_SAMPLE]
    end = max(head.rfind("\n"), head.rfind("\r"))
    return head[: end + 1] if end > 0 else head


def _tried(sample: str, dialect: Dialect) -> Dialect:
    """The dialect with the width and share it gives on the sample; a row of one cell counts against it."""
    rows = dialect.reader(io.StringIO(sample, newline=""))
    widths = Counter(len(row) for row in rows if row)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return replace(dialect, width=1, share=1.0)
    # Counter keeps the order of the file, so of equally common widths the first one met is taken.
    count, width = max(wide, key=lambda pair: pair[0])
    return replace(dialect, width=width, share=count / widths.total())


def _best(sample: str) -> Dialect:
    tries = [_tried(sample, Dialect(mark)) for mark in USUAL if mark in sample]
    tries = [found for found in tries if found.width > 1]
    even = [found for found in tries if found.share >= _EVEN]
    if len(even) == 1:
        return even[0]
    if not even:
        unusual = _unusual(sample)
        if unusual:
            return unusual
    # Several fit (1,7;200,5 has a comma and a semicolon a row), or none does: ask what the cells look like.
    fit = even or tries
    if not fit:
        return Dialect(",")
    chosen = _detected(sample, [found.delimiter for found in fit])
    return next((found for found in fit if found.delimiter == chosen), max(fit, key=lambda found: found.share))


def _unusual(sample: str) -> Dialect | None:
    """Blanks before quotes, apostrophes for quotes, or a rare delimiter.

    Believed only where nearly all rows then have the same number of cells, three or more.
    """
    if len(sample.splitlines()) < 3:
        return None
    tries = [Dialect(mark, skips_blank=True) for mark in USUAL if f'{mark} "' in sample]
    tries += [Dialect(mark, "'") for mark in USUAL if mark in sample and "'" in sample]
    tries += [Dialect(mark, quote) for mark in _RARE for quote in "\"'" if mark in sample]
    for found in (_tried(sample, dialect) for dialect in tries):
        if found.width >= 3 and found.share >= _EVEN:
            return found
    return None


def _detected(sample: str, marks: list[str]) -> str:
    """CleverCSV's verdict on the first few kilobytes (its time grows with the sample), empty when it has none."""
    import clevercsv  # noqa: PLC0415  a slow import that plain files do not need

    head = sample[:_DETECTOR_SAMPLE]
    end = max(head.rfind("\n"), head.rfind("\r"))
    found = clevercsv.Detector().detect(head[: end + 1] if end > 0 else head, delimiters=marks)
    return str(found.delimiter) if found and found.delimiter else ""


def _with_details(sample: str, found: Dialect) -> Dialect:
    if found.quote == "'" or found.skips_blank:
        return found
    if found.quote not in sample:
        return _with_apostrophes(sample, found)
    mark = re.escape(found.delimiter)
    if found.delimiter != " " and re.search(rf'{mark} +"[^"\r\n]*" *(?:{mark}|[\r\n]|\Z)', sample):
        blank = _tried(sample, replace(found, skips_blank=True))
        found = blank if blank.share >= found.share else found
    if re.search(rf'\\"(?!{mark}|[\r\n"]|\Z)', sample) and not re.search(rf'[^{mark}\r\n"\\]""', sample):
        mended = _tried(guarded(sample), replace(found, is_backslash=True))
        return mended if mended.share >= found.share else found
    return found


def _with_apostrophes(sample: str, found: Dialect) -> Dialect:
    """Apostrophes are quotes only where every cell that begins with one also ends with one on its line.

    And then only if the rows become more even by it, or there is one in every row: 'tis alone proves nothing.
    """
    mark = re.escape(found.delimiter)
    opened = len(re.findall(rf"(?:^|{mark})'", sample, re.MULTILINE))
    closed = len(re.findall(rf"(?:^|(?<={mark}))'[^'\r\n]+'(?={mark}|\r?$)", sample, re.MULTILINE))
    if opened != closed or closed < 2:
        return found
    tried = _tried(sample, replace(found, quote="'"))
    is_everywhere = tried.width == found.width and closed >= len(sample.splitlines()) - 1
    return tried if tried.share > found.share or (tried.share == found.share and is_everywhere) else found


def guarded(text: str) -> str:
    """Backslashes before anything but a quote or a backslash doubled, so that reading escapes leaves them in place."""
    return re.sub(r'\\(?!["\\])|\\\\', lambda found: found[0] if len(found[0]) == 2 else "\\\\", text)
