"""American phones are read a column at a time, and never otherwise than `phonenumbers` reads each."""

from __future__ import annotations

import random
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import phonenumbers
import pytest

from lib.domain.objects import Kind
from lib.mapping.transforms import TRANSFORMS
from lib.mapping.transforms.american_phones import REGIONS, is_valid, patterns
from lib.mapping.transforms.contact import Phone, phone_parts
from lib.mapping.transforms.shape import MapContext, Scene

SPELLINGS = (
    "{}{}{}", "({}) {}-{}", "({}){}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "+1{}{}{}", "1-{}-{}-{}", "1 ({}) {} {}",
    "+1 ({}) {}-{}", "p:+1{}{}{}", "{}-{}-{} x12", "({}) {}-{} ext. 4", "1{}{}{}", "+{}{}{}", "0{}{}{}", "2 {} {} {}",
    "+4 {}{}{}", "{} - {}-{}", "{}/{}-{}", "{}{}-{}", " ({}) {}-{} ", "+1{}{}{}x123456",
)  # fmt: skip


def by_the_library(text: str, region: str) -> Phone | None:
    """What the library says of one text, and nothing else."""
    plain = text.strip().removeprefix("p:").strip()
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    extension, number.extension = number.extension or "", None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension)


def read_column(texts: Sequence[str], region: str) -> tuple[list[str | None], list[bool]]:
    scene = Scene(pd.DataFrame(), MapContext("UTC", phone_region=region), Kind.PHONE)
    outcome = TRANSFORMS["parse_phone"].run(pd.Series(texts, dtype="str"), {}, scene)
    numbers = [None if pd.isna(value) else str(value) for value in outcome.column]
    assert list(outcome.failed["unreadable_phone"]) == [number is None for number in numbers]
    return numbers, list(outcome.noted["extension_apart"])


def some_numbers(dice: random.Random, count: int) -> list[tuple[str, str, str]]:
    """Numbers of every kind: any digits, real area codes, personal and special ranges, other countries of the code."""
    real = (
        "201",
        "303",
        "416",
        "600",
        "622",
        "800",
        "900",
        "500",
        "523",
        "524",
        "527",
        "710",
        "787",
        "868",
        "876",
        "658",
    )
    islands = (
        "242",
        "246",
        "264",
        "268",
        "284",
        "340",
        "345",
        "441",
        "473",
        "649",
        "664",
        "670",
        "671",
        "684",
        "721",
        "758",
    )
    areas = [f"{dice.randrange(1000):03d}" for _ in range(20)]
    return [
        (dice.choice((*real, *islands, *areas)), f"{dice.randrange(1000):03d}", f"{dice.randrange(10_000):04d}")
        for _ in range(count)
    ]


@pytest.mark.parametrize("region", ["US", "CA", "BS", "JM"])
def test_a_column_of_phones_is_what_the_library_says_of_each(region: str) -> None:
    dice = random.Random(f"phones {region}")
    texts = [dice.choice(SPELLINGS).format(*number) for number in some_numbers(dice, 1500)]
    # Numbers cut short, and with more behind them than a phone has.
    texts += [f"{text[: dice.randrange(len(text))]}{dice.choice(('', '??', '0', '-01'))}" for text in texts[:700]]
    texts += [f"{text}{dice.choice(('??', '1', '12', ' 34'))}" for text in texts[700:1000]]
    texts += [
        "011 44 20 7946 0958",
        "01144 20 7946 0958 7",
        "1 310-1234",
        "310-1234?",
        "310 12345",
        "000-310-1234",
        "310-1234",
        "13101234",
        "0003101234",
        "100-310-1234",
        "+1 310 1234",
    ]
    wanted = [by_the_library(text, region) for text in texts]
    numbers, extensions = read_column(texts, region)
    assert numbers == [phone and phone.number for phone in wanted]
    assert extensions == [bool(phone and phone.extension) for phone in wanted]
    assert [phone_parts(text, region) for text in texts] == wanted
    assert 200 < sum(number is not None for number in numbers) < 1300


def test_no_pattern_of_the_two_large_countries_looks_at_the_last_four_digits() -> None:
    # What is remembered is remembered by the first six of ten: this is why that is enough.
    large = [name for name in REGIONS if not phonenumbers.PhoneMetadata.metadata_for_region(name).leading_digits]
    assert sorted(large) == ["CA", "US"]
    assert len(patterns(large)) > 5
    assert [pattern for pattern in patterns(large) if _free_tail(sre_parser.parse(pattern)) < 4] == []


def test_a_number_of_an_island_is_judged_by_all_its_digits() -> None:
    # Jamaica: 876-606-0 is taken and the rest of the exchange is not, and an answer for one is none for the other.
    assert read_column(["876-606-0123", "876-606-9123", "876-606-0999"], "US")[0] == [
        "+18766060123",
        None,
        "+18766060999",
    ]


def test_a_pattern_that_looks_at_its_last_digits_would_be_found() -> None:
    assert _free_tail(sre_parser.parse(r"303555\d{3}[2-9]|2\d{9}")) == 0
    assert _free_tail(sre_parser.parse(r"52(?:3[02]\d{4}|4\d)\d{5}")) == 6


def _free_tail(parsed: Any) -> int:
    """How many digits at the end of every text the pattern matches may be any."""
    total = 0
    for code, argument in reversed(list(parsed)):
        if code is sre.IN and argument == [(sre.CATEGORY, sre.CATEGORY_DIGIT)]:
            total += 1
        elif code is sre.MAX_REPEAT and argument[0] == argument[1] and _free_tail(argument[2]):
            total += argument[0]
        elif code is sre.BRANCH:
            return total + min(_free_tail(branch) for branch in argument[1])
        elif code is sre.SUBPATTERN:
            return total + _free_tail(argument[3])
        else:
            return total
    return total


@pytest.mark.prove
def test_every_area_code_and_exchange_is_judged_as_the_library_judges_it() -> None:
    # The first seven digits of the islands, which is as far as their patterns look; six of all other numbers.
    islands = [area for area in range(200, 1000) if area_is_of_an_island(area)]
    numbers = np.array(
        [six * 10_000 + 4321 for six in range(200_000, 1_000_000)]
        + [area * 10**7 + seven * 1_000 + 321 for area in islands for seven in range(10_000)]
    )
    exists = [
        phonenumbers.is_valid_number(phonenumbers.PhoneNumber(country_code=1, national_number=int(number)))
        for number in numbers
    ]
    assert numbers[is_valid(numbers) != np.array(exists)].tolist() == []


def area_is_of_an_island(area: int) -> bool:
    number = phonenumbers.PhoneNumber(country_code=1, national_number=area * 10**7 + 2_345_678)
    return phonenumbers.region_code_for_number(number) not in {"US", "CA", None}
