"""How the same rows come out of two readings: refused or let in, another class, another key, other values, with samples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.objects import ObjectType
from lib.domain.rows.impact import ImpactSample, RowChange
from lib.domain.verdicts import Verdict
from lib.mapping.checked import CheckedBatch, Judged, Texts
from lib.mapping.frames import frame_of
from lib.mapping.keys import CONTENT_HASH, FileKeys
from lib.mapping.map_cells import cell_texts
from lib.mapping.shown import cut, veiled

Mask = npt.NDArray[np.bool_]
Reading = tuple[CheckedBatch, Judged]
_SAMPLES, _MOST_PAIRS = 5, 2_000
# What is kept of a row beside its values.
_NO_VALUE = frozenset({"external_id", CONTENT_HASH})
_ORDER = ("refused", "let_in", "class", "key", "value", "duplicate")


class Differences:
    """Gathers what differs, batch by batch; `hidden` are the columns of which only the shape may be shown."""

    def __init__(self, kind: ObjectType, timezone: str, hidden: Collection[str]) -> None:
        self._kind, self._timezone, self._hidden = kind, timezone, frozenset(hidden)
        self._rows: Counter[tuple[str, str]] = Counter()
        self._pairs: dict[tuple[str, str], dict[tuple[str, str], list[int]]] = defaultdict(dict)
        self._verdicts: Counter[tuple[str, str]] = Counter()
        self.rows = self.changed = 0

    def delivery(self, delivery_id: int) -> FileDifferences:
        """What gathers the rows of one delivery."""
        return FileDifferences(self, delivery_id)

    @property
    def verdicts(self) -> dict[str, int]:
        """Rows by verdict before and after, where these differ: `{"created → failed": 3}`."""
        return {f"{was} → {now}": rows for (was, now), rows in self._verdicts.most_common()}

    def changes(self) -> tuple[RowChange, ...]:
        """Each kind of change with its rows and the commonest of them, the gravest kind first."""
        found = [
            RowChange(
                code,
                subject,
                rows,
                tuple(
                    ImpactSample(was, now, count, delivery, line)
                    for (was, now), (count, delivery, line) in sorted(
                        self._pairs[code, subject].items(), key=lambda item: -item[1][0]
                    )[:_SAMPLES]
                ),
            )
            for (code, subject), rows in self._rows.items()
        ]
        return tuple(sorted(found, key=lambda item: (_ORDER.index(item.code), -item.rows)))

    def note(
        self, code: str, subject: str, pairs: Iterable[tuple[str, str]], lines: Iterable[int], delivery: int
    ) -> None:
        """Rows that change in one way: what each was and is now, and its line."""
        known = self._pairs[code, subject]
        for pair, line in zip(pairs, lines, strict=True):
            self._rows[code, subject] += 1
            if pair in known:
                known[pair][0] += 1
            elif len(known) < _MOST_PAIRS:
                known[pair] = [1, delivery, int(line)]

    def note_verdicts(self, before: Texts, after: Texts) -> None:
        """Every row of a delivery with the verdict it had and has."""
        self._verdicts.update((was, now) for was, now in zip(before, after, strict=True) if was != now)

    def texts(self, column: str, cells: pa.ChunkedArray) -> list[str]:
        """Cells of a mapped column as a person may see them."""
        frame = frame_of(pa.table({column: cells}))
        told = [cut(text) for text in cell_texts(frame[column], self._kind.column(column).kind, self._timezone)]
        return [veiled(text) for text in told] if column in self._hidden else told


class FileDifferences:
    """The rows of one delivery: only its end shows which lose to another row of the same key."""

    def __init__(self, whole: Differences, delivery_id: int) -> None:
        self._whole, self._delivery = whole, delivery_id
        self._keys = FileKeys(), FileKeys()
        self._verdicts: tuple[list[Texts], list[Texts]] = ([], [])
        self._lines: list[npt.NDArray[np.int64]] = []
        self._changed: list[Mask] = []

    def add(self, before: Reading, after: Reading) -> None:
        """The next rows under both readings."""
        (was, judged_was), (now, judged_now) = before, after
        lines, lost, lost_now = was.rows.lines, was.rows.is_failed, now.rows.is_failed
        for place, (batch, judged) in enumerate((before, after)):
            self._keys[place].add(batch.rows.external_ids, batch.rows.modified, batch.rows.is_failed)
            self._verdicts[place].append(judged.verdicts)
        self._lines.append(lines)
        both = ~lost & ~lost_now
        changed = self._fails(was, now, ~lost & lost_now, "refused") | self._fails(now, was, lost & ~lost_now, "let_in")
        reclassed = both & (judged_was.classes != judged_now.classes)
        self._pairs("class", "", reclassed, judged_was.classes, judged_now.classes, lines)
        rekeyed = both & (was.rows.external_ids != now.rows.external_ids)
        self._keyed(was, now, rekeyed, lines)
        changed |= reclassed | rekeyed
        if was.mapped is not None and now.mapped is not None:
            for name in dict.fromkeys([*was.mapped.column_names, *now.mapped.column_names]):
                if name not in _NO_VALUE:
                    changed |= self._values(name, was.mapped, now.mapped, both, lines)
        self._changed.append(changed)

    def losers(self, side: int) -> npt.NDArray[np.int64]:
        """The ordinals that lose to another row of the file before (0) or after (1); asked at the end."""
        return self._keys[side].losers()

    def close(self) -> None:
        """All rows have gone by."""
        if not self._lines:
            return
        verdicts = [np.concatenate(parts).copy() for parts in self._verdicts]
        for side, found in enumerate(verdicts):
            found[self.losers(side)] = Verdict.DUPLICATE.value
        lines, changed = np.concatenate(self._lines), np.concatenate(self._changed)
        is_other = (verdicts[0] == Verdict.DUPLICATE) != (verdicts[1] == Verdict.DUPLICATE)
        self._pairs("duplicate", "", is_other, verdicts[0], verdicts[1], lines)
        self._whole.note_verdicts(*verdicts)
        self._whole.rows += len(lines)
        self._whole.changed += int((changed | is_other).sum())

    def _fails(self, sound: CheckedBatch, failing: CheckedBatch, where: Mask, code: str) -> Mask:
        """Rows that fail on one side only, each under the reason that is not given on the other."""
        by_reason: dict[str, list[int]] = defaultdict(list)
        for place in np.flatnonzero(where).tolist():
            known = set(sound.rows.reasons[place].split())
            new = [word for word in failing.rows.reasons[place].split() if word not in known]
            by_reason[(new or failing.rows.reasons[place].split() or [""])[0]].append(place)
        for reason, places in by_reason.items():
            self._whole.note(code, reason, [("", "")] * len(places), sound.rows.lines[places].tolist(), self._delivery)
        return where

    def _pairs(self, code: str, subject: str, where: Mask, was: Texts, now: Texts, lines: Any) -> None:
        pairs = zip(was[where].tolist(), now[where].tolist(), strict=True)
        self._whole.note(code, subject, pairs, lines[where].tolist(), self._delivery)

    def _keyed(self, was: CheckedBatch, now: CheckedBatch, where: Mask, lines: Any) -> None:
        ids = [
            self._whole.texts(
                "external_id", pa.chunked_array([pa.array(side.rows.external_ids[where], pa.large_string())])
            )
            for side in (was, now)
        ]
        self._whole.note("key", "external_id", zip(*ids, strict=True), lines[where].tolist(), self._delivery)

    def _values(self, name: str, was: pa.Table, now: pa.Table, both: Mask, lines: Any) -> Mask:
        sides = [_cells(table, name, other) for table, other in ((was, now), (now, was))]
        if sides[0].equals(sides[1]):
            return np.zeros(len(both), dtype=bool)
        is_same = pc.if_else(
            pc.or_(sides[0].is_null(), sides[1].is_null()),
            pc.and_(sides[0].is_null(), sides[1].is_null()),
            pc.equal(sides[0], sides[1]),
        )
        where: Mask = both & ~np.asarray(is_same.fill_null(True), dtype=bool)
        mask = pa.array(where)
        texts = [self._whole.texts(name, side.filter(mask)) for side in sides]
        self._whole.note("value", name, zip(*texts, strict=True), lines[where].tolist(), self._delivery)
        return where


def _cells(table: pa.Table, name: str, other: pa.Table) -> pa.ChunkedArray:
    if name in table.column_names:
        found = table[name]
        # A column that is blank in every row of a batch may have no type of its own.
        return found.cast(other[name].type) if pa.types.is_null(found.type) and name in other.column_names else found
    return pa.chunked_array([pa.nulls(table.num_rows, other[name].type)])
