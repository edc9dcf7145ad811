"""Transforms that look beyond one value: several sources, constants, defaults, and tables of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from lib.mapping.transforms.shape import (
    Option,
    OptionKind,
    Outcome,
    Scene,
    TransformSpec,
    blank,
    over_uniques,
    text_of,
)

Options = Mapping[str, Any]
OTHERWISE = ("keep", "blank", "fail")


def source_values(raw: pd.DataFrame, source: str) -> pd.Series[Any]:
    """The column of a source path as text; a path that the file does not have is a blank column, not an error."""
    if source not in raw.columns:
        return blank(len(raw))
    # By position, so that a header that stands twice cannot turn one column into two.
    position = list(raw.columns).index(source)
    return text_of(raw.iloc[:, position].reset_index(drop=True))


def _others(options: Options, scene: Scene) -> Iterator[pd.Series[Any]]:
    for source in options["sources"]:
        yield source_values(scene.raw, str(source))


def _join(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    separator = str(options.get("separator", " "))
    joined = values.str.strip()
    for other in _others(options, scene):
        part = other.str.strip()
        both = joined + separator + part
        joined = both.where(both.notna(), joined.where(joined.notna(), part))
    return Outcome(joined)


def _coalesce(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    for other in _others(options, scene):
        values = values.where(values.notna(), other)
    return Outcome(values)


def _constant(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    return Outcome(pd.Series([str(options["value"])] * len(values), index=values.index, dtype="str"))


def _default(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    return Outcome(values.fillna(str(options["value"])))


def _value_map(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    table = {str(key).strip().casefold(): str(value) for key, value in options["values"].items()}
    otherwise = str(options.get("otherwise", "keep"))

    def reading(distinct: pd.Series[Any]) -> Outcome:
        found = [table.get(text.strip().casefold()) for text in distinct.to_list()]
        unseen = np.array([value is None for value in found], dtype=bool)
        put = [
            value if value is not None else _unseen(text, otherwise)
            for text, value in zip(distinct.to_list(), found, strict=True)
        ]
        after = pd.Series(put, dtype="str")
        if otherwise == "fail":
            return Outcome(after, failed={"unseen_value": unseen})
        # Kept values were let through on purpose; a blank or a stand-in hides what came, so it is remarked on.
        return Outcome(after, noted={} if otherwise == "keep" else {"unseen_value": unseen})

    return over_uniques(values, reading)


def _unseen(text: str, otherwise: str) -> str | None:
    if otherwise == "keep":
        return text
    return None if otherwise in {"blank", "fail"} else otherwise


_VALUE = Option(OptionKind.TEXT, is_required=True, doc="the text to put")
_SOURCES = Option(OptionKind.LIST, is_required=True, doc="further source fields, in order")

COMBINE_TRANSFORMS = (
    TransformSpec(
        "join",
        "Puts the values of further sources behind this one; blank parts leave no separator.",
        _join,
        {"sources": _SOURCES, "separator": Option(OptionKind.TEXT, doc="the text between them")},
    ),
    TransformSpec(
        "coalesce",
        "Takes the first source that is filled: this one, then the others.",
        _coalesce,
        {"sources": _SOURCES},
    ),
    TransformSpec("constant", "Puts the same text in every row.", _constant, {"value": _VALUE}),
    TransformSpec("default", "Fills blanks with a text.", _default, {"value": _VALUE}),
    TransformSpec(
        "value_map",
        "Translates values, whatever their case and outer blanks; `otherwise` says what becomes of the rest.",
        _value_map,
        {
            "values": Option(OptionKind.TABLE, is_required=True, doc="the provider's value: ours"),
            "otherwise": Option(
                OptionKind.TEXT, doc="what becomes of any other value: keep, blank, fail, or the text to put"
            ),
        },
    ),
)
