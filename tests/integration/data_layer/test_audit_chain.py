"""The audit log is a chain: whoever writes at once, whatever is killed or tried again, it stays whole; nobody mends it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from lib.db.audit.anchors import AnchorFile
from lib.db.engine import open_engine
from lib.db.ids import reserve
from lib.db.tables.audit import audit_head, audit_log
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.audit_chain import BEFORE_THE_FIRST, Anchor, ChainLine, chain_key, sealed
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from lib.pipeline.running.auditing import Verified, verify_log
from lib.services.running.doctor import examine_desk
from lib.services.setup import clients
from tests.builders import PROJECT, admin, code_of, desk_on, settings_on, table_rows
from tests.integration.data_layer.test_concurrency import at_once
from tests.integration.data_layer.watching import errors_of
from tests.servers import database_of, mariadb_server
from tests.servers.proxy import lossy_proxy

ODD = "Zoë 🏠 \u2028 \\ ' \" ,\n\t"


def note(desk: Desk, count: int = 1, **detail: Any) -> None:
    """One transaction with so many lines."""

    def verb(tx: UnitOfWork) -> None:
        for number in range(count):
            tx.audit.note("tried", "desk", number, None, **detail)

    desk.do(admin(desk), verb)


def lines_of(desk: Desk) -> list[dict[str, Any]]:
    """The log as it lies in the database, in the order of positions."""
    return sorted(table_rows(desk.app, audit_log), key=lambda line: int(line["id"]))


def checked(desk: Desk, *given: Anchor) -> Verified:
    return verify_log(desk, admin(desk), given)


def broken(desk: Desk, *given: Anchor) -> tuple[str, int] | None:
    found = checked(desk, *given).found.broken
    return (found.code, found.position) if found else None


@contextmanager
def tampered(desk: Desk, *steps: Callable[[Connection], Any]) -> Iterator[None]:
    """The log as somebody with every right on the database leaves it; put back at the end."""
    lines, head = lines_of(desk), table_rows(desk.app, audit_head)
    engine = open_engine(desk.settings.app_migration_url, is_migrating=True)
    try:
        with engine.begin() as connection:
            for step in steps:
                step(connection)
        yield
    finally:
        with engine.begin() as connection:
            for table, rows in ((audit_log, lines), (audit_head, head)):
                connection.execute(delete(table))
                connection.execute(insert(table), rows)
        engine.dispose()


def changing(position: int, **values: Any) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(update(audit_log).where(audit_log.c.id == position).values(**values))


def removing(first: int, last: int | None = None) -> Callable[[Connection], Any]:
    between = audit_log.c.id.between(first, last or first)
    return lambda connection: connection.execute(delete(audit_log).where(between))


def head_at(position: int) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(update(audit_head).values(position=position))


def rewriting(first: int, key: bytes, **values: Any) -> Callable[[Connection], Any]:
    """Change a line and seal it and all behind it anew, as somebody would who knew how, with the key at hand."""

    def work(connection: Connection) -> None:
        rows = connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
        seal = rows[first - 2].seal if first > 1 else BEFORE_THE_FIRST
        for row in rows[first - 1 :]:
            said = {**row._mapping, **(values if row.id == first else {})}
            named = {name: said[name] for name in ("at", "person_id", "client_id", "action", "subject_type")}
            rest = {name: said[name] for name in ("subject_id", "door", "address")}
            one = sealed(key, seal, ChainLine(row.id, **named, **rest, detail="{}"))
            changing(row.id, action=said["action"], detail={}, previous_seal=one.previous, seal=one.seal)(connection)
            seal = one.seal

    return work


# --- whole


def test_each_line_stands_on_the_one_before_it_whatever_it_says(desk: Desk) -> None:
    """What the database gives back is what was sealed: text of every kind, numbers, moments to the microsecond."""
    note(desk, 3, text=ODD, number=2**53 + 1, share=0.1, nothing=None, list=[1, "a"])
    desk.do(admin(desk), clients.add_client, "acme", "Acme", "America/Denver")
    lines = lines_of(desk)
    assert [line["id"] for line in lines] == [1, 2, 3, 4]
    assert [line["previous_seal"] for line in lines] == [BEFORE_THE_FIRST, *(line["seal"] for line in lines[:-1])]
    found = checked(desk)
    assert found.found.is_whole
    assert (found.found.lines, found.found.anchored, found.kept) == (4, 4, 2)
    assert found.sentences == ("All 4 lines are as they were written.",)


def test_what_is_not_done_is_not_logged_and_leaves_no_gap(desk: Desk) -> None:
    def fails(tx: UnitOfWork) -> None:
        tx.audit.note("tried", "desk", 0, None)
        raise DeskError("no", "No.")

    note(desk)
    with pytest.raises(DeskError):
        desk.do(admin(desk), fails)
    note(desk)
    assert [line["id"] for line in lines_of(desk)] == [1, 2]
    assert broken(desk) is None


@pytest.mark.parametrize("rounds", [5, pytest.param(60, marks=pytest.mark.prove)])
def test_eight_writers_at_once_make_one_chain(desk: Desk, rounds: int) -> None:
    """From an empty log on, while they fight for other rows too: nothing is waited for once the head is held."""

    def verb(tx: UnitOfWork, number: int, turn: int) -> None:
        for name in sorted((f"a{turn % 2}", f"b{number % 3}")):
            reserve(tx.session.connection, name, 1)
        tx.audit.note("tried", "client", number, None, turn=turn)
        tx.audit.note("tried again", "client", number, None, turn=turn)

    boss = admin(desk)

    def job(number: int) -> None:
        for turn in range(rounds):
            desk.do(boss, verb, number, turn)

    at_once(job)
    lines = lines_of(desk)
    assert [line["id"] for line in lines] == list(range(1, 16 * rounds + 1))
    # The lines of one transaction stand together.
    pairs = zip(lines[::2], lines[1::2], strict=True)
    assert all((one["subject_id"], one["detail"]) == (two["subject_id"], two["detail"]) for one, two in pairs)
    assert broken(desk) is None


def test_a_transaction_that_is_tried_again_is_logged_once(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    """The answer of COMMIT is lost although it succeeded: the second try finds its key, and the chain goes on."""
    with desk_on(mariadb_urls, tmp_path), lossy_proxy(mariadb_server()) as proxy:
        settings = settings_on((proxy.address.url(database_of(mariadb_urls[0])), mariadb_urls[1]), tmp_path)
        desk = open_desk(settings)

        def verb(tx: UnitOfWork) -> None:
            def work() -> dict[str, Any]:
                tx.audit.note("done once", "desk", 0, None)
                return {}

            tx.once("job", work)

        boss = admin(desk)
        proxy.lose_next()
        with errors_of(desk.app) as seen:
            desk.do(boss, verb)
        assert (proxy.lost, 1062 in seen) == (1, True)
        note(desk)
        assert [line["action"] for line in lines_of(desk)] == ["done once", "tried"]
        assert broken(desk) is None
        desk.close()


_ENDLESS = """
from lib.pipeline.opening import open_desk
from lib.services.people.people import local_admin
desk = open_desk()
boss = local_admin(desk)
print("on", flush=True)
while True:
    desk.do(boss, lambda tx: [tx.audit.note("tried", "desk", n, None) for n in range(3)])
"""


def test_a_writer_that_is_killed_leaves_a_whole_chain(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        note(desk)
        environ = {**os.environ, "DESK_HOME": str(tmp_path), "DATABASE_URL": sqlite_urls[0]}
        environ["TRAFFIC_DATABASE_URL"] = sqlite_urls[1]
        process = subprocess.Popen(
            [sys.executable, "-c", _ENDLESS], cwd=PROJECT, env=environ, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        while len(lines_of(desk)) < 20:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        note(desk)
        found = checked(desk)
        assert found.found.is_whole, found.sentences
        assert found.found.lines % 3 == 2


def test_lines_behind_the_last_anchor_are_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a process that ended between its COMMIT and the anchor."""
    note(desk, 2)
    monkeypatch.setattr(AnchorFile, "keep", lambda *_: None)
    note(desk, 3)
    assert checked(desk).sentences == (
        "All 5 lines are as they were written.",
        "The last anchor is of line 2; the 3 behind it have none yet.",
    )


# --- not whole


@pytest.fixture
def ten(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """A log of ten lines."""
    with desk_on(sqlite_urls, tmp_path) as desk:
        note(desk, 6, text="as it was")
        note(desk, 4)
        yield desk


@pytest.mark.parametrize(
    "values",
    [
        {"detail": {"text": "as it was not"}},
        {"action": "nothing"},
        {"person_id": 9},
        {"client_id": 9},
        {"subject_id": 99},
        {"subject_type": "load"},
        {"door": "worker"},
        {"address": "10.0.0.1"},
        {"seal": "0" * 64},
        {"previous_seal": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_line_is_found_by_its_position(ten: Desk, values: dict[str, Any]) -> None:
    with tampered(ten, changing(4, **values)):
        assert broken(ten) == ("changed", 4)
    assert broken(ten) is None


def test_a_changed_line_is_found_on_a_server_too(desk: Desk) -> None:
    note(desk, 3)
    with tampered(desk, changing(2, action="nothing")):
        assert broken(desk) == ("changed", 2)
    with tampered(desk, removing(3), head_at(2)):
        assert broken(desk) == ("cut_off", 3)
    assert broken(desk) is None


def test_a_removed_line_is_found(ten: Desk) -> None:
    with tampered(ten, removing(5, 6)):
        assert broken(ten) == ("missing", 5)


def test_a_removed_line_whose_gap_was_closed_is_found(ten: Desk) -> None:
    closing = [changing(number, id=number - 1) for number in range(6, 11)]
    with tampered(ten, removing(5), *closing, head_at(9)):
        assert broken(ten) == ("changed", 5)


def test_an_inserted_line_is_found(ten: Desk) -> None:
    rows = lines_of(ten)
    with tampered(ten, lambda connection: connection.execute(insert(audit_log), [{**rows[9], "id": 11}])):
        assert broken(ten) == ("changed", 11)
    with tampered(ten, lambda connection: connection.execute(insert(audit_log), [{**rows[0], "id": 0}])):
        assert broken(ten) == ("misplaced", 0)


def test_lines_that_changed_places_are_found(ten: Desk) -> None:
    with tampered(ten, changing(3, id=99), changing(7, id=3), changing(99, id=7)):
        assert broken(ten) == ("changed", 3)


def test_a_cut_off_end_is_found_by_the_anchors_although_the_head_was_set_back(ten: Desk) -> None:
    with tampered(ten, removing(8, 10)):
        assert broken(ten) == ("cut_off", 8)
    assert "audit_log_cut" not in [found.code for found in examine_desk(ten, admin(ten))]
    with tampered(ten, removing(8, 10), head_at(7)):
        assert broken(ten) == ("cut_off", 8)
        assert "audit_log_cut" in [found.code for found in examine_desk(ten, admin(ten))]
        AnchorFile(ten.settings.var).path.rename(ten.settings.var / "away")
        found = checked(ten)
        assert (found.found.is_whole, found.kept) == (True, None)
        assert "no file of anchors was found" in found.sentences[1]
        # What was kept elsewhere tells.
        (ten.settings.var / "away").rename(AnchorFile(ten.settings.var).path)
        elsewhere = max(AnchorFile(ten.settings.var).kept() or (), key=lambda anchor: anchor.position)
        AnchorFile(ten.settings.var).path.unlink()
        assert broken(ten, elsewhere) == ("cut_off", 8)


def test_an_end_that_was_cut_off_and_written_over_is_found(ten: Desk) -> None:
    """The desk goes on writing behind the cut: an anchor of what stood there before says so."""
    before = AnchorFile(ten.settings.var).kept() or ()
    with tampered(ten, removing(8, 10), head_at(7)):
        note(ten, 5)
        assert checked(ten, *before).found.broken is not None
        assert broken(ten, *before) == ("replaced", 10)


def test_whoever_has_no_key_cannot_seal_anew_and_whoever_has_it_meets_the_anchors(ten: Desk) -> None:
    with tampered(ten, rewriting(4, b"x" * 32, action="nothing")):
        assert broken(ten) == ("changed", 4)
    with tampered(ten, rewriting(4, chain_key(ten.hash_key), action="nothing")):
        assert broken(ten) == ("replaced", 6)


def test_the_log_goes_on_behind_a_gap_and_the_gap_is_found(ten: Desk) -> None:
    with tampered(ten, removing(10)):
        note(ten)
        assert [line["id"] for line in lines_of(ten)][-2:] == [9, 11]
        assert broken(ten) == ("missing", 10)


def test_the_running_desk_cannot_change_a_line(ten: Desk) -> None:
    for work in (changing(4, action="nothing"), removing(4)):
        with pytest.raises(DeskError) as met:
            ten.do(admin(ten), lambda tx, step=work: step(tx.session.connection))
        assert code_of(met) == "not_granted"


def test_only_whoever_manages_the_desk_may_have_it_examined(ten: Desk) -> None:
    nobody: Actor = dataclasses.replace(admin(ten), role="owner")  # type: ignore[arg-type]
    with pytest.raises(DeskError) as met:
        verify_log(ten, nobody)
    assert code_of(met) == "not_allowed"


# --- anchors


def test_the_file_of_anchors_does_not_grow_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path)
    for position in (1, 4_095, 4_096, 4_097, 10_000_000):
        file.keep(Anchor(position, f"{position:064x}"))
    found = {anchor.position for anchor in file.kept() or ()}
    # 4,097 takes the place of 1.
    assert found == {4_095, 4_096, 4_097, 10_000_000}
    assert file.path.stat().st_size <= 4_096 * 86
    assert file.path.stat().st_mode & 0o077 == 0


def test_an_anchor_that_cannot_be_kept_undoes_nothing(ten: Desk, caplog: pytest.LogCaptureFixture) -> None:
    path = AnchorFile(ten.settings.var).path
    path.unlink()
    path.mkdir()
    note(ten)
    assert len(lines_of(ten)) == 11
