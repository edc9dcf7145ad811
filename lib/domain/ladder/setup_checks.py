"""What was checked of an account before it is trusted: tests of its connection, and rows held against the provider's screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.domain.states import LoadStatus

# Of these loads rows can be held against the provider's screen: they are looked at, or they stand.
COMPARABLE_LOADS = (LoadStatus.IN_REVIEW, LoadStatus.APPROVED, LoadStatus.COMMITTED)


class CheckResult(StrEnum):
    """How a check went; `not_applicable` where the account has nothing of the kind."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class SetupCheck:
    """One check of a setup test: what was looked at (`key`), how it went, the sentence that says so, and its mend ('')."""

    key: str
    result: CheckResult
    sentence: str
    mend: str = ""


def outcome_of(checks: Iterable[SetupCheck]) -> CheckResult:
    """The worst result there is; `not_applicable` only where nothing could be checked at all."""
    met = {check.result for check in checks}
    worst = (CheckResult.FAILED, CheckResult.WARNING, CheckResult.PASSED)
    return next((result for result in worst if result in met), CheckResult.NOT_APPLICABLE)


@dataclass(frozen=True)
class SetupTest:
    """One row of `setup_tests`.

    `credential_mark` is a keyed hash of the values behind the account's references, so that another value shows without
    the value being kept; '' where the account has no reference.
    """

    id: int
    account_id: int
    at: datetime
    person: str
    outcome: CheckResult
    checks: tuple[SetupCheck, ...]
    credential_mark: str = ""

    @property
    def is_good(self) -> bool:
        """Nothing failed. A warning is no failure (F7)."""
        return self.outcome is not CheckResult.FAILED

    @property
    def failed(self) -> tuple[SetupCheck, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.result is CheckResult.FAILED)


@dataclass(frozen=True)
class WebhooksSeen:
    """When a webhook of an account was last taken, and when one last could not be verified; None for never."""

    taken_at: datetime | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True)
class ComparedRow:
    """One sampled row of a load (`line` is its line in the delivery) held against the provider's screen.

    `columns` are those that differ there, and `note` says how; both are empty where the row agrees. No value is kept.
    """

    row_no: int
    line: int
    agrees: bool
    columns: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class QaCheck:
    """One row of `qa_checks`: who held which sampled rows of which load against the provider's own screen, and when.

    `screen` says where that was looked at, in words or as a link; `map_version` is the one that the load was read through;
    `is_undone` says that the load was taken back since.
    """

    id: int
    account_id: int
    load_id: int
    object: str
    map_version: int
    at: datetime
    person: str
    screen: str
    note: str
    rows: tuple[ComparedRow, ...]
    is_undone: bool = False

    @property
    def agreed(self) -> int:
        """How many rows are the same there."""
        return sum(row.agrees for row in self.rows)

    @property
    def differed(self) -> int:
        """How many rows are not."""
        return len(self.rows) - self.agreed

    @property
    def is_good(self) -> bool:
        """Every row that was looked at agrees."""
        return self.differed == 0
