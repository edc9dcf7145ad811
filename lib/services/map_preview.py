"""Say what a draft would make of a sample: cell by cell beside the raw ones, and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.accounts import Account
from lib.domain.maps import RECEIVED_AT, FieldMap, Sensitivity
from lib.domain.objects import object_type
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.apply import Mapped
from lib.mapping.drafts import PREVIEW_ROWS, Sample
from lib.mapping.map_cells import BLANK, cell_texts, failing
from lib.mapping.shown import sensitivity_of, veiled
from validation.reasons import REASONS

__all__ = ["PREVIEW_ROWS", "SHOWN_ROWS", "FailingCells", "MapPreview", "Sample", "preview"]

SHOWN_ROWS = 50
_UNSEEN = "unseen_value"
_CAREFUL = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})


@dataclass(frozen=True)
class FailingCells:
    """One kind of lost cell in one field: how many rows, an example as it came, and the sentence and mend of its reason.

    `is_undecided` where nothing is wrong with the value and nobody has said yet what it means.
    """

    source: str
    target: str
    code: str
    rows: int
    example: str
    sentence: str
    mend: str
    is_undecided: bool = False


@dataclass(frozen=True, eq=False)
class MapPreview:
    """What a map makes of the first PREVIEW_ROWS rows of a sample.

    `cells` holds the first SHOWN_ROWS as text under a column ("Line", "") and, for each mapped field,
    (field, "raw") and (field, "mapped"); `is_failed` is a mask of the same shape for cells that could not be read,
    `is_undecided` for those whose value nobody has decided about. `veiled` are the same cells with only the shape of
    what is personal or confidential. Counts are of all `rows`.
    """

    rows: int
    cells: pd.DataFrame
    veiled: pd.DataFrame
    is_failed: npt.NDArray[np.bool_]
    is_undecided: npt.NDArray[np.bool_]
    failing: tuple[FailingCells, ...] = ()
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    classes: dict[RowClass, int] = field(default_factory=dict)

    @property
    def failed_cells(self) -> int:
        """How many cells could not be read, in all rows looked at."""
        return sum(group.rows for group in self.failing if not group.is_undecided)

    @property
    def undecided_cells(self) -> int:
        """How many cells hold a value that nobody has decided about."""
        return sum(group.rows for group in self.failing if group.is_undecided)


def preview(
    account: Account,
    field_map: FieldMap,
    sample: Sample,
    mapped: Mapped,
    verdicts: npt.NDArray[np.object_],
    classes: npt.NDArray[np.object_],
) -> MapPreview:
    """The preview of a sample's first rows read through the map, with the verdict and class that each row would have."""
    kind = object_type(field_map.object)
    hidden = {rule.target for rule in field_map.fields if sensitivity_of(field_map, kind, rule.target) in _CAREFUL}
    cells, codes = _cells(account, field_map, sample, mapped)
    is_lost, is_undecided = codes != "", codes == _UNSEEN
    return MapPreview(
        rows=len(mapped.frame),
        cells=cells,
        veiled=_veiled(cells, is_lost, [rule.target in hidden for rule in field_map.fields]),
        is_failed=is_lost & ~is_undecided,
        is_undecided=is_undecided,
        failing=_failing(mapped, hidden),
        verdicts={verdict: count for verdict, count in Counter(map(Verdict, verdicts.tolist())).items() if count},
        classes=dict(Counter(map(RowClass, classes.tolist()))),
    )


def _cells(
    account: Account, field_map: FieldMap, sample: Sample, mapped: Mapped
) -> tuple[pd.DataFrame, npt.NDArray[np.object_]]:
    """The shown cells, and for each the code of why it was lost, '' where it was not."""
    kind, zone = object_type(field_map.object), account.timezone or account.client_timezone
    raw, frame = sample.frame.head(SHOWN_ROWS), mapped.frame.head(SHOWN_ROWS)
    lost, nothing = _codes(mapped), [BLANK] * len(raw)
    came = {str(name): _as_it_came(raw.iloc[:, place].tolist()) for place, name in reversed([*enumerate(raw.columns)])}
    shown: dict[tuple[str, str], list[object]] = {("Line", ""): sample.lines[: len(raw)].tolist()}
    codes = np.full((len(raw), 1 + 2 * len(field_map.fields)), "", dtype=object)
    for place, (head, rule) in enumerate(zip(_heads(field_map), field_map.fields, strict=True)):
        texts = cell_texts(frame[rule.target], kind.column(rule.target).kind, zone)
        for row, code in lost.get(rule.target, {}).items():
            codes[row, 2 + 2 * place] = code
            texts[row] = failing(code)
        shown[head, "raw"] = list(came.get(rule.source, nothing))
        shown[head, "mapped"] = list(texts)
    return _table(shown), codes


def _heads(field_map: FieldMap) -> list[str]:
    """What each field is called above its two columns: its source, with the target where that is read twice."""
    times = Counter(rule.source for rule in field_map.fields)
    return [
        "Received"
        if rule.source == RECEIVED_AT
        else rule.source
        if rule.source and times[rule.source] == 1
        else f"{rule.source} → {rule.target}".strip()
        for rule in field_map.fields
    ]


def _as_it_came(values: list[object]) -> list[str]:
    texts = ["" if value is None or value is pd.NA else str(value) for value in values]
    return [text if text.strip() else BLANK for text in texts]


def _codes(mapped: Mapped) -> dict[str, dict[int, str]]:
    """For each target the shown rows whose cell was lost, with the code: not read, or blanked as nobody decided it."""
    lost = [mapped.failures, mapped.notes[mapped.notes["code"] == _UNSEEN]]
    codes: dict[str, dict[int, str]] = {}
    for table in lost:
        head = table[table["row"] < SHOWN_ROWS]
        for row, target, code in zip(head["row"], head["target"], head["code"], strict=True):
            codes.setdefault(target, {}).setdefault(int(row), code)
    return codes


def _veiled(cells: pd.DataFrame, is_lost: npt.NDArray[np.bool_], is_hidden: Sequence[bool]) -> pd.DataFrame:
    """The cells with the texts of hidden fields as their shapes; what a lost cell says of itself stays."""
    columns: dict[tuple[str, str], list[object]] = {}
    names: list[Any] = list(cells.columns)
    for place, name in enumerate(names):
        texts = cells.iloc[:, place].tolist()
        if place and is_hidden[(place - 1) // 2]:
            texts = [text if bad else veiled(str(text)) for text, bad in zip(texts, is_lost[:, place], strict=True)]
        columns[name] = texts
    return _table(columns)


def _table(columns: Mapping[tuple[str, str], list[object]]) -> pd.DataFrame:
    # One block of objects: a hundred columns made one by one took longer than reading the rows.
    values = np.empty((len(next(iter(columns.values()))), len(columns)), dtype=object)
    for place, column in enumerate(columns.values()):
        values[:, place] = column
    return pd.DataFrame(values, columns=pd.MultiIndex.from_tuples(columns))


def _failing(mapped: Mapped, hidden: Collection[str]) -> tuple[FailingCells, ...]:
    lost = pd.concat([mapped.failures, mapped.notes[mapped.notes["code"] == _UNSEEN]], ignore_index=True)
    if lost.empty:
        return ()
    groups = lost.groupby(["source", "target", "code"], sort=False)["value"].agg(["size", "first"]).reset_index()
    found = []
    for group in groups.to_dict("records"):
        sentence, mend = _reason(str(group["code"]))
        seen = veiled(group["first"]) if group["target"] in hidden else group["first"]
        code = str(group["code"])
        found.append(
            FailingCells(group["source"], group["target"], code, group["size"], seen, sentence, mend, code == _UNSEEN)
        )
    return tuple(sorted(found, key=lambda group: -group.rows))


def _reason(code: str) -> tuple[str, str]:
    if code == _UNSEEN:
        return (
            "Nobody has decided what the value means, so the map leaves it blank or puts its stand-in.",
            "Decide in step 3.",
        )
    reason = REASONS.get(code)
    return (reason.sentence, reason.mend) if reason else (code.replace("_", " "), "")
