"""Every rule of the desk in words: what it says, what it weighs, what becomes of a row, and which cells it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from lib.domain.objects import OBJECTS, TEXT_KINDS, Kind
from lib.domain.rows.policies import ReasonPolicy
from lib.domain.verdicts import Severity
from validation.column_rules import rules as column_rules
from validation.cross_rules import CROSS_RULES
from validation.load_reasons import LOAD_REASONS
from validation.policy_settings import allowed_policies, default_policy
from validation.reasons import REASONS, Reason

# Which kinds of columns mapping says these of; every other one it says of any column.
_READ_AS = {
    "unreadable_date": {Kind.TIMESTAMP, Kind.DATE},
    "date_out_of_range": {Kind.TIMESTAMP, Kind.DATE},
    "unreadable_money": {Kind.MONEY},
    "amount_out_of_range": {Kind.MONEY},
    "unreadable_number": {Kind.INTEGER, Kind.DECIMAL},
    "number_out_of_range": {Kind.INTEGER, Kind.DECIMAL, Kind.DURATION},
    "unreadable_boolean": {Kind.BOOLEAN},
    "unreadable_duration": {Kind.DURATION},
    "unreadable_phone": {Kind.PHONE},
    "unreadable_email": {Kind.EMAIL},
    "hidden_phone": {Kind.PHONE},
    "hidden_email": {Kind.EMAIL},
    "extension_apart": {Kind.PHONE},
    "unseen_value": TEXT_KINDS,
    "too_long": TEXT_KINDS,
    "ambiguous_time": {Kind.TIMESTAMP},
    "nonexistent_time": {Kind.TIMESTAMP},
}
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class RuleInWords:
    """One rule. `cells` are the columns it is about for each object, empty where it is about whole rows or loads.

    `allowed` are the policies that an account may choose from, () where there is nothing to choose.
    """

    code: str
    severity: Severity
    sentence: str
    mend: str
    policy: ReasonPolicy
    allowed: tuple[ReasonPolicy, ...]
    cells: dict[str, tuple[str, ...]]
    is_of_load: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is about in any object."""
        return tuple(dict.fromkeys(name for names in self.cells.values() for name in names))

    def concerns(self, name: str, mapped: frozenset[str]) -> bool:
        """Whether rows of this object are asked it, given the columns that are mapped."""
        return not self.cells or not mapped.isdisjoint(self.cells.get(name, ()))


@cache
def rule_book() -> tuple[RuleInWords, ...]:
    """Every rule about rows, what blocks first, then those about whole loads."""
    of_rows = [_rule(reason, _cells(reason.code), is_of_load=False) for reason in REASONS.values()]
    of_loads = [_rule(reason, {}, is_of_load=True) for reason in LOAD_REASONS.values()]
    return (*of_rows, *of_loads)


def _rule(reason: Reason, cells: dict[str, tuple[str, ...]], *, is_of_load: bool) -> RuleInWords:
    code = reason.code
    allowed, policy = allowed_policies(code), default_policy(code)
    return RuleInWords(code, reason.severity, reason.sentence, reason.mend, policy, allowed, cells, is_of_load)


def _cells(code: str) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(dict.fromkeys(_columns(code, name))) for name in OBJECTS}
    return {name: columns for name, columns in found.items() if columns}


def _columns(code: str, name: str) -> Iterator[str]:
    kind = OBJECTS[name]
    for column in kind.columns:
        is_read = column.kind in _READ_AS.get(code, ())
        is_demanded = code == "missing_date" and column.is_required
        is_key = code == "missing_key" and column.name == "external_id"
        if is_read or is_demanded or is_key or code in column_rules(column, _ANY_DAY):
            yield column.name
    yield from (rule.column for rule in CROSS_RULES if rule.code == code and rule.applies_to(kind))
