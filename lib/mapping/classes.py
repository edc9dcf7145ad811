"""What a row is: test, spam, internal or resold by the marks of its provider, else genuine; with the evidence (R10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.providers import Mark, MarkOn, Test
from lib.domain.verdicts import RowClass
from lib.errors import DeskError

# Where a row bears marks of several classes the first of these wins: a test that looks like spam is still our own test.
PRECEDENCE = (RowClass.TEST, RowClass.SPAM, RowClass.INTERNAL, RowClass.MARKETPLACE_DUPLICATE)

# A pattern that is found nowhere.
NOTHING = r"(?!)"


@dataclass(frozen=True)
class ClassReport:
    """The class of each row of a frame, by position, and what it rests on.

    `row_class` holds one RowClass value a row. `evidence` has the columns row (position), code (`class_test` …, one
    for each class a row bears marks of, also where a stronger one won) and evidence (the mark's sentence).
    """

    row_class: npt.NDArray[np.object_]
    evidence: pd.DataFrame


def class_code(row_class: RowClass) -> str:
    """The reason code that goes with a class."""
    return f"class_{row_class}"


def classify(frame: pd.DataFrame, raw: pd.DataFrame, marks: Sequence[Mark]) -> ClassReport:
    """Compare each row with the provider's marks: `raw` for marks on a source field, `frame` for those on a target.

    Both frames hold the same rows in the same order. Text is trimmed and case-folded on both sides and compared
    literally (`contains` "test" also finds "contest": a mark says what it means, or uses `matches`). A field that is
    not there, and a missing value, bear no mark. DeskError `unreadable_mark` for a pattern that is none.
    """
    if len(frame) != len(raw):
        raise ValueError(f"{len(frame)} mapped rows cannot be classified by {len(raw)} raw ones")
    row_class = np.full(len(frame), RowClass.GENUINE.value, dtype=object)
    found: list[pd.DataFrame] = []
    columns: dict[tuple[MarkOn, str], _Folded] = {}
    for kind in reversed(PRECEDENCE):
        sentences = np.full(len(frame), None, dtype=object)
        for mark in reversed([mark for mark in marks if mark.row_class is kind]):
            where = (mark.on, mark.field)
            if where not in columns:
                columns[where] = _Folded.of(_column(frame, raw, mark))
            sentences[columns[where].rows_where(_test_of(mark))] = mark.evidence
        rows = np.flatnonzero(sentences != None)  # noqa: E711 - element by element, which `is not` cannot be
        row_class[rows] = kind.value
        found.append(pd.DataFrame({"row": rows, "code": class_code(kind), "evidence": sentences[rows]}))
    evidence = pd.concat(found[::-1], ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
    return ClassReport(row_class, evidence.astype({"row": "int64", "code": "str", "evidence": "str"}))


@dataclass(frozen=True)
class _Folded:
    """A column as codes into its distinct values, each trimmed and case-folded once; -1 is a missing value."""

    codes: npt.NDArray[np.intp]
    texts: list[str]

    @classmethod
    def of(cls, column: pd.Series[Any] | None) -> _Folded:
        if column is None:
            return cls(np.empty(0, dtype=np.intp), [])
        codes, uniques = pd.factorize(column)
        return cls(codes, [str(value).strip().casefold() for value in uniques.tolist()])

    def rows_where(self, holds: Callable[[str], bool]) -> npt.NDArray[np.intp]:
        """The positions whose text passes; a missing value never does."""
        lookup = np.array([*(holds(text) for text in self.texts), False], dtype=bool)
        return np.flatnonzero(lookup[self.codes])


def _column(frame: pd.DataFrame, raw: pd.DataFrame, mark: Mark) -> pd.Series[Any] | None:
    """The column a mark looks at; a source header may differ in case, since providers spell theirs in several ways."""
    if mark.on is MarkOn.TARGET:
        return frame.get(mark.field)
    if mark.field in raw:
        return raw[mark.field]
    alike = [name for name in raw.columns if str(name).strip().casefold() == mark.field.strip().casefold()]
    return raw[alike[0]] if alike else None


def _test_of(mark: Mark) -> Callable[[str], bool]:
    """The mark's comparison of one trimmed, case-folded text with any of its values."""
    if mark.test is Test.MATCHES:
        pattern = _pattern(mark)
        return lambda text: pattern.search(text) is not None
    values = tuple(value.strip().casefold() for value in mark.values)  # noqa: PD011 - not a frame
    if mark.test is Test.EQUALS:
        return frozenset(values).__contains__
    filled = tuple(value for value in values if value)  # a blank value is contained in everything and marks nothing
    if mark.test is Test.STARTS_WITH:
        return lambda text: text.startswith(filled)
    # One search is several times as fast as asking for each value in turn.
    anywhere = re.compile("|".join(map(re.escape, filled)) or NOTHING)
    return lambda text: anywhere.search(text) is not None


def _pattern(mark: Mark) -> re.Pattern[str]:
    """One pattern out of the mark's values, found anywhere in the text unless it is anchored."""
    try:
        return re.compile("|".join(f"(?:{value})" for value in mark.values) or NOTHING, re.IGNORECASE)  # noqa: PD011 - not a frame
    except re.error as error:
        raise DeskError(
            "unreadable_mark",
            f"The {mark.row_class} mark on {mark.field} holds a pattern that cannot be read: {error}.",
            "Mend the pattern in the provider's marks, or compare with `contains`.",
        ) from error


def resale_duplicates(
    group_ids: pd.Series[Any],
    row_is_genuine: npt.NDArray[np.bool_],
    external_ids: pd.Series[Any],
    known_groups: Mapping[str, str],
) -> npt.NDArray[np.bool_]:
    """Which rows are one homeowner's request sold again under another lead id (Angi's srOid names the request).

    The lead that a request is counted by is the one in `known_groups` (group id → external id first seen), else the
    first genuine row of the group in file order. Every genuine row of the group with another external id is resold;
    the same lead delivered again is not. A test or spam row neither counts nor takes the first place.
    """
    is_genuine = np.asarray(row_is_genuine, dtype=bool)
    codes, groups = pd.factorize(group_ids)
    ids = np.asarray(external_ids.array.to_numpy(dtype=object, na_value=""), dtype=object)
    is_seen = is_genuine & (codes >= 0) & np.asarray(group_ids != "").astype(bool)
    rows = np.flatnonzero(is_seen)[::-1]
    first = np.full(len(groups) + 1, None, dtype=object)
    first[codes[rows]] = ids[rows]  # backwards, so that the earliest row is written last and stays
    for code, group in enumerate(groups.tolist()):
        first[code] = known_groups.get(str(group), first[code])
    is_resold: npt.NDArray[np.bool_] = is_seen & np.asarray(first[codes] != ids, dtype=bool)
    return is_resold
