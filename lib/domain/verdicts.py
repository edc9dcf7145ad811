"""What the desk says of a row: its verdict (what it does to the records) and, independent of that, its class."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a row does; for every load the five counts add up to the rows that arrived."""

    CREATED = "created"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    IGNORED = "ignored"


# The verdicts of rows that a commit writes, unless a person holds them.
GOES_IN = (Verdict.CREATED, Verdict.UPDATED)


class RowClass(StrEnum):
    """What a row is (R10); metrics count the genuine ones and state how many were left out."""

    GENUINE = "genuine"
    TEST = "test"
    SPAM = "spam"
    INTERNAL = "internal"
    MARKETPLACE_DUPLICATE = "marketplace_duplicate"


class Severity(StrEnum):
    """How much a reason weighs: `block` fails the row, `warn` and `info` only say something."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"
