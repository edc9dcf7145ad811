"""What the measurements come to: ratios by round, their medians and spread, beside the floors and aims set for them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Round = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One row of the table: how its ratio follows from a round, what it must reach at least, and what is aimed at."""

    key: str
    what: str
    least: float
    aim: float
    of: Callable[[Round], float]

    @property
    def is_more_better(self) -> bool:
        """Whether a larger number is the better one."""
        return self.aim > self.least

    def standing(self, value: float) -> str:
        """What a value reaches: the aim, the floor, or neither."""
        sign = 1 if self.is_more_better else -1
        return "aim" if sign * value >= sign * self.aim else "floor" if sign * value >= sign * self.least else "BELOW"


def _rate(told: Mapping[str, Any], rows: int) -> float:
    return rows / float(told["seconds"])


def _against(name: str) -> Callable[[Round], float]:
    """The desk's rows a second divided by a contender's, who had the same file unless it says how many rows it took."""

    def ratio(measured: Round) -> float:
        ours, theirs = measured["governed"]["import"], measured[name]
        return _rate(ours, ours["rows"]) / _rate(theirs, theirs.get("rows", ours["rows"]))

    return ratio


def _step(name: str) -> Callable[[Round], float]:
    """A step's seconds divided by the first import's."""
    return lambda measured: float(measured["governed"][name]["seconds"] / measured["governed"]["import"]["seconds"])


def _without_infile(measured: Round) -> float:
    return float(measured["governed"]["import"]["seconds"] / measured["no_local_infile"]["import"]["seconds"])


PAGE = Row(
    "review_page_ms",
    "review page, slowest filter and depth, ms",
    300,
    100,
    lambda m: float(m["governed"]["pages"]["worst_ms"]),
)
ROWS = (
    Row("limit", "governed import ÷ LOAD DATA of the same rows", 0.45, 0.8, _against("limit")),
    Row("core", "÷ SQLAlchemy Core executemany, one bare table", 0.9, 1.6, _against("core")),
    Row("dlt", "÷ dlt merge", 3, 6, _against("dlt")),
    Row("django", "÷ django-import-export", 25, 50, _against("django")),
    Row("changed", "re-import of a changed file ÷ first import, time", 1.1, 0.6, _step("changed")),
    Row("undo", "undo ÷ import, time", 1, 0.5, _step("undo")),
    Row("no_local_infile", "server without local_infile ÷ with", 0.4, 0.6, _without_infile),
    PAGE,
)  # fmt: skip
LIMIT_LARGE = Row("limit_large", "governed import ÷ LOAD DATA, the large file", 0.45, 0.8, _against("limit"))
MEMORY = Row("memory", "peak memory, the large file ÷ the other", 1.15, 1.05, lambda _: float("nan"))


@dataclass(frozen=True)
class Measured:
    """One row's values, one for each round it could be measured in, or why there are none."""

    row: Row
    values: tuple[float, ...]
    why_not: str = ""

    @property
    def median(self) -> float | None:
        """The middle one, or None."""
        return statistics.median(self.values) if self.values else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The smallest and the largest."""
        return (min(self.values), max(self.values)) if self.values else None


def measure(row: Row, rounds: Sequence[Round]) -> Measured:
    """The row's ratio in each round; a contender that failed leaves none, and says why."""
    failed = [
        told["failed"] for found in rounds for name, told in found.items() if name == row.key and "failed" in told
    ]
    return Measured(row, () if failed else tuple(row.of(found) for found in rounds), failed[0] if failed else "")


def table(measured: Iterable[Measured]) -> str:
    """The ratios as lines of text."""
    lines = [f"{'what':52} {'measured':>9} {'spread':>15} {'at least':>9} {'aim':>6}"]
    for item in measured:
        row = item.row
        if item.median is None or item.spread is None:
            lines.append(f"{row.what:52} {item.why_not}")
            continue
        low, high = item.spread
        spread = f"{low:.3g} - {high:.3g}"
        lines.append(
            f"{row.what:52} {item.median:9.3g} {spread:>15} {row.least:9g} {row.aim:6g}  {row.standing(item.median)}"
        )
    return "\n".join(lines)


def medians(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """The median, least and most of every number that the rounds measured, by `contender.step.number`."""
    series: dict[str, list[float]] = {}
    for found in rounds:
        for name, told in found.items():
            for key, value in _numbers(name, told):
                series.setdefault(key, []).append(value)
    return {
        key: {"median": statistics.median(values), "least": min(values), "most": max(values)}
        for key, values in series.items()
    }


def seconds_table(numbers: Mapping[str, Mapping[str, float]]) -> str:
    """What lies under the ratios, as lines of text: the median seconds of each measured step, and its spread."""
    lines = [f"{'seconds':40} {'median':>9} {'least':>9} {'most':>9}"]
    for name, found in numbers.items():
        if name.endswith("seconds"):
            lines.append(f"{name:40} {found['median']:9.2f} {found['least']:9.2f} {found['most']:9.2f}")
    return "\n".join(lines)


def versions(rounds: Sequence[Round]) -> dict[str, str]:
    """The version of everything that took part."""
    told = [told.get("versions", {}) for found in rounds for told in found.values()]
    return {name: version for versions_ in told for name, version in versions_.items()}


def _numbers(prefix: str, told: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    for name, value in told.items():
        if isinstance(value, int | float):
            yield f"{prefix}.{name}", float(value)
        elif isinstance(value, Mapping) and name not in ("verdicts", "classes", "versions"):
            yield from _numbers(f"{prefix}.{name}", value)
