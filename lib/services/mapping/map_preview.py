"""Say what a draft would make of a sample: cell by cell beside the raw ones, and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.accounts import Account
from lib.domain.maps import RECEIVED_AT, FieldMap, FieldRule, Sensitivity
from lib.domain.objects import object_type
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.apply import Mapped
from lib.mapping.drafts import PREVIEW_ROWS, Sample
from lib.mapping.map_cells import BLANK, cell_texts, failing
from lib.mapping.map_effects import MapEffect
from lib.mapping.shown import sensitivity_of, veiled
from validation.reasons import REASONS

__all__ = [
    "PREVIEW_ROWS",
    "SHOWN_ROWS",
    "FailingCells",
    "MapEffect",
    "MapPreview",
    "Sample",
    "preview",
    "with_verdicts",
]

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

    `texts` holds the first SHOWN_ROWS as text, `heads` says what its columns are: ("Line", "") and, for each mapped
    field, (field, "raw") and (field, "mapped"). `is_failed` is a mask of the same shape for cells that could not be
    read, `is_undecided` for those whose value nobody has decided about, `is_hidden` tells the columns that hold what is
    personal or confidential. Counts are of all `rows`.
    """

    rows: int
    heads: tuple[tuple[str, str], ...]
    texts: npt.NDArray[np.object_]
    is_failed: npt.NDArray[np.bool_]
    is_undecided: npt.NDArray[np.bool_]
    is_hidden: npt.NDArray[np.bool_]
    failing: tuple[FailingCells, ...] = ()
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    classes: dict[RowClass, int] = field(default_factory=dict)
    effect: MapEffect = field(default_factory=MapEffect)

    @property
    def cells(self) -> pd.DataFrame:
        """The cells as they are."""
        return self._frame(self.texts)

    @cached_property
    def veiled(self) -> pd.DataFrame:
        """The cells with the texts of hidden fields as their shapes; what a lost cell says of itself stays."""
        texts, lost = self.texts.copy(), self.is_failed | self.is_undecided
        for place in np.flatnonzero(self.is_hidden):
            column = zip(texts[:, place].tolist(), lost[:, place], strict=True)
            texts[:, place] = [text if bad else veiled(text) for text, bad in column]
        return self._frame(texts)

    def _frame(self, texts: npt.NDArray[np.object_]) -> pd.DataFrame:
        # One block of objects: a hundred columns made one by one took longer than reading the rows.
        return pd.DataFrame(texts, columns=pd.MultiIndex.from_tuples(self.heads))

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
) -> MapPreview:
    """The preview of a sample's first rows read through the map, before any of them is judged."""
    kind, field_map = object_type(field_map.object), _in_file_order(field_map, sample)
    hidden = {rule.target for rule in field_map.fields if sensitivity_of(field_map, kind, rule.target) in _CAREFUL}
    heads, texts, codes = _cells(account, field_map, sample, mapped)
    is_lost, is_undecided = codes != "", codes == _UNSEEN
    return MapPreview(
        rows=len(mapped.frame),
        heads=heads,
        texts=texts,
        is_failed=is_lost & ~is_undecided,
        is_undecided=is_undecided,
        is_hidden=np.array([False, *(rule.target in hidden for rule in field_map.fields for _ in range(2))]),
        failing=_failing(mapped, hidden),
    )


def with_verdicts(found: MapPreview, verdicts: npt.NDArray[np.object_], classes: npt.NDArray[np.object_]) -> MapPreview:
    """The preview with how many rows would have each verdict and class."""
    return replace(
        found,
        verdicts=dict(Counter(map(Verdict, verdicts.tolist()))),
        classes=dict(Counter(map(RowClass, classes.tolist()))),
    )


def _cells(
    account: Account, field_map: FieldMap, sample: Sample, mapped: Mapped
) -> tuple[tuple[tuple[str, str], ...], npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """What the shown columns are, their cells, and for each cell the code of why it was lost, '' where it was not."""
    zone, count = account.timezone or account.client_timezone, min(SHOWN_ROWS, len(mapped.frame))
    lost = _codes(mapped)
    shape = (count, 1 + 2 * len(field_map.fields))
    texts, codes = np.full(shape, BLANK, dtype=object), np.full(shape, "", dtype=object)
    texts[:, 0] = [str(line) for line in sample.lines[:count].tolist()]
    heads: list[tuple[str, str]] = [("Line", "")]
    for place, (head, rule) in enumerate(zip(_heads(field_map), field_map.fields, strict=True)):
        raw, read = 1 + 2 * place, 2 + 2 * place
        heads += [(head, "raw"), (head, "mapped")]
        if rule.source in sample.frame:
            texts[:, raw] = _shown(sample, ("", rule.source), partial(_came, sample, rule, count))
        key = (rule.source, rule.target, repr(rule.transforms), zone)
        texts[:, read] = _shown(sample, key, partial(_read, mapped, field_map, rule, zone, count))
        for row, code in lost.get(rule.target, {}).items():
            codes[row, read] = code
            texts[row, read] = failing(code)
    return tuple(heads), texts, codes


def _shown(sample: Sample, key: tuple[str, ...], find: Callable[[], list[str]]) -> list[str]:
    """The texts of a column, which an edit of another field does not change."""
    if key not in sample.shown:
        sample.shown[key] = find()
    return sample.shown[key]


def _came(sample: Sample, rule: FieldRule, count: int) -> list[str]:
    texts = sample.frame[rule.source].head(count).fillna("").tolist()
    return [str(text) if text.strip() else BLANK for text in texts]


def _read(mapped: Mapped, field_map: FieldMap, rule: FieldRule, zone: str, count: int) -> list[str]:
    kind = object_type(field_map.object).column(rule.target).kind
    return [str(text) for text in cell_texts(mapped.frame[rule.target].head(count), kind, zone)]


def _in_file_order(field_map: FieldMap, sample: Sample) -> FieldMap:
    """The map with its fields as the file has them; what the file lacks comes last."""
    order = {header: place for place, header in enumerate(sample.headers)}
    return replace(field_map, fields=tuple(sorted(field_map.fields, key=lambda r: order.get(r.source, len(order)))))


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


def _codes(mapped: Mapped) -> dict[str, dict[int, str]]:
    """For each target the shown rows whose cell was lost, with the code: not read, or blanked as nobody decided it."""
    lost = [mapped.failures, mapped.notes[mapped.notes["code"] == _UNSEEN]]
    codes: dict[str, dict[int, str]] = {}
    for table in lost:
        head = table[table["row"] < SHOWN_ROWS]
        for row, target, code in zip(head["row"], head["target"], head["code"], strict=True):
            codes.setdefault(target, {}).setdefault(int(row), code)
    return codes


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
