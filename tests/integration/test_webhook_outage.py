"""No webhook is lost while the database is away: what was answered is in the log, once, when it is back."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lib.db.tables.receipts import incoming_lead_logs
from lib.intake.spool import Spool
from lib.pipeline.intake.receipts import drain_spool
from lib.pipeline.opening import open_desk
from tests.builders import desk_on, settings_on, table_rows
from tests.coroutines import finished
from tests.hooking import NOW, HandClock, a_body, a_hook_account, door_on, pour, standard
from tests.servers import drop_databases, fresh_databases, mariadb_server
from tests.servers.killable import killable_server
from tests.serving import served


def test_a_database_killed_and_started_again_loses_no_webhook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with killable_server(tmp_path) as server:
        urls = fresh_databases(server.address)
        with desk_on(urls, tmp_path / "home", HandClock()) as desk:
            a_hook_account(desk, monkeypatch)
            spool = Spool.of_hooks(desk.settings.var)
            with door_on(desk, patience=0.25) as client:

                def post(number: int) -> None:
                    body = a_body(number)
                    answer = client.post("/hooks/site", content=body, headers=standard(body, f"msg_{number}", NOW))
                    assert answer.status_code in (200, 202), answer.text

                for number in range(10):
                    post(number)
                server.kill()
                for number in range(5, 30):
                    post(number)
                assert spool.files()
                server.restart()
                deadline = time.monotonic() + 30
                number = 30
                # Once the database is back, webhooks find it by themselves.
                while (lying := len(spool.files())) is not None and time.monotonic() < deadline:
                    post(number)
                    number += 1
                    if len(spool.files()) == lying:
                        break
                    time.sleep(0.1)
                assert time.monotonic() < deadline
            drain_spool(desk)
            assert spool.files() == []
            lines = {row["idempotency_key"]: row["times_seen"] for row in table_rows(desk.app, incoming_lead_logs)}
            assert sorted(lines) == sorted(f"msg_{place}" for place in range(number))


def _cpu_seconds(pid: int) -> float:
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.prove
@pytest.mark.parametrize("is_killed", [False, True], ids=["undisturbed", "killed"])
def test_two_hundred_webhooks_a_second_for_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_killed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not one that was answered is lost, and all but one in a hundred are answered within 100 ms."""
    seconds, per_second = int(os.environ.get("HOOK_SECONDS", "60")), 200
    home = tmp_path / "home"
    home.mkdir()
    with killable_server(tmp_path) as server:
        urls = fresh_databases(server.address)
        # Set before the server starts, which hands its environment on.
        monkeypatch.setenv("SITE_HOOK_SECRET", "")
        with desk_on(urls, home) as first:
            a_hook_account(first, monkeypatch)
        with served(home, urls) as running:
            finished(pour(running.port, 20, 1))
            before = _cpu_seconds(running.pid)
            with ThreadPoolExecutor(1) as beside:
                pouring = beside.submit(lambda: finished(pour(running.port, per_second, seconds)))
                if is_killed:
                    # Here and not in a thread: a server ends with the thread that started it.
                    time.sleep(seconds / 3)
                    server.kill()
                    time.sleep(seconds / 6)
                    server.restart()
                poured = pouring.result()
            spent = (_cpu_seconds(running.pid) - before) / (per_second * seconds)
        desk = open_desk(settings_on(urls, home))
        drain_spool(desk)
        kept = {row["idempotency_key"] for row in table_rows(desk.app, incoming_lead_logs)}
        desk.close()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{per_second} a second for {seconds} s{', database killed' if is_killed else ''}: "
            f"p50 {poured.percentile(0.5) * 1000:.1f} ms, p99 {poured.percentile(0.99) * 1000:.1f} ms, "
            f"longest {max(poured.seconds) * 1000:.0f} ms, {spent * 1000:.2f} ms of CPU each, "
            f"answers { ({status: len(ids) for status, ids in poured.ids.items()}) }\n"
        )
    answered = {name for status in (200, 202) for name in poured.ids.get(status, ())}
    assert len(answered) == per_second * seconds
    assert answered <= kept
    assert poured.percentile(0.99) < 0.1


@pytest.mark.prove
def test_the_address_of_webhooks_on_the_real_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the address stands in no log of the server, and a GET is no page."""
    import urllib.error
    import urllib.request

    home = tmp_path / "home"
    home.mkdir()
    urls = fresh_databases(mariadb_server())
    with desk_on(urls, home) as first:
        a_hook_account(first, monkeypatch, hook__sender="jotform")
    monkeypatch.setenv("SITE_HOOK_SECRET", "walrus-token")
    with served(home, urls) as running:
        address = f"http://127.0.0.1:{running.port}/hooks/site"
        request = urllib.request.Request(
            f"{address}?token=walrus-token", b'{"submissionID": "5"}', {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address, timeout=30)
        assert refused.value.code == 405
        refused.value.close()
        assert "walrus" not in running.log
        desk = open_desk(settings_on(urls, home))
        assert [row["idempotency_key"] for row in table_rows(desk.app, incoming_lead_logs)] == ["5"]
        desk.close()
    drop_databases(mariadb_server(), *urls)
