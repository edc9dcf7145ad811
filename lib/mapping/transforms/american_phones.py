"""American numbers read a column at a time, with the answers of `phonenumbers` and without asking it for each.

Country code 1 has one shape of number for all its countries. In the United States and Canada a number is valid by area code
and exchange alone, the first six digits: no pattern of `phonenumbers` looks at the last four (a test takes the patterns
apart to see that). So each six digits are judged once, by those very patterns, and remembered in a table of a million
places. The islands, which have area codes of their own and longer patterns, are asked number by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneMetadata

from lib.mapping.transforms.layouts import Layout, Numbers
from lib.mapping.transforms.shape import Mask, flags, no_rows

COUNTRY_CODE = 1
# Regions whose numbers are written without a country code as 303-555-0142.
REGIONS = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[COUNTRY_CODE])
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip
_SPELLING = (
    r"(?:p:\s*)?(?:\+?(?P<country>#)[\s.-]{0,2})?(?:\((?P<dressed>###)\)|(?P<area>###))[\s.-]{0,2}"
    r"(?P<exchange>###)[\s.-]?(?P<line>####)(?:\s*(?:x|ext|ext\.)\s*(?P<extension>#{1,6}))?"
)
# The same spellings of a shape, in which each digit is a 0, and of a number itself.
_OF_SHAPE = re.compile(_SPELLING.replace("#", "0"), re.ASCII)
_OF_NUMBER = re.compile(_SPELLING.replace("#", r"\d"), re.ASCII)
_NOTHING_ELSE = re.compile(r"[0-9(). ?-]+", re.ASCII)
# The two countries whose short numbers are not completed with an area code.
LARGE = frozenset({"US", "CA"})
_UNKNOWN, _INVALID, _VALID = 0, 1, 2
DIGITS = 10
E164_LENGTH = len("+13035550142")


def patterns(countries: Iterable[str]) -> frozenset[str]:
    """The patterns by which `phonenumbers` knows the numbers of these countries, of every kind."""
    regions = (PhoneMetadata.metadata_for_region(country) for country in countries)
    kinds = (getattr(region, kind) for region in regions if region is not None for kind in _KINDS)
    return frozenset(kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern)


@cache
def _any_pattern() -> str:
    return "^(?:" + "|".join(sorted(patterns(REGIONS))) + ")$"


@cache
def _judged() -> npt.NDArray[np.int8]:
    """What is known of each six digits so far; a megabyte for the life of the process."""
    return np.zeros(1_000_000, dtype=np.int8)


@cache
def _is_island() -> Mask:
    """For each area code whether it belongs to one country only, by the digits that country's numbers begin with."""
    leading = [region.leading_digits for name in REGIONS if (region := PhoneMetadata.metadata_for_region(name))]
    begins = re.compile("|".join(digits for digits in leading if digits))
    return np.array([begins.match(f"{area:03d}") is not None for area in range(1000)], dtype=bool)


def is_valid(numbers: Numbers) -> Mask:
    """Which of these numbers of ten digits exist."""
    six, judged = numbers // 10_000, _judged()
    new = np.unique(six[judged[six] == _UNKNOWN])
    judged[new] = np.where(_match(new * 10_000), _VALID, _INVALID)
    found = judged[six] == _VALID
    islands = np.flatnonzero(_is_island()[numbers // 10**7])
    found[islands] = _match(numbers[islands])
    return np.asarray(found, dtype=bool)


def _match(numbers: Numbers) -> Mask:
    # To make the pattern ready takes Arrow as long as to look through thousands of numbers.
    if not numbers.size:
        return no_rows(0)
    # Ten digits, or 000-310-1234 would be taken for Canada's 310-1234.
    written = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), DIGITS, "0")
    return flags(pc.match_substring_regex(written, _any_pattern()))


def read_spelling(text: str) -> tuple[str, str] | None:
    """E.164 and the extension ('' without one) of an American spelling of a number that exists, else None."""
    match = _OF_NUMBER.fullmatch(text)
    if match is None or match["country"] not in {None, str(COUNTRY_CODE)}:
        return None
    digits = (match["dressed"] or match["area"]) + match["exchange"] + match["line"]
    return (f"+{COUNTRY_CODE}{digits}", match["extension"] or "") if exists(digits) else None


def is_too_short(text: str) -> bool:
    """Whether a text of nothing but digits, dots, dashes, brackets and question marks has too few for a number.

    In the United States and Canada a number has ten digits; only Canada's 310-1234 has seven, and what begins with 011
    is dialled abroad.
    """
    if not _NOTHING_ELSE.fullmatch(text):
        return False
    digits = "".join(filter(str.isdigit, text))
    return len(digits) < DIGITS and not digits.startswith(("310", "1310", "011"))


def exists(national_digits: str) -> bool:
    """Whether there is a number of country code 1 with these digits behind the code."""
    return re.match(_any_pattern(), national_digits) is not None


@dataclass(frozen=True)
class Spelled:
    """The rows of a layout that is an American spelling: E.164 as bytes (row × 12), and the ten digits as a number;
    `is_american` is False for a row that may yet be a number of another country (+44 …).
    """

    written: npt.NDArray[np.uint8]
    national: Numbers
    is_american: Mask
    has_extension: bool


def read_layout(layout: Layout) -> Spelled | None:
    """The numbers of a layout, or None where its shape is no American spelling."""
    match = _OF_SHAPE.fullmatch(layout.shape)
    if match is None:
        return None
    area = match.span("area") if match["area"] else match.span("dressed")
    is_american = ~no_rows(len(layout.rows))
    if match["country"]:
        is_american = layout.character(match.start("country")) == ord(str(COUNTRY_CODE))
    written = np.empty((len(layout.rows), E164_LENGTH), dtype=np.uint8)
    written[:, 0], written[:, 1] = ord("+"), ord(str(COUNTRY_CODE))
    places = [place for span in (area, match.span("exchange"), match.span("line")) for place in range(*span)]
    for column, place in enumerate(places, start=2):
        written[:, column] = layout.character(place)
    national = layout.number(area, match.span("exchange"), match.span("line"))
    return Spelled(written, national, is_american, bool(match["extension"]))


def texts_of(written: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of bytes of one length as text."""
    count, length = written.shape
    offsets = pa.py_buffer(np.arange(count + 1, dtype=np.int64) * length)
    return pa.Array.from_buffers(pa.large_string(), count, [None, offsets, pa.py_buffer(np.ascontiguousarray(written))])
