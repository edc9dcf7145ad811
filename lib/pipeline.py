"""The order of the steps: receive → read → map → validate → classify → stage → review → commit → roll up.

The only file that knows what follows what; each step is a service, and services never import each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.clock import Clock, utc_now
from lib.db.migrations.history import APP, TRAFFIC, require_head
from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import Desk, UnitOfWork, open_databases
from lib.domain.accounts import Account
from lib.domain.imports import DateRange, Delivery, Load
from lib.domain.maps import FieldMap
from lib.domain.people import Actor, Right, Role
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError
from lib.hash_key import hash_key
from lib.services import (
    accounts,
    classify,
    clients,
    commit,
    jobs,
    map_preview,
    maps,
    people,
    read,
    receive,
    recheck,
    review,
    roll_up,
    stage,
    translate,
    undo,
    validate,
)
from lib.services.map_preview import MapPreview
from lib.settings import Settings, has_sign_in, load_settings

__all__ = [
    "Connection",
    "Delivered",
    "Desk",
    "Queued",
    "UnitOfWork",
    "approve",
    "connect",
    "import_delivery",
    "migrate",
    "open_desk",
    "preview_map",
    "queue_import",
    "stage_received",
    "undo_load",
]

Progress = Callable[[str, int, int], None]
Written = Callable[[UnitOfWork, Load], None]
_BATCH_ROWS = 25_000
_APPROVALS = 8
_OVERTAKEN = "overtaken"


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


@dataclass(frozen=True)
class Connection:
    """A provider to be connected; `new_client` is (name, time zone) where the client is not on the desk yet."""

    key: str
    client: str
    provider: str
    owner: str
    reason: str
    signals: Mapping[str, str]
    destination: str
    new_client: tuple[str, str] | None = None


def open_desk(settings: Settings | None = None, clock: Clock = utc_now) -> Desk:
    """The desk, ready to work; DeskError in one sentence when a database is down, not migrated, newer or not ours."""
    chosen = settings or load_settings()
    desk = open_databases(chosen, hash_key(chosen), clock)
    require_head(APP, desk.app)
    require_head(TRAFFIC, desk.traffic)
    return desk


def migrate(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> None:
    """Bring both databases to head as the migrating user, and write the local admin down."""
    desk = open_databases(settings, hash_key(settings), is_migrating=True)
    try:
        APP.upgrade(desk.app, progress)
        TRAFFIC.upgrade(desk.traffic, progress)
        people.ensure_local_admin(desk)
    finally:
        desk.close()


def connect(desk: Desk, actor: Actor, wanted: Connection) -> Account:
    """Add the account, and where they are new the client and the owner: all of it or nothing."""
    # On a desk without sign-in a name given for the first time becomes a person; elsewhere only an admin adds people.
    role = None if has_sign_in(desk.settings) else Role.OWNER

    def work(tx: UnitOfWork) -> Account:
        tx.actor.require(Right.MANAGE_ACCOUNTS)
        if wanted.new_client is not None:
            clients.add_client(tx, wanted.client, *wanted.new_client)
        owner, _ = people.person(tx, wanted.owner, may_create_as=role)
        return accounts.add_account(
            tx,
            wanted.key,
            client=wanted.client,
            provider=wanted.provider,
            owner=owner,
            reason=wanted.reason,
            signals=wanted.signals,
            destination=wanted.destination,
        )

    return desk.do(actor, work)


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


def approve(desk: Desk, actor: Actor, load_id: int, seen: dict[str, int] | None = None) -> dict[str, Any]:
    """Commit a load and roll its metrics up, in one transaction and exactly once.

    `seen` are the verdict counts that the person decided on; when a commit in between has changed them, the load is
    counted anew and the approval refused. Without `seen` the new counts are committed and returned.
    """
    for attempt in range(1, _APPROVALS + 1):
        recounted = desk.do(actor, _recheck, load_id)
        if recounted is not None and seen is not None and recounted != seen:
            raise DeskError(
                "review_changed",
                f"Another load was committed since load {load_id} was reviewed, and its counts changed.",
                f"Look at it again with `review {load_id}`, then approve.",
            )
        try:
            desk.do(actor, _approve, load_id)
            break
        except DeskError as trouble:
            # Somebody committed the same object between the count and the commit: count anew.
            if trouble.code != _OVERTAKEN or attempt == _APPROVALS:
                raise
    return desk.ask(actor, review.review_load, load_id)


def undo_load(desk: Desk, actor: Actor, load_id: int, reason: str) -> dict[str, Any]:
    """Undo a committed load and replace the slices it had moved, in one transaction and exactly once."""
    counts = desk.do(actor, _undo, load_id, reason)
    desk.ask(actor, lambda tx: undo.erase_traffic(tx, tx.loads.by_id(load_id)))
    return {"load": load_id, "status": str(LoadStatus.UNDONE), **counts}


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


def _recheck(tx: UnitOfWork, load_id: int) -> dict[str, int] | None:
    """Count a load anew when something was committed since it was staged; None when nothing was."""
    tx.actor.require(Right.APPROVE_LOADS)
    load = tx.loads.by_id(load_id)
    epoch = tx.accounts.epoch(load.account_id, load.object)
    if load.status is not LoadStatus.IN_REVIEW or load.staged_epoch == epoch:
        return None
    account = tx.accounts.by_id(load.account_id)
    classified = classify.classify_rows(tx, account, load.object, recheck.load_rows(tx, load))
    recheck.correct_rows(tx, load, classified)
    recounted = tx.loads.recount(load, stage.counts_of(classified), epoch)
    return {str(verdict): count for verdict, count in recounted.verdicts.items()}


def _approve(tx: UnitOfWork, load_id: int) -> dict[str, Any]:
    done = tx.once(f"approve:{load_id}", lambda: _commit(tx, load_id))
    load = tx.loads.by_id(load_id)
    if str(load.status) != done["status"]:
        require_load_move(load.id, load.status, LoadStatus.APPROVED)
    return done


def _commit(tx: UnitOfWork, load_id: int) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    commit.require_may_approve(tx, account, load)
    # Whoever commits this object next waits here until we are done.
    epoch = tx.accounts.advance_epoch(account.id, load.object)
    if load.staged_epoch != epoch - 1:
        raise DeskError(
            _OVERTAKEN,
            f"Another load of {account.key} was committed at the same moment, so load {load_id} was not.",
            "Approve it again; it is counted anew first.",
            is_retryable=True,
        )
    review.require_unblocked(load, tx.deliveries.by_id(load.delivery_id))
    committed, touched = commit.commit_load(tx, account, load, epoch)
    if touched is not None:
        roll_up.roll_up(tx, account, load.object, touched.days, _span(load))
    return {"status": str(committed.status)}


def _undo(tx: UnitOfWork, load_id: int, reason: str) -> dict[str, int]:
    # Asked before the key is looked up: what an earlier undo came to is not for everybody either.
    tx.actor.require(Right.APPROVE_LOADS)
    return tx.once(f"undo:{load_id}", lambda: _reverse(tx, load_id, reason))


def _reverse(tx: UnitOfWork, load_id: int, reason: str) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    tx.accounts.advance_epoch(account.id, load.object)
    undone = undo.undo_load(tx, account, load, reason)
    roll_up.roll_up(tx, account, load.object, undone.touched.days, _span(load))
    return dict(undone.counts)


def _span(load: Load) -> DateRange | None:
    return DateRange(load.range_from, load.range_to) if load.range_from and load.range_to else None
