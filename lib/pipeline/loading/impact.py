"""A change tried on past deliveries by the very steps of an import: both sides are read, judged and set beside each other.

Nothing is written but what came of it. How rows come out is told against the map in use; how numbers move is told
against what was committed, so mended cells and what people decided about rows are in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.jobs import LET_GO, Progress
from lib.domain.metrics import Metric
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Actor
from lib.domain.rows.impact import MOST_ROWS, Change, DeliveryRead, Impact
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.mapping.apply import Memory
from lib.mapping.checked import CheckedBatch, Earlier, Judged
from lib.mapping.differences import Differences, FileDifferences
from lib.mapping.shown import veiled
from lib.mapping.transforms import source_values
from lib.pipeline.loading.files import kept_file
from lib.pipeline.loading.past_rows import Stood, committed, overlaid, overlay_of, without_losers
from lib.pipeline.loading.staging import checked
from lib.reporting.impact import CLASS, FAILS, IS_IN, KEY, LEFT, LOSES, RAW, Foretold
from lib.services.arriving import read
from lib.services.arriving.read import Batch, Reading, ReadOptions
from lib.services.loading import classify, stage, translate
from lib.services.reviewing import impact
from lib.services.reviewing.impact import Past, Side
from lib.services.running import jobs, queue_work

_BATCH_ROWS = 25_000
_STAGE = "trying the change"
Both = tuple[Side, Side]


def queue_impact(desk: Desk, actor: Actor, key: str, change: Change) -> int:
    """Leave it to the worker; the job's id. A change that is not sound is refused at once."""

    def work(tx: UnitOfWork) -> int:
        impact.sides(tx, key, change)
        return queue_work.enqueue_impact(tx, tx.accounts.by_key(key), change)

    return desk.do(actor, work)


def foretell(desk: Desk, actor: Actor, key: str, change: Change, progress: Progress = lambda *_: None) -> list[Impact]:
    """What a change would do to the newest deliveries of each object it is about."""
    both = desk.ask(actor, impact.sides, key, change)
    return [_foretold(desk, actor, sides, change.most, progress) for sides in both]


def work_out(
    desk: Desk,
    actor: Actor,
    key: str,
    change: Change,
    progress: Progress = lambda *_: None,
    claimed: jobs.Job | None = None,
) -> list[Impact]:
    """The same, written down for the pages; with the job, which is then done, in one transaction."""
    basis = desk.ask(actor, impact.basis_of, key, change)
    found = foretell(desk, actor, key, change, progress)

    def work(tx: UnitOfWork) -> None:
        impact.keep(tx, key, change, basis, found)
        if claimed is not None:
            jobs.finish(tx, claimed, None, sum(item.rows for item in found))

    desk.do(actor, work)
    return found


def tried(
    desk: Desk,
    tx: UnitOfWork,
    side: Side,
    past: Past,
    batch: Batch,
    frame: pd.DataFrame,
    earlier: Earlier,
    memory: Memory | None = None,
) -> tuple[CheckedBatch, Judged]:
    """A batch of a delivery as one side reads and judges it: what an import of it does, and nothing is written.

    `memory` is of these very rows: what both sides read alike is read once.
    """
    mapped = translate.translate(side.account, side.field_map, frame, past.delivery.received_at, memory)
    found = checked(desk, side.account, side.field_map, batch.first_row, batch.lines, frame, mapped)
    return found, classify.judge_rows(tx, side.account, side.version.object, found.rows, earlier)


def _foretold(desk: Desk, actor: Actor, sides: Both, most: int, progress: Progress) -> Impact:
    before, after = sides
    account, name = after.account, after.version.object
    pasts, older = desk.ask(actor, impact.past_deliveries, account, name, most)
    run = _Run.of(desk, actor, sides)
    missed, total = [], sum(past.load.row_count for past in pasts)
    progress(_STAGE, 0, total)
    for past in pasts:
        if run.done + past.load.row_count > MOST_ROWS:
            missed.append(f"{_named(past)} was left out: more than {MOST_ROWS:,} rows are not looked at at once.")
            continue
        try:
            run.delivery(past, lambda done: progress(_STAGE, done, total))
        except DeskError as trouble:
            if trouble.code in LET_GO:
                raise
            missed.append(f"{_named(past)} could not be looked at. {trouble.message}")
    if older:
        noun = "delivery is" if older == 1 else "deliveries are"
        missed.append(f"{older:,} older {noun} not among the last {most} and not looked at.")
    numbers = desk.ask(actor, impact.number_changes, before, after, run.counted, run.foretold)
    return Impact(
        name,
        tuple(run.looked_at),
        tuple(missed),
        run.differences.rows,
        run.differences.changed,
        run.differences.verdicts,
        run.differences.changes(),
        numbers,
        tuple(run.stops),
    )


def _named(past: Past) -> str:
    return f"Delivery {past.delivery.id} ({past.delivery.file_name})"


@dataclass
class _Run:
    """One object's deliveries gone through; `done` rows so far."""

    desk: Desk
    actor: Actor
    sides: Both
    kind: ObjectType
    counted: dict[str, Metric]
    differences: Differences
    foretold: Foretold
    hidden: frozenset[str]
    looked_at: list[DeliveryRead]
    stops: list[str]
    done: int = 0

    @classmethod
    def of(cls, desk: Desk, actor: Actor, sides: Both) -> _Run:
        account, name = sides[1].account, sides[1].version.object
        kind, zone = object_type(name), account.timezone or account.client_timezone
        counted = desk.ask(actor, impact.counted_metrics, account, name)
        hidden = impact.hidden_columns(*sides)
        templates = {key: item.template for key, item in counted.items()}
        foretold = Foretold(kind, account.client_timezone, templates)
        return cls(desk, actor, sides, kind, counted, Differences(kind, zone, hidden), foretold, hidden, [], [])

    def delivery(self, past: Past, progress: Any) -> None:
        """Run one delivery through both sides; DeskError where its bytes are gone or cannot be read."""
        with kept_file(self.desk, self.actor, past.delivery) as path:
            reading = read.read_file(path, ReadOptions.from_dict(past.load.read_options))
            stage.require_key(self.sides[0].version, reading.facts)
            try:
                stage.require_key(self.sides[1].version, reading.facts)
            except DeskError as trouble:
                self.stops.append(f"{_named(past)} would not come in at all. {trouble.message}")
                return
            self._read(past, reading, progress)
        numbers = (past.load.row_count, past.is_counted)
        received = past.delivery.received_at.isoformat()
        self.looked_at.append(DeliveryRead(past.delivery.id, past.load.id, past.delivery.file_name, received, *numbers))

    def _read(self, past: Past, reading: Reading, progress: Any) -> None:
        file = self.differences.delivery(past.delivery.id)
        earlier = Earlier(), Earlier()
        reasons, failed = (Counter[str](), Counter[str]()), [0, 0]
        parts: list[tuple[pa.Table, pa.Table]] = []
        rows = 0
        overlay = self.desk.ask(self.actor, overlay_of, past.load, reading.facts.rows)
        for batch in reading.batches(_BATCH_ROWS):
            frame = overlaid(batch, overlay)

            def look(tx: UnitOfWork, batch: Batch = batch, frame: pd.DataFrame = frame) -> Any:
                memory: Memory = {}
                read_ = [
                    tried(self.desk, tx, side, past, batch, frame, seen, memory)
                    for side, seen in zip(self.sides, earlier, strict=True)
                ]
                return read_, committed(tx, past, batch, len(frame)) if past.is_counted and len(frame) else None

            both, stood = self.desk.ask(self.actor, look)
            file.add(*both)
            for place, (found, judged) in enumerate(both):
                reasons[place].update(impact.reason_counts(judged.reasons))
                failed[place] += int(found.rows.is_failed.sum())
            if stood is not None:
                raw = self._raw(frame)
                parts.append((self._was(stood, raw), self._now(both[1], stood, raw)))
            rows += len(frame)
            progress(self.done + rows)
        file.close()
        self.done += rows
        lost = reading.facts.rejected_count
        self._stopped(past, rows + lost, [count + lost for count in failed], reasons, file)
        if parts:
            was, now = (pa.concat_tables(side, promote_options="permissive") for side in zip(*parts, strict=True))
            self.foretold.add(was, without_losers(now, file.losers(1)))

    def _stopped(
        self, past: Past, rows: int, failed: list[int], reasons: tuple[Counter[str], ...], file: FileDifferences
    ) -> None:
        """Loads that the account's policies would stop, and do not stop now."""
        told = []
        for place, side in enumerate(self.sides):
            counts = reasons[place]
            counts["in_file"] = len(file.losers(place))
            told.append(impact.stopped(side.account, rows, failed[place], +counts))
        self.stops.extend(f"{_named(past)} could not be approved: {why}" for why in told[1] if why not in told[0])

    def _looked_at(self) -> list[str]:
        names = [name for item in self.counted.values() for name in item.template.looked_at]
        items = [item.template for item in self.counted.values()]
        others = [text for item in items for text in (item.column, item.weight, item.date_basis)]
        return [name for name in dict.fromkeys([*names, *others]) if name]

    def _raw(self, frame: pd.DataFrame) -> dict[str, pa.Array]:
        """For the columns by which metrics tell records apart, the text as it came."""
        found = {}
        for name in dict.fromkeys(place for item in self.counted.values() for place, _ in item.template.where):
            rule = self.sides[1].field_map.rule_for(name) or self.sides[0].field_map.rule_for(name)
            texts = source_values(frame, rule.source) if rule is not None and rule.source else None
            if texts is not None:
                cells = texts.fillna("").tolist()
                found[RAW + name] = pa.array(
                    [veiled(cell) for cell in cells] if name in self.hidden else cells, pa.large_string()
                )
        return found

    def _was(self, stood: Stood, raw: Mapping[str, pa.Array]) -> pa.Table:
        """The rows as they were committed."""
        verdicts, rows = stood.verdicts, stood.rows
        is_in = ~np.isin(verdicts, [Verdict.FAILED.value, Verdict.DUPLICATE.value]) & ~stood.is_out
        left = np.where(verdicts == Verdict.FAILED, FAILS, np.where(verdicts == Verdict.DUPLICATE, LOSES, ""))
        ids = np.asarray(rows["record_id"].fill_null(0), dtype=np.int64)
        keys = np.where(ids > 0, ids, np.asarray(rows["id_hash"].fill_null(0), dtype=np.int64))
        return self._side(keys, is_in, left, rows["row_class"], stood.mapped, raw)

    def _now(self, after: tuple[CheckedBatch, Judged], stood: Stood, raw: Mapping[str, pa.Array]) -> pa.Table:
        """The same rows as they would be; a person's word on them stands."""
        batch, judged = after
        is_in = ~batch.rows.is_failed & ~stood.is_out
        left = np.where(batch.rows.is_failed, FAILS, "")
        hashes = np.asarray(batch.rows.id_hash.fill_null(0), dtype=np.int64)
        keys = np.where(judged.record_ids > 0, judged.record_ids, hashes)
        classes = np.where(
            stood.is_reclassed, np.array(stood.rows["row_class"].to_pylist(), dtype=object), judged.classes
        )
        assert batch.mapped is not None, "rows that were read have values"
        return self._side(keys, is_in, left, pa.array(classes, pa.large_string()), batch.mapped, raw)

    def _side(
        self,
        keys: npt.NDArray[np.int64],
        is_in: npt.NDArray[np.bool_],
        left: npt.NDArray[Any],
        classes: Any,
        mapped: pa.Table,
        raw: Mapping[str, pa.Array],
    ) -> pa.Table:
        columns = {
            KEY: pa.array(keys),
            IS_IN: pa.array(is_in),
            LEFT: pa.array(left.astype(object), pa.large_string()),
            CLASS: classes,
        }
        columns |= {name: mapped[name] for name in self._looked_at() if name in mapped.column_names}
        return pa.table({**columns, **raw})
