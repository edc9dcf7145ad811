"""Inward: receive → read → map → validate → classify → stage, by hand, by the worker, or only to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange, Delivery, DeliveryKind, Load
from lib.domain.jobs import Progress
from lib.domain.maps import FieldMap
from lib.domain.people import Actor, Right
from lib.domain.states import LoadStatus
from lib.failpoints import reached
from lib.mapping.checked import Earlier
from lib.pipeline.loading.files import delivered_file, kept_file
from lib.pipeline.loading.fixing import carrying_over
from lib.pipeline.loading.staging import Staging, Written, checked
from lib.services.arriving import read, receive
from lib.services.arriving.read import ReadOptions
from lib.services.loading import classify, stage, translate
from lib.services.mapping import map_effect, map_preview, maps
from lib.services.mapping.map_preview import MapPreview
from lib.services.privacy import empty_again
from lib.services.reviewing import review
from lib.services.running import queue_work


@dataclass(frozen=True)
class Delivered:
    """A file as it was handed in, its bytes or where it lies, and what the person said of it."""

    account: str
    object: str
    file_name: str
    content: bytes | Path
    days: DateRange | None = None
    is_partial: bool = False
    expected_rows: int | None = None
    is_test: bool = False
    options: ReadOptions = field(default_factory=ReadOptions)
    # What money columns must come to, as {"amount": "12345.67"}.
    control_totals: Mapping[str, str] = field(default_factory=dict)
    kind: DeliveryKind = DeliveryKind.FILE
    # Why a person enters it in the provider's place; only what is entered by hand has one, and needs one (R16).
    by_hand_reason: str = ""


@dataclass(frozen=True)
class Queued:
    """What became of a file that was queued: the job that reads it, or the load it already had."""

    job_id: int | None
    load_id: int | None


def import_delivery(
    desk: Desk,
    actor: Actor,
    delivered: Delivered,
    progress: Progress = lambda *_: None,
    begun: Written = lambda _tx, _load: None,
) -> dict[str, Any]:
    """Take a file through to review; the same file again gives back the load it already has, as `already_seen`.

    One that was stopped in the middle goes on where it stopped. `begun` runs in the transaction that opens the load or
    takes it up again.
    """
    _, version = desk.ask(actor, maps.approved_map, delivered.account, delivered.object)
    with delivered_file(delivered.content, delivered.file_name) as path, ThreadPoolExecutor(1, "read") as beside:
        arrived = receive.Arrived.at(path, delivered.file_name)
        is_known = desk.ask(actor, receive.is_known, delivered.account, arrived)
        # While the database writes the bytes down they are looked through; a file that was here before seldom needs it.
        ahead = None if is_known else beside.submit(read.read_file, path, delivered.options)
        delivery = _receive(desk, actor, delivered, arrived)
        seen = _seen(desk, actor, delivered, delivery)
        if seen is None:
            staging = Staging(desk, actor, delivery, version, delivered.options, is_test=delivered.is_test, ahead=ahead)
            load_id = staging.run(path, progress, carrying_over(desk), begun).id
        else:
            load_id = seen.id
    return {**desk.ask(actor, review.review_load, load_id), "already_seen": seen is not None}


def stage_received(
    desk: Desk,
    actor: Actor,
    delivery_id: int,
    name: str,
    *,
    options: ReadOptions,
    is_test: bool = False,
    progress: Progress = lambda *_: None,
    written: Written = lambda _tx, _load: None,
    begun: Written = lambda _tx, _load: None,
) -> Load:
    """Take a delivery whose bytes were kept through to review; the load it already has where nothing is new.

    `begun` runs in the transaction that opens the load or takes it up again, `written` in the one that brings it into
    review: what it raises keeps the load out of sight.
    """
    actor.require(Right.IMPORT)
    delivery = desk.ask(actor, lambda tx: tx.deliveries.by_id(delivery_id))
    account = desk.ask(actor, lambda tx: tx.accounts.by_id(delivery.account_id))
    _, version = desk.ask(actor, maps.approved_map, account.key, name)
    delivered = Delivered(account.key, name, delivery.file_name, b"", is_test=is_test, options=options)
    seen = _seen(desk, actor, delivered, delivery)
    if seen is not None:
        desk.do(actor, lambda tx: written(tx, seen))
        return seen
    with kept_file(desk, actor, delivery) as path:
        staging = Staging(desk, actor, delivery, version, options, is_test=is_test)
        return staging.run(path, progress, carrying_over(desk, written), begun)


def queue_import(desk: Desk, actor: Actor, delivered: Delivered) -> Queued:
    """Keep a file and leave the rest of `import_delivery` to the worker; a file that was loaded already needs none."""
    desk.ask(actor, maps.approved_map, delivered.account, delivered.object)
    with delivered_file(delivered.content, delivered.file_name) as path:
        arrived = receive.Arrived.at(path, delivered.file_name)
        delivery = _receive(desk, actor, delivered, arrived, must_be_kept=True)
    seen = _seen(desk, actor, delivered, delivery)
    if seen is not None:
        return Queued(None, seen.id)
    options = delivered.options.as_dict()
    job = desk.do(actor, queue_work.enqueue_import, delivery.id, delivered.object, delivered.is_test, options)
    return Queued(job, None)


def preview_map(
    desk: Desk,
    actor: Actor,
    key: str,
    field_map: FieldMap,
    sample: map_preview.Sample,
    cells_read: Callable[[MapPreview], None] = lambda _: None,
) -> MapPreview:
    """What a map not saved yet would make of a sample, by the very steps of an import; nothing is written.

    `cells_read` is told of the cells as soon as they are read; to judge the rows takes three times as long.
    """
    actor.require(Right.EDIT_MAPS)
    account, name, raw = desk.ask(actor, lambda tx: tx.accounts.by_key(key)), field_map.object, sample.first_rows
    mapped = translate.translate(account, field_map, raw, sample.received_at, sample.memory)
    found = map_preview.preview(account, field_map, sample, mapped)
    cells_read(found)
    batch = checked(desk, account, field_map, 0, sample.lines[: len(raw)], raw, mapped)
    judged = desk.ask(actor, classify.judge_rows, account, name, batch.rows, Earlier())
    judged = classify.within_one_file(judged, batch.rows)
    found = map_preview.with_verdicts(found, judged.verdicts, judged.classes)
    return replace(found, effect=desk.ask(actor, map_effect.effect, account, field_map, batch, judged))


def _seen(desk: Desk, actor: Actor, delivered: Delivered, delivery: Delivery) -> Load | None:
    """The load that a delivery already has, whole; a file with somebody in it who was erased is not kept anew."""

    def look(tx: UnitOfWork) -> tuple[Load | None, bool]:
        _, version = maps.approved_map(tx, delivered.account, delivered.object)
        options = delivered.options.as_dict()
        found = stage.earlier_load(tx, delivery, delivered.object, version, options, is_test=delivered.is_test)
        is_whole = found is not None and found.status is not LoadStatus.MAPPED
        return found if is_whole else None, is_whole and bool(tx.erasures.hashes(delivery.client_id))

    seen, may_hold_erased = desk.ask(actor, look)
    if seen is not None and may_hold_erased:
        desk.do(actor, empty_again.let_file_go, seen)
    return seen


def _receive(
    desk: Desk, actor: Actor, delivered: Delivered, arrived: receive.Arrived, *, must_be_kept: bool = False
) -> Delivery:
    delivery = desk.do(
        actor,
        receive.receive_file,
        delivered.account,
        arrived,
        days=delivered.days,
        is_partial=delivered.is_partial,
        expected_rows=delivered.expected_rows,
        control_totals=delivered.control_totals,
        must_be_kept=must_be_kept,
        kind=delivered.kind,
        by_hand_reason=delivered.by_hand_reason,
    )
    reached("received")
    return delivery
