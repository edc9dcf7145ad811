"""What the house promises of money, numbers, spans, phones and e-mail addresses."""

from __future__ import annotations

import pytest

from lib.mapping.transforms.contact import read_email, read_phone
from lib.mapping.transforms.money import read_money
from lib.mapping.transforms.numbers import read_boolean, read_decimal, read_duration, read_integer


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("12", 12_000_000),
        ("$1,234.50", 1_234_500_000),
        ("(12.00)", -12_000_000),
        ("($1,234.50)", -1_234_500_000),
        ("-12", -12_000_000),
        ("-$12.00", -12_000_000),
        ("$-12.00", -12_000_000),
        ("12.00-", -12_000_000),
        ("−12", -12_000_000),
        ("+12", 12_000_000),
        ("US$9.72", 9_720_000),
        ("USD 9.72", 9_720_000),
        ("9.72 CAD", 9_720_000),
        ("€9", 9_000_000),
        ("$342.09K", 342_090_000_000),
        ("1.5M", 1_500_000_000_000),
        (".5", 500_000),
        ("0.0", 0),
        ("0.1", 100_000),
        ("25.67", 25_670_000),
        ("8999999999999.999999", 8_999_999_999_999_999_999),
    ],
)
def test_an_amount_is_exact_however_it_is_written(text: str, micros: int) -> None:
    assert read_money(text) == micros


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "1.234,50", "12.3.4", "--", "$", "(12", "12)", "(-12)", "1e5", "nan", "inf", "9" * 19, "-12-",
             "9300000000000", "12 000", "٣"]
)  # fmt: skip
def test_an_amount_that_would_need_a_guess_is_not_read(text: str) -> None:
    assert read_money(text) is None


def test_a_decimal_comma_is_read_only_where_the_map_says_so() -> None:
    assert read_money("1.234,50", has_decimal_comma=True) == 1_234_500_000
    assert read_money("12,5", has_decimal_comma=True) == 12_500_000
    assert read_money("1,234.50", has_decimal_comma=True) is None


def test_cents_and_micros_are_not_dollars() -> None:
    assert read_money("1999", "cents") == 19_990_000
    assert read_money("9720000", "micros") == 9_720_000


def test_numbers_are_read_or_refused() -> None:
    assert read_integer("1,234") == 1234
    assert read_integer("12.0") == 12
    assert read_integer("281498631867774") == 281_498_631_867_774
    assert [read_integer(text) for text in ("12.5", "x", "", "1e999", "9" * 20, "1,23", "e5")] == [None] * 7
    assert read_decimal("6.47%") == 6.47
    assert read_decimal("-3.5") == -3.5
    assert [read_decimal(text) for text in ("nan", "inf", "1e999", "<10%", "%", ".", ".e5")] == [None] * 7


def test_yes_and_no_are_read_in_every_case() -> None:
    assert [read_boolean(text) for text in ("TRUE", "Yes", "1", "on")] == [True] * 4
    assert [read_boolean(text) for text in ("False", "n", "0", " off ")] == [False] * 4
    assert [read_boolean(text) for text in ("maybe", "2")] == [None, None]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:04:13", 253), ("4:13", 253), ("00:04:13.0000000", 253), ("1.02:03:04", 93_784), ("PT4M", 240), ("PT1H2M3S", 3723),
     ("13", 13), ("13s", 13), ("4m 13s", 253), ("1 hr 2 min", 3720), ("12.6", 13), ("0", 0), ("2 days", 172_800),
     ("1:02:03", 3723), ("75 s", 75), ("1h 5m", 3900), ("1.5 hours", 5400), ("2500 ms", 2), ("1 s 600 ms", 2), ("75:30", 4530)],
)  # fmt: skip
def test_a_span_of_time_is_whole_seconds(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


def test_a_span_that_is_none_is_not_read() -> None:
    assert [read_duration(text) for text in ("", "P", "PT", "-5", "long", "4:75", "9" * 12)] == [None] * 7


def test_a_plain_span_counts_in_the_unit_of_the_map() -> None:
    assert read_duration("2", "minutes") == 120
    assert read_duration("2500", "milliseconds") == 2


@pytest.mark.parametrize(
    "text",
    [
        "3035550142",
        "(303) 555-0142",
        "303-555-0142",
        "+1 303 555 0142",
        "1-303-555-0142",
        "p:+13035550142",
        "303.555.0142 x12",
    ],
)
def test_a_phone_has_one_spelling(text: str) -> None:
    assert read_phone(text) == "+13035550142"


@pytest.mark.parametrize(
    "text", ["555-0142", "12345", "call me", "", "0000000000", "15550000000", "303555014", "+99912345"]
)
def test_what_is_no_phone_is_not_made_one(text: str) -> None:
    assert read_phone(text) is None


def test_a_phone_of_another_region_is_read_by_its_own_rules() -> None:
    assert read_phone("020 7946 0958", "GB") == "+442079460958"
    assert read_phone("+44 20 7946 0958", "US") == "+442079460958"


def test_an_address_is_trimmed_and_lower_case() -> None:
    assert read_email(" Jane.Doe@Example.COM ") == "jane.doe@example.com"
    assert read_email("mailto:jane@example.com") == "jane@example.com"


@pytest.mark.parametrize(
    "text", ["jane", "jane@", "@example.com", "jane@example", "a b@example.com", "a@b..com", "a,b@x.com"]
)
def test_what_is_no_address_is_not_read(text: str) -> None:
    assert read_email(text) is None
