"""Webhooks on their way: into the log, out of the spool, grouped into deliveries, and from there along the common road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from lib.db.bulk import batches
from lib.db.repositories.receipts import WaitingReceipt
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.hooks import Receipt, Refusal, Stored
from lib.domain.imports import Delivery, DeliveryKind, Load
from lib.domain.jobs import Job, Progress
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.intake.spool import Spool
from lib.log import log
from lib.pipeline.loading.files import delivered_file
from lib.pipeline.loading.fixing import carrying_over
from lib.pipeline.loading.inward import stage_received
from lib.pipeline.loading.staging import Staging
from lib.services.arriving import receipt_groups, receipts, receive
from lib.services.arriving.read import ReadOptions
from lib.services.arriving.receipt_groups import MOST_ROWS, Group
from lib.services.mapping import maps
from lib.services.people.people import local_admin
from lib.services.running import jobs

# How often a batch is tried again that another server wrote a receipt of at the same moment.
_TRIES = 4
# Spooled batches that go into one transaction.
_FILES = 50


def store(
    desk: Desk, actor: Actor, some: Sequence[Receipt], refusals: Mapping[Refusal, int], *, is_drained: bool = False
) -> list[Stored]:
    """Write receipts and refusals into the log in one transaction; what became of each receipt, in their order."""
    for attempt in count(1):
        try:
            return desk.do(actor, receipts.store_receipts, some, refusals, is_drained=is_drained)
        except DeskError as trouble:
            if trouble.code != "changed_meanwhile" or attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def drain_spool(desk: Desk) -> int:
    """Bring what lies in the spool into the log; how many receipts. Harmless twice, and cheap where nothing lies there."""
    spool, drained = Spool.of_hooks(desk.settings.var), 0
    for files in batches(spool.files(), _FILES):
        found = [(file, spool.read(file)) for file in files]
        held = [receipt for _, some in found for receipt in some or ()]
        if held:
            store(desk, local_admin(desk), held, {}, is_drained=True)
        for file, some in found:
            if some is None:
                log.warning("a spooled batch of webhooks is damaged, or another server took it: %s", file.name)
            else:
                spool.done(file)
        drained += len(held)
    return drained


def group_receipts(desk: Desk, actor: Actor) -> int:
    """Make deliveries of the receipts whose window is over or that are many, and queue their way into review; how many.

    One question where nothing waits. Trouble with one account leaves its receipts waiting and the others unharmed.
    """
    made = 0
    for account_id, held in desk.ask(actor, receipt_groups.waiting).items():
        try:
            account, groups, stuck = desk.ask(actor, receipt_groups.due_groups, account_id, held)
            for group in groups:
                made += _deliveries_of(desk, actor, group)
            if groups or stuck:
                desk.do(actor, receipt_groups.keep_tasks, account, stuck)
        except DeskError as trouble:
            log.warning("the webhooks of account %s wait: %s", account_id, trouble.message)
    return made


def let_overdue_webhooks_go(desk: Desk, actor: Actor) -> int:
    """Let bodies go that lie in no delivery although their time is over (R11); how many."""
    return sum(
        desk.do(actor, receipt_groups.let_overdue_go, account_id)
        for account_id in desk.ask(actor, lambda tx: tx.receipts.holders())
    )


def _deliveries_of(desk: Desk, actor: Actor, group: Group) -> int:
    made = 0
    while some := desk.ask(actor, receipt_groups.taken, group):
        _deliver(desk, actor, group, some)
        made += 1
        if len(some) < MOST_ROWS:
            break
    return made


def _deliver(desk: Desk, actor: Actor, group: Group, some: Sequence[WaitingReceipt]) -> None:
    """One delivery of these receipts, a line each, marked in the transaction that receives it."""
    first = min(item.received_at for item in some)
    name = f"webhooks {first:%Y-%m-%d %H.%M.%S}{' test' if group.is_test else ''}.ndjson"
    with delivered_file(_lines([item.body for item in some]), name) as path:
        arrived = receive.Arrived.at(path, name)

        def work(tx: UnitOfWork) -> None:
            delivery = receive.receive_file(tx, group.account.key, arrived, kind=DeliveryKind.WEBHOOK)
            receipt_groups.put_into(tx, group, some, delivery)

        desk.do(actor, work)


def stage_receipts(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    """Take a delivery of webhooks into review; its receipts learn their classes in the transaction that ends the job."""
    delivery = desk.ask(person, lambda tx: tx.deliveries.by_id(claimed.delivery_id))
    is_test = bool(claimed.arguments["test"])

    def begun(tx: UnitOfWork, load: Load) -> None:
        jobs.begin(tx, claimed, load.id)

    def written(tx: UnitOfWork, load: Load) -> None:
        receipts.class_of_rows(tx, delivery.id, load.id)
        receipts.let_bodies_go(tx, delivery.account_id, delivery.id)
        jobs.finish(tx, claimed, load.id, load.row_count)

    with _held(desk, person, delivery) as path:
        if path is None:
            stage_received(
                desk,
                person,
                delivery.id,
                claimed.object,
                options=ReadOptions(),
                is_test=is_test,
                progress=progress,
                begun=begun,
                written=written,
            )
            return
        account = desk.ask(person, lambda tx: tx.accounts.by_id(delivery.account_id))
        _, version = desk.ask(person, maps.approved_map, account.key, claimed.object)
        staging = Staging(desk, person, delivery, version, ReadOptions(), is_test=is_test)
        staging.run(path, progress, carrying_over(desk, written), begun)


@contextmanager
def _held(desk: Desk, actor: Actor, delivery: Delivery) -> Iterator[Path | None]:
    """The delivery as a file where only its receipts hold it (the account keeps no payloads); None where it is kept."""
    bodies = desk.ask(actor, lambda tx: tx.receipts.bodies_of(delivery.id))
    if not bodies:
        yield None
        return
    with delivered_file(_lines(bodies), delivery.file_name) as path:
        yield path


def _lines(bodies: Sequence[bytes]) -> bytes:
    return b"".join(body + b"\n" for body in bodies)
