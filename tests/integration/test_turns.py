"""Whose turn it is: urgency, fairness, one writer an account, pauses by the class of trouble, and the breaker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lib.db.repositories.job_lanes import LaneRepository
from lib.db.tables.audit import audit_log
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.jobs import integration_sync_jobs, job_lanes
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.jobs import ASKED, IMPORT, PULL, ROUTINE, UNDO_PREVIEW, URGENT, Job, Progress
from lib.domain.people import Actor, Role
from lib.domain.running.breaker import FIRST_PAUSE, BreakerPlace
from lib.domain.tasks import BREAKER
from lib.entrypoints import worker as worker_door
from lib.entrypoints.worker import Worker, do_job
from lib.errors import DeskError, NotFound
from lib.pipeline.letters import failing as failing_road
from lib.pipeline.letters.failing import GIVEN_UP_AFTER, meet_trouble
from lib.pipeline.running import work as work_road
from lib.pipeline.running.turns import claim_next, close_breaker
from lib.services.running import breaker, job_list, jobs, schedules, tasks
from tests.builders import a_person, admin, an_account, code_of, desk_on, table_rows
from tests.clocks import SetClock

DOWN = DeskError("unavailable", "The provider does not answer.", is_retryable=True)
REFUSED = DeskError("refused", "The provider does not know this key.", "Give the account another one.")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path, clock: SetClock) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path, clock) as opened:
        for key in ("a", "b", "c"):
            an_account(opened, key)
        yield opened


def queued(desk: Desk, key: str, kind: str = IMPORT, priority: int = ASKED) -> int:
    boss = admin(desk)

    def add(tx: UnitOfWork) -> int:
        told = {"delivery": 0, "by": boss.person_id}
        return tx.jobs.add_job(tx.accounts.by_key(key), kind, "lead", told, priority=priority)

    return desk.do(boss, add)


def claimed(desk: Desk, holder: str = "one") -> Job | None:
    return claim_next(desk, admin(desk), holder)


def taken(desk: Desk, holder: str = "one") -> Job:
    job = claimed(desk, holder)
    assert job is not None
    return job


def done(desk: Desk, job: Job) -> None:
    desk.do(admin(desk), jobs.finish, job, None, 0)


def line(desk: Desk, job_id: int) -> jobs.JobLine:
    return desk.ask(admin(desk), jobs.job, job_id)


def in_turn(desk: Desk) -> list[int]:
    """The jobs as one worker takes them, each done before the next."""
    order = []
    while (job := claimed(desk)) is not None:
        order.append(job.id)
        done(desk, job)
    return order


def test_a_person_who_waits_comes_before_what_was_asked_and_that_before_what_comes_round(desk: Desk) -> None:
    routine = queued(desk, "a", priority=ROUTINE)
    asked = queued(desk, "b", priority=ASKED)
    urgent = queued(desk, "c", priority=URGENT)
    assert in_turn(desk) == [urgent, asked, routine]


def test_of_equal_urgency_the_account_served_longest_ago_comes_first(desk: Desk, clock: SetClock) -> None:
    many = [queued(desk, "a") for _ in range(3)]
    second, third = queued(desk, "b"), queued(desk, "c")
    order = []
    while (job := claimed(desk)) is not None:
        order.append(job.id)
        done(desk, job)
        clock.put_on(seconds=1)
    assert order == [many[0], second, third, many[1], many[2]]


def test_a_long_queue_of_a_busy_account_hides_nobody(desk: Desk) -> None:
    for _ in range(12):
        queued(desk, "a")
    taken(desk)
    routine = queued(desk, "b", priority=ROUTINE)
    assert taken(desk, "two").id == routine


def test_what_writes_has_its_account_to_itself_and_what_reads_does_not_wait(desk: Desk) -> None:
    first, second = queued(desk, "a"), queued(desk, "a")
    job = taken(desk)
    assert job.id == first
    assert claimed(desk, "two") is None
    preview = queued(desk, "a", UNDO_PREVIEW)
    assert taken(desk, "two").id == preview
    done(desk, job)
    assert taken(desk).id == second


@pytest.mark.parametrize("trouble", [DeskError("broken", "No."), DeskError("busy", "Later.", is_retryable=True)])
def test_trouble_leaves_the_account_to_the_next(desk: Desk, trouble: DeskError) -> None:
    first, second = queued(desk, "a"), queued(desk, "a")
    job = taken(desk)
    assert job.id == first
    desk.do(admin(desk), meet_trouble, job, trouble, 0.5)
    assert taken(desk).id == second


def test_a_cancelled_job_holds_its_account_until_its_worker_lets_go(desk: Desk) -> None:
    first, second = queued(desk, "a"), queued(desk, "a")
    job = taken(desk)
    desk.do(admin(desk), jobs.cancel, first)
    assert claimed(desk) is None
    desk.do(admin(desk), jobs.hand_back, job)
    assert line(desk, first).status == jobs.CANCELLED
    assert taken(desk).id == second


def test_an_account_whose_worker_died_is_taken_over_by_any_job_and_the_late_worker_writes_nothing(
    desk: Desk, clock: SetClock
) -> None:
    first = queued(desk, "a", priority=ROUTINE)
    late = taken(desk)
    urgent = queued(desk, "a", priority=URGENT)
    assert claimed(desk, "two") is None
    clock.put_on(seconds=jobs.LEASE_SECONDS + 1)
    job = taken(desk, "two")
    assert job.id == urgent
    # The first waits again, under another fence.
    assert line(desk, first).status == jobs.QUEUED
    assert not desk.do(admin(desk), jobs.heartbeat, late, {})
    with pytest.raises(DeskError) as refused:
        done(desk, late)
    assert code_of(refused) == "job_lost"
    # And it did not take the lane away from the one that has it now.
    assert claimed(desk, "three") is None
    done(desk, job)
    again = taken(desk)
    assert (again.id, again.crashes) == (first, 1)


def test_a_lane_that_was_taken_since_the_queue_was_looked_at_is_not_taken_again(desk: Desk) -> None:
    queued(desk, "a")
    second = queued(desk, "a")
    job = taken(desk)

    def late_look(tx: UnitOfWork) -> bool:
        row = tx.session.connection.execute(
            select(integration_sync_jobs).where(integration_sync_jobs.c.id == second)
        ).one()
        return LaneRepository(tx.session).take(row, jobs.LEASE_SECONDS)

    assert not desk.do(admin(desk), late_look)
    done(desk, job)
    assert desk.do(admin(desk), late_look)


def test_a_late_worker_does_not_free_the_lane_that_was_taken_over(desk: Desk, clock: SetClock) -> None:
    queued(desk, "a")
    late = taken(desk)
    clock.put_on(seconds=jobs.LEASE_SECONDS + 1)
    mine = taken(desk)
    desk.do(admin(desk), jobs.hand_back, late)
    (lane,) = table_rows(desk.app, job_lanes)
    assert (lane["job_id"], lane["fence"]) == (mine.id, mine.fence)


def test_work_that_never_succeeds_is_tried_five_times_and_then_lies_with_the_dead_letters(
    desk: Desk, clock: SetClock
) -> None:
    job_id, away = queued(desk, "a"), DeskError("database_busy", "Busy.", "Wait.", is_retryable=True)
    pauses = []
    for _ in range(5):
        desk.do(admin(desk), meet_trouble, taken(desk), away, 1.0)
        seen = line(desk, job_id)
        if seen.next_try is not None:
            pauses.append((seen.next_try - clock.now).total_seconds())
            clock.now = seen.next_try
    assert pauses == [5, 10, 20, 40]
    assert (seen.status, seen.attempts, seen.error_class, seen.error) == (jobs.FAILED, 5, "ours", "Busy. Wait.")
    (letter,) = table_rows(desk.app, dead_letters)
    assert (letter["subject_type"], letter["subject_id"], letter["code"]) == ("job", job_id, "database_busy")
    desk.do(admin(desk), jobs.retry, job_id)
    seen = line(desk, job_id)
    assert (seen.status, seen.attempts, seen.priority) == (jobs.QUEUED, 0, URGENT)
    assert taken(desk).id == job_id


def test_a_job_fails_and_is_buried_together_or_not_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = queued(desk, "a")
    job = taken(desk)

    def lost(*_: object) -> None:
        raise DeskError("database_down", "It went away.", is_retryable=True)

    monkeypatch.setattr(failing_road, "bury_job", lost)
    with pytest.raises(DeskError):
        desk.do(admin(desk), meet_trouble, job, DeskError("broken", "No."), 0.0)
    assert (line(desk, job_id).status, table_rows(desk.app, dead_letters)) == (jobs.RUNNING, [])


def test_only_a_failed_job_is_tried_again_and_only_by_who_may(desk: Desk) -> None:
    job_id = queued(desk, "a")
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), jobs.retry, job_id)
    assert code_of(refused) == "not_failed"
    an_account(desk, "other", client="globex")
    stranger = a_person(desk, "ana@globex.example", Role.OWNER, "globex")
    with pytest.raises(NotFound):
        desk.do(stranger, jobs.retry, job_id)
    assert desk.ask(stranger, job_list.listed, is_all=True) == []
    assert [item.id for item in desk.ask(admin(desk), job_list.listed, account="a")] == [job_id]
    assert desk.ask(admin(desk), job_list.listed, state=jobs.DONE) == []


def test_jobs_that_were_over_long_ago_leave_the_list(desk: Desk, clock: SetClock) -> None:
    over, waiting = queued(desk, "a"), queued(desk, "b")
    done(desk, taken(desk))
    clock.put_on(days=89)
    assert desk.do(admin(desk), jobs.forget_finished) == 0
    clock.put_on(days=2)
    assert desk.do(admin(desk), jobs.forget_finished) == 1
    assert [row["id"] for row in table_rows(desk.app, integration_sync_jobs)] == [waiting]
    assert over != waiting


class Provider:
    """What pulling comes to: the trouble it has now, or none; and how often it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trouble: DeskError | None = None
        self.asked = 0
        monkeypatch.setitem(work_road._DOES, PULL, self._pull)

    def _pull(self, desk: Desk, person: Actor, job: Job, progress: Progress) -> None:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        progress("pulling", 1, 1)
        desk.do(person, jobs.finish, job, None, 1)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    return Provider(monkeypatch)


def worked(desk: Desk) -> int:
    return Worker(desk, "one", lambda: 0.0).run(is_until_idle=True)


def state(desk: Desk, key: str = "a") -> breaker.BreakerState:
    return desk.ask(admin(desk), lambda tx: breaker.state_of(tx, tx.accounts.by_key(key)))


def breaker_tasks(desk: Desk, *, is_open: bool = True) -> list[str]:
    return [item.sentence for item in desk.ask(admin(desk), tasks.listed, is_open=is_open) if item.kind == BREAKER]


def test_a_provider_that_keeps_failing_is_left_alone_and_its_work_waits_unburnt(
    desk: Desk, clock: SetClock, provider: Provider
) -> None:
    provider.trouble = DOWN
    job_id = queued(desk, "a", PULL)
    said = []
    for _ in range(5):
        assert worked(desk) == 1
        said.append(len(breaker_tasks(desk)))
        clock.put_on(seconds=1)
    # It warned after three and said no more until it opened: one task, brought up to date.
    assert (said, len(breaker_tasks(desk))) == ([0, 0, 1, 1, 1], 1)
    assert "left alone since" in breaker_tasks(desk)[0]
    assert state(desk).place is BreakerPlace.OPEN
    more = [queued(desk, "a", PULL), queued(desk, "a", PULL)]
    elsewhere = queued(desk, "b", PULL)
    provider.trouble = None
    assert worked(desk) == 1
    assert (line(desk, elsewhere).status, provider.asked) == (jobs.DONE, 6)
    for waiting in (job_id, *more):
        seen = line(desk, waiting)
        assert (seen.status, seen.next_try) == (jobs.QUEUED, state(desk).try_at)
        assert seen.error_code == "breaker_open"
    assert [line(desk, waiting).attempts for waiting in (job_id, *more)] == [4, 0, 0]
    # A trial that fails opens it for longer, and is not counted against its job.
    provider.trouble = DOWN
    clock.put_on(seconds=FIRST_PAUSE.total_seconds())
    assert (worked(desk), provider.asked) == (1, 7)
    assert (state(desk).times_opened, line(desk, job_id).attempts, len(breaker_tasks(desk))) == (2, 4, 1)
    # One that comes through closes it, and everything that waited goes at once.
    provider.trouble = None
    clock.put_on(seconds=2 * FIRST_PAUSE.total_seconds())
    assert (worked(desk), provider.asked) == (3, 10)
    assert state(desk) == breaker.BreakerState()
    assert {line(desk, waiting).status for waiting in (job_id, *more)} == {jobs.DONE}
    assert (breaker_tasks(desk), len(breaker_tasks(desk, is_open=False))) == ([], 1)


def test_a_trial_that_comes_through_wakes_what_would_have_waited_longer(
    desk: Desk, clock: SetClock, provider: Provider
) -> None:
    provider.trouble = DeskError("rate_limited", "Too often.", is_retryable=True)
    first = queued(desk, "a", PULL)
    for _ in range(5):
        Worker(desk, "one", lambda: 0.99).run(is_until_idle=True)
        following, trial = line(desk, first).next_try, state(desk).try_at
        assert following is not None
        clock.now = trial or following
    assert following > clock.now
    provider.trouble = None
    second = queued(desk, "a", PULL)
    assert worked(desk) == 2
    assert {line(desk, job_id).status for job_id in (first, second)} == {jobs.DONE}


def test_work_does_not_wait_for_its_provider_for_ever(desk: Desk, clock: SetClock, provider: Provider) -> None:
    provider.trouble = DOWN
    job_id, since = queued(desk, "a", PULL), clock.now
    while line(desk, job_id).status == jobs.QUEUED:
        following = line(desk, job_id).next_try
        assert following is not None
        clock.now = max(clock.now, following)
        worked(desk)
    assert line(desk, job_id).status == jobs.FAILED
    assert GIVEN_UP_AFTER < clock.now - since < 2 * GIVEN_UP_AFTER
    # Quick at first, then four times a day: it is not hammered.
    assert provider.asked < 40
    assert [letter["code"] for letter in table_rows(desk.app, dead_letters)] == ["unavailable"]


def test_refused_credentials_fail_at_once_and_hold_up_the_rest_until_a_person_has_mended_them(
    desk: Desk, provider: Provider
) -> None:
    provider.trouble = REFUSED
    first, second = queued(desk, "a", PULL), queued(desk, "a", PULL)
    assert (worked(desk), provider.asked) == (1, 1)
    assert (line(desk, first).status, line(desk, second).status) == (jobs.FAILED, jobs.QUEUED)
    assert "other credentials" in breaker_tasks(desk)[0]
    with pytest.raises(DeskError) as refused:
        close_breaker(desk, admin(desk), "a", "  ")
    assert code_of(refused) == "reason_missing"
    provider.trouble = None
    close_breaker(desk, admin(desk), "a", "a new key")
    assert (worked(desk), line(desk, second).status) == (1, jobs.DONE)
    assert "breaker closed" in [row["action"] for row in table_rows(desk.app, audit_log)]
    with pytest.raises(DeskError) as refused:
        close_breaker(desk, admin(desk), "a", "again")
    assert code_of(refused) == "breaker_closed"


def test_trouble_of_the_desk_is_not_held_against_the_provider(desk: Desk, provider: Provider) -> None:
    provider.trouble = DeskError("no_approved_map", "There is no map.")
    for _ in range(6):
        queued(desk, "a", PULL)
    assert (worked(desk), provider.asked) == (6, 6)
    assert state(desk) == breaker.BreakerState()


def test_another_clients_breakers_and_schedules_are_out_of_sight(desk: Desk) -> None:
    an_account(desk, "other", client="globex")
    stranger = a_person(desk, "ana@globex.example", Role.OWNER, "globex")
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("a"))
    desk.do(admin(desk), breaker.note_failure, account, REFUSED)
    put = desk.do(admin(desk), schedules.put, "a", next(iter(account.signals)), "15 6 * * *")
    assert list(desk.ask(admin(desk), breaker.held_up)) == ["a"]
    assert desk.ask(stranger, breaker.held_up) == {}
    assert desk.ask(stranger, breaker.state_of, account) == breaker.BreakerState()
    assert desk.ask(stranger, schedules.listed) == []
    for question in (
        lambda: desk.do(stranger, schedules.switch, put.id, is_on=False),
        lambda: desk.do(stranger, schedules.put, "a", put.object, "0 1 * * *"),
        lambda: close_breaker(desk, stranger, "a", "mine"),
    ):
        with pytest.raises(NotFound):
            question()


def test_a_worker_that_is_to_stop_hands_its_job_back_and_it_was_no_try(desk: Desk, provider: Provider) -> None:
    job_id = queued(desk, "a", PULL)
    do_job(desk, taken(desk), lambda: True)
    seen = line(desk, job_id)
    assert (seen.status, seen.attempts, provider.asked) == (jobs.QUEUED, 0, 0)
    assert taken(desk).id == job_id


def test_chores_go_by_the_desks_clock_and_the_trouble_of_one_stops_neither_the_others_nor_the_jobs(
    desk: Desk, clock: SetClock, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[datetime] = []

    def known_trouble(_desk: Desk, _worker: Actor) -> None:
        raise DeskError("mail_away", "The mail server is away.")

    def bug(_desk: Desk, _worker: Actor) -> None:
        raise ZeroDivisionError

    def good(of: Desk, _worker: Actor) -> None:
        seen.append(of.clock())

    hourly = timedelta(hours=1)
    monkeypatch.setattr(worker_door, "CHORES", ((hourly, known_trouble), (hourly, bug), (hourly, good)))
    one, job_id = Worker(desk), queued(desk, "a", PULL)
    assert one.step()
    assert line(desk, job_id).status == jobs.DONE
    clock.put_on(minutes=59)
    assert not one.step()
    assert len(seen) == 1
    clock.put_on(minutes=1)
    one.step()
    assert len(seen) == 2
