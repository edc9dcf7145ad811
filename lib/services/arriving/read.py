"""Turn the bytes of a delivery into rows of text, losing none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lib.intake.clean_csv import write_clean_csv
from lib.intake.reading import Batch, Reading, ReadOptions, read_bytes, read_path

_SAMPLE_ROWS = 10_000
_DEFAULTS = ReadOptions()

__all__ = ["Batch", "ReadOptions", "Reading", "read_content", "read_file", "read_sample", "write_rows"]


def read_content(content: bytes, file_name: str, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read what arrived; DeskError with the line and the mend where the whole file must be refused."""
    return read_bytes(content, file_name, options)


def read_file(path: Path, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read a file from disk without holding it, as `read_content` does; the file must stay as it is meanwhile."""
    return read_path(path, options)


def read_sample(path: Path, options: ReadOptions = _DEFAULTS) -> pd.DataFrame:
    """The first rows of a file, enough to suggest a map from."""
    reading = read_path(path, options)
    first = next(reading.batches(_SAMPLE_ROWS), None)
    return first.frame if first else pd.DataFrame(columns=list(reading.facts.columns), dtype="str")


def write_rows(reading: Reading, path: Path) -> None:
    """Write the rows as text to a clean RFC 4180 CSV."""
    with path.open("w", encoding="utf-8", newline="") as out:
        write_clean_csv(reading, out)
