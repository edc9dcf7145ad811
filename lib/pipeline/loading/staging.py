"""One delivery on its way into review: read, mapped and checked here, packed in one thread and written in another.

While the database writes a batch the next one is worked on, and never more than that: memory does not grow with the
file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from lib.db.bulk import batches
from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import Progress
from lib.domain.maps import FieldMap
from lib.domain.objects import object_type
from lib.domain.people import Actor
from lib.domain.states import DeliveryStatus
from lib.errors import DeskError
from lib.failpoints import reached
from lib.mapping.apply import Mapped
from lib.mapping.checked import CheckedBatch, Earlier, unreadable
from lib.mapping.keys import FileKeys
from lib.mapping.tally import Tally
from lib.pipeline.loading.arrival import arrived
from lib.pipeline.loading.burying import bury_refused
from lib.pipeline.loading.matching import settle_matches
from lib.services.arriving import read, receive, weigh_arrival
from lib.services.arriving.read import Reading, ReadOptions
from lib.services.loading import check_rows, classify, stage, translate, validate
from lib.services.privacy import empty_again
from lib.services.running import unattended

Written = Callable[[UnitOfWork, Load], None]
_BATCH_ROWS = 25_000


def checked(
    desk: Desk, account: Account, field_map: FieldMap, first_row: int, lines: Any, raw: pd.DataFrame, mapped: Mapped
) -> CheckedBatch:
    """A batch of mapped rows, validated and marked: the very same for a preview as for an import."""
    report = validate.validate(field_map.object, mapped, desk.clock())
    mapped, report = validate.follow_policies(field_map.object, mapped, report, account.policies)
    return check_rows.checked_batch(
        account,
        field_map,
        first_row=first_row,
        lines=lines,
        raw=raw,
        mapped=mapped,
        report=report,
        marks=classify.mark_batch(account, mapped, raw),
        hash_key=desk.hash_key,
    )


class Staging:
    """Brings a delivery through one map version into review."""

    def __init__(
        self,
        desk: Desk,
        actor: Actor,
        delivery: Delivery,
        version: MapVersion,
        options: ReadOptions,
        *,
        is_test: bool,
        ahead: Future[Reading] | None = None,
    ) -> None:
        """`ahead` is the reading of the file, where somebody has begun it already."""
        self._ahead = ahead
        self._desk, self._actor, self._delivery, self._version = desk, actor, delivery, version
        self._options, self._is_test = options, is_test
        self._account = desk.ask(actor, lambda tx: tx.accounts.by_id(delivery.account_id))
        self._earlier = Earlier()
        self._tally = Tally(object_type(version.object), self._account.client_timezone)
        self._erased = desk.ask(actor, empty_again.erased_people, self._account, version.field_map, desk.hash_key)
        self._emptied = 0
        # Under it this try finds its own writes again when the answer of a COMMIT was lost; another try must not.
        self._mark = secrets.token_hex(4)

    def run(
        self,
        path: Path,
        progress: Progress,
        written: Written = lambda _tx, _load: None,
        begun: Written = lambda _tx, _load: None,
    ) -> Load:
        """Read the file and write its load; the load in review comes back.

        `begun` runs in the transaction that opens the load or takes it up again, `written` in the one that brings it
        into review.
        """
        progress("reading", 0, 0)
        reading = self._read(path)
        load = self._begin(reading, begun)
        keys = self._desk.ask(self._actor, self._so_far, load)
        progress("checking", load.row_count, reading.facts.arrived)
        with ThreadPoolExecutor(1, "pack") as packing, ThreadPoolExecutor(1, "stage") as pool:
            pending: Future[Load] | None = None
            for batch in self._batches(reading, load.row_count):
                # Compressing needs no lock of the interpreter's, so that it goes on beside everything else.
                payload = packing.submit(stage.payload_of, self._account, batch)
                load = load if pending is None else pending.result()
                progress("checking", load.row_count, reading.facts.arrived)
                keys.add(batch.rows.external_ids, batch.rows.modified, batch.rows.is_failed)
                if batch.mapped is not None:
                    self._tally.add(batch.mapped, batch.rows.is_failed)
                pending = pool.submit(self._write, load, batch, payload)
            load = load if pending is None else pending.result()
        progress("finding duplicates", load.row_count, reading.facts.arrived)
        return self._finish(load, reading, keys, written)

    def _read(self, path: Path) -> Reading:
        try:
            reading = self._ahead.result() if self._ahead else read.read_file(path, self._options)
            stage.require_key(self._version, reading.facts)
        except DeskError as trouble:
            self._desk.do(self._actor, self._refused, trouble)
            raise
        return reading

    def _refused(self, tx: UnitOfWork, trouble: DeskError) -> None:
        delivery = tx.deliveries.by_id(self._delivery.id)
        receive.refuse(tx, delivery.id, f"{trouble.message} {trouble.hint}".strip())
        # One that was read before came in: what fails now is another way of reading it.
        if not self._is_test and delivery.status is not DeliveryStatus.READ:
            bury_refused(tx, delivery, self._version.object, trouble)

    def _begin(self, reading: Reading, begun: Written) -> Load:
        def work(tx: UnitOfWork) -> Load:
            opened = stage.begin_load(
                tx,
                self._account,
                self._delivery,
                self._version,
                reading.facts,
                self._options.as_dict(),
                is_test=self._is_test,
            )
            begun(tx, opened)
            return opened

        load = self._desk.do(self._actor, work)
        reached("load-opened")
        return load

    def _so_far(self, tx: UnitOfWork, load: Load) -> FileKeys:
        """What an earlier try has written, noted as if its rows had just gone by; begun afresh each time it is asked."""
        self._earlier = Earlier()
        self._tally = Tally(object_type(self._version.object), self._account.client_timezone)
        return stage.keys_so_far(tx, load, self._earlier, self._tally)

    def _batches(self, reading: Reading, done: int) -> Iterator[CheckedBatch]:
        """Everything that is not written yet: the rows in their order, then the lines that could not be read."""
        for batch in reading.batches(_BATCH_ROWS, first_row=done):
            field_map = self._version.field_map
            mapped = translate.translate(self._account, field_map, batch.frame, self._delivery.received_at)
            found = checked(self._desk, self._account, field_map, batch.first_row, batch.lines, batch.frame, mapped)
            yield self._without_erased(found)
        first = max(reading.facts.rows, done)
        for lost in batches(islice(reading.rejected_rows(), first - reading.facts.rows, None), _BATCH_ROWS):
            yield unreadable(first, [line for line, _ in lost], [text for _, text in lost])
            first += len(lost)

    def _without_erased(self, batch: CheckedBatch) -> CheckedBatch:
        if self._erased is None:
            return batch
        batch, emptied = self._erased.emptied(batch)
        self._emptied += emptied
        return batch

    def _write(self, load: Load, batch: CheckedBatch, payload: Future[stage.Payload]) -> Load:
        account, name, packed = self._account, self._version.object, payload.result()

        def work(tx: UnitOfWork) -> None:
            earlier = Earlier(dict(self._earlier.groups))
            judged = classify.judge_rows(tx, account, name, batch.rows, earlier)
            judged = classify.with_new_ids(tx, judged)
            stage.add_batch(tx, self._delivery, load, batch, judged, packed)
            self._earlier = earlier
            reached("batch-written")

        advanced = self._once(load, work)
        reached("batch-committed")
        return advanced

    def _finish(self, load: Load, reading: Reading, keys: FileKeys, written: Written) -> Load:
        def work(tx: UnitOfWork) -> None:
            opened = settle_matches(tx, stage.finish_load(tx, self._delivery, load, reading.facts, keys))
            delivery = tx.deliveries.by_id(self._delivery.id)
            found, figures = weigh_arrival.weigh_arrival(tx, self._account, delivery, opened, self._tally)
            opened, drifted = arrived(tx, self._account, opened)
            tx.loads.weighed(opened, [*drifted, *found], {**figures, "looks": opened.looks})
            unattended.queue(tx, tx.accounts.by_id(self._account.id), opened)
            if self._erased is not None:
                empty_again.let_file_go(tx, opened, self._emptied)
            written(tx, opened)
            reached("load-finished")

        opened = self._once(load, work)
        reached("load-in-review")
        return opened

    def _once(self, load: Load, work: Callable[[UnitOfWork], None]) -> Load:
        """Bring a load further in one transaction, exactly once; the load as it stands then."""

        def keyed(tx: UnitOfWork) -> Load:
            def done() -> dict[str, Any]:
                work(tx)
                return {}

            tx.once(f"stage:{load.id}:{load.version}:{self._mark}", done)
            return tx.loads.by_id(load.id)

        return self._desk.do(self._actor, keyed)
