"""What each step of a chain makes of a few values: as it came, after each step, and as it stands in the column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.maps import FieldMap, FieldRule
from lib.domain.objects import Column, Kind, ObjectType
from lib.mapping.apply import apply_map
from lib.mapping.map_cells import BLANK, cell_texts, failing
from lib.mapping.transforms import (
    TRANSFORMS,
    chain_problem,
    further_sources,
    source_values,
    step_problems,
    whole_chain,
)
from lib.mapping.transforms.shape import MapContext, Outcome, Scene, text_of

# Rows in which values are looked for, distinct values that are tried, those that are shown, and how many more where a
# later one fails.
LOOKED_AT, TRIED, SHOWN, FAILING = 1_000, 200, 6, 2


@dataclass(frozen=True)
class StepCell:
    """A value after one step: its text, and the code of what was lost here ('' where nothing was)."""

    text: str
    code: str = ""


@dataclass(frozen=True)
class StepLine:
    """One distinct value of the sample: as it came, the rows that hold it, and a cell for each step."""

    came: str
    rows: int
    cells: tuple[StepCell, ...]

    @property
    def is_failing(self) -> bool:
        """Whether the value does not reach the column."""
        return any(cell.code for cell in self.cells)


@dataclass(frozen=True)
class StepPreview:
    """The steps by name, the last of them the column itself, and the values that went through them.

    `halted` says why the chain is shown only as far as it can run, '' where it runs to its end.
    """

    steps: tuple[str, ...]
    lines: tuple[StepLine, ...]
    halted: str = ""


def step_preview(rule: FieldRule, kind: ObjectType, raw: pd.DataFrame, context: MapContext) -> StepPreview:
    """The first distinct values of the sample after each step of the rule, and a few more that fail.

    The column's own cell is what `apply_map` gives, so a preview never says other than an import. A step that cannot
    run ends the preview before it.
    """
    column = kind.column(rule.target)
    distinct, rows = _distinct(rule, raw.head(LOOKED_AT))
    chain = whole_chain(rule.transforms, column.kind)
    bad = next((place for place, step in enumerate(chain) if step_problems(step)), None)
    halted = step_problems(chain[bad])[0] if bad is not None else chain_problem(rule.transforms, column.kind) or ""
    names, columns = _after_steps(rule, column, distinct, context, bad)
    if not halted:
        # The last reading step is the column itself.
        last = TRANSFORMS[chain[-1].name].gives if chain else "text"
        names, columns = (names[:-1], columns[:-1]) if last != "text" else (names, columns)
        names, columns = [*names, rule.target], [*columns, _in_column(rule, kind, distinct, context)]
    return StepPreview(tuple(names), _lines(rule, distinct, rows, columns), halted)


def _distinct(rule: FieldRule, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """The first row of each distinct value (of all the sources that the chain reads), and how many rows hold it."""
    sources = list(dict.fromkeys([rule.source, *further_sources(rule.transforms)]))
    table = pd.DataFrame({source: source_values(raw, source) for source in sources})
    groups = table.groupby(sources, dropna=False, sort=False).ngroup().to_numpy()
    _, first, counts = np.unique(groups, return_index=True, return_counts=True)
    order = np.argsort(first)[:TRIED]
    return table.iloc[first[order]].reset_index(drop=True), counts[order].tolist()


def _after_steps(
    rule: FieldRule, column: Column, distinct: pd.DataFrame, context: MapContext, bad: int | None
) -> tuple[list[str], list[list[StepCell]]]:
    values, scene = source_values(distinct, rule.source), Scene(distinct, context, column.kind)
    lost = np.full(len(distinct), "", dtype=object)
    names, columns = [], []
    for step in whole_chain(rule.transforms, column.kind)[:bad]:
        spec = TRANSFORMS[step.name]
        outcome = spec.run(values, step.options, scene)
        names.append(step.name)
        if spec.gives != "text":
            columns.append(_cells(outcome, _kind_of(spec.gives), context, lost))
            break
        values = text_of(outcome.column)
        columns.append(_cells(Outcome(values, outcome.failed, outcome.noted), Kind.TEXT, context, lost))
    return names, columns


def _kind_of(gives: str) -> Kind:
    """A kind whose cells are written as those of the type that a step reads; text for what a column decides."""
    return {"timestamp": Kind.TIMESTAMP, "money": Kind.MONEY, "duration": Kind.DURATION}.get(gives, Kind.TEXT)


def _cells(outcome: Outcome, kind: Kind, context: MapContext, lost: npt.NDArray[np.object_]) -> list[StepCell]:
    """The step's cells; `lost` keeps from step to step which values are gone, and is added to."""
    texts = cell_texts(outcome.column, kind, context.timezone)
    here = np.full(len(texts), "", dtype=object)
    for code, mask in (*outcome.failed.items(), *outcome.noted.items()):
        here[mask & (lost == "") & (here == "")] = code
    cells = [
        StepCell(BLANK) if gone else StepCell(failing(code), code) if code and text == BLANK else StepCell(text)
        for text, code, gone in zip(texts, here, lost, strict=True)
    ]
    for code, mask in outcome.failed.items():
        lost[mask & (lost == "")] = code
    return cells


def _in_column(rule: FieldRule, kind: ObjectType, distinct: pd.DataFrame, context: MapContext) -> list[StepCell]:
    mapped = apply_map(FieldMap(kind.name, (rule,)), distinct, context)
    texts = cell_texts(mapped.frame[rule.target], kind.column(rule.target).kind, context.timezone)
    lost = dict(zip(mapped.failures["row"].tolist(), mapped.failures["code"].tolist(), strict=True))
    return [
        StepCell(failing(lost[row]), lost[row]) if row in lost else StepCell(text) for row, text in enumerate(texts)
    ]


def _lines(
    rule: FieldRule, distinct: pd.DataFrame, rows: Sequence[int], columns: Sequence[Sequence[StepCell]]
) -> tuple[StepLine, ...]:
    came = [BLANK if pd.isna(text) else str(text) for text in source_values(distinct, rule.source)]
    every = [
        StepLine(text, count, tuple(cells[place] for cells in columns))
        for place, (text, count) in enumerate(zip(came, rows, strict=True))
    ]
    more = [line for line in every[SHOWN:] if line.is_failing][:FAILING]
    return (*every[:SHOWN], *more)
