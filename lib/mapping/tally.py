"""What is noted of a delivery while its rows go by, to say at the end whether it arrived whole."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.objects import Kind, ObjectType
from lib.mapping.keys import CONTENT_HASH
from lib.reporting.local_days import local_days


class Tally:
    """Eight bytes a row, and a few figures: filled cells and sums of money by column, and the days that have rows."""

    def __init__(self, kind: ObjectType, timezone: str) -> None:
        self._kind, self._timezone = kind, timezone
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self.filled: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()
        self._days: set[str] = set()

    def add(self, mapped: pa.Table, is_failed: npt.NDArray[np.bool_]) -> None:
        """The next rows, as their chunk keeps them; failed ones count towards no sum and no day."""
        marks = mapped[CONTENT_HASH].combine_chunks()
        whole = np.frombuffer(marks.buffers()[1], dtype=np.uint64)[2 * marks.offset : 2 * (marks.offset + len(marks))]
        self._hashes.append(whole[::2].copy())
        sound = mapped.filter(pa.array(~is_failed))
        for column in self._kind.columns:
            if column.name in mapped.column_names:
                cells = mapped[column.name]
                self.filled[column.name] += len(cells) - cells.null_count
                if column.kind is Kind.MONEY:
                    self.sums[column.name] += pc.sum(sound[column.name]).as_py() or 0
        if self._kind.date_column in mapped.column_names:
            self._add_days(sound[self._kind.date_column].combine_chunks().drop_null())

    def _add_days(self, basis: pa.Array) -> None:
        if self._kind.column(self._kind.date_column).kind is Kind.DATE:
            self._days.update(pc.unique(basis).to_pylist())
        elif len(basis):
            hours = pc.unique(pc.floor_temporal(basis, unit="minute", multiple=15)).to_pandas()
            self._days.update(local_days(pd.Series(hours), self._timezone).unique())

    @property
    def hashes(self) -> npt.NDArray[np.uint64]:
        """Half the content hash of each row, in order."""
        return np.concatenate(self._hashes) if self._hashes else np.empty(0, dtype=np.uint64)

    @property
    def days(self) -> npt.NDArray[np.datetime64]:
        """The local days that have rows."""
        return np.array(sorted(self._days), dtype="datetime64[D]")
