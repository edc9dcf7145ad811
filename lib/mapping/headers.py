"""Names of fields, made comparable: `payload.data.First Name`, `firstName` and `FIRST_NAME` are one name."""

from __future__ import annotations

import re
from functools import lru_cache

from lib.mapping.synonyms import WRAPPERS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=16384)
def words_of(header: str) -> str:
    """The header as small words with one blank between them, without a payload's wrapping."""
    segments = [segment for segment in header.strip().split(".") if segment]
    while len(segments) > 1 and re.sub(r"[^a-z]", "", segments[0].lower()) in WRAPPERS | {"formresponse"}:
        segments = segments[1:]
    spaced = _CAMEL.sub(" ", " ".join(segments))
    return re.sub(r"[^0-9a-z#]+", " ", spaced.lower().replace("’", "").replace("'", "")).strip()


@lru_cache(maxsize=16384)
def name_of(header: str) -> str:
    """The header without case, blanks and punctuation: equal for names that mean to be the same."""
    return words_of(header).replace(" ", "")


def humanised(header: str) -> str:
    """The header as a label for people: `postalCode` becomes `Postal code`."""
    words = words_of(header)
    return words[:1].upper() + words[1:] if words else header
