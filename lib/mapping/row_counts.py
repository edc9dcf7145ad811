"""Count rows as loads keep it: by verdict, class and reason, and the two cross-counts that a review asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.domain.imports import Load
from lib.domain.verdicts import GOES_IN, RowClass, Verdict
from lib.mapping.checked import Texts, codes_of


@dataclass
class RowCounts:
    """How many rows have each verdict, class and reason code; `going_in` and `failing` as a `Load` says."""

    verdicts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    going_in: Counter[str] = field(default_factory=Counter)
    failing: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, load: Load) -> RowCounts:
        """What a load has counted so far."""
        return cls(
            Counter({str(verdict): rows for verdict, rows in load.verdicts.items()}),
            Counter({str(row_class): rows for row_class, rows in load.classes.items()}),
            Counter(load.reasons),
            Counter(load.going_in),
            Counter(load.failing),
        )

    def as_columns(self) -> dict[str, Any]:
        """The values of a load's counter columns."""
        return {
            "row_count": self.verdicts.total(),
            **{f"{verdict}_count": self.verdicts[verdict] for verdict in Verdict},
            **{f"{row_class}_count": self.classes[row_class] for row_class in RowClass},
            "reasons": _largest_first(self.reasons),
            "going_in": _largest_first(self.going_in),
            "failing": _largest_first(self.failing),
        }

    def add(self, verdicts: Texts, classes: Texts, reasons: Texts, sign: int = 1) -> None:
        """More rows, or with `sign` -1 rows that are no longer so; arrays of text, one entry a row."""
        _count(self.verdicts, verdicts, sign)
        _count(self.classes, classes, sign)
        _count(self.going_in, classes[np.isin(verdicts, [str(verdict) for verdict in GOES_IN])], sign)
        for text, rows in Counter(reasons.tolist()).items():
            for code in codes_of(text):
                self.reasons[code] += sign * rows
        for text, rows in Counter(reasons[verdicts == Verdict.FAILED].tolist()).items():
            for word in _words(text):
                self.failing[word] += sign * rows


def _largest_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted((+counts).items(), key=lambda item: (-item[1], item[0])))


def _words(text: str) -> set[str]:
    """Each reason of a row, and `code:` for each of its codes, which a row may give about several columns."""
    return set(text.split()) | {f"{code}:" for code in codes_of(text)}


def _count(counts: Counter[str], values: Texts, sign: int) -> None:
    for value, rows in Counter(values.tolist()).items():
        counts[value] += sign * rows
