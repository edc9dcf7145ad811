"""Writes a reading as clean CSV (RFC 4180): UTF-8, CRLF, quotes only where needed, the text of every cell as it was."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO, TextIO, cast

from lib.intake.reading import Reading


def write_clean_csv(reading: Reading, out: TextIO | BinaryIO) -> None:
    """Write header and rows to an open file; a text file must have been opened with newline="" to keep CRLF.

    A missing value is written as a blank cell. Cells that look like formulas stay text: their bytes are not changed.
    """
    if isinstance(out, io.TextIOBase):
        _write(reading, out)
        return
    text = io.TextIOWrapper(cast(BinaryIO, out), encoding="utf-8", newline="")
    _write(reading, text)
    text.flush()
    text.detach()


def _write(reading: Reading, out: io.TextIOBase) -> None:
    writer = csv.writer(out, lineterminator="\r\n")
    if reading.facts.columns:
        writer.writerow(reading.facts.columns)
    for batch in reading.batches():
        columns = [batch.frame.iloc[:, place].fillna("").tolist() for place in range(batch.frame.shape[1])]
        writer.writerows(zip(*columns, strict=True))
