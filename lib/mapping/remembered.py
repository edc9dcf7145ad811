"""What an approved map teaches, and what of it is believed when the same headers come again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from lib.domain.mapping.learned import Learned, Lesson, Level, OwnSynonym
from lib.domain.maps import UNPLACED, FieldMap, FieldRule, IgnoredField
from lib.domain.providers import ObjectTemplate
from lib.mapping.headers import name_of
from lib.mapping.transforms.contact import read_phone
from lib.mapping.transforms.numbers import read_decimal

# Surer than any synonym; only this client's own memory is surer than the very name of a column.
REMEMBERED = {Level.CLIENT: 0.98, Level.PROVIDER: 0.96, Level.EVERYONE: 0.955}
MARK = "remembered"
_NEAREST = {Level.CLIENT: 0, Level.PROVIDER: 1, Level.EVERYONE: 2}
_LONGEST_KEY, _LONGEST_NAME = 190, 60
# With who approved it and when, a reason still fits its column of 500 characters.
_LONGEST_REASON = 200
# What looks like these is a value in a file without a head, and no name.
_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


def header_key(header: str) -> str:
    """The header as it is compared: without case, blanks and punctuation; as it stands where nothing else is left."""
    return name_of(header) if header.isascii() and name_of(header) else header.strip().casefold()


def lessons(field_map: FieldMap) -> tuple[Lesson, ...]:
    """What a map teaches, one lesson a header: its first target, or that a person left it out and why.

    A field that was left out because nothing fitted teaches nothing, nor do a constant, the moment of receipt, or two
    headers that are one to the comparison.
    """
    found: dict[str, Lesson] = {}
    answers: tuple[FieldRule | IgnoredField, ...] = (*field_map.fields, *field_map.ignored)
    for item in answers:
        if item.source and not item.source.startswith("@") and item.source not in found:
            found[item.source] = _lesson(item)
    twins = Counter(lesson.key for lesson in found.values())
    return tuple(
        lesson
        for lesson in found.values()
        if twins[lesson.key] == 1 and len(lesson.key) <= _LONGEST_KEY and lesson.reason != UNPLACED
    )


def may_travel(header: str) -> bool:
    """Whether a header may be shown to other clients: a name of a field, not a value of a file without a head."""
    plain = header.strip()
    if not re.search(r"[^\W\d_]", plain) or len(plain) > _LONGEST_NAME or "@" in plain or _A_DATE.search(plain):
        return False
    return read_phone(plain) is None and read_decimal(plain) is None and len(re.findall(r"\d", plain)) <= 3


def nearest(learned: Iterable[Learned]) -> dict[str, Learned]:
    """What is believed of each header, by its key: the nearest level, there the most frequent, then the latest.

    Where as many left a header out as placed it, it is placed, since that can be seen and taken back.
    """
    ordered = sorted(
        (item for item in learned if not item.is_forgotten),
        key=lambda item: (_NEAREST[item.level], -item.times, not item.target, -item.learned_at.timestamp()),
    )
    believed: dict[str, Learned] = {}
    for item in ordered:
        believed.setdefault(item.key, item)
    return believed


def in_words(item: Learned) -> str:
    """Why a memory is believed, as the reason of a suggestion; it begins with MARK."""
    day = f"{item.learned_at.day} {item.learned_at:%b %Y}"
    if item.level is Level.CLIENT:
        by = f" by {item.person}" if item.person else ""
        what = "placed here" if item.target else (item.reason[:_LONGEST_REASON] or "left out")
        return f"{MARK}: {what}; approved{by} on {day}"
    whom = "for this provider" if item.level is Level.PROVIDER else "for everyone"
    what = "placed here" if item.target else "left out"
    often = "once" if item.times == 1 else f"{item.times} times"
    return f"{MARK} {whom}: {what} {often}, last on {day}"


def with_own_synonyms(template: ObjectTemplate, own: Iterable[OwnSynonym]) -> ObjectTemplate:
    """The template with the names that people taught for its columns, which go before its own.

    A name stands for one column: what a person said of it takes it from where the template had it.
    """
    taught = {header_key(item.written): item for item in own}
    if not taught:
        return template
    synonyms = {
        target: tuple(word for word in words if header_key(word) not in taught)
        for target, words in template.synonyms.items()
    }
    for item in taught.values():
        synonyms[item.target] = (item.written, *synonyms.get(item.target, ()))
    return replace(template, synonyms=synonyms)


def _lesson(item: FieldRule | IgnoredField) -> Lesson:
    key, travels = header_key(item.source), may_travel(item.source)
    if isinstance(item, FieldRule):
        return Lesson(key, item.source, item.target, item.transforms, "", travels)
    return Lesson(key, item.source, "", (), _own_words(item.reason), travels)


def _own_words(reason: str) -> str:
    """A reason without what was said of remembering it."""
    if not reason.startswith(MARK):
        return reason
    return re.sub(r"; approved( by \S+)? on \d+ \w+ \d{4}$", "", reason.partition(": ")[2])
