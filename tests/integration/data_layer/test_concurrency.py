"""Eight at once: no id twice, no update lost, no "database is locked"."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select

from lib.clock import utc_now
from lib.db.ids import reserve
from lib.db.tables.operations import id_blocks, transaction_keys
from lib.db.transactions import transact
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Role
from lib.errors import DeskError
from lib.services.setup import accounts
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, desk_on, import_file
from tests.integration.data_layer.watching import errors_of
from tests.ledger import require_sound

EIGHT = 8


def at_once(job: Any, count: int = EIGHT) -> list[Any]:
    """What `job(number)` gives, run in threads that start together."""
    start = threading.Barrier(count, timeout=30)

    def run(number: int) -> Any:
        start.wait()
        return job(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def a_block(desk: Desk, size: int) -> int:
    return transact(desk.app, lambda connection: reserve(connection, "records", size))


@pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.prove)])
def test_eight_threads_never_reserve_the_same_id(desk: Desk, rounds: int) -> None:
    """From an empty table on: the first block of all is fought for as well."""

    def job(number: int) -> list[range]:
        sizes = [1 + (number * 7 + turn * 13) % 50 for turn in range(rounds)]
        blocks = []
        for size in sizes:
            first = a_block(desk, size)
            blocks.append(range(first, first + size))
        return blocks

    ids = [number for blocks in at_once(job) for block in blocks for number in block]
    assert len(ids) == len(set(ids))
    assert min(ids) == 1
    stored = transact(desk.app, lambda c: c.execute(select(id_blocks.c.next_id)).scalar_one(), is_writing=False)
    assert stored == max(ids) + 1


def test_two_who_begin_a_sequence_at_the_same_moment_both_get_their_ids(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    """Both have found no row yet when both insert it: the second takes its block from the row of the first."""
    with desk_on(mariadb_urls, tmp_path) as desk:
        both_insert = threading.Barrier(2, timeout=20)

        def wait(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("INSERT INTO id_blocks") and not both_insert.broken:
                both_insert.wait()

        event.listen(desk.app, "before_cursor_execute", wait)
        with errors_of(desk.app) as seen:
            firsts = at_once(lambda _number: a_block(desk, 10), 2)
        assert 1062 in seen
        assert sorted(firsts) == [1, 11]


def test_sequences_are_apart_and_nothing_costs_no_id(desk: Desk) -> None:
    def work(connection: Connection) -> list[int]:
        return [reserve(connection, name, count) for name, count in (("a", 5), ("b", 3), ("a", 0), ("a", 1), ("b", 1))]

    assert transact(desk.app, work) == [1, 1, 0, 6, 4]


def test_a_block_that_was_rolled_back_is_handed_out_again_or_lost_but_never_twice(desk: Desk) -> None:
    def failing(connection: Connection) -> None:
        reserve(connection, "records", 10)
        raise DeskError("stop", "Stopped.")

    with pytest.raises(DeskError):
        transact(desk.app, failing)
    first = transact(desk.app, lambda connection: reserve(connection, "records", 10))
    second = transact(desk.app, lambda connection: reserve(connection, "records", 10))
    assert second >= first + 10


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.prove)])
def test_eight_writers_are_all_served(desk: Desk, rounds: int) -> None:
    """On SQLite a writer that began as a reader would meet "database is locked": here nobody meets anything."""

    def job(number: int) -> None:
        for turn in range(rounds):

            def work(connection: Connection, turn: int = turn) -> None:
                # Reads first, as services do.
                connection.execute(select(transaction_keys.c.key)).all()
                connection.execute(
                    insert(transaction_keys).values(key=f"{number}.{turn}", result={}, done_at=utc_now())
                )

            transact(desk.app, work)

    with errors_of(desk.app) as seen:
        at_once(job)
    found = transact(desk.app, lambda c: c.execute(select(transaction_keys.c.key)).scalars().all(), is_writing=False)
    assert (seen, len(found)) == ([], EIGHT * rounds)


def test_no_change_to_an_account_is_lost(desk: Desk) -> None:
    """Eight people add one to a number each, again and again until their change was not overtaken."""
    account = a_lead_account(desk)
    boss = admin(desk)
    overtaken: list[int] = []

    def add_one(tx: UnitOfWork) -> None:
        found = tx.accounts.by_key(account.key)
        tx.accounts.change(found, {"freshness_hours": found.freshness_hours + 1})

    def job(number: int) -> None:
        for _ in range(3):
            while True:
                try:
                    desk.do(boss, add_one)
                    break
                except DeskError as trouble:
                    assert trouble.code == "changed_meanwhile"
                    overtaken.append(number)

    at_once(job)
    after = desk.ask(boss, lambda tx: tx.accounts.by_key(account.key))
    assert after.freshness_hours == account.freshness_hours + 3 * EIGHT
    assert after.version == account.version + 3 * EIGHT
    assert not (overtaken and desk.app.dialect.name == "sqlite")


def test_a_stale_change_is_refused_and_changes_nothing(desk: Desk) -> None:
    account = a_lead_account(desk)
    boss = admin(desk)
    desk.do(boss, lambda tx: tx.accounts.change(account, {"reason": "first"}))
    with pytest.raises(DeskError) as met:
        desk.do(boss, lambda tx: tx.accounts.change(account, {"reason": "second"}))
    assert (met.value.code, met.value.is_retryable) == ("changed_meanwhile", True)
    assert desk.ask(boss, accounts.show_account, account.key)["reason"] == "first"


def test_one_thing_added_by_eight_at_once_is_there_once_and_the_others_are_told(desk: Desk) -> None:
    boss = admin(desk)

    def job(_number: int) -> str:
        try:
            desk.do(boss, lambda tx: tx.clients.add_client("acme", "Acme", "UTC"))
        except DeskError as trouble:
            return trouble.code
        return "added"

    assert sorted(at_once(job)) == ["added", *["changed_meanwhile"] * (EIGHT - 1)]


def test_the_same_file_from_eight_at_once_is_one_delivery(desk: Desk) -> None:
    a_lead_account(desk)
    people = [a_person(desk, f"p{number}@example.com", Role.OWNER) for number in range(EIGHT)]
    content = a_csv([a_lead(n) for n in range(1, 6)])

    def job(number: int) -> int | str:
        try:
            return int(import_file(desk, content, by=people[number])["delivery"])
        except DeskError as trouble:
            return trouble.code

    answers = at_once(job)
    # One number, whichever it is: a cluster leaves gaps between its numbers.
    (delivery,) = {answer for answer in answers if isinstance(answer, int)}
    assert {answer for answer in answers if isinstance(answer, str)} <= {"changed_meanwhile", "load_taken_over"}
    boss = admin(desk)
    assert len(desk.ask(boss, lambda tx: tx.deliveries.recent(10))) == 1
    assert len(desk.ask(boss, lambda tx: tx.loads.recent(10))) == 1
    assert desk.ask(boss, lambda tx: b"".join(tx.payloads.pieces(delivery))) == content
    require_sound(desk)
    # Whoever was told to stop finds the load of the one who was not.
    assert {import_file(desk, content, by=person)["load"] for person in people} == {1}
