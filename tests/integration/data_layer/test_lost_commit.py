"""COMMIT can answer "connection lost" and have succeeded: work under a key is done once all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from lib.clock import utc_now
from lib.db.engine import open_engine
from lib.db.tables.operations import tasks, transaction_keys
from lib.db.tables.people import clients
from lib.db.transactions import once, transact
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.pipeline.loading import staging
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.opening import open_desk
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    admin,
    content_of,
    desk_on,
    import_file,
    settings_on,
    table_rows,
)
from tests.integration.data_layer.watching import errors_of
from tests.ledger import require_sound, said
from tests.servers import database_of, mariadb_server
from tests.servers.proxy import LossyProxy, lossy_proxy


@contextmanager
def through_a_proxy(urls: tuple[str, str], home: Path) -> Iterator[tuple[Desk, LossyProxy]]:
    """A migrated desk whose app database is reached through the proxy."""
    with desk_on(urls, home), lossy_proxy(mariadb_server()) as proxy:
        desk = open_desk(settings_on((proxy.address.url(database_of(urls[0])), urls[1]), home))
        yield desk, proxy
        desk.close()


def a_client(connection: Connection, name: str) -> None:
    connection.execute(insert(clients).values(key=name, name=name, timezone="UTC", is_demo=False, created_at=utc_now()))


def keyed(tries: list[int], key: str = "job") -> Callable[[Connection], dict[str, Any]]:
    """Work that adds one client each time it is done."""

    def work(connection: Connection) -> dict[str, Any]:
        def add() -> dict[str, Any]:
            tries.append(1)
            a_client(connection, f"client {len(tries)}")
            return {"made": len(tries)}

        return once(connection, key, add)

    return work


def names(desk: Desk) -> list[str]:
    return sorted(row["name"] for row in table_rows(desk.app, clients))


def test_without_a_key_a_lost_answer_writes_twice(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    """What the key is there for; and the proof that the proxy bites."""
    tries: list[int] = []
    with through_a_proxy(mariadb_urls, tmp_path) as (desk, proxy):

        def work(connection: Connection) -> None:
            tries.append(1)
            a_client(connection, f"client {len(tries)}")

        proxy.lose_next()
        transact(desk.app, work)
        assert proxy.lost == 1
        assert names(desk) == ["client 1", "client 2"]


def test_with_its_key_the_work_is_done_once_and_the_second_try_finds_the_key(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    tries: list[int] = []
    with through_a_proxy(mariadb_urls, tmp_path) as (desk, proxy):
        proxy.lose_next()
        with errors_of(desk.app) as seen:
            result = transact(desk.app, keyed(tries))
        assert proxy.lost == 1
        assert seen == [2013, 1062]
        assert (result, tries) == ({"made": 1}, [1])
        assert names(desk) == ["client 1"]
        assert [row["result"] for row in table_rows(desk.app, transaction_keys)] == [{"made": 1}]


def test_a_second_call_gives_back_the_first_result(desk: Desk) -> None:
    tries: list[int] = []
    first, second = transact(desk.app, keyed(tries)), transact(desk.app, keyed(tries))
    assert (first, second, tries) == ({"made": 1}, {"made": 1}, [1])
    assert transact(desk.app, keyed(tries, "another")) == {"made": 2}
    assert names(desk) == ["client 1", "client 2"]


def test_a_key_whose_work_failed_is_free_again(desk: Desk) -> None:
    def failing() -> dict[str, Any]:
        raise DeskError("stop", "Stopped.")

    with pytest.raises(DeskError):
        transact(desk.app, lambda connection: once(connection, "job", failing))
    tries: list[int] = []
    assert transact(desk.app, keyed(tries)) == {"made": 1}


def test_the_key_is_the_first_statement_of_its_transaction(desk: Desk) -> None:
    from tests.integration.data_layer.watching import written_by

    with written_by(desk.app) as written:
        transact(desk.app, keyed([]))
    assert written[0].startswith("INSERT INTO transaction_keys")


def test_any_other_duplicate_is_not_taken_for_the_key(desk: Desk) -> None:
    from sqlalchemy.exc import DBAPIError

    def work(connection: Connection) -> dict[str, Any]:
        def twice() -> dict[str, Any]:
            a_client(connection, "same")
            a_client(connection, "same")
            return {}

        return once(connection, "job", twice)

    with pytest.raises(DBAPIError):
        transact(desk.app, work)
    assert names(desk) == []


# The COMMITs of an import of three batches: the delivery, the load, each batch, and the end. Beside it what the retry
# meets: the key of its own write, or nothing, because looking first is enough.
STAGING = [(1, []), (2, []), (3, [1062]), (4, [1062]), (5, [1062]), (6, [1062])]


@pytest.mark.parametrize(
    ("nth", "met"), [case if case[0] == 4 else pytest.param(*case, marks=pytest.mark.prove) for case in STAGING]
)
def test_a_load_is_staged_once_whichever_answer_is_lost(
    mariadb_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int, met: list[int]
) -> None:
    monkeypatch.setattr(staging, "_BATCH_ROWS", 12)
    with through_a_proxy(mariadb_urls, tmp_path) as (desk, proxy):
        a_lead_account(desk)
        proxy.lose_next(nth)
        with errors_of(desk.app) as seen:
            load = import_file(desk, a_csv([a_lead(n) for n in range(1, 31)]))
        assert (proxy.lost, seen) == (1, [2013, *met])
        assert (load["status"], load["verdicts"]["created"]) == ("in_review", 30)
        require_sound(desk)
        assert [said(desk, line) for line in ("delivery received", "load opened")] == [1, 1]


@pytest.mark.parametrize("nth", [2, pytest.param(1, marks=pytest.mark.prove)])
def test_a_load_is_committed_and_undone_once_whichever_answer_is_lost(
    mariadb_urls: tuple[str, str], tmp_path: Path, nth: int
) -> None:
    """The first COMMIT is that of counting anew, the second that of the records."""
    with through_a_proxy(mariadb_urls, tmp_path) as (desk, proxy):
        a_lead_account(desk)
        empty = content_of(desk)
        load = import_file(desk, a_csv([a_lead(n) for n in range(1, 31)]))
        proxy.lose_next(nth)
        with errors_of(desk.app) as seen:
            done = approve(desk, admin(desk), load["load"], seen=load["verdicts"])
        assert (proxy.lost, seen) == (1, [2013, 1062] if nth == 2 else [2013])
        assert (done["status"], done["verdicts"]["created"]) == ("committed", 30)
        content = content_of(desk)
        assert len(content["crm_leads"]) == 30
        assert sum(row["value"] for row in content["report_metrics"]) == 30
        assert said(desk, "load committed") == 1

        proxy.lose_next()
        with errors_of(desk.app) as seen:
            undone = undo_load(desk, admin(desk), load["load"], "to see it go")
        assert (proxy.lost, seen) == (2, [2013, 1062])
        assert (undone["reversed"], undone["kept"], undone["could_not"]) == (30, 0, 0)
        assert said(desk, "load undone") == 1
        assert content_of(desk) == empty
        require_sound(desk)


def test_counts_that_nobody_has_seen_are_not_approved_although_an_answer_was_lost(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    """The retry finds a load that is counted anew already, and has to say so all the same."""
    with through_a_proxy(mariadb_urls, tmp_path) as (desk, proxy):
        a_lead_account(desk)
        one, two = (import_file(desk, a_csv([a_lead(n) for n in span])) for span in (range(9), range(5, 15)))
        approve(desk, admin(desk), one["load"])
        proxy.lose_next()
        with pytest.raises(DeskError) as refused:
            approve(desk, admin(desk), two["load"], seen=two["verdicts"])
        assert (refused.value.code, proxy.lost) == ("review_changed", 1)


def test_the_lost_answer_is_only_ever_the_one_of_commit(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    """A proxy that took SET AUTOCOMMIT for a COMMIT would prove nothing."""
    with desk_on(mariadb_urls, tmp_path), lossy_proxy(mariadb_server()) as proxy:
        engine = open_engine(proxy.address.url(database_of(mariadb_urls[0])))
        with engine.connect() as connection:
            before = proxy.commits
            connection.exec_driver_sql("SET AUTOCOMMIT = 0")
            connection.execute(select(tasks)).all()
            connection.rollback()
            assert proxy.commits == before
        transact(engine, lambda connection: connection.execute(select(tasks)).all())
        assert proxy.commits == before + 1
        engine.dispose()
