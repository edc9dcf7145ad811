"""Failure has a plan (R16): what came to nothing lies in a queue with its owner and a mend, until its cause is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from lib.db.tables.dead_letters import dead_letters as letters_table
from lib.db.tables.imports import data_import_batches
from lib.db.tables.jobs import integration_sync_jobs
from lib.db.unit_of_work import Desk
from lib.domain.jobs import DROP, PULL, Job
from lib.domain.maps import Transform
from lib.domain.people import Actor, Role
from lib.domain.running.dead_letters import Group, LetterStatus
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.domain.tasks import DEAD_LETTER
from lib.entrypoints.worker import work
from lib.errors import DeskError, NotFound
from lib.pipeline.letters.bulk_replay import perform_bulk_replay
from lib.pipeline.letters.dead_letters import bring_back, discard, replay_all, replay_one, snooze, wake
from lib.pipeline.letters.failing import meet_trouble
from lib.pipeline.letters.letter_preview import preview_replay
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.running.turns import come_through
from lib.services.running import dead_letters, jobs, queue_work, schedules, tasks
from lib.services.setup import account_settings
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_approved_map,
    at,
    code_of,
    committed,
    import_file,
    records,
    table_rows,
)

FEES, DATES = ("unreadable_money", "fee"), ("unreadable_date", "occurred_at")
# Of eight rows five stay out: three for their fee, one for its date, and one for both, of which the date comes first.
ROWS = [
    a_lead(1),
    a_lead(2, fee="about ten"),
    a_lead(3, fee="12 or so"),
    a_lead(4, date="whenever", fee="40.00"),
    a_lead(5, date="whenever", fee="??"),
    a_lead(6),
    a_lead(7),
    a_lead(8, fee="?"),
]


def queue(desk: Desk, *, is_open: bool = True) -> dict[tuple[str, str], Group]:
    """The groups of the queue by code and column."""
    found = desk.ask(admin(desk), dead_letters.groups, is_open=is_open)
    return {(item.code, item.column): item for item in found}


def tasks_open(desk: Desk) -> list[str]:
    return [task.sentence for task in desk.ask(admin(desk), tasks.listed) if task.kind == DEAD_LETTER]


def line_of(desk: Desk, cause: tuple[str, str]) -> int:
    """The newest line of a cause."""
    return desk.ask(admin(desk), dead_letters.group, queue(desk, is_open=False)[cause].fingerprint).lines[0].id


def a_mended_map(desk: Desk, key: str = "site", **values: str) -> None:
    """Fees in words are known from now on."""
    known = values or {"about ten": "10", "12 or so": "12"}
    step = Transform("value_map", {"values": known, "otherwise": "keep"})
    an_approved_map(desk, key, a_map("lead", {**LEAD_FIELDS, "fee": ("fee", (step,))}))


def replayed(desk: Desk, job_id: int | None) -> int:
    """Let the worker do it; the load in review that it came to."""
    assert job_id is not None
    work(desk, is_until_idle=True)
    found = [row for row in table_rows(desk.app, data_import_batches) if row["status"] == "in_review"]
    assert len(found) == 1
    return int(found[0]["id"])


def require_conserved(desk: Desk) -> None:
    """The failed rows of every load that was ever committed lie in its lines, wherever these stand."""
    lines = table_rows(desk.app, letters_table)
    for load in table_rows(desk.app, data_import_batches):
        if load["committed_at"] is not None:
            mine = [row for row in lines if (row["subject_type"], row["subject_id"]) == ("load", load["id"])]
            assert sum(row["row_count"] for row in mine) == load["failed_count"]


def test_every_failed_row_of_a_committed_load_lies_in_exactly_one_line(desk: Desk) -> None:
    account = a_lead_account(desk)
    load = committed(desk, a_csv(ROWS))
    found = queue(desk)
    assert {cause: item.rows for cause, item in found.items()} == {FEES: 3, DATES: 2}
    assert sum(item.rows for item in found.values()) == load["verdicts"]["failed"] == 5
    assert {item.owner for item in found.values()} == {account.owner_email}
    assert all(item.mend and item.sentence for item in found.values())
    assert found[DATES].worth is not None
    assert (found[DATES].worth.amount, found[DATES].worth.currency) == (Decimal(40), "USD")
    assert found[DATES].what_it_is_worth == "$40.00 by fee"
    # What cannot be read has no sum.
    assert found[FEES].what_it_is_worth == "3 rows"
    assert len(tasks_open(desk)) == 2
    require_conserved(desk)


def test_a_load_under_review_and_a_test_bury_nothing(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    import_file(sqlite_desk, a_csv(ROWS))
    test = import_file(sqlite_desk, a_csv(ROWS[1:]), is_test=True)
    approve(sqlite_desk, admin(sqlite_desk), test["load"])
    assert queue(sqlite_desk, is_open=False) == {}


def test_burying_twice_is_one_line_until_it_was_closed(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    account = a_lead_account(desk)
    told = (account.id, account.client_id, "lead", Step.PULL, "unavailable", "", Subject.RECEIPT, 7)
    failure = FailedWork(*told, sentence="The provider did not answer.", mend="Try it later.", row_count=5)
    first = desk.do(admin(desk), dead_letters.bury, failure)
    assert desk.do(admin(desk), dead_letters.bury, failure) == first
    cause = queue(desk)["unavailable", ""]
    assert (cause.lines, cause.rows, cause.tries) == (1, 5, 1)
    assert len(tasks_open(desk)) == 1
    discard(desk, admin(desk), str(first), "It was a drill.")
    assert (queue(desk), tasks_open(desk)) == ({}, [])
    assert desk.do(admin(desk), dead_letters.bury, failure) == first
    assert queue(desk)["unavailable", ""].tries == 2


def test_a_mended_map_brings_exactly_the_mended_rows_in_and_closes_the_line(desk: Desk) -> None:
    a_lead_account(desk)
    first = committed(desk, a_csv(ROWS))["load"]
    began = queue(desk)[FEES].first_seen
    a_mended_map(desk)
    told = preview_replay(desk, admin(desk), said=queue(desk)[FEES].fingerprint[:8])
    assert (told.rows, told.going_in, told.failing) == (3, 2, 1)
    assert told.sentence.startswith("2 of 3 rows would now go in; 1 still fails: 1 × ")
    assert {(cell.raw, cell.mapped) for cell in told.samples} == {
        ("about ten", "10.00"),
        ("12 or so", "12.00"),
        ("?", ""),
    }
    before = set(records(desk))
    begun = replay_one(desk, admin(desk), line_of(desk, FEES))
    assert {item.status for item in queue(desk).values()} == {LetterStatus.REPLAYING}
    second = replayed(desk, begun.job_id)
    assert set(records(desk)) == before
    # A load that waits for its decision still holds its lines.
    assert {item.status for item in queue(desk).values()} == {LetterStatus.REPLAYING}
    approve(desk, admin(desk), second)
    assert set(records(desk)) - before == {"L2", "L3"}
    found = queue(desk)
    assert {cause: (item.rows, item.status) for cause, item in found.items()} == {
        FEES: (1, LetterStatus.OPEN),
        DATES: (2, LetterStatus.OPEN),
    }
    assert found[FEES].first_seen == began
    assert found[FEES].tries == 2
    resolved = desk.ask(admin(desk), dead_letters.group, found[FEES].fingerprint).lines[1]
    assert (resolved.subject_id, resolved.replay_load_id) == (first, second)
    assert "2 of 3 rows fail for this no longer" in resolved.reason
    require_conserved(desk)


def test_undoing_what_closed_a_line_opens_it_again(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    first = committed(desk, a_csv(ROWS))["load"]
    a_mended_map(desk, **{"about ten": "10", "12 or so": "12", "?": "0"})
    second = replayed(desk, replay_one(desk, admin(desk), line_of(desk, FEES)).job_id)
    approve(desk, admin(desk), second)
    assert {cause: item.rows for cause, item in queue(desk).items()} == {DATES: 2}
    assert len(tasks_open(desk)) == 1
    undo_load(desk, admin(desk), second, "the fees were guessed")
    assert {cause: item.rows for cause, item in queue(desk).items()} == {FEES: 3, DATES: 2}
    assert len(tasks_open(desk)) == 2
    undo_load(desk, admin(desk), first, "the whole file was wrong")
    assert (queue(desk), tasks_open(desk)) == ({}, [])
    require_conserved(desk)


def test_rows_that_another_delivery_brings_again_are_counted_once(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    began = queue(desk)[FEES].first_seen
    committed(desk, a_csv([*ROWS, a_lead(9)]))
    found = queue(desk)
    assert {cause: (item.lines, item.rows) for cause, item in found.items()} == {FEES: (1, 3), DATES: (1, 2)}
    assert found[FEES].first_seen == began
    # Mended at the provider's: what comes in closes its line, also where the map stayed as it is.
    mended = [a_lead(number) for number in range(1, 9)]
    third = committed(desk, a_csv(mended))["load"]
    assert (queue(desk), tasks_open(desk)) == ({}, [])
    assert len(records(desk)) == 9
    undo_load(desk, admin(desk), third, "another town's")
    assert {cause: item.rows for cause, item in queue(desk).items()} == {FEES: 3, DATES: 2}
    # A delivery of some of the rows closes nothing: the others are still held up.
    committed(desk, a_csv([a_lead(2), a_lead(4)]))
    assert {cause: item.rows for cause, item in queue(desk).items()} == {FEES: 3, DATES: 2}
    require_conserved(desk)


def test_what_was_discarded_stays_discarded_when_another_delivery_brings_it_again(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    discard(desk, admin(desk), queue(desk)[DATES].fingerprint, "Nobody knows the day.")
    committed(desk, a_csv([*ROWS, a_lead(9)]))
    assert set(queue(desk)) == {FEES}
    # One more row of the same cause is none that anybody has discarded.
    committed(desk, a_csv([*ROWS, a_lead(10, date="some day")]))
    assert queue(desk)[DATES].rows == 3


def test_a_line_opens_again_when_its_replay_is_rejected_or_cancelled(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    a_mended_map(desk)
    line = line_of(desk, FEES)
    job_id = replay_one(desk, admin(desk), line).job_id
    assert job_id is not None
    desk.do(admin(desk), jobs.cancel, job_id)
    assert queue(desk)[FEES].status is LetterStatus.OPEN
    assert replay_one(desk, admin(desk), line).job_id != job_id


def test_of_two_people_who_replay_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    a_mended_map(desk)
    line = line_of(desk, FEES)
    people = [admin(desk), a_person(desk, "other@example.com", Role.OWNER)]
    gate = Barrier(2)

    def press(person: Actor) -> str:
        gate.wait()
        try:
            replay_one(desk, person, line)
        except DeskError as refused:
            # Which sentence depends on how far the other one was.
            assert any(said in refused.message for said in ("already", "a moment ago", "being loaded"))
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, people)) == ["told", "won"]
    assert len(table_rows(desk.app, integration_sync_jobs)) == 1
    with pytest.raises(DeskError) as refused:
        replay_all(desk, people[1], account="site")
    assert code_of(refused) == "nothing_to_replay"


def test_a_line_that_somebody_else_replayed_since_it_was_read_is_not_replayed_twice(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    seen = desk.ask(admin(desk), dead_letters.letter, line_of(desk, FEES))
    desk.do(admin(desk), lambda tx: tx.dead_letters.replay(seen, 11))
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), lambda tx: tx.dead_letters.replay(seen, 12))
    assert code_of(refused) == "changed_meanwhile"


def test_a_job_out_of_tries_lies_in_the_queue_until_it_is_tried_again_and_goes_well(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    job_id = queue_import(desk, admin(desk), Delivered("site", "lead", "late.csv", a_csv([a_lead(1)]))).job_id
    trouble = DeskError("not_possible", "It cannot be done.", "Ask the owner.")
    desk.do(admin(desk), meet_trouble, claimed(desk), trouble, 0.5)
    cause = ("not_possible", "")
    assert (queue(desk)[cause].mend, len(tasks_open(desk))) == ("Ask the owner.", 1)
    again = replay_one(desk, admin(desk), line_of(desk, cause))
    assert (again.job_id, again.jobs) == (job_id, (job_id,))
    assert queue(desk)[cause].status is LetterStatus.REPLAYING
    work(desk, is_until_idle=True)
    assert (queue(desk), tasks_open(desk)) == ({}, [])
    closed = desk.ask(admin(desk), dead_letters.letter, line_of(desk, cause))
    assert (closed.status, closed.reason) == (LetterStatus.RESOLVED, f"Job {job_id} was tried again and went well.")


def test_a_later_run_of_a_schedule_that_goes_well_closes_what_an_earlier_one_left(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    account = a_lead_account(desk)

    def run(kind: str) -> Job:
        set_ = desk.do(admin(desk), schedules.put, "site", "lead", "0 6 * * *", kind)
        told = (account, kind, "lead", set_.id, desk.clock(), 1)
        desk.do(admin(desk), queue_work.enqueue_run, *told)
        return claimed(desk)

    for kind in (PULL, DROP):
        trouble = DeskError("not_possible", "It cannot be done.", "Ask them.")
        desk.do(admin(desk), meet_trouble, run(kind), trouble, 0.5)
    assert [item.step for item in desk.ask(admin(desk), dead_letters.groups)] == [Step.RECEIVE, Step.PULL]
    come_through(desk, admin(desk), run(PULL))
    assert [item.step for item in desk.ask(admin(desk), dead_letters.groups)] == [Step.RECEIVE]
    assert len(tasks_open(desk)) == 1


def three_deliveries(desk: Desk) -> None:
    a_lead_account(desk)
    for number in range(3):
        rows = [a_lead(10 * number + place, fee="about ten" if place else "1") for place in range(3)]
        committed(desk, a_csv(rows), file_name=f"part{number}.csv")
    a_mended_map(desk)


def test_a_bulk_replay_makes_an_ordinary_load_of_each_delivery(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    three_deliveries(desk)
    told = preview_replay(desk, admin(desk), account="site")
    assert (told.rows, told.going_in, len(told.deliveries)) == (6, 6, 3)
    begun = replay_all(desk, admin(desk), cause=queue(desk)[FEES].fingerprint)
    assert (begun.lines, begun.deliveries, begun.rows) == (3, 3, 6)
    with pytest.raises(DeskError) as refused:
        replay_all(desk, admin(desk), account="site")
    assert code_of(refused) == "nothing_to_replay"
    work(desk, is_until_idle=True)
    waiting = [row["id"] for row in table_rows(desk.app, data_import_batches) if row["status"] == "in_review"]
    assert len(waiting) == 3
    assert begun.job_id is not None
    assert desk.ask(admin(desk), jobs.job, begun.job_id).result == {"deliveries": 3, "loaded": 3, "left_out": 0}
    for load in sorted(waiting):
        approve(desk, admin(desk), load)
    assert queue(desk) == {}
    assert len(records(desk)) == 9
    require_conserved(desk)


def claimed(desk: Desk) -> Job:
    found = desk.do(admin(desk), jobs.claim, "a worker")
    assert found is not None
    return found


def test_a_cancelled_bulk_replay_keeps_what_it_has_loaded_and_says_how_far_it_got(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    three_deliveries(desk)
    begun = replay_all(desk, admin(desk), account="site")
    assert begun.job_id is not None
    job, far = claimed(desk), []

    def progress(stage: str, done: int, total: int) -> None:
        far.append((stage, done, total))
        desk.do(admin(desk), jobs.heartbeat, job, {"stage": stage, "done": done, "total": total})
        if done == 1:
            desk.do(admin(desk), jobs.cancel, job.id)

    with pytest.raises(DeskError) as lost:
        perform_bulk_replay(desk, admin(desk), job, progress)
    assert code_of(lost) == "job_lost"
    told = desk.ask(admin(desk), jobs.job, job.id)
    assert (told.status, told.done, told.total) == (jobs.CANCELLED, 1, 3)
    lines = desk.ask(admin(desk), dead_letters.group, queue(desk)[FEES].fingerprint).lines
    assert [line.status for line in reversed(lines)] == [LetterStatus.REPLAYING, LetterStatus.OPEN, LetterStatus.OPEN]
    assert len([row for row in table_rows(desk.app, data_import_batches) if row["status"] == "in_review"]) == 1
    # And the rest can be replayed by another one.
    assert replay_all(desk, admin(desk), account="site").deliveries == 2


def test_one_bulk_replay_runs_at_a_time_for_a_client(any_desk: Desk) -> None:
    desk = any_desk
    three_deliveries(desk)
    a_lead_account(desk, "shop")
    committed(desk, a_csv(ROWS), "shop")
    a_mended_map(desk, "shop")
    first = replay_all(desk, admin(desk), account="site")
    with pytest.raises(DeskError) as refused:
        replay_all(desk, admin(desk), account="shop")
    assert code_of(refused) == "bulk_replay_under_way"
    assert f"job cancel {first.job_id}" in refused.value.hint
    a_lead_account(desk, "third", client="other")
    committed(desk, a_csv(ROWS), "third")
    a_mended_map(desk, "third")
    assert replay_all(desk, admin(desk), account="third").job_id is not None


def test_what_was_read_through_the_current_map_is_not_replayed_in_vain(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    with pytest.raises(DeskError) as refused:
        replay_all(desk, admin(desk), account="site")
    assert code_of(refused) == "nothing_to_replay"
    assert "approve a mended one first" in refused.value.message
    with pytest.raises(DeskError) as refused:
        replay_one(desk, admin(desk), line_of(desk, FEES))
    assert code_of(refused) == "not_replayable"


def test_a_delivery_that_cannot_be_loaded_again_is_passed_over_and_said(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    three_deliveries(desk)
    begun = replay_all(desk, admin(desk), account="site")
    first = desk.ask(admin(desk), dead_letters.letter, line_of(desk, FEES)).delivery_id
    assert first is not None
    desk.do(admin(desk), lambda tx: tx.payloads.drop(first, 0, ["file"]))
    work(desk, is_until_idle=True)
    assert begun.job_id is not None
    assert desk.ask(admin(desk), jobs.job, begun.job_id).result == {"deliveries": 3, "loaded": 2, "left_out": 1}
    line = desk.ask(admin(desk), dead_letters.letter, line_of(desk, FEES))
    assert line.status is LetterStatus.OPEN
    assert "its file is no longer kept" in line.reason


def test_a_refused_delivery_lies_in_the_queue_until_it_is_read(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    with pytest.raises(DeskError) as refused:
        import_file(desk, b"name;nothing\n")
    cause = (code_of(refused), "")
    assert queue(desk)[cause].mend
    assert preview_replay(desk, admin(desk), said=str(line_of(desk, cause))).deliveries[0].why_not
    job_id = replay_one(desk, admin(desk), line_of(desk, cause)).job_id
    work(desk, is_until_idle=True)
    # The job met the same trouble: that is the delivery's line, not one more.
    assert {(key, item.lines, item.status) for key, item in queue(desk, is_open=False).items()} == {
        (cause, 1, LetterStatus.OPEN)
    }
    assert job_id is not None
    an_approved_map(desk, "site", a_map("lead", {"occurred_at": "name", "status": "nothing"}))
    replay_one(desk, admin(desk), line_of(desk, cause))


def test_discarding_needs_a_reason_stays_counted_and_can_be_taken_back(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    cause = queue(desk)[FEES].fingerprint
    with pytest.raises(DeskError) as refused:
        discard(desk, admin(desk), cause, "  ")
    assert code_of(refused) == "reason_missing"
    analyst = a_person(desk, "ann@example.com", Role.ANALYST)
    with pytest.raises(DeskError) as refused:
        discard(desk, analyst, cause, "noise")
    assert code_of(refused) == "not_allowed"
    gone = discard(desk, admin(desk), cause[:6], "Test entries of the crew.")
    assert (gone.status, gone.rows, gone.reason) == (LetterStatus.DISCARDED, 3, "Test entries of the crew.")
    assert set(queue(desk)) == {DATES}
    assert len(tasks_open(desk)) == 1
    assert queue(desk, is_open=False)[FEES].told[LetterStatus.DISCARDED].rows == 3
    require_conserved(desk)
    assert bring_back(desk, admin(desk), cause).status is LetterStatus.OPEN
    assert len(tasks_open(desk)) == 2


def test_what_was_discarded_stays_discarded_when_its_delivery_is_loaded_again(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    discard(desk, admin(desk), queue(desk)[DATES].fingerprint, "Nobody knows the day.")
    a_mended_map(desk)
    approve(desk, admin(desk), replayed(desk, replay_one(desk, admin(desk), line_of(desk, FEES)).job_id))
    assert set(queue(desk)) == {FEES}
    assert queue(desk, is_open=False)[DATES].reason == "Discarded as before: Nobody knows the day."


def test_a_snoozed_cause_waits_for_its_day_and_then_asks_again(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    cause = queue(desk)[FEES].fingerprint
    today = desk.clock().date()
    with pytest.raises(DeskError) as refused:
        snooze(desk, admin(desk), cause, today - timedelta(days=1))
    assert code_of(refused) == "day_not_ahead"
    assert snooze(desk, admin(desk), cause, today + timedelta(days=3)).status is LetterStatus.SNOOZED
    assert len(tasks_open(desk)) == 1
    # What fails for the same cause meanwhile waits with it.
    committed(desk, a_csv([a_lead(19), a_lead(20, fee="a lot")]))
    assert (queue(desk)[FEES].status, queue(desk)[FEES].lines, len(tasks_open(desk))) == (LetterStatus.SNOOZED, 2, 1)
    assert wake(desk, admin(desk)) == 0
    later = at(desk, lambda: datetime.combine(today + timedelta(days=5), datetime.min.time(), UTC))
    assert queue(later)[FEES].status is LetterStatus.OPEN
    assert (wake(later, admin(later)), wake(later, admin(later))) == (1, 0)
    assert len(tasks_open(desk)) == 2


def test_nobody_sees_or_decides_about_another_clients_failures(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv(ROWS))
    a_lead_account(desk, "other", client="other")
    stranger = a_person(desk, "stranger@example.com", Role.OWNER, "other")
    line, cause = line_of(desk, FEES), queue(desk)[FEES].fingerprint
    assert desk.ask(stranger, dead_letters.groups, is_open=False) == ()
    asked: list[Any] = [
        lambda: desk.ask(stranger, dead_letters.letter, line),
        lambda: desk.ask(stranger, dead_letters.group, cause),
        lambda: replay_one(desk, stranger, line),
        lambda: replay_all(desk, stranger, cause=cause),
        lambda: preview_replay(desk, stranger, said=str(line)),
        lambda: discard(desk, stranger, cause, "not mine"),
        lambda: snooze(desk, stranger, cause, None),
    ]
    for question in asked:
        with pytest.raises(NotFound):
            question()
    nobody = a_person(desk, "looks@example.com", Role.STAKEHOLDER, "acme")
    with pytest.raises(DeskError) as refused:
        desk.ask(nobody, dead_letters.groups)
    assert code_of(refused) == "not_allowed"


def test_where_retention_has_taken_the_rows_it_is_said_in_one_sentence(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": "0"})
    committed(desk, a_csv(ROWS))
    told = preview_replay(desk, admin(desk), account="site")
    assert (told.unknown, told.going_in) == (5, 0)
    assert "no longer kept (policy: not at all)" in told.sentence
