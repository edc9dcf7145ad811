"""Long work: an import that was stopped goes on or starts clean; large loads are approved and undone by the worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.states import LoadStatus
from lib.entrypoints import worker
from lib.entrypoints.worker import do_job, work
from lib.errors import DeskError
from lib.pipeline.loading import staging
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.loading.stopped_imports import drop_load, go_on
from lib.pipeline.running.queueing import queue_approval, queue_undo, queue_undo_preview
from lib.services.arriving import uploads
from lib.services.reviewing import review
from lib.services.running import job_list, jobs
from lib.services.setup import account_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    at,
    code_of,
    content_of,
    desk_on,
    import_file,
    records,
)


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose imports write two rows at a time."""
    monkeypatch.setattr(staging, "_BATCH_ROWS", 2)
    with desk_on(database_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


def leads(*numbers: int, **more: object) -> bytes:
    return a_csv([a_lead(number, **more) for number in numbers])


def queued(desk: Desk, content: bytes) -> int:
    job_id = queue_import(desk, admin(desk), Delivered("site", "lead", "export.csv", content)).job_id
    assert job_id is not None
    return job_id


def line(desk: Desk, job_id: int) -> jobs.JobLine:
    return desk.ask(admin(desk), jobs.job, job_id)


def claimed(desk: Desk) -> jobs.Job:
    job = desk.do(admin(desk), jobs.claim, "one")
    assert job is not None
    return job


def listed(desk: Desk) -> uploads.Brought:
    return desk.ask(admin(desk), uploads.brought)


def at_row(monkeypatch: pytest.MonkeyPatch, row: int, happens: object) -> None:
    """Something happens once an import reports that so many rows are written."""
    progress = worker.Beat.progress

    def told(beat: worker.Beat, stage: str, done: int, total: int) -> None:
        progress(beat, stage, done, total)
        if stage == "checking" and done >= row:
            monkeypatch.setattr(worker.Beat, "progress", progress)
            happens()  # type: ignore[operator]

    monkeypatch.setattr(worker.Beat, "progress", told)


def killed() -> None:
    raise KeyboardInterrupt  # no trouble of the work: nothing is written down, as when the process is gone


def a_stopped_import(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """Seven rows of which a worker wrote some before it was told to stop; the load."""
    job_id = queued(desk, leads(*range(7)))

    def stop() -> None:
        desk.do(admin(desk), jobs.cancel, job_id)
        raise jobs.job_lost(job)

    job = claimed(desk)
    at_row(monkeypatch, 4, stop)
    do_job(desk, job)
    (stopped,) = listed(desk).stopped
    assert (line(desk, job_id).status, stopped.load_id) == (jobs.CANCELLED, line(desk, job_id).load_id)
    return stopped.load_id


def in_review(desk: Desk, load: int) -> dict[str, int]:
    seen = desk.ask(admin(desk), review.look_at, load)
    assert (seen.load.status, seen.adds_up) == (LoadStatus.IN_REVIEW, True)
    return {str(name): count for name, count in seen.load.verdicts.items() if count}


def test_a_cancelled_import_is_listed_as_stopped_and_nowhere_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    brought = listed(desk)
    (stopped,) = brought.stopped
    assert (stopped.rows, stopped.arriving, stopped.why_not) == (4, 7, "")
    assert (brought.loads, brought.by_status) == ((), {})
    with pytest.raises(DeskError) as refused:
        approve(desk, admin(desk), load)
    assert code_of(refused) == "illegal_move"


def test_a_cancelled_import_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    job_id = go_on(desk, admin(desk), load)
    assert listed(desk).stopped == ()
    begun_at: list[int] = []
    batches = staging.Staging._batches
    monkeypatch.setattr(
        staging.Staging, "_batches", lambda self, reading, done: begun_at.append(done) or batches(self, reading, done)
    )
    assert work(desk, is_until_idle=True) == 1
    assert (line(desk, job_id).status, line(desk, job_id).load_id, begun_at) == (jobs.DONE, load, [4])
    assert in_review(desk, load) == {"created": 7}


def test_a_cancelled_import_starts_clean_when_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    job_id = go_on(desk, admin(desk), load, is_clean=True)
    work(desk, is_until_idle=True)
    new = line(desk, job_id).load_id
    assert new is not None
    assert new != load
    assert in_review(desk, new) == {"created": 7}
    dropped = desk.ask(admin(desk), review.look_at, load).load
    assert (dropped.status, dropped.row_count) == (LoadStatus.FAILED, 0)


def test_a_dropped_import_is_gone_and_its_job_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    job_id = go_on(desk, admin(desk), load)
    drop_load(desk, admin(desk), load)
    assert line(desk, job_id).status == jobs.CANCELLED
    assert work(desk, is_until_idle=True) == 0
    assert listed(desk).stopped == ()
    for verb in (drop_load, go_on):
        with pytest.raises(DeskError) as refused:
            verb(desk, admin(desk), load)
        assert code_of(refused) == "not_stopped"


def test_an_import_whose_worker_was_killed_is_taken_over_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = queued(desk, leads(*range(7)))
    at_row(monkeypatch, 4, killed)
    with pytest.raises(KeyboardInterrupt):
        do_job(desk, claimed(desk))
    load = line(desk, job_id).load_id
    assert load is not None
    assert (line(desk, job_id).status, listed(desk).stopped) == (jobs.RUNNING, ())
    later = at(desk, lambda: utc_now() + timedelta(seconds=jobs.LEASE_SECONDS + 1))
    assert work(later, is_until_idle=True) == 1
    assert (line(desk, job_id).status, line(desk, job_id).load_id) == (jobs.DONE, load)
    assert in_review(desk, load) == {"created": 7}


def test_a_job_that_is_asked_for_twice_is_one_job(desk: Desk) -> None:
    load = import_file(desk, leads(1, 2))["load"]
    assert queue_approval(desk, admin(desk), load, None) == queue_approval(desk, admin(desk), load, None)
    work(desk, is_until_idle=True)
    assert queue_undo(desk, admin(desk), load, "twice") == queue_undo(desk, admin(desk), load, "twice")


def test_the_worker_approves_and_undoes_in_the_name_of_whoever_asked(desk: Desk) -> None:
    ana = a_person(desk, "ana@desk.example", Role.OWNER)
    before = content_of(desk)
    load = import_file(desk, leads(1, 2, 3))["load"]
    seen = desk.ask(ana, review.look_at, load).load.verdicts
    job_id = queue_approval(desk, ana, load, {str(name): count for name, count in seen.items()})
    assert desk.ask(ana, jobs.of_load, load) == line(desk, job_id)
    work(desk, is_until_idle=True)
    done = line(desk, job_id)
    assert (done.status, done.load_id, done.done) == (jobs.DONE, load, 3)
    assert desk.ask(ana, review.look_at, load).load.approved_by == ana.person_id
    assert set(records(desk)) == {"L1", "L2", "L3"}
    job_id = queue_undo(desk, ana, load, "sent twice")
    work(desk, is_until_idle=True)
    assert line(desk, job_id).result == {"reversed": 3, "kept": 0, "could_not": 0}
    assert desk.ask(ana, review.look_at, load).undo_reason == "sent twice"
    assert content_of(desk) == before


def test_a_decision_cancelled_before_its_last_moment_changes_nothing(desk: Desk) -> None:
    load = import_file(desk, leads(1, 2))["load"]
    job_id = queue_approval(desk, admin(desk), load, None)
    job = claimed(desk)
    desk.do(admin(desk), jobs.cancel, job_id)
    do_job(desk, job)
    assert records(desk) == {}
    assert in_review(desk, load) == {"created": 2}
    assert line(desk, job_id).status == jobs.CANCELLED
    approve(desk, admin(desk), load)
    job_id = queue_undo(desk, admin(desk), load, "wrong")
    job = claimed(desk)
    desk.do(admin(desk), jobs.cancel, job_id)
    do_job(desk, job)
    assert set(records(desk)) == {"L1", "L2"}


def test_an_approval_is_cancelled_while_its_rows_are_written(
    mariadb_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_on(mariadb_urls, tmp_path) as desk:
        a_lead_account(desk)
        load = import_file(desk, leads(1, 2))["load"]
        job_id = queue_approval(desk, admin(desk), load, None)
        progress = worker.Beat.progress

        def told(beat: worker.Beat, stage: str, done: int, total: int) -> None:
            progress(beat, stage, done, total)
            if (stage, done) == ("committing", 2):
                desk.do(admin(desk), jobs.cancel, job_id)

        monkeypatch.setattr(worker.Beat, "progress", told)
        do_job(desk, claimed(desk))
        assert line(desk, job_id).status == jobs.CANCELLED
        assert records(desk) == {}
        assert in_review(desk, load) == {"created": 2}


def test_what_is_asked_before_is_asked_again_by_the_worker(desk: Desk) -> None:
    load = import_file(desk, leads(1))["load"]
    job_id = queue_approval(desk, admin(desk), load, None)
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "true"})
    work(desk, is_until_idle=True)
    assert line(desk, job_id).status == jobs.FAILED
    assert "second person" in line(desk, job_id).error
    assert records(desk) == {}
    with pytest.raises(DeskError) as refused:
        queue_approval(desk, admin(desk), load, None)
    assert code_of(refused) == "four_eyes"
    with pytest.raises(DeskError) as refused:
        queue_approval(desk, a_person(desk, "ann@desk.example", Role.ANALYST), load, None)
    assert code_of(refused) == "not_allowed"


def test_counts_that_nobody_saw_are_not_approved_by_the_worker_either(desk: Desk) -> None:
    first = import_file(desk, leads(1))["load"]
    second = import_file(desk, leads(1, 2), file_name="again.csv")["load"]
    seen = {"created": 2, "updated": 0, "duplicate": 0, "failed": 0, "ignored": 0}
    job_id = queue_approval(desk, admin(desk), second, seen)
    approve(desk, admin(desk), first)
    work(desk, is_until_idle=True)
    assert "counts changed" in line(desk, job_id).error
    assert set(records(desk)) == {"L1"}


def test_a_decision_that_was_carried_out_meanwhile_is_done(desk: Desk) -> None:
    load = import_file(desk, leads(1, 2))["load"]
    first = queue_approval(desk, admin(desk), load, None)
    approve(desk, admin(desk), load)
    work(desk, is_until_idle=True)
    second = queue_undo(desk, admin(desk), load, "wrong")
    undo_load(desk, admin(desk), load, "wrong")
    work(desk, is_until_idle=True)
    assert [line(desk, job_id).status for job_id in (first, second)] == [jobs.DONE, jobs.DONE]
    assert line(desk, second).result == {"reversed": 2, "kept": 0, "could_not": 0}


def test_what_an_undo_would_do_holds_until_something_is_committed(desk: Desk) -> None:
    first = import_file(desk, leads(1, 2))["load"]
    approve(desk, admin(desk), first)

    def previewed() -> dict[str, int] | None:
        return desk.ask(admin(desk), lambda tx: job_list.undo_previewed(tx, tx.loads.by_id(first)))

    assert previewed() is None
    queue_undo_preview(desk, admin(desk), first)
    work(desk, is_until_idle=True)
    assert previewed() == {"reversed": 2, "kept": 0, "could_not": 0}
    assert set(records(desk)) == {"L1", "L2"}
    approve(desk, admin(desk), import_file(desk, leads(2, status="booked"), file_name="later.csv")["load"])
    assert previewed() is None
    queue_undo_preview(desk, admin(desk), first)
    work(desk, is_until_idle=True)
    assert previewed() == {"reversed": 1, "kept": 1, "could_not": 0}
