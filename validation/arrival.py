"""Whether a delivery arrived whole: page one only, a page twice, days missing, totals that differ, an unusual size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.domain.findings import Finding
from lib.domain.objects import MICROS
from lib.domain.wording import counted
from validation.load_reasons import finding_of
from validation.repeats import repeated_page
from validation.silent_days import silent_days

# Where exports and pages of an API stop.
ROUND_COUNTS = frozenset(
    {50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 50_000, 65_535, 65_536, 100_000}
    | {1_000_000, 1_048_575, 1_048_576}
)
_FEWEST_PAST, _MOST_PAST = 5, 20
_FAR = 4  # robust standard deviations
_MAD_TO_DEVIATION = 1.4826  # for a normal distribution (Rousseeuw & Croux 1993)
_FEWEST_FILLED = 5  # so many filled cells are to be expected before an empty column says anything
_LEAST_MORE_FAILURES = 0.01


@dataclass(frozen=True)
class PastLoad:
    """A committed load of the same account and object: its rows, those that failed, and how many days it was for."""

    rows: int
    failed: int
    days: int | None = None


@dataclass(frozen=True)
class ArrivalFacts:
    """The light facts of a whole delivery; whatever is not known stays empty and is not judged.

    `row_hashes` are content hashes in the order of the rows (texts, bytes `S…` or integers). `days` are the local days
    on which rows fall, and `history_days` those on which committed loads of the account and object have rows, both
    datetime64[D], in any order, repeated or not. `first` and `last` are the range the delivery is for; days from `until`
    on (the day it arrived) are not over and not judged. `announced_rows` is what the file or the provider says of itself.
    Sums are in micros per column of money over the rows that arrived. `filled` counts filled cells per mapped column,
    `usually_filled` is the share that past loads have (0 to 1). `past` are committed loads, newest first.
    `is_stream` where rows come as they happen (webhooks, pulls of changes): how many a load has says nothing then, since
    it depends on how long ago somebody asked.
    """

    row_count: int
    failed_count: int = 0
    row_hashes: npt.NDArray[Any] | None = None
    days: npt.NDArray[np.datetime64] | None = None
    history_days: npt.NDArray[np.datetime64] | None = None
    first: date | None = None
    last: date | None = None
    until: date | None = None
    is_partial: bool = False
    is_stream: bool = False
    expected_rows: int | None = None
    announced_rows: int | None = None
    expected_sums: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, int] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    usually_filled: Mapping[str, float] = field(default_factory=dict)
    past: Sequence[PastLoad] = ()


def arrival_findings(facts: ArrivalFacts) -> list[Finding]:
    """Every doubt about the delivery as a whole, what blocks it first; no finding is no proof that it is whole."""
    findings = [
        *_expected_rows(facts),
        *_expected_sums(facts),
        *_announced_rows(facts),
        *_round_count(facts),
        *_repeated(facts),
        *_silent(facts),
        *_row_count(facts),
        *_failures(facts),
        *_emptied(facts),
    ]
    return sorted(findings, key=lambda finding: finding.severity != "block")


def _expected_rows(facts: ArrivalFacts) -> Iterator[Finding]:
    wanted = facts.expected_rows
    if wanted is not None and wanted != facts.row_count:
        sentence = f"{counted(wanted, 'row')} were expected and {facts.row_count:,} arrived."
        yield finding_of("rows_not_as_expected", sentence, expected=wanted, rows=facts.row_count)


def _expected_sums(facts: ArrivalFacts) -> Iterator[Finding]:
    for column, wanted in facts.expected_sums.items():
        total = facts.sums.get(column, 0)
        if total != wanted:
            name, gap = column.replace("_", " "), abs(wanted - total)
            side = "less" if total < wanted else "more"
            yield finding_of(
                "sum_not_as_expected",
                f"The {name} adds up to {_money(total)}, {_money(gap)} {side} than the {_money(wanted)} expected.",
                column=column,
                expected=wanted / MICROS,
                sum=total / MICROS,
            )


def _money(micros: int) -> str:
    places = 6 if micros % (MICROS // 100) else 2
    return f"{Decimal(micros) / MICROS:,.{places}f}"


def _announced_rows(facts: ArrivalFacts) -> Iterator[Finding]:
    said = facts.announced_rows
    if said is not None and said != facts.row_count:
        sentence = f"The file announces {counted(said, 'row')} and holds {facts.row_count:,}."
        yield finding_of("rows_not_as_announced", sentence, announced=said, rows=facts.row_count)


def _round_count(facts: ArrivalFacts) -> Iterator[Finding]:
    """Silent where somebody said how many there should be, or that this is a part."""
    is_told = facts.is_stream or facts.is_partial or facts.expected_rows is not None or facts.announced_rows is not None
    if facts.row_count in ROUND_COUNTS and not is_told:
        sentence = (
            f"There are exactly {facts.row_count:,} rows, where exports and pages stop: is this the first page only?"
        )
        yield finding_of("round_row_count", sentence, rows=facts.row_count)


def _repeated(facts: ArrivalFacts) -> Iterator[Finding]:
    page = repeated_page(facts.row_hashes) if facts.row_hashes is not None else None
    if page is not None:
        first, again = page.start - page.distance + 1, page.start + 1
        sentence = (
            f"{counted(page.length, 'row')} from row {again:,} on are the same, in the same order, as those from row "
            f"{first:,} on: a page was delivered twice."
        )
        if page.rows > page.length:
            sentence += f" {counted(page.rows, 'row')} are such repeats."
        yield finding_of("page_repeated", sentence, first=first, again=again, length=page.length, rows=page.rows)


def _silent(facts: ArrivalFacts) -> Iterator[Finding]:
    if facts.days is None or facts.history_days is None or facts.first is None or facts.last is None:
        return
    missing = silent_days(facts.days, facts.history_days, facts.first, facts.last, facts.until)
    if missing:
        named = ", ".join(day.isoformat() for day in missing[:3])
        more = f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
        days = (facts.last - facts.first).days + 1
        verb = "has" if len(missing) == 1 else "have"
        where = f"{verb} no row, where there nearly always were some: {named}{more}."
        sentence = f"{counted(len(missing), 'day')} of {days:,} {where}"
        yield finding_of("days_without_rows", sentence, days=len(missing), first=missing[0], last=missing[-1])


def _row_count(facts: ArrivalFacts) -> Iterator[Finding]:
    """Rows for each day of the range where all ranges are known, else rows; by median and MAD of past loads."""
    past = facts.past[:_MOST_PAST]
    if facts.is_stream or len(past) < _FEWEST_PAST:
        return
    days = _days_of(facts)
    is_by_day = days is not None and all(load.days for load in past)
    usual = [load.rows / load.days * days if is_by_day and load.days and days else load.rows for load in past]
    middle, spread = _middle(usual)
    # Counts scatter by their own square root (Poisson), and a twentieth is never news.
    spread = max(spread, middle**0.5, middle / 20, 1.0)
    if abs(facts.row_count - middle) > _FAR * spread:
        for_days = f" for {counted(days, 'day')}" if is_by_day and days else ""
        sentence = (
            f"{counted(facts.row_count, 'row')} arrived{for_days}; by the last {len(past)} loads "
            f"about {middle:,.0f} were to be expected."
        )
        yield finding_of("rows_unusual", sentence, rows=facts.row_count, usual=round(middle, 1), loads=len(past))


def _days_of(facts: ArrivalFacts) -> int | None:
    return None if facts.first is None or facts.last is None else (facts.last - facts.first).days + 1


def _failures(facts: ArrivalFacts) -> Iterator[Finding]:
    past = [load for load in facts.past[:_MOST_PAST] if load.rows]
    if len(past) < _FEWEST_PAST or not facts.row_count:
        return
    middle, spread = _middle([load.failed / load.rows for load in past])
    # A share scatters by the number of rows it is taken of (binomial).
    spread = max(spread, (middle * (1 - middle) / facts.row_count) ** 0.5, 0.0025)
    share = facts.failed_count / facts.row_count
    if share - middle > max(_FAR * spread, _LEAST_MORE_FAILURES) and facts.failed_count > 1:
        sentence = (
            f"{facts.failed_count:,} of {counted(facts.row_count, 'row')} failed, {share:.1%}; "
            f"in the last {len(past)} loads it was {middle:.1%}."
        )
        yield finding_of(
            "failures_unusual", sentence, failed=facts.failed_count, rows=facts.row_count, usual=round(middle, 4)
        )


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """The median, and the median distance from it as a standard deviation: neither moves with a few odd loads."""
    middle = median(values)
    return middle, _MAD_TO_DEVIATION * median(abs(value - middle) for value in values)


def _emptied(facts: ArrivalFacts) -> Iterator[Finding]:
    for column, cells in facts.filled.items():
        usual = facts.usually_filled.get(column, 0.0)
        if cells == 0 and usual * facts.row_count >= _FEWEST_FILLED:
            sentence = f"No row has a {column.replace('_', ' ')}; in past loads {usual:.0%} of the rows had one."
            yield finding_of("column_emptied", sentence, column=column, usual=round(usual, 4), rows=facts.row_count)
