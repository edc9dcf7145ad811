"""Webhooks: stored before they are answered, once each, grouped into deliveries, and counted only as what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.tables.receipts import incoming_lead_bodies, incoming_lead_logs
from lib.db.unit_of_work import Desk
from lib.domain.hooks import Receipt
from lib.domain.maps import RECEIVED_AT
from lib.domain.settings.retention import WAITS_DAYS
from lib.entrypoints.doors import hooks
from lib.errors import DeskError
from lib.intake.spool import Spool
from lib.pipeline.intake import receipts as receipt_road
from lib.pipeline.intake.receipts import drain_spool, group_receipts, let_overdue_webhooks_go
from lib.pipeline.loading.decisions import approve
from lib.providers.senders import SENDERS
from lib.services.arriving import receipt_groups, receipts
from lib.services.mapping import map_samples
from lib.services.setup import account_settings
from tests.builders import (
    LEAD_FIELDS,
    a_map,
    admin,
    an_approved_map,
    code_of,
    desk_on,
    everything,
    records,
    slices,
    table_rows,
)
from tests.hooking import NOW, SECRET, HandClock, a_body, a_hook_account, door_on, signed, standard


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path, clock: HandClock) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def small(sqlite_urls: tuple[str, str], tmp_path: Path, clock: HandClock) -> Iterator[Desk]:
    """A desk for what the kind of database does not matter to."""
    with desk_on(sqlite_urls, tmp_path, clock) as opened:
        yield opened


def mapped(desk: Desk, key: str = "site", **more: Any) -> None:
    an_approved_map(desk, key, a_map("lead", {**{k: v for k, v in LEAD_FIELDS.items() if k != "modified_at"}, **more}))


def post(client: TestClient, number: int, key: str = "site", message: str = "", **more: Any) -> Any:
    body = a_body(number, **more)
    return client.post(f"/hooks/{key}", content=body, headers=standard(body, message or f"msg_{number}", NOW))


def logged(desk: Desk) -> list[dict[str, Any]]:
    return table_rows(desk.app, incoming_lead_logs)


def work_off(desk: Desk) -> None:
    """Do every job that is due, as a worker does."""
    from lib.entrypoints.worker import Worker

    Worker(desk, "test").run(is_until_idle=True)


def through(desk: Desk, clock: HandClock) -> list[dict[str, Any]]:
    """Let the window pass, group, and stage; the loads."""
    clock.move_on(seconds=61)
    group_receipts(desk, admin(desk))
    work_off(desk)
    return table_rows(desk.app, data_import_batches)


def test_a_webhook_is_stored_before_its_answer_and_travels_the_road_of_files(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(desk, monkeypatch)
    mapped(desk)
    with door_on(desk) as client:
        assert post(client, 1).status_code == 202
        (line,) = logged(desk)
        assert (line["idempotency_key"], line["status"], line["times_seen"]) == ("msg_1", "received", 1)
        assert group_receipts(desk, admin(desk)) == 0
        assert post(client, 1).status_code == 200
        assert post(client, 2).status_code == 202
    (load,) = through(desk, clock)
    assert (load["status"], load["row_count"], load["created_count"], load["failed_count"]) == ("in_review", 2, 2, 0)
    (delivery,) = table_rows(desk.app, integration_import_batches)
    assert delivery["kind"] == "webhook"
    assert [(row["status"], row["delivery_id"], row["row_class"], row["times_seen"]) for row in logged(desk)] == [
        ("grouped", delivery["id"], "genuine", 2),
        ("grouped", delivery["id"], "genuine", 1),
    ]
    assert table_rows(desk.app, incoming_lead_bodies) == []
    assert group_receipts(desk, admin(desk)) == 0
    approve(desk, admin(desk), load["id"])
    assert sorted(records(desk)) == ["L1", "L2"]
    kept = desk.ask(admin(desk), map_samples.kept_webhooks, "site")
    sample = desk.ask(admin(desk), map_samples.sample_webhook, "site", kept[0].receipt_id)
    assert sample.frame["received_at"].tolist() == [NOW.isoformat()] * 2


def test_a_storm_of_one_webhook_is_one_line_with_a_count_and_one_lead(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    storm(desk, clock, monkeypatch, 200)


@pytest.mark.prove
def test_ten_thousand_times_the_same_webhook_is_one_lead(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    storm(desk, clock, monkeypatch, 10_000)


def storm(desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    a_hook_account(desk, monkeypatch)
    mapped(desk)
    with door_on(desk) as client:
        answers = [post(client, 1).status_code for _ in range(times)]
    assert answers == [202] + [200] * (times - 1)
    (line,) = logged(desk)
    assert line["times_seen"] == times
    (load,) = through(desk, clock)
    approve(desk, admin(desk), load["id"])
    assert list(records(desk)) == ["L1"]


def test_what_is_refused_is_counted_and_never_kept(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch, hook__most_bytes="2000")
    with door_on(small) as client:
        body = a_body(1, secret_word="walrus")
        good = standard(body, "m1", NOW)
        for _ in range(3):
            refused = client.post("/hooks/site", content=body, headers=good | {"webhook-signature": "v1,AAAA"})
            assert refused.status_code == 401
            assert refused.json()["error"]["message"] == "This webhook could not be verified."
        assert client.post("/hooks/site", content=body + b" ", headers=good).status_code == 401
        assert client.post("/hooks/site", content=b"x" * 2001, headers=good).status_code == 413
        assert client.post("/hooks/site", content=body, headers=good | {"content-type": "text/html"}).status_code == 415
        assert client.post("/hooks/site", content=body, headers=good | {"content-encoding": "gzip"}).status_code == 415
        bad = b"{not json"
        assert client.post("/hooks/site", content=bad, headers=standard(bad, "m2", NOW)).status_code == 400
        for unknown in ("nobody", "NOT-A-KEY", "x" * 80):
            assert client.post(f"/hooks/{unknown}", content=body, headers=good).status_code == 404
        # Refusals are written beside the answers; the next receipt waits for them.
        assert client.post("/hooks/site", content=a_body(2), headers=standard(a_body(2), "m3", NOW)).status_code == 202
    lines = {row["refusal"]: row["times_seen"] for row in logged(small) if row["status"] == "refused"}
    assert lines == {"not_verified": 4, "too_large": 1, "unsupported_body": 2, "invalid_body": 1}
    assert "walrus" not in str(everything(small))
    told = small.ask(admin(small), receipts.tally, "site")
    assert {(item.status, item.refusal): item.receipts for item in told}["received", ""] == 1


def test_one_id_with_other_content_is_a_conflict_where_the_id_belongs_to_the_message(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    a_hook_account(small, monkeypatch, "angi", provider="angi")
    with door_on(small) as client:
        assert [post(client, 1, message="m").status_code, post(client, 2, message="m").status_code] == [202, 409]
        for body in (b'{"leadOid": 5, "spEntityId": 1}', b'{"leadOid": 5}'):
            headers = {"x-api-key": SECRET, "content-type": "application/json"}
            answer = client.post("/hooks/angi", content=body, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    assert [row["times_seen"] for row in logged(small) if row["idempotency_key"] == "5"] == [2]


def test_an_account_that_sends_too_fast_is_told_when_to_come_again(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch, hook__requests_per_minute="2")
    with door_on(small) as client:
        answers = [post(client, number) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30


def test_a_stranger_who_guesses_uses_up_their_own_tries_and_not_those_of_the_accounts_sender(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_UNPROVED_PER_MINUTE", 2)
    a_hook_account(small, monkeypatch, hook__requests_per_minute="4")
    with door_on(small) as client:
        forged = standard(a_body(1), "m1", NOW) | {"webhook-signature": "v1,AAAA"}
        guesses = [client.post("/hooks/site", content=a_body(1), headers=forged).status_code for _ in range(9)]
        sender = TestClient(client.app, base_url="http://localhost", client=("203.0.113.5", 4000))
        # One door, one event loop: what waits in it for its batch is woken by the loop it began to wait in.
        sender.portal = client.portal
        genuine = [post(sender, number).status_code for number in range(2)]
    assert guesses == [401, 401, *[429] * 7]
    assert genuine == [202, 202]


def test_a_get_is_told_to_post_and_a_handshake_is_answered_to_who_knows_the_word(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("META_WORD", "open sesame")
    a_hook_account(small, monkeypatch, "meta", hook__sender="meta", hook__challenge_ref="env:META_WORD")
    a_hook_account(small, monkeypatch, "yelp", hook__sender="yelp")
    a_hook_account(small, monkeypatch)
    with door_on(small) as client:
        right = {"hub.mode": "subscribe", "hub.verify_token": "open sesame", "hub.challenge": "1158201444"}
        assert client.get("/hooks/meta", params=right).text == "1158201444"
        assert client.get("/hooks/yelp", params={"verification": "abc"}).json() == {"verification": "abc"}
        for key, params in (
            ("meta", right | {"hub.verify_token": "guess"}),
            ("meta", right | {"hub.challenge": "<script>"}),
            ("site", right),
            ("nobody", right),
        ):
            refused = client.get(f"/hooks/{key}", params=params)
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_both_secrets_are_good_while_one_is_changed(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch)
    monkeypatch.setenv("NEW_SECRET", "whsec_bmV3IHNlY3JldCBvZiBzb21lIGJ5dGVz")
    told = {"webhook_secret": "env:NEW_SECRET", "hook.previous_secret_ref": "env:SITE_HOOK_SECRET"}
    small.do(admin(small), account_settings.set_account, "site", told)
    with door_on(small) as client:
        assert post(client, 1).status_code == 202
        body = a_body(2)
        headers = signed(SENDERS["standard"], body, NOW, "m2", "whsec_bmV3IHNlY3JldCBvZiBzb21lIGJ5dGVz")
        assert client.post("/hooks/site", content=body, headers=headers).status_code == 202
    with pytest.raises(DeskError) as refused:
        small.do(admin(small), account_settings.set_account, "site", {"hook.previous_secret_ref": "hunter2 the secret"})
    assert code_of(refused) == "not_a_reference"
    assert "hunter2" not in str(everything(small)) + str(refused.value)


def test_a_secret_that_is_not_there_is_the_desks_own_fault_so_the_sender_comes_again(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    monkeypatch.delenv("SITE_HOOK_SECRET")
    with door_on(small) as client:
        answer = post(client, 1)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_the_old_homeadvisor_feed_gets_the_text_it_takes_for_success(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch, "angi", provider="angi", hook__success_text="<success>true</success>")
    with door_on(small) as client:
        answer = client.post("/hooks/angi", json={"leadOid": 7}, headers={"x-api-key": SECRET})
    assert (answer.status_code, answer.text) == (200, "<success>true</success>")


def test_a_paused_account_stores_and_waits(small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch)
    mapped(small)
    small.do(admin(small), account_settings.pause_account, "site")
    with door_on(small) as client:
        assert post(client, 1).status_code == 202
    assert through(small, clock) == []
    small.do(admin(small), account_settings.resume_account, "site")
    assert [load["row_count"] for load in through(small, clock)] == [1]


def test_without_a_map_receipts_wait_and_the_owner_is_told_once(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch, hook__object="lead")
    with door_on(small) as client:
        post(client, 1)
        assert through(small, clock) == through(small, clock) == []
        (task,) = small.ask(admin(small), lambda tx: tx.tasks.listed())
        assert "no map of lead is approved" in task.sentence
        # A map can be drafted of what waits.
        (kept,) = small.ask(admin(small), map_samples.kept_webhooks, "site")
        sample = small.ask(admin(small), map_samples.sample_webhook, "site", kept.receipt_id)
        assert (sample.words, sample.frame["id"].tolist()) == ("1 waiting webhook", ["L1"])
        mapped(small)
        assert len(through(small, clock)) == 1
    assert small.ask(admin(small), lambda tx: tx.tasks.listed(kind="waiting_receipts")) == []


def test_what_waits_for_ever_is_let_go_when_its_time_is_over(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch, hook__object="lead", retention_days="3")
    with door_on(small) as client:
        post(client, 1)
    clock.move_on(days=WAITS_DAYS - 1)
    assert let_overdue_webhooks_go(small, admin(small)) == 0
    assert [row["status"] for row in logged(small)] == ["received"]
    clock.move_on(days=2)
    assert let_overdue_webhooks_go(small, admin(small)) == 1
    assert [(row["status"], row["refusal"]) for row in logged(small)] == [("refused", "waited_too_long")]
    assert table_rows(small.app, incoming_lead_bodies) == []


def test_many_receipts_are_grouped_before_their_window_is_over(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch, hook__window_rows="3", hook__window_seconds="86400")
    mapped(small)
    with door_on(small) as client:
        for number in range(3):
            assert group_receipts(small, admin(small)) == 0
            post(client, number)
    assert group_receipts(small, admin(small)) == 1


def test_an_account_that_keeps_no_payloads_still_gets_its_webhooks_into_review(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(desk, monkeypatch, retention_days="0")
    mapped(desk)
    with door_on(desk) as client:
        post(client, 1)
    clock.move_on(seconds=61)
    assert group_receipts(desk, admin(desk)) == 1
    assert len(table_rows(desk.app, incoming_lead_bodies)) == 1
    work_off(desk)
    assert table_rows(desk.app, incoming_lead_bodies) == []
    (load,) = table_rows(desk.app, data_import_batches)
    approve(desk, admin(desk), load["id"])
    assert list(records(desk)) == ["L1"]
    assert [row["row_class"] for row in logged(desk)] == ["genuine"]


def test_test_and_spam_receipts_are_kept_classed_and_not_counted(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    mapped(small)
    with door_on(small) as client:
        post(client, 1)
        post(client, 2, name="Test Person")
        post(client, 3, status="spam")
        body = a_body(4)
        answer = client.post("/hooks/site/test", content=body, headers=standard(body, "m4", NOW))
        assert answer.status_code == 202
    loads = through(small, clock)
    assert [(load["is_test"], load["row_count"]) for load in loads] == [(False, 3), (True, 1)]
    assert [row["row_class"] for row in logged(small)][:3] == ["genuine", "test", "spam"]
    approve(small, admin(small), loads[0]["id"])
    assert sorted(records(small)) == ["L1", "L2", "L3"]
    assert list(slices(small, "site.leads").values()) == [1]


def test_while_the_database_is_away_receipts_lie_on_disk_and_come_in_later_once(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    mapped(small)
    real, is_away = receipt_road.store, [False]

    def store(*told: Any, **more: Any) -> Any:
        if is_away[0]:
            raise DeskError("database_down", "The database cannot be reached.")
        return real(*told, **more)

    monkeypatch.setattr("lib.entrypoints.doors.hook_batches.store", store)
    with door_on(small) as client:
        assert post(client, 1).status_code == 202
        is_away[0] = True
        for number in (1, 2, 3, 3):
            clock.move_on(seconds=1)
            assert post(client, number).status_code == 202
        assert len(logged(small)) == 1
    assert drain_spool(small) == 4
    assert drain_spool(small) == 0
    assert {row["idempotency_key"]: row["times_seen"] for row in logged(small)} == {"msg_1": 2, "msg_2": 1, "msg_3": 2}
    assert [load["row_count"] for load in through(small, clock)] == [3]


def test_where_neither_takes_it_the_sender_is_asked_to_come_again(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch)

    def refuse(*_told: Any, **_more: Any) -> Any:
        raise DeskError("database_down", "The database cannot be reached.")

    monkeypatch.setattr("lib.entrypoints.doors.hook_batches.store", refuse)
    monkeypatch.setattr("lib.intake.spool._ROOM", 1 << 60)
    with door_on(small) as client:
        answer = post(client, 1)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert Spool.of_hooks(small.settings.var).files() == []


def test_two_servers_that_are_handed_the_same_webhook_keep_it_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(desk, monkeypatch)
    with door_on(desk) as one, door_on(desk) as other:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as both:
            for number in range(10):
                said = [both.submit(post, client, number) for client in (one, other)]
                assert sorted(answer.result().status_code for answer in said) == [200, 202]
    assert [row["times_seen"] for row in logged(desk)] == [2] * 10


def test_an_event_that_brings_no_record_is_answered_and_counted(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch, hook__sender="typeform")
    body = json.dumps({"event_type": "form_response_partial", "form_response": {"token": "t"}}).encode()
    with door_on(small) as client:
        for _ in range(2):
            answer = client.post("/hooks/site", content=body, headers=signed(SENDERS["typeform"], body, NOW))
            assert answer.status_code == 202
        full = body.replace(b"_partial", b"")
        client.post("/hooks/site", content=full, headers=signed(SENDERS["typeform"], full, NOW))
    assert {row["refusal"] or row["status"]: row["times_seen"] for row in logged(small)} == {
        "event_not_taken": 2,
        "received": 1,
    }


def test_a_sender_or_object_that_nobody_knows_is_refused_by_name(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_hook_account(small, monkeypatch, "angi", provider="angi")
    for setting, code in (
        ({"hook.sender": "pigeon"}, "unknown_sender"),
        ({"hook.object": "job"}, "object_not_offered"),
    ):
        with pytest.raises(DeskError) as refused:
            small.do(admin(small), account_settings.set_account, "angi", setting)
        assert code_of(refused) == code


def test_a_job_whose_delivery_cannot_be_read_says_why(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    mapped(small, external_id="lead.number")
    with door_on(small) as client:
        post(client, 1)
    assert through(small, clock) == []
    (delivery,) = table_rows(small.app, integration_import_batches)
    assert delivery["status"] == "refused"
    assert "lead.number" in delivery["error_note"]


def test_two_workers_that_group_at_once_put_each_receipt_into_one_delivery(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(desk, monkeypatch)
    mapped(desk)
    with door_on(desk) as client:
        post(client, 1)
        post(client, 2)
    clock.move_on(seconds=61)
    # The second worker has seen the same receipts wait before the first one's delivery stands.
    held = desk.ask(admin(desk), receipt_groups.waiting)
    (account_id,) = held
    _, (group,), _ = desk.ask(admin(desk), receipt_groups.due_groups, account_id, held[account_id])
    seen = desk.ask(admin(desk), receipt_groups.taken, group)
    assert group_receipts(desk, admin(desk)) == 1
    with pytest.raises(DeskError) as refused:
        receipt_road._deliver(desk, admin(desk), group, seen[:1])
    assert code_of(refused) == "changed_meanwhile"
    assert len(table_rows(desk.app, integration_import_batches)) == 1


def test_a_receipt_that_got_to_both_the_database_and_the_disk_is_counted_once(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = a_hook_account(small, monkeypatch)
    both = [Receipt(account.id, account.client_id, "m", "", b'{"id":"L1"}', "x", NOW)]
    receipt_road.store(small, admin(small), both, {})
    Spool.of_hooks(small.settings.var).keep(both, NOW)
    assert drain_spool(small) == 1
    assert [row["times_seen"] for row in logged(small)] == [1]


def test_a_map_dated_by_receipt_takes_the_moment_each_webhook_came(
    small: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_hook_account(small, monkeypatch)
    mapped(small, occurred_at=RECEIVED_AT)
    with door_on(small) as client:
        post(client, 1)
    clock.move_on(days=2)
    (load,) = through(small, clock)
    approve(small, admin(small), load["id"])
    assert records(small)["L1"]["occurred_at"] == NOW
