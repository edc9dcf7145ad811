"""Pulls: ask an API for what changed or for a range of days, bring it down the same road as a file, and move the cursor.

The cursor moves in the transaction that brings the load into review, never before: a pull that breaks anywhere in between
has moved nothing and is asked again. What comes twice by that is known to the road as unchanged.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.api.pulls import Pulled, SyncCursor
from lib.domain.api.questions import Question, backfill, changes, slices, today
from lib.domain.api.sources import ApiSource
from lib.domain.imports import DateRange, Delivery, DeliveryKind, Load
from lib.domain.jobs import Job, Progress
from lib.domain.people import Actor
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.failpoints import reached
from lib.intake.api.asking import Caller
from lib.intake.api.fetching import Fetched, fetch
from lib.pipeline.intake.credentials import signed_source
from lib.pipeline.loading.fixing import carrying_over
from lib.pipeline.loading.staging import Staging
from lib.services.arriving import pulls, receive
from lib.services.arriving.pulls import Prepared
from lib.services.arriving.read import ReadOptions
from lib.services.loading import stage
from lib.services.mapping import maps
from lib.services.running import breaker, jobs

_OPTIONS = ReadOptions()


@dataclass(frozen=True)
class _Run:
    """One question on its way: who asks, what for, and what is said when its load stands in review."""

    desk: Desk
    actor: Actor
    ready: Prepared
    version: MapVersion
    question: Question
    progress: Progress
    claimed: Job | None
    is_last: bool = True


def pull(
    desk: Desk,
    actor: Actor,
    account_key: str,
    object: str,  # noqa: A002 - the word of the field
    *,
    days: DateRange | None = None,
    progress: Progress = lambda *_: None,
    claimed: Job | None = None,
) -> tuple[Pulled, ...]:
    """Pull one object: what changed since the cursor, or a range of days month by month, which leaves the cursor alone.

    One `Pulled` for each question asked. A claimed job is ended in the transaction that brings its last load into
    review. DeskError `no_approved_map` and as `pulls.prepared` says before anything is asked, then as
    `lib.intake.api.pages.pages` does; with any of them the cursor stands where it stood.
    """
    _, version = desk.ask(actor, maps.approved_map, account_key, object)
    ready = desk.ask(actor, pulls.prepared, account_key, object)
    source, secret = signed_source(desk, ready)
    asked = _questions(desk, ready, days)
    _drop_half_written(desk, actor, ready, object, claimed)
    with _turn(desk, actor, ready, claimed):
        done: list[Pulled] = []
        with Caller(source, secret, desk.clock, sleep=desk.sleep) as caller:
            for place, question in enumerate(asked, start=1):
                said = _said(progress, question, place, len(asked))
                run = _Run(desk, actor, ready, version, question, said, claimed, is_last=place == len(asked))
                done.append(_answered(run, source, caller))
        return tuple(done)


@contextmanager
def _turn(desk: Desk, actor: Actor, ready: Prepared, claimed: Job | None) -> Iterator[None]:
    """Ask the breaker before and tell it after, where a person asks; for a job the worker does both.

    DeskError `left_alone` while the provider is left alone.
    """
    if claimed is not None:
        yield
        return
    account = ready.account
    turn = desk.do(actor, breaker.may_try, account)
    if turn.wait_until is not None:
        raise DeskError(
            "left_alone",
            f"The provider of {account.key} is left alone until {turn.wait_until:%Y-%m-%d %H:%M} UTC, because it failed too "
            f"often. {turn.after.sentence}",
            "Wait, or mend it and close the breaker with a reason.",
            is_retryable=True,
        )
    try:
        yield
    except DeskError as trouble:
        desk.do(actor, breaker.note_failure, account, trouble)
        raise
    desk.do(actor, breaker.note_success, account)


def _answered(run: _Run, source: ApiSource, caller: Caller) -> Pulled:
    """Ask one question and bring what came into review."""
    began = run.desk.clock()
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        path = Path(folder) / "pull.ndjson"
        question = run.question
        got = fetch(caller, source, question.query, path, token=question.token, progress=run.progress)
        pulled, then = _told(run, source, got, began)
        if not got.rows:
            run.desk.do(run.actor, lambda tx: _ended(tx, run, then, pulled, None))
            return pulled
        return _staged(run, path, pulled, then)


def _staged(run: _Run, path: Path, pulled: Pulled, then: SyncCursor) -> Pulled:
    """Receive the file, and take it into review from where it lies, so that nothing of it need be kept for that."""
    delivery = _received(run, path, pulled)
    pulled = replace(pulled, delivery_id=delivery.id)
    seen = run.desk.ask(run.actor, _whole_load, delivery, run.version)
    if seen is not None:
        pulled = replace(pulled, load_id=seen.id, is_seen=True)
        run.desk.do(run.actor, lambda tx: _ended(tx, run, then, pulled, seen))
        return pulled
    if pulled.days is not None and not run.question.is_backfill:
        then = replace(then, covered_to=pulled.days.last)

    def written(tx: UnitOfWork, load: Load) -> None:
        pulls.mark_asked(tx, delivery.id, pulled)
        _ended(tx, run, then, pulled, load)

    def begun(tx: UnitOfWork, load: Load) -> None:
        if run.claimed is not None:
            jobs.begin(tx, run.claimed, load.id)

    staging = Staging(run.desk, run.actor, delivery, run.version, _OPTIONS, is_test=False)
    load = staging.run(path, run.progress, carrying_over(run.desk, written), begun)
    return replace(pulled, load_id=load.id)


def _received(run: _Run, path: Path, pulled: Pulled) -> Delivery:
    account = run.ready.account
    days = pulled.days or today(run.desk.clock(), run.ready.zones)
    name = f"{account.key}-{pulled.object}-{days.first}-{days.last}.ndjson"
    delivery = run.desk.do(
        run.actor,
        receive.receive_file,
        account.key,
        receive.Arrived.at(path, name),
        days=days,
        is_partial=pulled.is_partial,
        expected_rows=pulled.expected,
        kind=DeliveryKind.API,
    )
    reached("received")
    return delivery


def _whole_load(tx: UnitOfWork, delivery: Delivery, version: MapVersion) -> Load | None:
    """The load that these very records already have."""
    found = stage.earlier_load(tx, delivery, version.object, version, _OPTIONS.as_dict(), is_test=False)
    return None if found is None or found.status is LoadStatus.MAPPED else found


def _ended(tx: UnitOfWork, run: _Run, then: SyncCursor, pulled: Pulled, load: Load | None) -> None:
    """What goes with the load in one transaction: the cursor, the word of what was asked, the end of the job."""
    pulls.move_on(tx, run.ready.account, then, pulled, is_backfill=run.question.is_backfill)
    if run.claimed is not None and run.is_last:
        counts = {"rows": pulled.rows, "pages": pulled.pages}
        jobs.finish(tx, run.claimed, None if load is None else load.id, pulled.rows, counts)


def _told(run: _Run, source: ApiSource, got: Fetched, began: datetime) -> tuple[Pulled, SyncCursor]:
    """What the pull came to, and the cursor after it: by the provider's clock where that is behind ours."""
    skew = got.skew or timedelta()
    mark = min(began, began + skew)
    cursor, question, zones = run.ready.cursor, run.question, run.ready.zones
    then = replace(
        cursor,
        token=got.token if source.keeps_token else "",
        high_water=mark if cursor.high_water is None else max(mark, cursor.high_water),
        look_back_days=source.look_back_days,
        date_basis=question.span.basis,
        zone=zones.of(question.span),
        limit_left=got.left,
        limit_of=got.limit,
        clock_skew_seconds=round(skew.total_seconds()),
        asked_at=began,
    )
    stands = cursor if question.is_backfill else then
    pulled = Pulled(
        object=source.object,
        rows=got.rows,
        pages=got.pages,
        days=question.days,
        basis=question.span.basis,
        zone=then.zone,
        since=question.since,
        cursor=stands.token or ("" if stands.high_water is None else stands.high_water.isoformat()),
        is_partial=question.days is None,
        repeated=got.repeated,
        expected=got.total,
        clock_skew_seconds=then.clock_skew_seconds,
        limit_left=got.left,
        limit_of=got.limit,
    )
    return pulled, then


def _questions(desk: Desk, ready: Prepared, days: DateRange | None) -> list[Question]:
    now = desk.clock()
    if days is None:
        return [changes(ready.source, ready.cursor, now, ready.zones)]
    if not ready.source.range.is_there:
        raise DeskError(
            "no_range",
            f"{ready.source.object} of {ready.account.key} can only be asked for changes, not for a range of days.",
            f"Run `account set {ready.account.key} pull.way=list`, or pull without --from and --to.",
        )
    return [backfill(ready.source, part, now, ready.zones) for part in slices(days)]


def _drop_half_written(desk: Desk, actor: Actor, ready: Prepared, name: str, claimed: Job | None) -> None:
    """Let go of what an earlier pull was stopped in the middle of: its rows are asked for again, in another file."""

    def work(tx: UnitOfWork) -> None:
        for load_id in pulls.half_written(tx, ready.account, name, None if claimed is None else claimed.id):
            stage.drop_load(tx, load_id)

    desk.do(actor, work)


def _said(progress: Progress, question: Question, place: int, of: int) -> Progress:
    """The same progress, with the slice of a backfill in its words."""
    if of == 1 or question.days is None:
        return progress
    where = f", {question.days.first:%Y-%m} ({place} of {of})"
    return lambda stage_, done, total: progress(stage_ + where, done, total)
