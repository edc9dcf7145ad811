"""One side of a comparison step by step, in plain values and in words, and both sides as a file of numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.reporting.amounts import CENT, as_number, is_money, plain, with_unit
from lib.reporting.compare import Side
from lib.reporting.series import PeriodValue
from lib.reporting.steps import Step, StepValue, level

# A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class SeriesStep:
    """One step of one side: `value` in the metric's unit, None where nothing is known, and `words` of it with the unit.

    `is_cut` says that its period ends (or begins) inside it; `known_days` of `full_days` are complete.
    """

    range: DateRange
    value: Decimal | None
    words: str
    known_days: int
    full_days: int
    is_whole: bool
    is_cut: bool
    left_out: int


@dataclass(frozen=True)
class Series:
    """One side step by step; `level` is what a whole step of it comes to, None where no step is whole."""

    range: DateRange
    steps: tuple[SeriesStep, ...]
    level: Decimal | None
    level_words: str
    missing_days: int
    left_out: int


def series_of(metric: Metric, side: Side, period: PeriodValue, steps: Sequence[StepValue], step: Step) -> Series:
    """A side with its steps, as it is drawn and listed; `period` is what the whole side comes to."""
    unit, middle = metric.template.unit, level(metric, side, steps)
    return Series(
        range=side.range,
        steps=tuple(_step(each, unit) for each in steps),
        level=middle,
        level_words="" if middle is None else level_in_words(middle, unit, step),
        missing_days=period.missing_days,
        left_out=period.excluded,
    )


def level_in_words(value: Decimal, unit: str, step: Step) -> str:
    """A level as a chart's label says it: `61 a week`, `$412.50 a day`, `$12.84 per lead`, `33.3 %`.

    What is counted is named beside the chart; what is a ratio already is not said to be a week's.
    """
    if is_money(unit):
        return with_unit(value, unit) if " per " in unit else f"{with_unit(value, unit)} a {step}"
    is_ratio = unit == "percent" or " per " in unit
    fine = CENT if " per " in unit else Decimal("0.1") if is_ratio or abs(value) < 20 else Decimal(1)
    rounded = value.quantize(fine, ROUND_HALF_UP)
    return with_unit(rounded, unit) if is_ratio else f"{plain(rounded)} a {step}"


def numbers_as_csv(source: str, name: str, unit: str, step: Step, baseline: Series, current: Series) -> bytes:
    """Both sides by position as RFC 4180 CSV in UTF-8, one row a step: the first of one beside the first of the other.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    sides = [
        f"{side}_{column}" for side in ("baseline", "current") for column in ("from", "to", "value", "complete_days")
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["source", "metric", "unit", "step", "days_of_a_whole_step", *sides])
    for place, (one, other) in enumerate(zip_longest(baseline.steps, current.steps), start=1):
        full = max(each.full_days for each in (one, other) if each is not None)
        said = [as_text(text) for text in (source, name, unit)]
        writer.writerow([*said, f"{step} {place}", full, *_cells(one, unit), *_cells(other, unit)])
    return out.getvalue().encode()


def as_text(cell: str) -> str:
    """A cell of text that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.lstrip(" \xa0").startswith(_FORMULA_BEGINS) else cell


def _cells(step: SeriesStep | None, unit: str) -> list[object]:
    if step is None:
        return ["", "", "", ""]
    value = as_number(step.value, unit)
    return [*step.range.as_dict().values(), "" if value is None else value, step.known_days]


def _step(step: StepValue, unit: str) -> SeriesStep:
    value = step.value.value
    return SeriesStep(
        range=step.value.range,
        value=value,
        words="" if value is None else with_unit(value, unit),
        known_days=step.known_days,
        full_days=step.full_days,
        is_whole=step.is_whole,
        is_cut=step.value.days < step.full_days,
        left_out=step.value.excluded,
    )
