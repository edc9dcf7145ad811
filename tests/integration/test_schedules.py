"""Work that comes round: queued once whoever looks, missed runs as one, skipped aloud, at the account's own minute."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from lib.db.tables.jobs import integration_sync_jobs
from lib.db.unit_of_work import Desk
from lib.domain.jobs import DROP, PULL, ROUTINE
from lib.domain.running.schedules import aside_of
from lib.errors import DeskError
from lib.pipeline.running.schedules import queue_due
from lib.services.running import jobs, schedules
from lib.services.running.schedules import Schedule
from lib.services.setup import account_settings
from tests.builders import admin, an_account, code_of, desk_on, table_rows
from tests.clocks import SetClock
from tests.terminal import Terminal


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path, clock: SetClock) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path, clock) as opened:
        an_account(opened, timezone="America/New_York", signals={"lead": "form_lead"})
        yield opened


def put(desk: Desk, cron: str, **more: str) -> Schedule:
    return desk.do(admin(desk), schedules.put, "site", "lead", cron, **more)


def seen(desk: Desk, schedule: Schedule) -> Schedule:
    (found,) = [item for item in desk.ask(admin(desk), schedules.listed, "site") if item.id == schedule.id]
    return found


def queued(desk: Desk) -> list[int]:
    return queue_due(desk, admin(desk))


def over(desk: Desk, job_id: int) -> None:
    desk.do(admin(desk), jobs.cancel, job_id)


def test_a_run_is_queued_when_it_is_due_on_the_accounts_own_clocks_and_not_before(desk: Desk, clock: SetClock) -> None:
    put_ = put(desk, "15 6 * * *")
    # It is 07:00 in New York; the next morning there is 11:15 UTC.
    assert put_.next_run_at == clock.now.replace(day=5, hour=11, minute=15) + aside_of("site")
    assert queued(desk) == []
    clock.now = put_.next_run_at
    (job_id,) = queued(desk)
    (row,) = table_rows(desk.app, integration_sync_jobs)
    assert (row["id"], row["kind"], row["object"], row["priority"]) == (job_id, PULL, "lead", ROUTINE)
    assert (row["schedule_id"], row["due_at"], row["arguments"]["runs"]) == (put_.id, put_.next_run_at, 1)
    after = seen(desk, put_)
    assert (after.last_job_id, after.next_run_at) == (job_id, put_.next_run_at + timedelta(days=1))
    assert queued(desk) == []


def test_however_many_look_a_run_is_queued_once(desk: Desk, clock: SetClock) -> None:
    for hour in range(6):
        put(desk, f"{hour} * * * *", kind=PULL if hour % 2 else DROP)
        clock.put_on(hours=2)
        with ThreadPoolExecutor(4) as pool:
            found = [job for mine in pool.map(lambda _: queued(desk), range(4)) for job in mine]
        rows = table_rows(desk.app, integration_sync_jobs)
        assert len(found) == len({(row["schedule_id"], row["due_at"]) for row in rows if row["id"] in found})
        assert len({(row["schedule_id"], row["due_at"]) for row in rows}) == len(rows)
        for job_id in found:
            over(desk, job_id)
    assert len(rows) == 11
    assert {item.skipped for item in desk.ask(admin(desk), schedules.listed)} == {0}


def test_whoever_comes_too_late_for_a_run_leaves_it_as_it_is(desk: Desk, clock: SetClock) -> None:
    stale = put(desk, "15 6 * * *")
    clock.put_on(days=1)
    assert desk.do(admin(desk), schedules.take, stale) is not None
    assert desk.do(admin(desk), schedules.take, stale) is None


def test_runs_that_were_missed_are_one_that_says_how_many(desk: Desk, clock: SetClock) -> None:
    put_ = put(desk, "15 6 * * *")
    clock.put_on(days=5)
    (job_id,) = queued(desk)
    (row,) = table_rows(desk.app, integration_sync_jobs)
    assert (row["due_at"], row["arguments"]["runs"]) == (put_.next_run_at, 5)
    following = seen(desk, put_).next_run_at
    assert following is not None
    assert timedelta(0) < following - clock.now <= timedelta(days=1)
    # The one before it is not over yet: the next does not pile up behind it, and that is said.
    clock.now = following
    assert queued(desk) == []
    assert (seen(desk, put_).skipped, "not over" in seen(desk, put_).note) == (1, True)
    over(desk, job_id)
    clock.put_on(days=1)
    assert len(queued(desk)) == 1
    assert seen(desk, put_).note == ""


def test_a_paused_account_is_skipped_and_says_so(desk: Desk, clock: SetClock) -> None:
    put_ = put(desk, "15 6 * * *")
    desk.do(admin(desk), account_settings.pause_account, "site")
    clock.put_on(days=2)
    assert queued(desk) == []
    found = seen(desk, put_)
    assert found.skipped == 2
    assert "site is paused" in found.note
    desk.do(admin(desk), account_settings.resume_account, "site")
    clock.put_on(days=1)
    assert len(queued(desk)) == 1


def test_one_that_is_off_waits_and_begins_anew_from_when_it_is_on(desk: Desk, clock: SetClock) -> None:
    put_ = put(desk, "15 6 * * *")
    desk.do(admin(desk), schedules.switch, put_.id, is_on=False)
    clock.put_on(days=30)
    assert queued(desk) == []
    again = desk.do(admin(desk), schedules.switch, put_.id, is_on=True)
    assert queued(desk) == []
    assert again.next_run_at is not None
    assert again.next_run_at > clock.now
    clock.now = again.next_run_at
    assert len(queued(desk)) == 1


def test_what_cannot_come_round_is_refused(desk: Desk) -> None:
    for words, code in (
        (("site", "lead", "soon"), "not_a_cron"),
        (("site", "moon", "15 6 * * *"), "unknown_object"),
        (("site", "lead", "15 6 * * *", "undo"), "unknown_kind"),
        (("site", "lead", "15 6 * * *", PULL, "Mars/Olympus"), "unknown_timezone"),
    ):
        with pytest.raises(DeskError) as refused:
            desk.do(admin(desk), schedules.put, *words)
        assert code_of(refused) == code


def test_schedules_are_set_listed_and_switched_at_the_terminal(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as opened:
        an_account(opened, timezone="America/New_York", signals={"lead": "form_lead"})
    local, me = Terminal(tmp_path, sqlite_urls), ("--by", "owner@example.com")
    assert local.ok("schedule", "list") == "Nothing comes round by itself.\n"
    said = local.ok("schedule", "add", "site", "lead", "--cron", "15 6 * * *", *me)
    assert "Schedule 1, pull of lead for site, 15 6 * * * in America/New_York: next at " in said
    assert "06:1" in said
    local.ok("schedule", "add", "site", "lead", "--cron", "0 7 * * *", "--zone", "Australia/Sydney", *me)
    (listed,) = local.json("schedule", "list")
    assert (listed["cron"], listed["zone"], listed["is_on"]) == ("0 7 * * *", "Australia/Sydney", True)
    assert ": off" in local.ok("schedule", "off", 1, *me)
    assert local.json("schedule", "list")[0]["next_run_at"] is None
    assert "next at" in local.ok("schedule", "on", 1, *me)
    assert local.refused("schedule", "on", 9, *me)["code"] == "schedule_not_found"
    assert local.refused("schedule", "add", "site", "lead", "--cron", "x", *me)["code"] == "not_a_cron"
    assert local.ok("breaker", "list") == "No provider is left alone.\n"
    refused = local.refused("breaker", "close", "site", "--reason", "mended", *me)
    assert refused["code"] == "breaker_closed"
    assert local.refused("job", "retry", 9, *me)["code"] == "job_not_found"
    assert local.ok("jobs", "--all") == "There is no such job.\n"
    assert local.refused("jobs", "--state", "asleep")["code"] == "unknown_state"
