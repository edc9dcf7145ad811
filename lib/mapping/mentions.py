"""Whether a text speaks of a person, in whatever spelling, and what stands in its place once they are erased.

Phones are known by their digits with any signs between them, with and without the country code; e-mail addresses in
capitals or small letters; names by their words in a row, accents and case aside, also last name first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import phonenumbers

from lib.domain.access.privacy import Sought
from lib.errors import DeskError
from lib.mapping.keys import keyed_hash
from lib.mapping.transforms.contact import read_email, read_phone

ERASED = "erased-"
_MARK = 10
_MOSTLY = 0.6
# Signs that people and exports put between digits.
_BETWEEN = r"[\s().\-‐-―−/·]{0,4}"
# Letters that hardly bear an accent: what a database compares of a name before it is read letter by letter.
_PLAIN_LETTERS = frozenset("bfhjkmpqvwx")


def sought(phones: Sequence[str], emails: Sequence[str], names: Sequence[str], regions: set[str]) -> Sought:
    """Who is meant by these spellings; a phone without a country code is read in each of the regions.

    DeskError `phone_unreadable`, `email_unreadable`, or `name_too_short` for a name of one word.
    """
    found: list[str] = []
    for phone in phones:
        read = sorted({number for region in regions or {"US"} if (number := read_phone(phone, region))})
        if not read:
            raise _unreadable("phone", phone, "Write it with its country code: +1 303 555 0142.")
        found += read
    addresses = [(email, read_email(email)) for email in emails]
    for given, address in addresses:
        if address is None:
            raise _unreadable("email", given, "Write it as name@example.com.")
    words = [tuple(_words(name)) for name in names]
    if any(len(parts) < 2 for parts in words):
        raise DeskError(
            "name_too_short", "One word is the name of too many people.", "Give the first and the last name."
        )
    return Sought(tuple(found), tuple(str(address) for _, address in addresses), tuple(words))


def marks_of(who: Sought, key: bytes) -> list[list[Any]]:
    """[kind, keyed hash] of what they are known by: all that is ever written down of them."""
    values = [*who.values, *(("name", " ".join(words)) for words in who.names)]
    hashes = keyed_hash([value for _, value in values], key).to_pylist()
    return [[kind, digest] for (kind, _), digest in zip(values, hashes, strict=True)]


class Mentions:
    """One person's marks in texts. `key` is the desk's own: what stands in a mention's place is hashed under it."""

    def __init__(self, who: Sought, key: bytes) -> None:
        self.who, self._key = who, key
        spelled = [*map(_phone_pattern, who.phones), *map(_email_pattern, who.emails)]
        self._plain = re.compile("|".join(spelled), re.IGNORECASE) if spelled else None
        self._named = re.compile("|".join(map(_name_pattern, who.names))) if who.names else None

    def is_in(self, text: str) -> bool:
        """Whether the text speaks of them."""
        return bool(text) and next(self._spans(text), None) is not None

    def is_all_of(self, text: str) -> bool:
        """Whether the text says little else: then it is their phone, address or name, and no word about somebody else."""
        said = sum(letter.isalnum() for first, last in set(self._spans(text)) for letter in text[first:last])
        return said > _MOSTLY * sum(map(str.isalnum, text))

    def is_across(self, cells: Sequence[str]) -> bool:
        """Whether a name stands in two cells of one row that follow each other."""
        if self._named is None:
            return False
        text = folded("\n".join(cells))
        return any("\n" in found[0] for found in self._named.finditer(text))

    def redacted(self, text: str) -> str:
        """The text with something else in the place of each mention: the same for the same spelling, nobody's name."""
        folded = unicodedata.normalize("NFC", text) if self._named else text
        parts, end = [], 0
        for first, last in sorted(self._spans(folded)):
            if first >= end:
                parts += [folded[end:first], token(folded[first:last], self._key)]
                end = last
        return "".join([*parts, folded[end:]]) if end else text

    def redacted_value(self, value: Any) -> Any:
        """The same for a value of JSON, keys included."""
        if isinstance(value, str):
            return self.redacted(value)
        if isinstance(value, int) and not isinstance(value, bool) and self.is_in(str(value)):
            return self.redacted(str(value))
        if isinstance(value, list):
            return [self.redacted_value(item) for item in value]
        if isinstance(value, dict):
            return {self.redacted(name): self.redacted_value(item) for name, item in value.items()}
        return value

    def patterns(self) -> list[str]:
        """LIKE patterns, escaped by a slash, of which every text that speaks of them meets one (in small letters)."""
        return [
            *(f"%{phone[-2:]}%" for phone in self.who.phones),
            *(f"%{_escaped(email.partition('@')[2])}%" for email in self.who.emails),
            *(f"%{_roughly(max(words, key=len))}%" for words in self.who.names),
        ]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if self._plain is not None:
            yield from (found.span() for found in self._plain.finditer(text))
        if self._named is not None:
            yield from (found.span() for found in self._named.finditer(folded(text)))


def token(text: str, key: bytes) -> str:
    """What stands in the place of a text that went: hashed under the desk's key, so that equal ones stay equal."""
    return ERASED + blake2b(text.encode(), key=key[:64], digest_size=_MARK // 2).hexdigest()


def folded(text: str) -> str:
    """The text composed, with accents and case aside, a letter for a letter."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).translate(_PLAIN)


class _PlainLetters(dict[int, str]):
    """For `str.translate`: each letter without its accent and in small, looked up once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        small = unicodedata.normalize("NFD", letter)[0].casefold()
        found = self[code] = small if len(small) == 1 else letter
        return found


_PLAIN = _PlainLetters()


def _words(name: str) -> list[str]:
    """The words of a name, folded; `Doe, Jane` is Jane Doe."""
    last, comma, first = name.partition(",")
    return re.findall(r"[^\W_]+", folded(f"{first} {last}" if comma else name))


def _phone_pattern(phone: str) -> str:
    number = phonenumbers.parse(phone)
    digits = phonenumbers.national_significant_number(number)
    country = _BETWEEN.join(str(number.country_code))
    before = rf"(?:(?:\+|00|011)?{_BETWEEN}{country}{_BETWEEN}(?:\(0\){_BETWEEN})?|0{_BETWEEN})?"
    return rf"(?<![0-9]){before}{_BETWEEN.join(digits)}(?![0-9])"


def _email_pattern(email: str) -> str:
    name, _, domain = email.partition("@")
    return rf"(?<![a-z0-9._%+\-]){re.escape(name)}(?:@|%40){re.escape(domain)}(?![a-z0-9\-]|\.[a-z0-9])"


def _name_pattern(words: tuple[str, ...]) -> str:
    orders = {words, (words[-1], *words[:-1])}
    spelled = (r"[\W_]+".join(map(re.escape, order)) for order in sorted(orders))
    return rf"(?<![^\W_])(?:{'|'.join(spelled)})(?![^\W_])"


def _roughly(word: str) -> str:
    return "".join(letter if letter in _PLAIN_LETTERS else "_" for letter in word)


def _escaped(text: str) -> str:
    return "".join(f"/{sign}" if sign in "/%_" else sign for sign in text)


def _unreadable(noun: str, text: str, hint: str) -> DeskError:
    shape = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", text))[:40]
    named = "an e-mail address" if noun == "email" else "a phone"
    return DeskError(f"{noun}_unreadable", f"What was given ({shape}) cannot be read as {named}.", hint)
