"""What a row is: test, spam, internal or resold by the marks of its provider, else genuine; with the evidence (R10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from lib.domain.providers import Mark, MarkOn, Test
from lib.domain.verdicts import RowClass
from lib.errors import DeskError
from lib.mapping.transforms.shape import TEXT, Mask, arrow_of, flags, no_rows, without

# Where a row bears marks of several classes the first of these wins: a test that looks like spam is still our own test.
PRECEDENCE = (RowClass.TEST, RowClass.SPAM, RowClass.INTERNAL, RowClass.MARKETPLACE_DUPLICATE)

# A pattern that is found nowhere.
NOTHING = r"(?!)"
# Text in which Python's patterns and Arrow's (RE2) may differ about letters, words and blanks; all other is plain.
NOT_PLAIN = r"[^ -~]"
_FIRST_PLAIN, _LAST_PLAIN = np.uint8(ord(" ")), np.uint8(ord("~"))
# No honest search of one cell takes a thousandth of it.
_PATIENCE_SECONDS = 1.0
# What a pattern may be made of to mean the same to both: no class in a class, no escape but these, no open count.
_SHARED_SYNTAX = re.compile(r"(?:[^\\\[{]|\\[bBdDwWsS]|\\[^\w\s]|\[[^\[\]\\]+\]|\{\d+(?:,\d*)?\})*", re.ASCII)


@dataclass(frozen=True)
class ClassReport:
    """The class of each row of a frame, by position, and what it rests on.

    `row_class` holds one RowClass value a row. `evidence` has the columns row (position), code (`class_test` …, one
    for each class a row bears marks of, also where a stronger one won), mark (its key) and evidence (its sentence).
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
        which = np.full(len(frame), -1, dtype=np.int64)
        of_kind = [(place, mark) for place, mark in enumerate(marks) if mark.row_class is kind]
        for place, mark in reversed(of_kind):
            where = (mark.on, mark.field)
            if where not in columns:
                columns[where] = _Folded.of(_column(frame, raw, mark))
            which[columns[where].rows_where(_test_of(mark))] = place
        rows = np.flatnonzero(which >= 0)
        row_class[rows] = kind.value
        telling = [marks[place] for place in which[rows].tolist()]
        told = {"mark": [mark.key for mark in telling], "evidence": [mark.evidence for mark in telling]}
        found.append(pd.DataFrame({"row": rows, "code": class_code(kind), **told}))
    evidence = pd.concat(found[::-1], ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
    return ClassReport(row_class, evidence.astype({"row": "int64", "code": "str", "mark": "str", "evidence": "str"}))


@dataclass(frozen=True)
class _Folded:
    """A column trimmed and case-folded: the rows of plain ASCII as an Arrow array, all others by their distinct texts.

    `plain` is missing where a row is odd or missing; `codes` (one for each of `odd_rows`) point into `texts`.
    """

    plain: pa.Array
    odd_rows: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]
    texts: list[str]

    @classmethod
    def of(cls, column: pd.Series[Any] | None) -> _Folded:
        if column is None or column.dtype != TEXT:
            return cls._one_by_one(column, no_rows(0 if column is None else len(column)))
        text = arrow_of(column)
        # A look at all bytes at once spares most columns the search for the rows that are odd.
        has_odd = np.any(
            np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8) - _FIRST_PLAIN > _LAST_PLAIN - _FIRST_PLAIN
        )
        is_odd = pc.match_substring_regex(text, NOT_PLAIN) if has_odd else pa.array(no_rows(len(text)))
        folded = cls._one_by_one(column, ~flags(is_odd))
        return replace(folded, plain=without(pc.ascii_lower(pc.ascii_trim_whitespace(text)), is_odd))

    @classmethod
    def _one_by_one(cls, column: pd.Series[Any] | None, is_plain: Mask) -> _Folded:
        odd_rows = np.flatnonzero(~is_plain)
        plain = pa.nulls(len(is_plain), pa.large_string())
        if column is None or not odd_rows.size:
            return cls(plain, odd_rows, odd_rows, [])
        codes, uniques = pd.factorize(column.iloc[odd_rows])
        return cls(plain, odd_rows, codes, [str(value).strip().casefold() for value in uniques.tolist()])

    def rows_where(self, test: _Comparison) -> npt.NDArray[np.intp]:
        """The positions whose text passes; a missing value never does."""
        lookup = np.array([*(test.holds(text) for text in self.texts), False], dtype=bool)
        odd = self.odd_rows[lookup[self.codes]]
        return odd if self.plain.null_count == len(self.plain) else np.append(test.plain_rows(self.plain), odd)


@dataclass(frozen=True)
class _Comparison:
    """A mark's comparison: of one folded text in Python, and the same of a column by Arrow, where Arrow has it: as one
    of several `words`, or by a `pattern` that RE2 and Python understand alike.
    """

    holds: Callable[[str], bool]
    pattern: str | None = None
    words: tuple[str, ...] = ()

    def plain_rows(self, plain: pa.Array) -> npt.NDArray[np.intp]:
        """The positions of a column of plain ASCII whose text passes."""
        if self.words:
            return np.flatnonzero(flags(pc.is_in(plain, value_set=pa.array(self.words, type=plain.type))))
        if self.pattern is not None:
            try:
                return np.flatnonzero(flags(pc.match_substring_regex(plain, self.pattern, ignore_case=True)))
            except pa.ArrowInvalid:
                pass  # RE2 looks neither ahead nor behind; Python does
        found = plain.dictionary_encode()
        lookup = np.array([*(self.holds(text) for text in found.dictionary.to_pylist()), False], dtype=bool)
        return np.flatnonzero(lookup[pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)])


def _column(frame: pd.DataFrame, raw: pd.DataFrame, mark: Mark) -> pd.Series[Any] | None:
    """The column a mark looks at; a source header may differ in case, since providers spell theirs in several ways."""
    if mark.on is MarkOn.TARGET:
        return frame.get(mark.field)
    if mark.field in raw:
        return raw[mark.field]
    alike = [name for name in raw.columns if str(name).strip().casefold() == mark.field.strip().casefold()]
    return raw[alike[0]] if alike else None


def _test_of(mark: Mark) -> _Comparison:
    """The mark's comparison of trimmed, case-folded text with any of its values."""
    if mark.test is Test.MATCHES:
        pattern = _pattern(mark)
        is_shared = pattern.pattern.isascii() and _SHARED_SYNTAX.fullmatch(pattern.pattern)
        return _Comparison(_searching(mark, pattern), pattern.pattern if is_shared else None)
    values = tuple(value.strip().casefold() for value in mark.values)  # noqa: PD011 - not a frame
    if mark.test is Test.EQUALS:
        return _Comparison(frozenset(values).__contains__, words=values)
    filled = tuple(value for value in values if value)  # a blank value is contained in everything and marks nothing
    if not filled:
        return _Comparison(lambda _text: False)
    if mark.test is Test.STARTS_WITH:
        return _Comparison(lambda text: text.startswith(filled), f"^(?:{_any_of(filled)})")
    # One search is several times as fast as asking for each value in turn.
    anywhere = re.compile(_any_of(filled))
    return _Comparison(lambda text: anywhere.search(text) is not None, _any_of(filled))


def _any_of(values: Sequence[str]) -> str:
    return "|".join(map(re.escape, values)) or NOTHING


def _pattern(mark: Mark) -> regex.Pattern[str]:
    """One pattern out of the mark's values, found anywhere in the text unless it is anchored."""
    try:
        return regex.compile("|".join(f"(?:{value})" for value in mark.values) or NOTHING, regex.IGNORECASE)  # noqa: PD011 - not a frame
    except regex.error as error:
        raise DeskError(
            "unreadable_mark",
            f"The {mark.row_class} mark on {mark.field} holds a pattern that cannot be read: {error}.",
            "Mend the pattern, or compare with `contains`.",
        ) from error


def _searching(mark: Mark, pattern: regex.Pattern[str]) -> Callable[[str], bool]:
    """The search for a pattern that a person typed: it may go through every way of reading a text, and is stopped then."""

    def holds(text: str) -> bool:
        try:
            return pattern.search(text, timeout=_PATIENCE_SECONDS) is not None
        except TimeoutError:
            raise DeskError(
                "slow_mark",
                f"The {mark.row_class} mark on {mark.field} holds a pattern that takes too long on a text of this file.",
                "Repeat nothing that can be read in two ways, as (a|aa)+ can, or compare with `contains`.",
            ) from None

    return holds


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
