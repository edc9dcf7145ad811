"""Inward: receive → read → map → validate → classify → stage, by hand, by the worker, or only to look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange, Delivery, Load
from lib.domain.maps import FieldMap
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.services import (
    classify,
    jobs,
    map_preview,
    maps,
    read,
    receive,
    review,
    stage,
    translate,
    validate,
)
from lib.services.map_preview import MapPreview

Progress = Callable[[str, int, int], None]
Written = Callable[[UnitOfWork, Load], None]
_BATCH_ROWS = 25_000


@dataclass(frozen=True)
class Delivered:
    """A file as it was handed in: its bytes, and what the person said of it."""

    account: str
    object: str
    file_name: str
    content: bytes
    days: DateRange | None = None
    is_partial: bool = False
    expected_rows: int | None = None
    is_test: bool = False


@dataclass(frozen=True)
class Queued:
    """What became of a file that was queued: the job that reads it, or the load it already had."""

    job_id: int | None
    load_id: int | None


def import_delivery(
    desk: Desk, actor: Actor, delivered: Delivered, progress: Progress = lambda *_: None
) -> dict[str, Any]:
    """Take a file through to review; the same file again gives back the load it already has, as `already_seen`."""
    account, version = desk.ask(actor, maps.approved_map, delivered.account, delivered.object)
    delivery = _receive(desk, actor, delivered)
    seen = desk.ask(actor, stage.earlier_load, delivery, delivered.object, version, is_test=delivered.is_test)
    load_id = seen.id if seen else _stage(desk, actor, delivered, delivery, account, version, progress).id
    return {**desk.ask(actor, review.review_load, load_id), "already_seen": seen is not None}


def stage_received(
    desk: Desk,
    actor: Actor,
    delivery_id: int,
    name: str,
    *,
    is_test: bool = False,
    progress: Progress = lambda *_: None,
    written: Written = lambda _tx, _load: None,
) -> Load:
    """Take a delivery whose bytes were kept through to review; the load it already has where nothing is new.

    `written` runs in the transaction that writes the load: what it raises takes the load back with it.
    """

    def kept(tx: UnitOfWork) -> tuple[Delivery, Account, MapVersion, bytes]:
        delivery = tx.deliveries.by_id(delivery_id)
        account, version = maps.approved_map(tx, tx.accounts.by_id(delivery.account_id).key, name)
        return delivery, account, version, tx.payloads.file(delivery_id)

    delivery, account, version, content = desk.ask(actor, kept)
    actor.require(Right.IMPORT)
    seen = desk.ask(actor, stage.earlier_load, delivery, name, version, is_test=is_test)
    if seen is not None:
        desk.do(actor, lambda tx: written(tx, seen))
        return seen
    delivered = Delivered(account.key, name, delivery.file_name, content, is_test=is_test)
    return _stage(desk, actor, delivered, delivery, account, version, progress, written)


def queue_import(desk: Desk, actor: Actor, delivered: Delivered) -> Queued:
    """Keep a file and leave the rest of `import_delivery` to the worker; a file that was loaded already needs none."""
    _, version = desk.ask(actor, maps.approved_map, delivered.account, delivered.object)
    delivery = _receive(desk, actor, delivered)
    seen = desk.ask(actor, stage.earlier_load, delivery, delivered.object, version, is_test=delivered.is_test)
    if seen is not None:
        return Queued(None, seen.id)
    return Queued(desk.do(actor, jobs.enqueue_import, delivery.id, delivered.object, delivered.is_test), None)


def preview_map(desk: Desk, actor: Actor, key: str, field_map: FieldMap, sample: map_preview.Sample) -> MapPreview:
    """What a map not saved yet would make of a sample, by the very steps of an import; nothing is written."""
    account, name = desk.ask(actor, lambda tx: tx.accounts.by_key(key)), field_map.object
    raw = sample.first_rows
    mapped = translate.translate(account, field_map, raw, sample.received_at, sample.memory)
    batch = stage.checked_batch(
        account,
        field_map,
        first_row=0,
        lines=sample.lines[: len(raw)],
        raw=raw,
        mapped=mapped,
        report=validate.validate(name, mapped, desk.clock()),
        marks=classify.mark_batch(account, mapped, raw),
        hash_key=desk.hash_key,
    )
    judged = desk.ask(actor, classify.judge_rows, account, name, batch.rows)
    return map_preview.preview(account, field_map, sample, mapped, judged.verdicts, judged.classes)


def _receive(desk: Desk, actor: Actor, delivered: Delivered) -> Delivery:
    return desk.do(
        actor,
        receive.receive_file,
        delivered.account,
        delivered.file_name,
        delivered.content,
        days=delivered.days,
        is_partial=delivered.is_partial,
        expected_rows=delivered.expected_rows,
    )


def _stage(
    desk: Desk,
    actor: Actor,
    delivered: Delivered,
    delivery: Delivery,
    account: Account,
    version: MapVersion,
    progress: Progress,
    written: Written = lambda _tx, _load: None,
) -> Load:
    progress("reading", 0, 0)
    try:
        reading = read.read_content(delivered.content, delivered.file_name)
        stage.require_key(version, reading.facts)
    except DeskError as trouble:
        desk.do(actor, receive.refuse, delivery.id, f"{trouble.message} {trouble.hint}".strip())
        raise
    batches = []
    for batch in reading.batches(_BATCH_ROWS):
        mapped = translate.translate(account, version.field_map, batch.frame, delivery.received_at)
        batches.append(
            stage.checked_batch(
                account,
                version.field_map,
                first_row=batch.first_row,
                lines=batch.lines,
                raw=batch.frame,
                mapped=mapped,
                report=validate.validate(version.object, mapped, desk.clock()),
                marks=classify.mark_batch(account, mapped, batch.frame),
                hash_key=desk.hash_key,
            )
        )
        progress("checking", batch.first_row + len(batch.frame), reading.facts.rows)
    staged = stage.packed(batches, reading.rejected_text)

    def write(tx: UnitOfWork) -> Load:
        classified = classify.classify_rows(tx, account, version.object, staged.rows)
        load = stage.open_load(
            tx, account, delivery, version, reading.facts, staged, classified, is_test=delivered.is_test
        )
        written(tx, load)
        return load

    progress("writing", reading.facts.rows, reading.facts.rows)
    return desk.do(actor, write)
