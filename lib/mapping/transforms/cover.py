"""Transforms that put a value out of sight: a code in its stead that stays the same, or signs over most of it.

`hash` is for counting and joining without keeping the value: the same value always gives the same code, on every desk
and in every delivery. It is a pseudonym and not a secret: whoever can try every phone number there is finds the one
behind a code, so what has to stay secret is left out of the map instead. A salt makes the codes of one map differ from
those of another; it stands in the map for everybody to read. (The hashes by which the desk finds a lead again are
others: those are keyed, and the key never leaves the desk's own machine.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.mapping.transforms.shape import (
    Option,
    OptionKind,
    Outcome,
    Scene,
    TransformSpec,
    arrow_of,
    over_uniques,
    series_of,
)

Options = Mapping[str, Any]
LENGTHS = (8, 64)
_LENGTH, _KEPT = 16, 4


def cover_problem(name: str, options: Options) -> str | None:
    """What is odd about the options of `hash` or `mask`, as the rest of a sentence; None where nothing is."""
    if name == "hash" and not LENGTHS[0] <= int(options.get("length", _LENGTH)) <= LENGTHS[1]:
        return f"the length of hash is {LENGTHS[0]} to {LENGTHS[1]} signs; fewer would give two values one code"
    if name == "mask":
        if min(int(options.get("keep_first", 0)), int(options.get("keep_last", _KEPT))) < 0:
            return "mask keeps 0 signs or more at each end"
        if len(str(options.get("sign", "*"))) != 1:
            return "the sign of mask is one character"
    return None


def _hash(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    # A blank byte between the two keeps ("a", "bc") and ("ab", "c") apart.
    salt, length = f"{options.get('salt', '')}\0".encode(), int(options.get("length", _LENGTH))

    def reading(distinct: pd.Series[Any]) -> Outcome:
        codes = [hashlib.sha256(salt + text.strip().encode()).hexdigest()[:length] for text in distinct.to_list()]
        return Outcome(pd.Series(codes, dtype="str"))

    return over_uniques(values, reading)


def _mask(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    first, last = int(options.get("keep_first", 0)), int(options.get("keep_last", _KEPT))
    sign = str(options.get("sign", "*"))
    text = pc.utf8_trim_whitespace(arrow_of(values))
    length = pc.utf8_length(text)
    # A value that is no longer than what is kept would be shown whole.
    is_short = pc.less_equal(length, first + last)
    covered = pc.if_else(is_short, length, pc.subtract(length, first + last))
    nothing = pa.scalar("", pa.large_string())
    head = pc.if_else(is_short, nothing, pc.utf8_slice_codeunits(text, 0, first)) if first else nothing
    tail = pc.if_else(is_short, nothing, pc.utf8_slice_codeunits(text, -last)) if last else nothing
    signs = pc.binary_repeat(pa.scalar(sign, pa.large_string()), covered)
    return Outcome(series_of(pc.binary_join_element_wise(head, signs, tail, nothing), values.index))


COVER_TRANSFORMS = (
    TransformSpec(
        "hash",
        "Puts a code in the value's stead, the same one for the same value: to count and join without keeping it.",
        _hash,
        {
            "salt": Option(OptionKind.TEXT, doc="a word that makes this map's codes differ from others'; no secret"),
            "length": Option(OptionKind.NUMBER, doc="how many signs the code has"),
        },
        gives="hash",
    ),
    TransformSpec(
        "mask",
        "Covers a value with signs but for its ends; a value too short for that is covered whole.",
        _mask,
        {
            "keep_first": Option(OptionKind.NUMBER, doc="how many characters stay at the beginning"),
            "keep_last": Option(OptionKind.NUMBER, doc="how many characters stay at the end"),
            "sign": Option(OptionKind.TEXT, doc="the sign to cover with"),
        },
        gives="mask",
    ),
)
