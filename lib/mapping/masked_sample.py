"""Rows as an example for somebody else: the shape of a provider's file, without anything that is about a person.

A cell stays as it came only where it is a date, a number, an amount, a yes or no, or a state that the map translates,
where it is written with nothing else, and where the column is neither personal nor confidential. Ids become numbered
stand-ins, so that rows of one id still are of one id; of everything else only the shape is left, whatever column it was
mapped to or left out of.
"""

from __future__ import annotations

import re

import pandas as pd

from lib.domain.maps import FieldMap, FieldRule, Sensitivity
from lib.domain.objects import Kind, object_type
from lib.mapping.shown import sensitivity_of, veiled
from lib.mapping.transforms import further_sources
from lib.mapping.value_lines import translation_of

SAMPLE = 20

_PLAIN_KINDS = frozenset(
    {Kind.TIMESTAMP, Kind.DATE, Kind.MONEY, Kind.INTEGER, Kind.DECIMAL, Kind.BOOLEAN, Kind.DURATION}
)
_HIDDEN = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})
_WORDS = (
    "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october "
    "november december mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday am pm utc "
    "gmt z t usd yes no true false y n"
)
# Letters of a date or an amount and nothing that could be a name; no seven digits in a row that could be a phone.
_PLAIN = re.compile(rf"(?i)(?:\b(?:{'|'.join(_WORDS.split())})\b|(?<=\d)t(?=\d)|(?<=\d)z\b|[\d\s:/.,+$€£%()-])*")
_LIKE_A_PHONE = re.compile(r"\d{7,}|\d{3}\D{0,3}\d{3}\D{0,2}\d{4}")
_COMPACT_DATE = re.compile(r"(?:19|20)\d{6}(?!\d)")


def masked_sample(raw: pd.DataFrame, field_map: FieldMap) -> pd.DataFrame:
    """The first rows of a sample, at most SAMPLE of them, masked; the columns keep their names and order."""
    head = raw.head(SAMPLE)
    known = {rule.source: rule for rule in field_map.fields}
    twice = {source for rule in field_map.fields for source in further_sources(rule.transforms)}
    columns = {
        place: _masked(head.iloc[:, place].tolist(), None if str(name) in twice else known.get(str(name)), field_map)
        for place, name in enumerate(head.columns)
    }
    masked = pd.DataFrame(columns, index=head.index, dtype="str")
    masked.columns = head.columns
    return masked


def _masked(values: list[object], rule: FieldRule | None, field_map: FieldMap) -> list[str]:
    kind = object_type(field_map.object)
    texts = ["" if value is None or value is pd.NA else str(value) for value in values]
    if rule is None or rule.target not in kind.column_names:
        return [veiled(text) for text in texts]
    what = kind.column(rule.target).kind
    if what is Kind.IDENTIFIER:
        return _stand_ins(texts)
    if sensitivity_of(field_map, kind, rule.target) in _HIDDEN:
        return [veiled(text) for text in texts]
    step = translation_of(rule)
    states = {str(key).strip().casefold() for key in step.options.get("values", {})} if step else set()
    return [
        text
        if (what in _PLAIN_KINDS and is_plain(text)) or (what is Kind.STATUS and text.strip().casefold() in states)
        else veiled(text)
        for text in texts
    ]


def is_plain(text: str) -> bool:
    """Whether a text is nothing but a date, a time, a number or an amount, and no phone number."""
    rest = _COMPACT_DATE.sub("", text)
    return _PLAIN.fullmatch(text) is not None and _LIKE_A_PHONE.search(rest) is None


def _stand_ins(texts: list[str]) -> list[str]:
    numbers: dict[str, str] = {}
    return ["" if not text.strip() else numbers.setdefault(text, f"id-{len(numbers) + 1}") for text in texts]
