"""Column types that mean the same on SQLite, MySQL and MariaDB; the traps of each dialect are handled here, once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Numeric, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

# SQLite hands out row ids only for INTEGER primary keys; servers need the 64 bits spelled out.
Id = BigInteger().with_variant(Integer(), "sqlite")

_MONEY_DIGITS = 20
_MONEY_SCALE = 6
_MICRO = Decimal(1).scaleb(-_MONEY_SCALE)
# A million millions: a sum of nine of them still fits the 64 bits of SQLite's.
_MONEY_LIMIT = 10**12


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC with microseconds.

    Every database drops time zones, MariaDB truncates and MySQL rounds a plain DATETIME: so naive values are refused
    and six fractional digits are kept everywhere.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """DATETIME(6) on servers, text with microseconds on SQLite."""
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone, so it is no moment")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Hand back an aware moment in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount with six decimals: DECIMAL(20,6) on servers, a scaled integer on SQLite, where decimals are floats.

    Servers round silently, so a seventh decimal is refused here.
    """

    impl = Numeric(_MONEY_DIGITS, _MONEY_SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """BIGINT micros on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(_MONEY_DIGITS, _MONEY_SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse floats and more than six decimals."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{value!r} is not a Decimal, so it is no exact amount")
        # Comparing is exact; arithmetic on a value of more than 28 digits would round before it was looked at.
        if not value.is_finite() or abs(value) >= _MONEY_LIMIT or (amount := value.quantize(_MICRO)) != value:
            raise ValueError(f"{value} does not fit an amount with six decimals")
        return int(amount.scaleb(_MONEY_SCALE)) if dialect.name == "sqlite" else amount

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Hand back a Decimal on every database."""
        if value is None:
            return None
        # A SUM over scaled integers comes back as an integer, over DECIMAL as a Decimal.
        return Decimal(value).scaleb(-_MONEY_SCALE) if dialect.name == "sqlite" else Decimal(value)


class JsonText(TypeDecorator[Any]):
    """A JSON value as canonical text. JSON columns reorder keys on MySQL and are text on MariaDB, so text it is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MEDIUMTEXT on servers: 64 KiB is too little for the facts of a ragged file."""
        return dialect.type_descriptor(mysql.MEDIUMTEXT() if dialect.name == "mysql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Sorted keys, no blanks."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The value again."""
        return None if value is None else orjson.loads(value)


def text(length: int) -> String:
    """Text of at most `length` characters. Tables are collated utf8mb4_bin, so equal means equal everywhere."""
    return String(length)


def long_text() -> TypeEngine[Any]:
    """Text without a practical limit (16 MiB on servers)."""
    return Text().with_variant(mysql.MEDIUMTEXT(), "mysql")


def blob() -> TypeEngine[Any]:
    """Bytes, up to 16 MiB on servers."""
    return LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
