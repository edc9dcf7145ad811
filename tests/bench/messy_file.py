"""The bench's file: an invented export of quote requests as messy as real ones, with its trouble planted and counted.

Everything follows from the seed, block by block, so that a million rows are written without lying in memory, and so
that the changed file is the first one again but for the rows that changed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.explanations import EXPLANATIONS
from lib.providers.quote_request import OUTCOMES
from tests.bench import invented

SEED = 20261121
OBJECT, PROVIDER, ZONE = "quote_request", "quote_request", "America/Denver"
FIRST_DAY, DAYS = datetime(2025, 9, 1), 365  # noqa: DTZ001 - written as the provider does, without its zone
_BLOCK = 10_000
_BAD, _TWICE, _MARKED = 0.02, 0.015, 0.005
_CHANGED, _NEW = 0.2, 0.1
_FIRST_ID = 482_000_000_000_000

# The header of the file and the column of a quote request that each becomes.
COLUMNS = {
    "Quote ID": "external_id", "Date Submitted": "occurred_at", "Last Updated": "modified_at", "Quote Status": "status",
    "First Name": "first_name", "Last Name": "last_name", "Company Name": "company", "Phone Number": "phone",
    "Alt. Phone": "secondary_phone", "Email Address": "email", "Service Address": "address", "City": "city",
    "State": "state", "Zip Code": "postal_code", "Service Needed": "service", "Form Name": "category",
    "Project Details": "description", "UTM Source": "source", "UTM Medium": "medium", "UTM Campaign": "campaign",
    "Campaign ID": "campaign_id", "Office": "location", "Assigned To": "assigned_to", "Quote Amount": "amount",
    "Lead Fee": "fee",
}  # fmt: skip
_PLACE = {target: place for place, target in enumerate(COLUMNS.values())}


class Role(IntEnum):
    """What was planted at a row; the first ones are good rows, the last ones fail."""

    ORDINARY = 0
    TWICE = 1
    TEST = 2
    SPAM = 3
    UNREADABLE_DATE = 4
    NO_DATE = 5
    UNREADABLE_AMOUNT = 6
    WIDE = 7
    SHORT = 8


BROKEN = (Role.WIDE, Role.SHORT)
FAILING = tuple(role for role in Role if role >= Role.UNREADABLE_DATE)


@dataclass(frozen=True)
class Planted:
    """What an import of the file must find: the rows, and how many get each verdict and class."""

    rows: int
    verdicts: dict[str, int]
    classes: dict[str, int]


@dataclass(frozen=True)
class _Plan:
    """The role of each row, the row whose id it repeats (else itself), and which rows the changed file changes."""

    roles: npt.NDArray[np.uint8]
    named: npt.NDArray[np.int64]
    is_changed: npt.NDArray[np.bool_]


def field_map(owner: str = "owner@example.com") -> FieldMap:
    """The map of the file: all of its columns, and the outcome read from the status by the provider's list."""
    amount = {"amount": (Transform("parse_money", {"unit": "dollars"}),)}
    rules = [
        FieldRule(source, target, amount.get(target, ()), label=source, owner=owner, explanation=EXPLANATIONS[target])
        for source, target in COLUMNS.items()
    ]
    outcome = (Transform("trim"), Transform("value_map", {"values": dict(OUTCOMES), "otherwise": "blank"}))
    said = EXPLANATIONS["outcome"]
    rules.append(FieldRule("Quote Status", "outcome", outcome, label="Outcome", owner=owner, explanation=said))
    return FieldMap(OBJECT, tuple(rules))


def messy_file(path: Path, rows: int, seed: int = SEED) -> Planted:
    """Write the file: 2 % bad rows, 1.5 % that repeat another's id, 0.5 % test and spam, spread over a year."""
    with path.open("w", encoding="utf-8", newline="") as out:
        _write(out, _records(rows, rows, seed, is_changed=False))
    return planted(rows, seed)


def changed_file(path: Path, rows: int, seed: int = SEED) -> Planted:
    """Write the same file as it comes later: 20 % of its rows changed, and 10 % new ones after them."""
    with path.open("w", encoding="utf-8", newline="") as out:
        _write(out, _records(rows, rows + _new(rows), seed, is_changed=True))
    return planted_changes(rows, seed)


def planted(rows: int, seed: int = SEED) -> Planted:
    """What a first import of `messy_file` must find."""
    roles = _plan(rows, seed).roles
    failed, twice = int(np.isin(roles, FAILING).sum()), int((roles == Role.TWICE).sum())
    verdicts = {Verdict.CREATED: rows - failed - twice, Verdict.DUPLICATE: twice, Verdict.FAILED: failed}
    return Planted(rows, _all_of(Verdict, verdicts), _classes(roles, rows))


def planted_changes(rows: int, seed: int = SEED) -> Planted:
    """What an import of `changed_file` must find where `messy_file` is committed."""
    plan, first, new = _plan(rows, seed), planted(rows, seed), _new(rows)
    changed = int(plan.is_changed.sum())
    verdicts = {
        Verdict.CREATED: new,
        Verdict.UPDATED: changed,
        Verdict.DUPLICATE: first.verdicts[Verdict.DUPLICATE],
        Verdict.FAILED: first.verdicts[Verdict.FAILED],
        Verdict.IGNORED: first.verdicts[Verdict.CREATED] - changed,
    }
    return Planted(rows + new, _all_of(Verdict, verdicts), _classes(plan.roles, rows + new))


def records(rows: int, seed: int = SEED) -> Iterator[tuple[Role, list[str]]]:
    """Each row of `messy_file` in order: what was planted there, and its cells as they are written."""
    yield from _records(rows, rows, seed, is_changed=False)


def _all_of(kind: type[Verdict], counts: dict[Verdict, int]) -> dict[str, int]:
    return {str(item): counts.get(item, 0) for item in kind}


def _classes(roles: npt.NDArray[np.uint8], rows: int) -> dict[str, int]:
    test, spam = int((roles == Role.TEST).sum()), int((roles == Role.SPAM).sum())
    counts = {RowClass.GENUINE: rows - test - spam, RowClass.TEST: test, RowClass.SPAM: spam}
    return {str(item): counts.get(item, 0) for item in RowClass}


def _new(rows: int) -> int:
    return round(rows * _NEW)


def _plan(rows: int, seed: int) -> _Plan:
    """Drawn for the whole file at once, at ten bytes a row: so the counts are exact and a repeated id may lie anywhere."""
    draw = np.random.default_rng([seed, rows])
    order = draw.permutation(rows)
    bad, twice, marked = (round(rows * share) for share in (_BAD, _TWICE, _MARKED))
    roles = np.zeros(rows, dtype=np.uint8)
    roles[order[:bad]] = np.resize(FAILING, bad)
    roles[order[bad : bad + marked]] = np.resize((Role.TEST, Role.SPAM), marked)
    roles[order[bad + marked : bad + marked + twice]] = Role.TWICE
    ordinary = order[bad + marked + twice :]
    named = np.arange(rows, dtype=np.int64)
    named[roles == Role.TWICE] = ordinary[:twice]
    is_changed = np.zeros(rows, dtype=bool)
    # Not the rows whose id stands twice: which of the two counts must be the same in both files.
    is_changed[ordinary[twice : twice + round(rows * _CHANGED)]] = True
    return _Plan(roles, named, is_changed)


def _write(out: TextIO, rows: Iterator[tuple[Role, list[str]]]) -> None:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(cells for _, cells in rows)


def _records(base: int, rows: int, seed: int, *, is_changed: bool) -> Iterator[tuple[Role, list[str]]]:
    plan = _plan(base, seed)
    for start in range(0, rows, _BLOCK):
        block = _block(start, min(_BLOCK, rows - start), base, seed, plan)
        for number, cells in enumerate(block, start):
            role = Role(plan.roles[number]) if number < base else Role.ORDINARY
            if is_changed and number < base and plan.is_changed[number]:
                _change(cells)
            if role in _PLANT:
                _PLANT[role](cells)
            yield role, cells


def _block(start: int, count: int, base: int, seed: int, plan: _Plan) -> list[list[str]]:
    """Rows without trouble: columns are drawn whole from short lists of what people and providers write."""
    draw = np.random.default_rng([seed, start])
    numbers = np.arange(start, start + _BLOCK)  # always a whole block, so that a longer file begins as a shorter one
    minutes = numbers * DAYS * 1440 // base + draw.integers(-720, 720, _BLOCK)
    columns = invented.columns(draw, _BLOCK)
    created = [FIRST_DAY + timedelta(minutes=int(minute)) for minute in minutes]
    columns["occurred_at"] = invented.times(draw, created)
    columns["modified_at"] = invented.later(draw, created)
    ids = [_FIRST_ID + 7 * (int(plan.named[number]) if number < base else int(number)) for number in numbers]
    columns["external_id"] = [str(number) for number in ids]
    return [list(cells) for cells in zip(*(columns[target][:count] for target in _PLACE), strict=True)]


def _change(cells: list[str]) -> None:
    """What comes back days later: quoted at another price, by somebody else, changed after it was last."""
    cells[_PLACE["modified_at"]] = "2026-11-03T17:05:00Z"
    cells[_PLACE["status"]] = "Accepted" if cells[_PLACE["status"]] != "Accepted" else "Declined"
    cells[_PLACE["amount"]] = "$2,480.75" if cells[_PLACE["amount"]] != "$2,480.75" else "$2,480.76"


def _set(target: str, value: str) -> Callable[[list[str]], None]:
    def plant(cells: list[str]) -> None:
        cells[_PLACE[target]] = value

    return plant


def _widen(cells: list[str]) -> None:
    """An address whose comma was not quoted."""
    cells[_PLACE["address"] : _PLACE["address"] + 1] = [cells[_PLACE["address"]], " Unit 4"]


def _shorten(cells: list[str]) -> None:
    """A line that broke off, as where an export was cut."""
    del cells[_PLACE["assigned_to"] :]


_PLANT = {
    Role.TEST: _set("first_name", "Test"),
    Role.SPAM: _set("status", "Spam"),
    Role.UNREADABLE_DATE: _set("occurred_at", "31/31/2026 9:00 AM"),
    Role.NO_DATE: _set("occurred_at", ""),
    Role.UNREADABLE_AMOUNT: _set("amount", "call for price"),
    Role.WIDE: _widen,
    Role.SHORT: _shorten,
}
