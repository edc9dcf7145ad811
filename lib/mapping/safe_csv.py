"""Rows as a CSV that a spreadsheet opens without running anything in it.

A cell that begins with = + - @, a tab, a line end, or one of the first four at full width (behind blanks too, which
some spreadsheets take off) gets an apostrophe in front: then it is text. Two kinds are left as they are, since nothing
but digits stands behind their sign, so that a spreadsheet can make a number of them and no more: plain negative numbers
(-12, -1,234.50) and phone numbers in E.164 (+13035550100: a plus and up to fifteen digits).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_STARTS_A_FORMULA = r"^[ \x{00A0}]*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_IS_HARMLESS = r"^(?:-[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|\+[0-9]{7,15})$"
_APOSTROPHE, _NOTHING = pa.scalar("'", pa.large_string()), pa.scalar("", pa.large_string())
_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")


class SafeCsv:
    """Writes columns of text batch by batch, in UTF-8 under the mark by which spreadsheets know it."""

    def __init__(self, out: BinaryIO, columns: Sequence[str]) -> None:
        self._out = out
        out.write(b"\xef\xbb\xbf")
        self.add([pa.array([name], pa.large_string()) for name in columns])

    def add(self, columns: Sequence[pa.Array | pa.ChunkedArray]) -> None:
        """The next rows, column by column in their order."""
        names = [str(place) for place in range(len(columns))]
        pyarrow.csv.write_csv(pa.table([harmless(each) for each in columns], names=names), self._out, _OPTIONS)


def harmless(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Each text as a spreadsheet may have it; a missing one is blank."""
    text = column.cast(pa.large_string()).fill_null("")
    is_risky = pc.and_(
        pc.match_substring_regex(text, _STARTS_A_FORMULA), pc.invert(pc.match_substring_regex(text, _IS_HARMLESS))
    )
    return pc.if_else(is_risky, pc.binary_join_element_wise(_APOSTROPHE, text, _NOTHING), text)


def harmless_text(text: str) -> str:
    """One text as a spreadsheet may have it."""
    return str(harmless(pa.array([text], pa.large_string()))[0].as_py())


def as_typed(text: str) -> str:
    """A text that came back, without the apostrophe that it left with."""
    return text[1:] if text.startswith("'") and harmless_text(text[1:]) == text else text
