"""After a run through every door that needs a secret, none lies in a database, a file, a pack or a line of the log (R20)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import zstandard

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.entrypoints.worker import Worker
from lib.errors import DeskError
from lib.intake.plain_texts import plain_texts
from lib.log import log, log_bug, set_up_logging
from lib.pipeline.running.alerting import send_alerts, subscribe_alerts
from lib.pipeline.setup.handover import handover_pack
from lib.pipeline.setup.setup_test import try_account
from lib.services.running import breaker
from tests.builders import a_person, admin, desk_on, everything
from tests.hooking import NOW, SECRET, HandClock, a_body, a_hook_account, door_on, standard
from tests.integration.pulls.asking import a_ledger
from tests.integration.pulls.pulling import a_titan
from tests.standins import servicetitan as st
from tests.standins.chat import TOKEN, chat_server

WRONG, MAIL = "wr0ng-walrus-of-a-secret", "m41l-walrus-of-a-secret"
PLANTED = {
    "of an API": st.SECRET,
    "of an app": st.APP_KEY,
    "of a webhook": SECRET,
    "that was refused": WRONG,
    "of the mail server": MAIL,
    "of a chat": TOKEN,
}


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged while a test runs, as it is written."""
    set_up_logging(logging.DEBUG)
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(log.handlers[0].format(record))

    kept = Kept()
    log.addHandler(kept)
    yield said
    log.removeHandler(kept)
    set_up_logging()


def texts(value: Any) -> Iterator[str]:
    """Every text in a cell; what is compressed is opened."""
    if isinstance(value, bytes | bytearray | memoryview):
        content = bytes(value)
        is_packed = content.startswith(zstandard.FRAME_HEADER)
        yield from plain_texts([zstandard.ZstdDecompressor().decompress(content) if is_packed else content])
    elif isinstance(value, dict):
        yield from (text for item in (*value, *value.values()) for text in texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in texts(item))
    else:
        yield str(value)


def found(secrets: dict[str, str], desk: Desk, lines: list[str], *handed_out: bytes) -> set[tuple[str, str]]:
    """(secret, place) of each one that lies somewhere: a column of either database, a file of the desk, the log."""
    places = [
        (f"{table}.{column}", text)
        for table, rows in everything(desk).items()
        for row in rows
        for column, value in row.items()
        for text in texts(value)
    ]
    files = [path for path in desk.settings.var.rglob("*") if path.is_file()]
    places += [(path.name, text) for path in files for text in texts(path.read_bytes())]
    places += [("the log", line) for line in lines]
    places += [("a pack", text) for pack in handed_out for text in texts(pack)]
    assert len(places) > 200
    return {(name, place) for place, text in places for name, secret in secrets.items() if secret in text}


@pytest.mark.parametrize("database_urls", ["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)], indirect=True)
def test_after_a_full_run_no_secret_lies_anywhere(
    database_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    with desk_on(database_urls, tmp_path, HandClock()) as plain, chat_server() as chat:
        monkeypatch.setenv("DESK_CHAT", chat.url)
        desk = replace(plain, settings=replace(plain.settings, smtp_url=f"smtp://desk:{MAIL}@127.0.0.1:1"))
        pack = pulled(desk, monkeypatch)
        hooked(desk, monkeypatch)
        told(desk)
        Worker(desk, "test").run(is_until_idle=True)
        try:
            raise RuntimeError(f"mysql+pymysql://desk:{WRONG}@db/desk")
        except RuntimeError as bug:
            log_bug(bug)
        secrets = PLANTED | {"of the database": urlsplit(database_urls[0]).password or "n0-password-at-all"}
        assert found(secrets, desk, lines, pack) == set()
        # The search itself finds what is there.
        log.warning("the key is %s", st.APP_KEY)
        (desk.settings.var / "kept.txt").write_text(WRONG)
        assert found(secrets, desk, lines) == {("of an app", "the log"), ("that was refused", "kept.txt")}


def pulled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A source asked with the right credential and with a wrong one, tested both times, and handed over."""
    with a_titan(desk, a_ledger()) as titan:
        titan.taken()
        try_account(titan.desk, admin(desk), titan.key)
        monkeypatch.setenv("TITAN_CREDENTIAL", f"{st.CLIENT}:{WRONG}")
        with pytest.raises(DeskError, match="does not accept"):
            titan.pull()
        try_account(titan.desk, admin(desk), titan.key)
        return handover_pack(desk, admin(desk), titan.key)


def hooked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks that prove themselves by a signature, by a key in a header and by one in the body; and forged ones."""
    a_hook_account(desk, monkeypatch)
    angi = a_hook_account(desk, monkeypatch, "angi", provider="angi")
    with door_on(desk) as client:
        body = a_body(1)
        assert client.post("/hooks/site", content=body, headers=standard(body, "m1", NOW)).status_code == 202
        forged = standard(body, "m2", NOW) | {"webhook-signature": f"v1,{WRONG}"}
        assert client.post("/hooks/site", content=body + WRONG.encode(), headers=forged).status_code == 401
        keyed = {"x-api-key": SECRET, "content-type": "application/json"}
        lead = b'{"leadOid": 5, "spEntityId": 1, "apiKey": "%s", "x-api-key": "%s"}' % ((SECRET.encode(),) * 2)
        assert client.post(f"/hooks/{angi.key}", content=lead, headers=keyed).status_code == 200
        keyed["x-api-key"] = WRONG
        assert client.post(f"/hooks/{angi.key}", content=lead, headers=keyed).status_code == 401


def told(desk: Desk) -> None:
    """A breaker that opens, told to a chat whose address is a secret."""
    ana = a_person(desk, "ana@desk.example", Role.OWNER)
    subscribe_alerts(desk, ana, destination="env:DESK_CHAT")
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site"))
    for _ in range(12):
        desk.do(admin(desk), breaker.note_failure, account, DeskError("unavailable", "Down.", is_retryable=True))
    send_alerts(desk, admin(desk))
