"""Which numbers move when rows are read in another way, and why: `because 11 rows 'Quoted' no longer count as booked`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.metrics import Aggregation, MetricTemplate, accepts
from lib.domain.objects import ObjectType
from lib.reporting.effect import Effect, days_in

Mask = npt.NDArray[np.bool_]
# The columns of a side beside the object's own: what a row is known by, whether it comes in, and why it does not.
KEY, IS_IN, LEFT, CLASS = "key", "is_in", "left", "row_class"
RAW = "raw of "
FAILS, LOSES = "fails", "loses"
_MOST_CAUSES = 3


class Foretold:
    """Rows of several deliveries under two readings, in the order in which they were committed.

    A side is a table with one row a row of a file: KEY (int64), IS_IN (bool), LEFT (text), CLASS, the columns that the
    metrics look at as a mapped chunk has them, and for those by which they tell records apart the raw text as RAW + name.
    Of several rows of a key the last that comes in stands.
    """

    def __init__(self, kind: ObjectType, timezone: str, metrics: Mapping[str, MetricTemplate]) -> None:
        self._kind, self._timezone, self._metrics = kind, timezone, dict(metrics)
        self._parts: tuple[list[pa.Table], list[pa.Table]] = ([], [])
        self._sides: list[pa.Table] = []
        self._stands: list[Mask] = []

    def add(self, before: pa.Table, after: pa.Table) -> None:
        """The rows of the next delivery."""
        for parts, table in zip(self._parts, (before, after), strict=True):
            parts.append(table)

    def effect(self, keeping: tuple[frozenset[str], frozenset[str]]) -> Effect:
        """What the second reading adds to the numbers and takes from them; `keeping` are the columns that a blank cell
        leaves as they are, before and after.
        """
        effect = Effect(self._kind, self._timezone, self._metrics)
        for parts, kept, sign in zip(self._parts, keeping, (-1, 1), strict=True):
            if not parts:
                return effect
            table = pa.concat_tables(parts, promote_options="permissive")
            stands, table = _standing(table, kept)
            self._sides.append(table)
            self._stands.append(stands)
            effect.add(table.filter(pa.array(stands)), sign)
        return effect

    def causes(self, key: str) -> dict[str, str]:
        """For each month (`2026-10`) that moves in a metric, why; asked after `effect`."""
        if not self._sides:
            return {}
        template = self._metrics[key]
        frames = [
            _counted(template, table, stands, self._timezone)
            for table, stands in zip(self._sides, self._stands, strict=True)
        ]
        was, now = frames
        is_same = (was["month"] == now["month"]) & (was["amount"] == now["amount"])
        pairs = was[~is_same].add_suffix(" was").join(now[~is_same].add_suffix(" now"))
        told: dict[str, Counter[tuple[str, str]]] = {}
        names = list(pairs.columns)
        for values, rows in pairs.value_counts(dropna=False).items():
            line = dict(zip(names, values if isinstance(values, tuple) else (values,), strict=True))
            cause = _cause(template, line)
            for month in {line["month was"], line["month now"]} - {""}:
                told.setdefault(month, Counter())[cause] += int(rows)
        return {month: _in_words(causes) for month, causes in told.items()}


def _standing(table: pa.Table, keeping: frozenset[str]) -> tuple[Mask, pa.Table]:
    """Which rows stand in the end, and the table with blanks filled from earlier rows of the key where they are kept."""
    keys = np.asarray(table[KEY].fill_null(0), dtype=np.int64)
    sound = np.flatnonzero(np.asarray(table[IS_IN], dtype=bool))
    for name in keeping & set(table.column_names):
        column = table[name].take(pa.array(sound)).to_pandas(types_mapper=pd.ArrowDtype)
        filled = pa.array(column.groupby(keys[sound]).ffill())
        whole = pa.chunked_array([pc.replace_with_mask(table[name].combine_chunks(), _mask(sound, len(keys)), filled)])
        table = table.set_column(table.schema.get_field_index(name), name, whole)
    _, last = np.unique(keys[sound][::-1], return_index=True)
    return np.asarray(_mask(sound[len(sound) - 1 - last], len(keys)), dtype=bool), table


def _mask(places: npt.NDArray[np.intp], length: int) -> pa.Array:
    found = np.zeros(length, dtype=bool)
    found[places] = True
    return pa.array(found)


def _counted(template: MetricTemplate, table: pa.Table, stands: Mask, timezone: str) -> pd.DataFrame:
    """For each row the month in which it counts ('' in none) and how much, and what decides on that."""
    count = table.num_rows
    days = (
        days_in(table[template.date_basis], timezone)
        if template.date_basis in table.column_names
        else pa.nulls(count, pa.large_string())
    )
    classes = np.array(table[CLASS].to_pylist(), dtype=object)
    texts = {name: _texts(table, name) for name, _ in template.where}
    takes = np.ones(count, dtype=bool)
    for name, accepted in template.where:
        takes &= np.array([accepts(accepted, text) for text in texts[name]], dtype=bool)
    is_left_out = np.array([template.leaves_out(item) for item in classes], dtype=bool)
    is_counted = stands & takes & ~is_left_out & np.asarray(days.is_valid(), dtype=bool)
    months = np.array([(day or "")[:7] for day in days.to_pylist()], dtype=object)
    frame = pd.DataFrame(
        {
            "month": np.where(is_counted, months, ""),
            "amount": np.where(is_counted, _amounts(template, table), 0.0),
            "day": months,
            "stands": stands,
            LEFT: _texts(table, LEFT),
            CLASS: classes,
        }
    )
    for name, values in texts.items():
        frame[name] = values
        frame[RAW + name] = _texts(table, RAW + name)
    return frame


def _amounts(template: MetricTemplate, table: pa.Table) -> Any:
    if template.aggregation is not Aggregation.SUM:
        return np.ones(table.num_rows)
    amounts = np.ones(table.num_rows)
    for name in filter(None, (template.column, template.weight)):
        if name not in table.column_names:
            return np.zeros(table.num_rows)
        amounts = amounts * np.asarray(table[name].cast(pa.float64()).fill_null(0.0))
    return amounts


def _texts(table: pa.Table, name: str) -> npt.NDArray[np.object_]:
    if name not in table.column_names:
        return np.full(table.num_rows, "", dtype=object)
    return np.array(table[name].cast(pa.large_string()).fill_null("").to_pylist(), dtype=object)


def _cause(template: MetricTemplate, line: Mapping[str, Any]) -> tuple[str, str]:
    """Why rows that agree in all this count otherwise: said of one, and said of several."""
    if line["stands was"] != line["stands now"]:
        return _coming(line, is_gone=bool(line["stands was"]))
    if line[f"{CLASS} was"] != line[f"{CLASS} now"] and template.leaves_out(
        line[f"{CLASS} was"]
    ) != template.leaves_out(line[f"{CLASS} now"]):
        row_class = str(line[f"{CLASS} now"]).replace("_", " ")
        return f"is {row_class}", f"are {row_class}"
    for name, accepted in template.where:
        was, now = line[f"{name} was"], line[f"{name} now"]
        raw = line[f"{RAW}{name} now"] or line[f"{RAW}{name} was"]
        said = f"'{raw}' " if raw else ""
        if accepts(accepted, was) and not accepts(accepted, now):
            return f"{said}no longer counts as {was}", f"{said}no longer count as {was}"
        if accepts(accepted, now) and not accepts(accepted, was):
            return f"{said}now counts as {now}", f"{said}now count as {now}"
    if line["day was"] != line["day now"]:
        return "falls into another month", "fall into another month"
    return "brings another amount", "bring another amount"


def _coming(line: Mapping[str, Any], *, is_gone: bool) -> tuple[str, str]:
    left = line[f"{LEFT} {'now' if is_gone else 'was'}"]
    if left == FAILS:
        return ("fails now", "fail now") if is_gone else ("fails no longer", "fail no longer")
    if left == LOSES:
        ending = "given twice, and another counts" if is_gone else "no longer taken for one given twice"
        return f"is {ending}", f"are {ending}"
    return ("is known by another key", "are known by another key")


def _in_words(causes: Counter[tuple[str, str]]) -> str:
    told = [
        f"{count:,} {'row' if count == 1 else 'rows'} {one if count == 1 else many}"
        for (one, many), count in causes.most_common(_MOST_CAUSES)
    ]
    more = sum(causes.values()) - sum(count for _, count in causes.most_common(_MOST_CAUSES))
    return " and ".join([*told, *([f"{more:,} more otherwise"] if more else [])])
