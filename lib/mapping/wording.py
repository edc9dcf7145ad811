"""What a header means, whatever its wording: `Name of Customer`, `Cust Nm` and `customer.fullName` say one thing.

A meaning is a set of words: order, plurals, units and filler do not count, and usual abbreviations are written out. Words
that say whose a field is (`Client Email`, `job.address.city`) may be left away where what remains still tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lib.domain.objects import Kind
from lib.mapping.headers import words_of

Meaning = frozenset[str]

_WRITTEN_OUT = {
    "ph": "phone", "tel": "phone", "telephone": "phone", "addr": "address", "cust": "customer", "nm": "name",
    "dt": "date", "recd": "received", "rcvd": "received", "amt": "amount", "svc": "service", "src": "source",
    "desc": "description", "qty": "quantity", "acct": "account", "alt": "alternate", "appt": "appointment",
    "sched": "scheduled", "info": "information", "mgr": "manager", "tech": "technician", "ref": "reference",
    "ld": "lead", "inv": "invoice", "comp": "completed", "loc": "location", "cmts": "comment", "bal": "balance",
    "conv": "conversion", "impr": "impression", "org": "organization", "postcode": "postal", "zipcode": "zip",
    "#": "number", "no": "number", "num": "number", "nr": "number", "mail": "email",
}  # fmt: skip
_FILLER = frozenset({"of", "the", "a", "an", "your", "our", "what", "is", "and", "please", "for"})
_UNITS = frozenset({
    "usd", "eur", "gbp", "cad", "aud", "micros", "cents", "seconds", "secs", "sec", "s", "minutes", "mins", "min",
    "hours", "hrs", "utc", "gmt",
})  # fmt: skip
# Whom or what a row is about: a lead's e-mail address is the e-mail address.
_PERSONS = frozenset({"customer", "client", "contact", "consumer", "homeowner", "caller", "user", "lead"})
_SUBJECTS = _PERSONS | {"job", "record"}
# In a path the parents say where a field is kept, which is no more than that.
_PARENTS = _SUBJECTS | {
    "address", "location", "project", "request", "metric", "segment", "schedule", "work", "timestamp", "detail", "info",
    "information", "attribute", "field", "appointment", "booking", "invoice", "call", "data", "date",
}  # fmt: skip
_OF_CONTACT = frozenset({"main", "primary", "best", "preferred", "temporary", "daytime"})
_OF_PLACE = frozenset({
    "bill", "billing", "to", "service", "site", "property", "incident", "mailing", "location", "address", "home", "ship",
    "shipping", "physical",
})  # fmt: skip
_CONTACT_KINDS = frozenset({Kind.PHONE, Kind.EMAIL})
_PLACES = frozenset({"address", "city", "state", "postal_code", "country"})
# Words that say nothing once it is gone whose they are.
_BARE = frozenset({"id", "number", "type", "code", "key", "date", "time", "name", "group", "count", "at", "on"})
_TITLES = frozenset({"name", "title", "label"})


@lru_cache(maxsize=8192)
def meaning_of(header: str) -> Meaning:
    """The words of a header as a meaning; empty where it has none."""
    words = [_plain(word) for word in words_of(header).split()]
    telling = [word for word in words if word not in _FILLER]
    without_units = [word for word in telling if word not in _UNITS]
    return frozenset(without_units or telling or words)


def unit_of(header: str, units: dict[str, str]) -> str | None:
    """The unit that a header names, by `units` = {word: unit}; None where it names none."""
    return next((units[word] for word in words_of(header).split() if word in units), None)


def readings(header: str, target: str, kind: Kind) -> Iterator[tuple[Meaning, int]]:
    """The meanings that a header may have for a target, the fullest first, each with how many words were left away."""
    full = meaning_of(header)
    yield full, 0
    parents, last = _path(header)
    spare = full & (_SUBJECTS | (parents & _PARENTS))
    if kind in _CONTACT_KINDS:
        spare |= full & _OF_CONTACT
    if target in _PLACES:
        spare |= full & _OF_PLACE
    # `category.name` names the category, as `customer.name` names a person.
    if parents and last <= _TITLES and not parents & _PERSONS:
        spare |= last
    # The words of the target itself are never spare: `address.address` and `lead.lead source` keep theirs.
    for taken in (spare, spare - last):
        rest = full - taken
        if taken and rest and not rest <= _BARE:
            yield rest, len(taken)


def _path(header: str) -> tuple[Meaning, Meaning]:
    """The meaning of a path's parents, empty where there are none, and of its last part."""
    *parents, last = [part for part in header.strip().split(".") if part] or [""]
    above: Meaning = frozenset().union(*(meaning_of(part) for part in parents)) if parents else frozenset()
    return above, meaning_of(last)


def _plain(word: str) -> str:
    word = _WRITTEN_OUT.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _UNITS:
        word = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return word
