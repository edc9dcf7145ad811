"""Transforms that keep text text: case, blanks, parts and patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from lib.mapping.transforms.patterns import extracted, groups_of
from lib.mapping.transforms.shape import (
    Mask,
    Option,
    OptionKind,
    Outcome,
    Scene,
    TransformSpec,
    arrow_of,
    flags,
    over_uniques,
    put,
    series_of,
)

Options = Mapping[str, Any]


def _emptied(before: pd.Series[Any], after: pd.Series[Any]) -> dict[str, Mask]:
    """Rows that held something and hold nothing now: never silent, always noted as `no_match`."""
    gone = before.notna() & (after.isna() | (after == ""))
    return {"no_match": gone.to_numpy(dtype=bool)}


def _trim(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return Outcome(values.str.strip())


def _upper(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return Outcome(values.str.upper())


def _lower(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return Outcome(values.str.lower())


def _title(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return Outcome(values.str.title())


def _collapse_spaces(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    text = pc.utf8_trim_whitespace(arrow_of(values))
    # Most values have no run of blanks; those that may have are few, and split in Python, which knows every blank.
    rows = flags(pc.match_substring_regex(text, r"  |[^ -~]"))
    return put(
        Outcome(series_of(text, values.index)),
        rows,
        over_uniques(
            values[rows],
            lambda distinct: Outcome(pd.Series([" ".join(text.split()) for text in distinct.to_list()], dtype="str")),
        ),
    )


def _split(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    separator, part = str(options["separator"]), int(options["part"])
    position = part - 1 if part > 0 else part

    def reading(distinct: pd.Series[Any]) -> Outcome:
        pieces = [text.split(separator) for text in distinct.to_list()]
        found = [p[position].strip() if -len(p) <= position < len(p) else None for p in pieces]
        after = pd.Series(found, dtype="str")
        return Outcome(after, noted=_emptied(distinct, after))

    return over_uniques(values, reading)


def _regex_extract(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    pattern = str(options["pattern"])
    # A pattern without groups means the whole match.
    wanted = min(int(options.get("group", 1)), groups_of(pattern))

    def reading(distinct: pd.Series[Any]) -> Outcome:
        after = series_of(extracted(arrow_of(distinct), pattern, wanted))
        return Outcome(after, noted=_emptied(distinct, after))

    return over_uniques(values, reading)


def _replace(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    # Literal text in Python, not in RE2, so that every character means itself.
    find, put = str(options["find"]), str(options.get("with", ""))
    return over_uniques(
        values,
        lambda distinct: Outcome(pd.Series([text.replace(find, put) for text in distinct.to_list()], dtype="str")),
    )


def _blank_words(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    words = {str(word).strip().casefold() for word in options["words"]}

    def reading(distinct: pd.Series[Any]) -> Outcome:
        kept = [None if text.strip().casefold() in words else text for text in distinct.to_list()]
        return Outcome(pd.Series(kept, dtype="str"))

    return over_uniques(values, reading)


def _digits(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    after = values.str.replace(r"[^0-9]", "", regex=True)
    return Outcome(after, noted=_emptied(values, after))


_SEPARATOR = Option(OptionKind.TEXT, is_required=True, doc="the text between the parts")

TEXT_TRANSFORMS = (
    TransformSpec("trim", "Removes blanks at both ends.", _trim),
    TransformSpec("upper", "Makes every letter a capital.", _upper),
    TransformSpec("lower", "Makes every letter small.", _lower),
    TransformSpec("title", "Begins every word with a capital.", _title),
    TransformSpec("collapse_spaces", "Makes every run of blanks one blank.", _collapse_spaces),
    TransformSpec(
        "split",
        "Keeps one part of a value: 1 is the first, -1 the last; a part that is not there is blank, and noted.",
        _split,
        {"separator": _SEPARATOR, "part": Option(OptionKind.NUMBER, is_required=True, doc="which part, from 1")},
    ),
    TransformSpec(
        "regex_extract",
        "Keeps what a pattern finds (its first group, or the whole match); no match is blank, and noted.",
        _regex_extract,
        {
            "pattern": Option(OptionKind.PATTERN, is_required=True, doc="a regular expression, without look-around"),
            "group": Option(OptionKind.NUMBER, doc="which group, 0 for the whole match"),
        },
    ),
    TransformSpec(
        "replace",
        "Replaces a text wherever it stands; letter for letter, no pattern.",
        _replace,
        {
            "find": Option(OptionKind.TEXT, is_required=True, doc="what to look for"),
            "with": Option(OptionKind.TEXT, doc="what to put there"),
        },
    ),
    TransformSpec(
        "blank_words",
        "Takes words that stand for nothing (--, n/a) as blanks, whatever their case.",
        _blank_words,
        {"words": Option(OptionKind.LIST, is_required=True, doc="the words, such as -- and n/a")},
    ),
    TransformSpec("digits", "Keeps only the digits 0 to 9.", _digits),
)
