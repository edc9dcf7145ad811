"""Phones to E.164 and e-mail addresses to one spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import phonenumbers

from lib.mapping.transforms.shape import Option, OptionKind, Outcome, Scene, TransformSpec, each_unique

Options = Mapping[str, Any]
# Countries that share country code 1 and its one shape of number.
NORTH_AMERICA = frozenset({"US", "CA", "PR", "BS", "JM", "DO", "TT", "BB", "BM", "GU", "VI"})
_NANP = re.compile(r"(?P<country>\+?1)?(?P<number>[2-9]\d{2}[2-9]\d{6})", re.ASCII)
_DRESSED = re.compile(r"[0-9+().\-\s‐‑–/]+")
_MAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)


def read_phone(text: str, region: str = "US") -> str | None:
    """E.164 of one phone, or None.

    A number of the North American shape is taken as it is: asking the library for each of 100,000 would take seconds,
    and its tables learn new area codes late. Every other one must be valid by `phonenumbers`. An extension is dropped.
    """
    # Lead ads exports prefix phones with "p:" so that spreadsheets leave them alone.
    plain = text.strip().removeprefix("p:").strip()
    if region in NORTH_AMERICA and _DRESSED.fullmatch(plain):
        match = _NANP.fullmatch(re.sub(r"[^0-9+]", "", plain))
        if match:
            return f"+1{match['number']}"
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_email(text: str) -> str | None:
    """One address, trimmed and lower case, or None where it has not the shape of one."""
    plain = text.strip().removeprefix("mailto:").lower()
    # A longer one is read all the same: the column says that it is too long.
    return plain if _MAIL.fullmatch(plain) else None


def _parse_phone(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    region = str(options.get("region", scene.context.phone_region)).upper()
    return each_unique(values, lambda text: read_phone(text, region), "str", "unreadable_phone")


def _email(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return each_unique(values, read_email, "str", "unreadable_email")


CONTACT_TRANSFORMS = (
    TransformSpec(
        "parse_phone",
        "Reads a phone into +13035550142.",
        _parse_phone,
        {"region": Option(OptionKind.TEXT, doc="the two-letter country of numbers without a country code")},
        gives="phone",
    ),
    TransformSpec("email", "Reads an e-mail address, trimmed and lower case.", _email, gives="email"),
)
