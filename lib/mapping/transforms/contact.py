"""Phones to E.164 and e-mail addresses to one spelling; what a provider hides of them is said to be hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from lib.mapping.transforms import american_phones as american
from lib.mapping.transforms.layouts import layouts_of
from lib.mapping.transforms.shape import (
    Option,
    OptionKind,
    Outcome,
    Scene,
    TransformSpec,
    arrow_of,
    flags,
    no_rows,
    over_uniques,
    put,
    series_of,
)

Options = Mapping[str, Any]
_MAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)
_NAMED_MAIL = re.compile(r"[^<>]*<([^<>]+)>")
# Digits and letters that a provider puts out of sight; without asking, the library would read 303-555-XXXX as keys.
_HIDDEN = re.compile(r"[*•●∙·]{2}|(?<![a-z])x{2,}(?![a-z])|#{2}", re.IGNORECASE)
_WITHHELD = frozenset({"anonymous", "blocked", "private", "restricted", "unavailable", "withheld"})
_HIDDEN_MAIL = re.compile(r"\*{2}|[•●∙·]")
_EXTENSION_ALONE = re.compile(r"[0-9]{1,7}", re.ASCII)


class Phone(NamedTuple):
    """A phone: its number as E.164, and the extension behind it ('' where there is none)."""

    number: str
    extension: str


def read_phone(text: str, region: str = "US") -> str | None:
    """E.164 of one phone that is valid by `phonenumbers`, or None. An extension is left out: `phone_parts` has it."""
    parts = phone_parts(text, region)
    return parts.number if parts else None


def phone_parts(text: str, region: str = "US") -> Phone | None:
    """The number and the extension of one phone, or None where it is not valid by `phonenumbers` or partly hidden."""
    # Lead ads exports prefix phones with "p:" so that spreadsheets leave them alone.
    plain = text.strip().removeprefix("p:").strip()
    if region in american.REGIONS and (quick := american.read_spelling(plain)):
        return Phone(*quick)
    if phone_is_hidden(plain) or (region in american.LARGE and american.is_too_short(plain)):
        return None
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not _exists(number):
        return None
    extension, number.extension = number.extension or "", None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension)


def _exists(number: phonenumbers.PhoneNumber) -> bool:
    if number.country_code == american.COUNTRY_CODE:
        return american.exists(phonenumbers.national_significant_number(number))
    return bool(phonenumbers.is_valid_number(number))


def phone_is_hidden(text: str) -> bool:
    """Whether digits of the phone were replaced by signs (303-555-XXXX), or the caller withheld it altogether."""
    return text.strip().casefold() in _WITHHELD or _HIDDEN.search(text) is not None


def read_email(text: str) -> str | None:
    """One address, trimmed and lower case, also out of `Jane <jane@example.com>`; None where it is none or hidden."""
    plain = text.strip().removeprefix("mailto:").lower()
    if named := _NAMED_MAIL.fullmatch(plain):
        plain = named[1].strip()
    # A longer one is read all the same: the column says that it is too long.
    return plain if _MAIL.fullmatch(plain) and not _HIDDEN_MAIL.search(plain) else None


def _parse_phone(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    region = str(options.get("region", scene.context.phone_region)).upper()
    is_filled = values.notna().to_numpy()
    written = np.zeros((len(values), american.E164_LENGTH), dtype=np.uint8)
    national = np.zeros(len(values), dtype=np.int64)
    is_judged, has_extension = no_rows(len(values)), no_rows(len(values))
    if region in american.REGIONS:
        for layout in layouts_of(values):
            if (found := american.read_layout(layout)) is not None:
                written[layout.rows], national[layout.rows] = found.written, found.national
                is_judged[layout.rows], has_extension[layout.rows] = found.is_american, found.has_extension
    # All layouts at once: to judge a few numbers takes as long as to judge many.
    exists = no_rows(len(values))
    exists[is_judged] = american.is_valid(national[is_judged])
    numbers = pc.if_else(pa.array(exists), american.texts_of(written), pa.scalar(None, pa.large_string()))
    total = Outcome(
        series_of(numbers, values.index),
        {"unreadable_phone": is_judged & ~exists, "hidden_phone": no_rows(len(values))},
        {"extension_apart": has_extension & exists},
    )
    rest = is_filled & ~is_judged
    return put(total, rest, over_uniques(values[rest], lambda distinct: _each_phone(distinct, region)))


def _each_phone(distinct: pd.Series[Any], region: str) -> Outcome:
    texts = distinct.to_list()
    found = [phone_parts(text, region) for text in texts]
    is_lost = np.array([parts is None for parts in found], dtype=bool)
    is_hidden = is_lost & np.array([phone_is_hidden(text) for text in texts], dtype=bool)
    return Outcome(
        pd.Series([parts.number if parts else None for parts in found], dtype="str"),
        {"unreadable_phone": is_lost & ~is_hidden, "hidden_phone": is_hidden},
        {"extension_apart": np.array([bool(parts and parts.extension) for parts in found], dtype=bool)},
    )


def _phone_extension(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    region = str(options.get("region", scene.context.phone_region)).upper()

    def reading(distinct: pd.Series[Any]) -> Outcome:
        found = [_extension_of(text.strip(), region) for text in distinct.to_list()]
        is_lost = np.array([extension is None for extension in found], dtype=bool)
        return Outcome(pd.Series([extension or None for extension in found], dtype="str"), noted={"no_match": is_lost})

    return over_uniques(values, reading)


def _extension_of(text: str, region: str) -> str | None:
    """The extension, '' for a phone without one, None for what is neither a phone nor an extension by itself."""
    if _EXTENSION_ALONE.fullmatch(text):
        return text
    parts = phone_parts(text, region)
    return parts.extension if parts else None


def _email(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    text = pc.utf8_trim_whitespace(arrow_of(values))
    # The same pattern by Arrow's own engine, which knows no letter beyond ASCII; all that it does not take is read
    # again one by one, so that `read_email` has the last word.
    is_read = flags(pc.match_substring_regex(text, f"^{_MAIL.pattern}$", ignore_case=True))
    is_read &= flags(pc.and_(pc.string_is_ascii(text), pc.invert(pc.match_substring(text, "**"))))
    nothing = no_rows(len(values))
    total = Outcome(
        series_of(pc.ascii_lower(text), values.index), {"unreadable_email": nothing, "hidden_email": nothing.copy()}
    )
    rest = ~is_read & values.notna().to_numpy()
    return put(total, rest, over_uniques(values[rest], _each_email))


def _each_email(distinct: pd.Series[Any]) -> Outcome:
    texts = distinct.to_list()
    found = [read_email(text) for text in texts]
    is_lost = np.array([address is None for address in found], dtype=bool)
    is_hidden = is_lost & np.array(["@" in text and bool(_HIDDEN_MAIL.search(text)) for text in texts], dtype=bool)
    return Outcome(pd.Series(found, dtype="str"), {"unreadable_email": is_lost & ~is_hidden, "hidden_email": is_hidden})


_REGION = {"region": Option(OptionKind.TEXT, doc="the two-letter country of numbers without a country code")}

CONTACT_TRANSFORMS = (
    TransformSpec(
        "parse_phone",
        "Reads a phone into +13035550142; an extension is left out, and noted.",
        _parse_phone,
        _REGION,
        gives="phone",
    ),
    TransformSpec(
        "phone_extension", "Keeps only the extension of a phone: 12 of 303-555-0142 x12.", _phone_extension, _REGION
    ),
    TransformSpec("email", "Reads an e-mail address, trimmed and lower case.", _email, gives="email"),
)
