"""People are told once of what changes, where and when they asked to be; what a place refuses is tried again or let be."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.alerting import place_named, send
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Actor, Role
from lib.domain.running.alerts import TaskSeverity
from lib.domain.states import AccountStatus
from lib.domain.tasks import LAPSED_GATE, MAP_REVIEW, UNSEEN_VALUE
from lib.entrypoints.worker import CHORES
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.running.alerting import send_alerts, subscribe_alerts, try_destination
from lib.services.running import alerts, breaker, doctor
from tests.builders import a_person, admin, an_account, code_of, desk_on, everything
from tests.clocks import SetClock
from tests.standins.chat import TOKEN, Chat, chat_server
from tests.standins.mail import Post, mail_server
from tests.terminal import Terminal

DOWN = DeskError("unavailable", "The provider does not answer Rosa Diaz.", is_retryable=True)
CHAT = "env:DESK_CHAT"


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    with chat_server() as server:
        monkeypatch.setenv("DESK_CHAT", server.url)
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 4, 12, tzinfo=UTC))


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path, clock: SetClock, post: Post) -> Iterator[Desk]:
    """A desk with an account of Acme and one of Harbor, which sends mail."""
    with desk_on(sqlite_urls, tmp_path, clock) as opened:
        an_account(opened, "site")
        an_account(opened, "harbor_site", client="harbor")
        a_person(opened, "ana@desk.example", Role.OWNER)
        settings = replace(
            opened.settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="Connector Desk <desk@desk.example>"
        )
        yield replace(opened, settings=settings)


def ana(desk: Desk) -> Actor:
    return desk.ask(admin(desk), lambda tx: next(each for each in tx.people.every() if each.email.startswith("ana")))


def asked(desk: Desk, by: Actor | None = None, **how: str) -> Any:
    return subscribe_alerts(desk, by or ana(desk), **how)


def worked(desk: Desk) -> int:
    return send_alerts(desk, admin(desk))


def opened(desk: Desk, cause: str, kind: str = UNSEEN_VALUE, key: str = "site") -> None:
    def open_task(tx: UnitOfWork) -> None:
        account = tx.accounts.by_key(key)
        said = "The value 'Rosa Diaz' of 555-0100 is not in the map."
        tx.tasks.open_task(account, kind, cause, said, "field_maps?account=site&value=Rosa", {"value": "Rosa"})

    desk.do(admin(desk), open_task)


def closed(desk: Desk, cause: str) -> None:
    def close(tx: UnitOfWork) -> None:
        for task in tx.tasks.listed():
            if task.cause == cause:
                tx.tasks.close_task(task, "Rosa Diaz was mapped.")

    desk.do(admin(desk), close)


def set_status(desk: Desk, status: AccountStatus, key: str = "site") -> None:
    desk.do(admin(desk), lambda tx: tx.accounts.change(tx.accounts.by_key(key), {"status": status}))


def failed(desk: Desk, times: int, key: str = "site") -> None:
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key(key))
    for _ in range(times):
        desk.do(admin(desk), breaker.note_failure, account, DOWN)


def statuses(desk: Desk) -> list[str]:
    return [each.status for each in desk.ask(admin(desk), alerts.sent)]


def test_a_change_is_told_once_and_its_end_once(desk: Desk, chat: Chat) -> None:
    asked(desk, destination=CHAT)
    assert worked(desk) == 0
    opened(desk, "value:1")
    assert [worked(desk), worked(desk)] == [1, 0]
    opened(desk, "value:1")
    assert worked(desk) == 0, "the same cause again is no change"
    closed(desk, "value:1")
    assert [worked(desk), worked(desk)] == [1, 0]
    first, second = chat.texts
    assert "Connector Desk: 1 warning" in first
    assert "(site): a value that the map does not know holds rows back." in first
    assert "Connector Desk: 1 over" in second
    assert "Over: " in second


def test_nothing_of_a_person_or_a_value_leaves_the_desk(desk: Desk, chat: Chat, post: Post) -> None:
    asked(desk, destination=CHAT)
    asked(desk)
    opened(desk, "value:Rosa Diaz")
    failed(desk, 5)
    assert worked(desk) == 2
    closed(desk, "value:Rosa Diaz")
    assert worked(desk) == 2
    sent = [*chat.texts, *(message.as_string() for message in post.got)]
    assert len(sent) == 4
    assert not [word for word in ("Rosa", "555-0100", "does not answer") if any(word in text for text in sent)]


def test_the_way_there_stands_in_it_where_the_desk_has_an_address(desk: Desk, chat: Chat) -> None:
    desk.settings.secrets_file.parent.mkdir()
    desk.settings.secrets_file.write_text(
        f"[auth]\nredirect_uri = 'https://desk.example/oauth2callback'\ncookie_secret = '{'x' * 64}'\nclient_id = 'a'\n"
    )
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    assert worked(desk) == 1
    assert "https://desk.example/field_maps?account=site\n" in chat.texts[0], "and no more of the address than keys"


def test_mail_goes_to_the_persons_own_address(desk: Desk, post: Post) -> None:
    asked(desk)
    opened(desk, "value:1")
    assert worked(desk) == 1
    (message,) = post.got
    assert (message["To"], message["Subject"]) == ("ana@desk.example", "Connector Desk: 1 warning")
    assert "holds rows back" in message.get_content()
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_breaker_is_told_when_it_warns_when_it_opens_and_when_it_closes(desk: Desk, chat: Chat) -> None:
    asked(desk, destination=CHAT)
    told = []
    for step in (3, 1, 1, 0):
        failed(desk, step)
        worked(desk)
        told.append(len(chat.got))
    assert told == [1, 1, 2, 2], "no message for a failure that changes nothing"
    assert "about to be left alone" in chat.texts[0]
    assert "Now incident: " in chat.texts[1]
    desk.do(admin(desk), breaker.note_success, desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site")))
    assert worked(desk) == 1
    assert "Over: " in chat.texts[2]


def test_an_account_that_falls_back_is_one_incident_until_it_is_live_again(desk: Desk, chat: Chat) -> None:
    asked(desk, destination=CHAT, least="incident")
    opened(desk, "lapsed:1", LAPSED_GATE)
    opened(desk, "lapsed:2", LAPSED_GATE)
    set_status(desk, AccountStatus.NEEDS_REVIEW)
    assert worked(desk) == 1
    assert "1 incident" in chat.texts[0]
    assert "is not called live any longer" in chat.texts[0]
    closed(desk, "lapsed:1")
    assert worked(desk) == 0
    closed(desk, "lapsed:2")
    set_status(desk, AccountStatus.LIVE)
    assert worked(desk) == 1
    assert "1 over" in chat.texts[1]


def test_each_is_told_from_their_severity_on_and_of_their_clients_only(desk: Desk, chat: Chat, post: Post) -> None:
    hal = a_person(desk, "hal@desk.example", Role.ANALYST, "harbor")
    asked(desk, destination=CHAT, least="routine")
    asked(desk, hal)
    opened(desk, "map:1", MAP_REVIEW)
    opened(desk, "value:1", key="site")
    assert worked(desk) == 1
    assert not post.got
    opened(desk, "value:2", key="harbor_site")
    assert worked(desk) == 2
    assert "harbor_site" in post.got[0].get_content()
    assert "(site)" not in post.got[0].get_content()


def test_what_stood_before_they_asked_is_no_change(desk: Desk, chat: Chat) -> None:
    opened(desk, "value:1")
    assert asked(desk, destination=CHAT).standing.states == 1
    assert worked(desk) == 0
    closed(desk, "value:1")
    assert worked(desk) == 1


def test_quiet_hours_hold_back_what_still_stands_and_forget_what_came_and_went(
    desk: Desk, chat: Chat, clock: SetClock
) -> None:
    asked(desk, destination=CHAT, quiet="22:00-07:00", timezone="America/Denver")
    clock.now = datetime(2026, 3, 5, 6, tzinfo=UTC)  # 23:00 in Denver
    opened(desk, "value:1")
    opened(desk, "drift:1", "drift")
    assert worked(desk) == 0
    closed(desk, "value:1")
    clock.now = datetime(2026, 3, 5, 14, tzinfo=UTC)  # 07:00 in Denver
    assert worked(desk) == 1
    assert "columns" in chat.texts[0]
    assert "value" not in chat.texts[0]


def test_what_a_place_does_not_take_is_tried_again_later_and_later(desk: Desk, chat: Chat, clock: SetClock) -> None:
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    chat.statuses = [503, 429]
    assert worked(desk) == 0
    clock.put_on(minutes=4)
    assert worked(desk) == 0
    assert chat.asked == 1, "five minutes are waited after the first try"
    clock.put_on(minutes=2)
    assert worked(desk) == 0
    assert statuses(desk) == ["put_off"]
    opened(desk, "drift:1", "drift")
    clock.put_on(minutes=11)
    assert worked(desk) == 1
    assert "columns" in chat.texts[0], "the next try says what is to be said then"
    assert "holds rows back" in chat.texts[0]
    assert [worked(desk), statuses(desk)] == [0, ["sent"]]


def test_what_is_over_before_it_could_be_said_is_dropped(desk: Desk, chat: Chat, clock: SetClock) -> None:
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    chat.statuses = [503]
    worked(desk)
    closed(desk, "value:1")
    clock.put_on(minutes=6)
    assert worked(desk) == 0
    assert statuses(desk) == ["dropped"]
    assert chat.asked == 1
    opened(desk, "value:1")
    assert worked(desk) == 1


def test_a_message_whose_fate_nobody_knows_is_not_sent_again(desk: Desk, chat: Chat, clock: SetClock) -> None:
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    chat.statuses = [0]
    assert worked(desk) == 0
    clock.put_on(hours=3)
    assert worked(desk) == 0
    assert statuses(desk) == ["unknown"]
    assert chat.asked == 1
    opened(desk, "drift:1", "drift")
    assert worked(desk) == 1
    assert "holds rows back" not in chat.texts[-1]


def test_a_lasting_refusal_is_kept_and_the_next_change_tries_again(desk: Desk, chat: Chat, clock: SetClock) -> None:
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    chat.statuses = [403]
    assert worked(desk) == 0
    clock.put_on(hours=3)
    assert worked(desk) == 0
    assert statuses(desk) == ["refused"]
    (said,) = [item for item in doctor.examine_desk(desk, admin(desk)) if item.code == "alert_refused"]
    assert said.sentence == "The last alert for ana@desk.example did not go out: Mattermost answered 403."
    opened(desk, "drift:1", "drift")
    assert worked(desk) == 1
    assert "alert_refused" not in {item.code for item in doctor.examine_desk(desk, admin(desk))}


def test_a_worker_that_ended_while_sending_leaves_no_second_message(desk: Desk, chat: Chat, clock: SetClock) -> None:
    asked(desk, destination=CHAT)
    opened(desk, "value:1")
    (due,) = desk.ask(admin(desk), alerts.due)
    assert desk.do(admin(desk), alerts.take, due) is not None
    assert worked(desk) == 0
    clock.put_on(minutes=6)
    assert worked(desk) == 0
    assert (statuses(desk), chat.asked) == (["unknown"], 0)


def test_two_workers_send_one_message(database_urls: tuple[str, str], tmp_path: Path, chat: Chat) -> None:
    with desk_on(database_urls, tmp_path) as desk:
        an_account(desk)
        a_person(desk, "ana@desk.example", Role.OWNER)
        asked(desk, destination=CHAT)
        opened(desk, "value:1")
        (due,) = desk.ask(admin(desk), alerts.due)
        taken = [desk.do(admin(desk), alerts.take, due) for _ in range(2)]
        assert taken[0] is not None
        assert taken[1] is None
        assert worked(desk) == 0


def test_whoever_lost_a_client_or_left_the_work_hears_nothing_more(desk: Desk, chat: Chat) -> None:
    hal = a_person(desk, "hal@desk.example", Role.ANALYST, "harbor")
    asked(desk, hal, destination=CHAT)
    opened(desk, "value:1", key="harbor_site")
    assert worked(desk) == 1
    with desk.app.begin() as connection:
        connection.exec_driver_sql("DELETE FROM person_clients")
    closed(desk, "value:1")
    assert worked(desk) == 0, "not even that it is over"


def test_a_secret_is_neither_kept_nor_said(
    desk: Desk, chat: Chat, clock: SetClock, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = io.StringIO()
    logging.getLogger().addHandler(handler := logging.StreamHandler(heard))
    # What the library says at its most talkative holds the whole address.
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    with pytest.raises(DeskError) as refused:
        asked(desk, destination=chat.url)
    assert code_of(refused) == "not_a_reference"
    assert TOKEN not in refused.value.message + refused.value.hint
    asked(desk, destination=CHAT)
    for status in (500, 404, 0, 200):
        opened(desk, f"value:{status}")
        chat.statuses = [status]
        worked(desk)
        clock.put_on(hours=1)
    assert chat.asked == 4
    kept = json.dumps(everything(desk), default=str)
    assert "alert_messages" in kept
    logging.getLogger().removeHandler(handler)
    logging.getLogger("apprise").setLevel(logging.NOTSET)
    assert TOKEN not in kept + heard.getvalue() + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("mysql+pymysql://me:hunter2@db.example/desk", "unknown_destination"),
        ("hunter2", "unknown_destination"),
        ("mmost://127.0.0.1/hunter2/?channel=a,b", "several_destinations"),
    ],
)
def test_what_names_no_one_place_is_refused_without_being_repeated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str, code: str
) -> None:
    monkeypatch.setenv("DESK_CHAT", value)
    with pytest.raises(DeskError) as refused:
        asked(desk, destination=CHAT)
    assert code_of(refused) == code
    assert "hunter2" not in refused.value.message + refused.value.hint
    assert not desk.ask(admin(desk), alerts.subscriptions)


@pytest.mark.parametrize("url", ["slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "json://desk.example/hook"])
def test_a_place_is_called_by_its_kind(url: str) -> None:
    assert place_named(url) in ("Slack", "JSON")


def test_a_place_that_cannot_be_reached_is_tried_again_and_a_late_answer_is_not(chat: Chat) -> None:
    away = send("mmost://127.0.0.1:1/abc", "A title", "A text.", TaskSeverity.INCIDENT)
    assert (away.what, "could not be reached" in away.words) == ("later", True)
    chat.statuses = [500]
    assert send(f"{chat.url}?retry=3&wait=0", "A title", "A text.", None).what == "later"
    assert chat.asked == 1, "the desk tries again, the library does not"


def test_mail_behind_a_reference_is_sent_by_the_library(post: Post) -> None:
    url = f"mailto://127.0.0.1:{post.port}?from=desk@desk.example&to=ops@desk.example&mode=insecure"
    assert send(url, "A title", "A <b>text</b>.", TaskSeverity.WARNING).what == "sent"
    assert (post.got[0]["Subject"], post.got[0]["To"]) == ("A title", "ops@desk.example")
    post.answers = ["550 No"]
    assert send(url, "A title", "A text.", None).what in ("refused", "later")


def test_without_a_way_out_nothing_is_taken_and_the_reason_is_said(desk: Desk) -> None:
    mute = replace(desk, settings=replace(desk.settings, smtp_url=""))
    assert asked(mute).remark == "SMTP_URL is not set, so nothing can go out by e-mail."
    assert "nothing behind env:NO_SUCH" in asked(mute, destination="env:NO_SUCH").remark
    assert "alerts_without_mail" in {item.code for item in doctor.examine_desk(mute, admin(desk))}
    assert "alerts_without_mail" not in {item.code for item in doctor.examine_desk(desk, admin(desk))}
    opened(mute, "value:1")
    assert worked(mute) == 0
    assert statuses(mute) == ["put_off"], "a reference may lead somewhere later"
    with pytest.raises(DeskError, match="SMTP_URL is not set"):
        try_destination(mute, ana(mute))
    assert worked(desk) == 1, "and mail goes once there is a server"


def test_a_person_asks_for_themselves_and_an_admin_for_anybody_who_works_here(desk: Desk) -> None:
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    with pytest.raises(NotAllowed):
        asked(desk, sam)
    with pytest.raises(NotAllowed):
        asked(desk, person="admin@localhost")
    with pytest.raises(NotAllowed, match="a client's person"):
        asked(desk, admin(desk), person="sam@acme.example")
    with pytest.raises(NotFound):
        asked(desk, admin(desk), person="nobody@desk.example")
    asked(desk, admin(desk), person="ana@desk.example")
    assert [each.subscription.email for each in desk.ask(ana(desk), alerts.subscriptions)] == ["ana@desk.example"]
    hal = a_person(desk, "hal@desk.example", Role.OWNER)
    assert desk.ask(hal, alerts.subscriptions) == ()
    with pytest.raises(NotFound):
        desk.do(hal, alerts.unsubscribe)
    with pytest.raises(DeskError, match="time zone"):
        asked(desk, quiet="22:00-07:00")


def test_many_accounts_and_subscribers_cost_no_more_queries(desk: Desk, chat: Chat) -> None:
    counted: list[int] = []

    def ask() -> None:
        from sqlalchemy import event

        seen: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(desk.app, "before_cursor_execute", note)
        desk.ask(admin(desk), alerts.due)
        event.remove(desk.app, "before_cursor_execute", note)
        counted.append(len(seen))

    asked(desk, destination=CHAT)
    opened(desk, "value:0")
    ask()
    for number in range(5):
        an_account(desk, f"more{number}")
        opened(desk, f"value:more{number}", key=f"more{number}")
        asked(desk, a_person(desk, f"p{number}@desk.example", Role.OWNER), destination=CHAT)
    ask()
    assert counted[0] == counted[1] < 15


def test_the_worker_looks_every_minute() -> None:
    assert (timedelta(minutes=1), send_alerts) in CHORES


def test_it_is_all_there_on_the_command_line(
    desk: Desk, sqlite_urls: tuple[str, str], tmp_path: Path, chat: Chat
) -> None:
    run = Terminal(tmp_path, sqlite_urls)
    by = ("--by", "ana@desk.example")
    quiet = ("--quiet", "22:00-04:00", "--zone", "America/Denver")
    made = run.json("alerts", "subscribe", *by, "--to", CHAT, "--severity", "incident", *quiet)
    assert (made["to"], made["severity"], made["place"]) == (CHAT, "incident", "Mattermost")
    assert run.json("alerts", "test", *by, "--to", CHAT)["sent"] is True
    chat.statuses = [404]
    assert run.refused("alerts", "test", *by, "--to", CHAT)["code"] == "alert_not_sent"
    opened(desk, "value:1", "silence")
    (state,) = run.json("alerts", "standing")
    assert state["severity"] == "incident"
    assert worked(desk) == 1
    assert "quiet 22:00-04:00 America/Denver; 1 such state now." in run.ok("alerts", "list")
    assert [each["status"] for each in run.json("alerts", "sent")] == ["sent"]
    assert run.json("alerts", "unsubscribe", *by, "--to", CHAT)["subscribed"] is False
    assert run.json("alerts", "list") == []
