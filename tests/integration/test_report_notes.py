"""The monthly note goes out once, to who asked for it, through a real mail server; what the server refuses is dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.mail import require_smtp_url, send
from lib.pipeline.publishing.report_notes import send_report_notes
from lib.reporting.portal_card import CardFreshness, Portal
from lib.services.publishing import portal, report_notes
from lib.services.running import doctor, tasks
from tests.builders import a_person, admin, an_account, at, desk_on
from tests.standins.mail import Post, mail_server
from tests.terminal import Terminal
from tests.unit.reporting.portals import FRESH, a_card, ordinary, three_cards

ASKED = datetime(2026, 10, 20, 12, tzinfo=UTC)
SECOND = datetime(2026, 11, 2, 12, tzinfo=UTC)
FIFTH = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server on loopback."""
    with mail_server() as server:
        yield server


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Harbor Roofing with an account, its person, and three numbers published."""
    shown(monkeypatch, three_cards())
    with desk_on(sqlite_urls, tmp_path) as opened:
        an_account(opened, client="harbor")
        settings = replace(
            opened.settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="Connector Desk <desk@desk.example>"
        )
        yield replace(opened, settings=settings)


def shown(monkeypatch: pytest.MonkeyPatch, seen: Portal) -> None:
    def service(tx: Any, key: str) -> Portal:
        tx.portal.client(key)
        return replace(seen, client_key=key)

    monkeypatch.setattr(portal, "portal", service)


def subscriber(desk: Desk) -> Actor:
    hal = a_person(desk, "hal@harbor.example", Role.STAKEHOLDER, "harbor")
    at(desk, lambda: ASKED).do_own(hal, report_notes.subscribe, "harbor", is_on=True)
    return hal


def worked(desk: Desk, now: datetime) -> int:
    return send_report_notes(at(desk, lambda: now), admin(desk))


def logged(desk: Desk) -> list[tuple[str, str]]:
    return [(each.month, each.status) for each in desk.ask(admin(desk), report_notes.sent_notes, "harbor")]


def test_the_note_of_a_month_arrives_once_with_its_numbers(desk: Desk, post: Post) -> None:
    subscriber(desk)
    assert worked(desk, SECOND) == 1
    assert [worked(desk, SECOND), worked(desk, FIFTH), worked(desk, FIFTH + timedelta(days=20))] == [0, 0, 0]
    (message,) = post.got
    assert message["Subject"] == "Harbor Roofing: your numbers for October 2026"
    assert message["To"] == "hal@harbor.example"
    assert (
        message["Message-ID"] == "<report-note.2026-10.harbor.2@desk.example>"
        or "2026-10.harbor" in message["Message-ID"]
    )
    assert "61 quote requests" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "61 quote requests" in html
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == 3
    assert all(f"cid:{part['Content-ID'][1:-1]}" in html for part in pictures)
    (pdf,) = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    assert pdf.get_filename() == "harbor-2026-10.pdf"
    (line,) = desk.ask(admin(desk), report_notes.sent_notes, "harbor")
    assert (line.status, line.statement_ids, line.email) == ("sent", (7001, 7002, 7003), "hal@harbor.example")
    assert line.message_id == message["Message-ID"]
    assert line.ended_at == SECOND


def test_two_workers_send_one_note(desk: Desk, post: Post) -> None:
    subscriber(desk)
    moment = at(desk, lambda: SECOND)
    (due,) = moment.ask(admin(desk), report_notes.waiting)
    taken = [moment.do(admin(desk), report_notes.take, due, "<a@b>", three_cards()) for _ in range(2)]
    assert taken[0] is not None
    assert taken[1] is None


def test_before_the_fifth_it_waits_for_the_months_data_and_then_says_what_is_missing(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = CardFreshness(
        datetime(2026, 10, 28, tzinfo=UTC).date(), is_stale=True, words="Shown to Wednesday 28 October"
    )
    shown(monkeypatch, replace(three_cards(), cards=((a_card(), FRESH), (ordinary(), behind))))
    subscriber(desk)
    assert worked(desk, SECOND) == 0
    assert worked(desk, FIFTH) == 1
    assert "Paid leads from Angi: the data of October 2026 is not complete." in (
        post.got[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    )


def test_nothing_is_sent_when_nothing_is_published_or_nobody_asked(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worked(desk, FIFTH) == 0
    hal = subscriber(desk)
    shown(monkeypatch, replace(three_cards(), cards=()))
    assert worked(desk, FIFTH) == 0
    shown(monkeypatch, three_cards())
    desk.do_own(hal, report_notes.subscribe, "harbor", is_on=False)
    assert worked(desk, FIFTH) == 0
    assert not post.got


def test_the_doctor_says_when_notes_are_asked_for_and_none_can_go_out(desk: Desk) -> None:
    mute = replace(desk, settings=replace(desk.settings, smtp_url=""))
    assert "no_way_out" not in {item.code for item in doctor.examine_desk(mute, admin(desk))}
    subscriber(desk)
    assert "no_way_out" not in {item.code for item in doctor.examine_desk(desk, admin(desk))}
    (said,) = [item for item in doctor.examine_desk(mute, admin(desk)) if item.code == "no_way_out"]
    assert said.sentence == "1 monthly note is asked for, and none can go out."
    assert "SMTP_URL" in said.mend and "MAIL_FROM" not in said.mend


def test_a_month_that_was_over_before_they_asked_is_not_sent(desk: Desk, post: Post) -> None:
    hal = a_person(desk, "hal@harbor.example", Role.STAKEHOLDER, "harbor")
    at(desk, lambda: SECOND).do_own(hal, report_notes.subscribe, "harbor", is_on=True)
    assert worked(desk, FIFTH) == 0
    assert worked(desk, datetime(2026, 12, 5, 12, tzinfo=UTC)) == 1


def test_whoever_may_no_longer_see_the_client_gets_nothing(desk: Desk, post: Post) -> None:
    hal = subscriber(desk)
    with desk.app.begin() as connection:
        connection.execute(text("DELETE FROM person_clients WHERE person_id = :who"), {"who": hal.person_id})
    assert worked(desk, FIFTH) == 0
    assert not post.got


def test_a_temporary_refusal_is_tried_again_later_and_later(desk: Desk, post: Post) -> None:
    subscriber(desk)
    post.answers = ["451 Come back later", "451 Come back later"]
    assert worked(desk, SECOND) == 0
    assert logged(desk) == [("2026-10", "put_off")]
    assert worked(desk, SECOND + timedelta(minutes=4)) == 0
    assert len(post.answers) == 1, "five minutes are waited after the first try"
    assert worked(desk, SECOND + timedelta(minutes=6)) == 0
    assert worked(desk, SECOND + timedelta(minutes=15)) == 0, "ten after the second"
    assert worked(desk, SECOND + timedelta(minutes=17)) == 1
    assert len(post.got) == 1
    assert not desk.ask(admin(desk), tasks.listed)


def test_a_server_that_stays_away_ends_in_a_task(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_notes, "TRIES", 3)
    subscriber(desk)
    away = replace(desk, settings=replace(desk.settings, smtp_url="smtp://127.0.0.1:1"))
    for day in range(3):
        worked(away, SECOND + timedelta(days=day))
    assert logged(desk) == [("2026-10", "refused")]
    (task,) = desk.ask(admin(desk), tasks.listed)
    assert "could not be spoken to" in task.sentence


def test_a_lasting_refusal_is_a_task_that_the_next_note_closes(desk: Desk, post: Post) -> None:
    subscriber(desk)
    post.to_rcpt = ["550 No such person"]
    assert worked(desk, SECOND) == 0
    assert worked(desk, FIFTH) == 0, "it is not tried again"
    assert logged(desk) == [("2026-10", "refused")]
    (task,) = desk.ask(admin(desk), tasks.listed)
    assert "hal@harbor.example was refused: 550 No such person" in task.sentence
    assert worked(desk, datetime(2026, 12, 5, 12, tzinfo=UTC)) == 1
    assert not desk.ask(admin(desk), tasks.listed)


def test_a_message_nobody_knows_the_fate_of_is_never_sent_again(desk: Desk, post: Post) -> None:
    subscriber(desk)
    post.hangs_up = True
    assert worked(desk, SECOND) == 0
    post.hangs_up = False
    assert worked(desk, FIFTH) == 0
    assert logged(desk) == [("2026-10", "unknown")]
    assert "Nobody knows whether" in desk.ask(admin(desk), tasks.listed)[0].sentence


def test_a_worker_that_ended_while_sending_leaves_a_task_and_no_second_mail(desk: Desk, post: Post) -> None:
    subscriber(desk)
    moment = at(desk, lambda: SECOND)
    (due,) = moment.ask(admin(desk), report_notes.waiting)
    moment.do(admin(desk), report_notes.take, due, "<a@b>", three_cards())
    assert worked(desk, SECOND + timedelta(minutes=1)) == 0
    assert logged(desk) == [("2026-10", "sending")]
    assert worked(desk, SECOND + timedelta(minutes=6)) == 0
    assert logged(desk) == [("2026-10", "unknown")]
    assert not post.got
    assert len(desk.ask(admin(desk), tasks.listed)) == 1


def test_without_a_mail_server_nothing_is_tried(desk: Desk, post: Post) -> None:
    subscriber(desk)
    assert worked(replace(desk, settings=replace(desk.settings, smtp_url="")), FIFTH) == 0
    with pytest.raises(DeskError, match="names no mail server"):
        worked(replace(desk, settings=replace(desk.settings, smtp_url="mail.example:25 hunter2")), FIFTH)
    assert logged(desk) == []


def test_a_password_is_never_sent_to_a_far_server_without_encryption(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.mail._LOOPBACK", frozenset())
    message = EmailMessage()
    message["From"], message["To"] = "a@b.example", "c@d.example"
    answer = send(f"smtp://me:hunter2@127.0.0.1:{post.port}", message)
    assert (answer.what, "hunter2" in answer.words) == ("refused", False)
    assert not post.got
    require_smtp_url("smtps://me:hunter2@mail.example")


def test_a_person_subscribes_and_looks_at_the_note_on_the_command_line(
    desk: Desk, sqlite_urls: tuple[str, str], tmp_path: Path
) -> None:
    a_person(desk, "hal@harbor.example", Role.STAKEHOLDER, "harbor")
    run = Terminal(tmp_path, sqlite_urls)
    assert run.json("report-note", "subscribe", "harbor", "--by", "hal@harbor.example")["subscribed"] is True
    note = run.json("report-note", "harbor", "--month", "2026-10", "--out", str(tmp_path / "note.pdf"))
    assert note["cards"] == 3
    assert (tmp_path / "note.pdf").read_bytes().startswith(b"%PDF")
    run.ok("report-note", "harbor", "--out", str(tmp_path / "note.html"))
    assert "61 quote requests" in (tmp_path / "note.html").read_text()
    assert run.json("report-note", "unsubscribe", "harbor", "--by", "hal@harbor.example")["subscribed"] is False
    assert run.json("report-note", "sent", "harbor") == []
