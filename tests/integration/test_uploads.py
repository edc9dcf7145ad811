"""The streaming upload route: a large file becomes a delivery and a job; nothing is taken without a good ticket."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lib.clock import utc_now
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.entrypoints.worker import work
from lib.errors import NotAllowed
from lib.pipeline.opening import open_desk
from lib.services.arriving import upload_tickets
from lib.services.running import jobs
from lib.services.setup import account_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, at, desk_on, settings_on, table_rows
from tests.serving import ServedDesk, served
from tests.stream import streaming


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ServedDesk]:
    with served(tmp_path) as found:
        yield found


Posting = Callable[[str, bytes], tuple[int, dict[str, Any]]]
QUERY = {"object": "lead", "name": "leads.csv"}


def a_ticket(desk: Desk) -> str:
    return desk.do(admin(desk), upload_tickets.issue_ticket, "site", desk.hash_key)


def lies_about(desk: Desk) -> list[Path]:
    """What is left of what was streamed."""
    return list((desk.settings.home / "var" / "uploads").iterdir())


def require_whole(desk: Desk, said: dict[str, Any], content: bytes) -> None:
    """The delivery is what was sent, byte by byte."""
    delivery = table_rows(desk.app, integration_import_batches)[0]
    assert (delivery["id"], delivery["byte_count"], delivery["file_name"]) == (
        said["delivery"],
        len(content),
        "leads.csv",
    )
    assert desk.ask(admin(desk), lambda tx: b"".join(tx.payloads.pieces(delivery["id"]))) == content


def require_loaded(desk: Desk, said: dict[str, Any]) -> None:
    """Its job is done and the load is there, and nothing else is."""
    seen = desk.ask(admin(desk), jobs.job, said["job"])
    assert (seen.status, seen.total) == (jobs.DONE, 50)
    assert [load["id"] for load in table_rows(desk.app, data_import_batches)] == [seen.load_id]
    assert lies_about(desk) == []


def require_refusals(desk: Desk, post: Posting, ticket: str, content: bytes) -> None:
    """A ticket that is spent, one that is none, and an account that would keep nothing of the file."""
    assert post(ticket, content)[0] == 403
    for bad in ("", "1.1.9999999999.abc.def", ticket[:-1] + "0"):
        status, refused = post(bad, content)
        assert (status, refused["error"]["code"]) == (403, "not_allowed")
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": "0"})
    status, refused = post(a_ticket(desk), b"id\n1\n")
    assert (status, refused["error"]["code"]) == (409, "payload_not_kept")
    assert lies_about(desk) == []


def test_a_streamed_file_becomes_a_load_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with streaming(tmp_path, has_sign_in=False, set_up=a_lead_account) as server:
        desk, content = server.desk, a_csv([a_lead(number) for number in range(50)])

        def post(ticket: str, body: bytes) -> tuple[int, dict[str, Any]]:
            answer = server.ask("POST", f"/uploads/site?{urlencode(QUERY | {'ticket': ticket})}", content=body)
            return answer.status_code, answer.json()

        ticket = a_ticket(desk)
        status, said = post(ticket, content)
        assert status == 201, said
        require_whole(desk, said, content)
        work(desk, is_until_idle=True)
        require_loaded(desk, said)
        require_refusals(desk, post, ticket, content)


@pytest.mark.prove
def test_a_file_streamed_to_a_real_server_becomes_a_load_by_its_worker(running: ServedDesk) -> None:
    """The same between processes; that a server has a worker which works is proven in test_worker.py."""

    def post(ticket: str, body: bytes) -> tuple[int, dict[str, Any]]:
        query = urlencode(QUERY | {"ticket": ticket})
        request = urllib.request.Request(
            f"http://127.0.0.1:{running.port}/uploads/site?{query}", data=body, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    with contextlib.closing(open_desk(settings_on(running.urls, running.home))) as desk:
        a_lead_account(desk)
        content = a_csv([a_lead(number) for number in range(50)])
        ticket = a_ticket(desk)
        status, said = post(ticket, content)
        assert status == 201, said
        require_whole(desk, said, content)
        deadline = utc_now() + timedelta(seconds=60)
        while not desk.ask(admin(desk), jobs.job, said["job"]).is_over:
            assert utc_now() < deadline, running.log
            time.sleep(0.02)
        require_loaded(desk, said)
        require_refusals(desk, post, ticket, content)


def test_a_ticket_is_good_once_for_an_hour_for_its_account_and_its_person(desk: Desk) -> None:
    a_lead_account(desk, "second")
    boss = admin(desk)

    def issued() -> str:
        return desk.do(boss, upload_tickets.issue_ticket, "site", desk.hash_key)

    ticket = issued()
    other = a_person(desk, "olga@acme.example", Role.OWNER, "acme")
    with pytest.raises(NotAllowed):
        desk.do(other, upload_tickets.redeem_ticket, ticket, "site", desk.hash_key)
    desk.do(boss, upload_tickets.redeem_ticket, ticket, "site", desk.hash_key)
    later = at(desk, lambda: utc_now() + timedelta(minutes=61))
    for on, spoiled, account, key in (
        (desk, ticket, "site", desk.hash_key),
        (desk, issued(), "second", desk.hash_key),
        (desk, issued(), "site", b"another desk"),
        (later, issued(), "site", desk.hash_key),
    ):
        with pytest.raises(NotAllowed):
            on.do(boss, upload_tickets.redeem_ticket, spoiled, account, key)


def test_only_who_may_import_is_given_a_ticket(desk: Desk) -> None:
    client = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    with pytest.raises(NotAllowed):
        desk.do(client, upload_tickets.issue_ticket, "site", desk.hash_key)
