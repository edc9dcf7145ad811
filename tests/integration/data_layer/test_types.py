"""Times, money, JSON and text mean the same on every database: what goes in comes out, or is refused before it goes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Boolean, Column, Engine, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from lib.db.failures import error_number
from lib.db.tables.metadata import SERVER_OPTIONS
from lib.db.types import Id, JsonText, Money, UtcDateTime, blob, long_text
from lib.db.types import text as short_text

things = Table(
    "things",
    MetaData(),
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime()),
    Column("amount", Money()),
    Column("facts", JsonText()),
    Column("words", short_text(40)),
    Column("story", long_text()),
    Column("body", blob()),
    Column("is_on", Boolean(create_constraint=False)),
    **SERVER_OPTIONS,
)


@pytest.fixture
def engine(scratch: Engine) -> Iterator[Engine]:
    things.create(scratch)
    yield scratch


def kept(engine: Engine, name: str, *values: Any) -> list[Any]:
    """Write each value into its own row and read them all back."""
    with engine.begin() as connection:
        connection.execute(insert(things), [{name: value} for value in values])
    with engine.connect() as connection:
        return list(connection.execute(select(things.c[name]).order_by(things.c.id)).scalars())


def refusal(engine: Engine, name: str, value: Any) -> BaseException:
    """The reason why a value is refused before it reaches the database."""
    with pytest.raises(StatementError) as refused:
        kept(engine, name, value)
    assert not isinstance(refused.value, DBAPIError), "the database was asked"
    assert refused.value.orig is not None
    return refused.value.orig


# --- times


def test_a_moment_keeps_its_microseconds(engine: Engine) -> None:
    moments = [
        datetime(2026, 3, 4, 12, 0, 0, 123456, UTC),
        datetime(2026, 3, 4, 12, 0, 0, 999999, UTC),
        datetime(2026, 3, 4, 12, 0, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
    ]
    assert kept(engine, "at", *moments) == moments


def test_a_moment_of_another_zone_comes_back_in_utc(engine: Engine) -> None:
    denver = datetime(2026, 3, 4, 12, 0, tzinfo=ZoneInfo("America/Denver"))
    kathmandu = datetime(2026, 3, 4, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    found = kept(engine, "at", denver, kathmandu)
    assert found == [denver, kathmandu]
    assert [moment.tzinfo for moment in found] == [UTC, UTC]
    assert [moment.hour for moment in found] == [19, 6]


def test_the_repeated_hour_is_two_moments(engine: Engine) -> None:
    zone = ZoneInfo("America/Denver")
    first, second = (datetime(2026, 11, 1, 1, 30, fold=fold, tzinfo=zone) for fold in (0, 1))
    found = kept(engine, "at", first, second)
    assert found[1] - found[0] == timedelta(hours=1)


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    assert isinstance(refusal(engine, "at", datetime(2026, 3, 4, 12, 0)), ValueError)  # noqa: DTZ001


def test_moments_are_found_and_ordered_by_their_microseconds(engine: Engine) -> None:
    start = datetime(2026, 3, 4, tzinfo=UTC)
    moments = [start + timedelta(microseconds=n) for n in (3, 1, 2)]
    kept(engine, "at", *moments)
    with engine.connect() as connection:
        after = select(things.c.at).where(things.c.at > moments[1], things.c.at < start + timedelta(microseconds=3))
        assert connection.execute(after).scalars().all() == [moments[2]]
        ordered = connection.execute(select(things.c.at).order_by(things.c.at)).scalars().all()
    assert ordered == sorted(moments)


# --- money


def test_an_amount_is_exact_to_six_decimals(engine: Engine) -> None:
    amounts = [Decimal(text) for text in ("0.1", "-0.000001", "19.99", "999999999999.999999", "-999999999999.999999")]
    assert kept(engine, "amount", *amounts) == amounts


@pytest.mark.parametrize(
    "value",
    [
        Decimal("0.0000001"),
        Decimal("1.0000005"),
        Decimal("1.0000000000000000000000000000000001"),
        Decimal("1000000000000"),
        Decimal("1e30"),
        Decimal("NaN"),
        Decimal("Infinity"),
    ],
    ids=str,
)
def test_an_amount_that_would_be_rounded_is_refused(engine: Engine, value: Decimal) -> None:
    assert isinstance(refusal(engine, "amount", value), ValueError)


@pytest.mark.parametrize("value", [19.99, 20, "19.99", np.float64(1.5)], ids=repr)
def test_only_a_decimal_is_an_amount(engine: Engine, value: object) -> None:
    assert isinstance(refusal(engine, "amount", value), TypeError)


def test_a_sum_of_amounts_is_exact(engine: Engine) -> None:
    amounts = [Decimal("0.10")] * 1000 + [Decimal("-0.000001")] * 3 + [Decimal("999999999999.999999")] * 8
    kept(engine, "amount", *amounts)
    with engine.connect() as connection:
        total = connection.execute(select(func.sum(things.c.amount))).scalar_one()
        least = connection.execute(select(func.min(things.c.amount))).scalar_one()
    assert (total, least) == (sum(amounts), Decimal("-0.000001"))


def test_a_sum_of_nothing_is_nothing_and_not_zero(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(select(func.sum(things.c.amount))).scalar_one() is None


def test_an_amount_is_compared_as_a_number(engine: Engine) -> None:
    kept(engine, "amount", Decimal("9.5"), Decimal("10.25"), Decimal("-3"))
    with engine.connect() as connection:
        above = select(things.c.amount).where(things.c.amount > Decimal("9.6"))
        assert connection.execute(above).scalars().all() == [Decimal("10.25")]


# --- JSON


def test_json_is_one_canonical_text_whatever_the_order_of_its_keys(engine: Engine) -> None:
    kept(engine, "facts", {"b": [1, 2.5], "a": "ü"}, {"a": "ü", "b": [1, 2.5]})
    with engine.connect() as connection:
        texts = connection.execute(text("SELECT facts FROM things")).scalars().all()
    assert texts == ['{"a":"ü","b":[1,2.5]}'] * 2


def test_json_comes_back_as_it_went_in(engine: Engine) -> None:
    values: list[Any] = [{}, [], "", 0, False, {"deep": [{"a": None}]}, "🦊 'quoted' \\ \n", {"big": "x" * 100_000}]
    assert kept(engine, "facts", *values) == values


# --- text, bytes, flags


def test_text_and_bytes_come_back_byte_for_byte(engine: Engine) -> None:
    words = ["00123", "123456789012345", "=HYPERLINK(1)", "🦊 é é", "a'b\"c\\d", "%s :name ?", "null", ""]
    assert kept(engine, "words", *words) == words
    stories = ["x" * 70_000, "🦊" * 20_000]
    assert [item for item in kept(engine, "story", *stories) if item is not None] == stories
    bodies = [bytes(range(256)), b"", b"'\\\x00\x1a"]
    assert [item for item in kept(engine, "body", *bodies) if item is not None] == bodies


def test_a_flag_comes_back_as_a_flag(engine: Engine) -> None:
    found = kept(engine, "is_on", True, False, None)
    assert [value if value is None else (type(value), value) for value in found] == [(bool, True), (bool, False), None]


def test_a_server_refuses_what_is_too_long_and_sqlite_would_keep_it(engine: Engine) -> None:
    """SQLite enforces no length, so every text is measured before it is bound; a server is the second line only."""
    if engine.dialect.name == "sqlite":
        assert kept(engine, "words", "x" * 41) == ["x" * 41]
        return
    with pytest.raises(DBAPIError) as refused:
        kept(engine, "words", "x" * 41)
    assert error_number(refused.value) == 1406
    # Forty characters, not bytes.
    assert kept(engine, "words", "🦊" * 40) == ["🦊" * 40]


# --- plain values
