"""Finds the column that identifies a row: the provider's own key, or a name like one whose values prove it."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.providers import ObjectTemplate
from lib.mapping.headers import name_of, words_of
from lib.mapping.profile import ColumnProfile, Guess
from lib.mapping.scoring import EXACT, GENERIC, PROVIDER, Score

# Plain names of a key, best first.
_PLAIN = (
    "external id", "unique key", "unique id", "id", "key", "record id", "record number", "objectid", "oid", "uuid", "guid",
    "row id", "number", "#", "no",
)  # fmt: skip
# What a record may be called; a customer's or a campaign's number does not identify a job.
_RECORDS = (
    "lead", "job", "call", "booking", "appointment", "quote", "negotiation", "deal", "opportunity", "request",
    "service request", "invoice", "event", "ticket",
    "case", "work order", "order", "permit", "file", "submission", "entry", "response", "estimate", "transaction", "sr",
)  # fmt: skip
_OWN = {
    "customer": ("customer", "client", "account", "contact"),
    "campaign": ("campaign",),
    "traffic_day": (),
    "daily_metric": (),
}
_ENDINGS = ("id", "number", "#", "no", "num", "key", "oid")


def key_column(
    columns: Sequence[ColumnProfile], object_name: str, template: ObjectTemplate | None
) -> tuple[ColumnProfile, Score] | None:
    """The key of the rows, or None: then a row is known by the hash of all its values.

    A template's key is taken by its name. Any other must have a name like a key, be filled in every row and hold no
    value twice: `FILENO` may repeat, and a repeated key would merge what does not belong together.
    """
    if template and template.key:
        for column in columns:
            if name_of(column.name) == name_of(template.key):
                return column, Score(EXACT, "the provider's own key")
    for names, confidence, why in (
        (tuple(template.synonyms.get("external_id", ())) if template else (), PROVIDER, "a key of this provider"),
        (_names(object_name), GENERIC, "a name like a key"),
    ):
        found = _first(columns, names)
        if found:
            proof = f"{why}, filled in {'all ' if found.rows > 1 else 'the '}{_rows(found.rows)} with no value twice"
            return found, Score(confidence, proof)
    return None


def _rows(rows: int) -> str:
    return f"{rows:,} rows" if rows > 1 else "one row"


def _first(columns: Sequence[ColumnProfile], names: Sequence[str]) -> ColumnProfile | None:
    by_name: dict[str, ColumnProfile] = {}
    for column in columns:
        by_name.setdefault(name_of(column.name) or words_of(column.name), column)
    for name in names:
        found = by_name.get(name_of(name))
        if found and found.is_key_like and found.guess not in {Guess.DECIMAL, Guess.TIMESTAMP, Guess.DATE}:
            return found
    return None


def _names(object_name: str) -> tuple[str, ...]:
    own = object_name.replace("_", " ")
    nouns = _OWN.get(object_name, (own, *(noun for noun in _RECORDS if noun != own)))
    with_noun = tuple(f"{noun} {ending}" for noun in nouns for ending in _ENDINGS)
    first = tuple(f"{noun} {ending}" for noun in nouns[:1] for ending in _ENDINGS)
    return (*first, *_PLAIN, *with_noun)
