"""The monthly report note: ask for it or stop it, see what was sent, and what a worker asks to send one exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lib.clock import zone
from lib.db.own_work import OwnWork
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Right
from lib.domain.publishing.report_notes import (
    PUT_OFF,
    REFUSED,
    SENT,
    TRIES,
    UNKNOWN,
    MailAnswer,
    SentNote,
    Subscriber,
    month_before,
    month_key,
    pause_after,
)
from lib.domain.tasks import REPORT_NOTE
from lib.errors import DeskError
from lib.reporting.periods import month_of
from lib.reporting.portal_card import Portal

# Longer than a mail server is waited for.
_TAKEN_SECONDS = 300
_LISTED = 100


@dataclass(frozen=True)
class Subscription:
    """Whether a person gets the notes of a client, and at which address."""

    client: str
    email: str
    is_on: bool


@dataclass(frozen=True)
class DueNote:
    """A note that somebody waits for: of which client and month, to whom, and the client's day today."""

    subscriber: Subscriber
    person: Actor
    month: DateRange
    today: date


def subscription(tx: UnitOfWork, client_key: str) -> Subscription:
    """The person's own subscription; NotFound outside their clients."""
    tx.actor.require(Right.SEE_SUMMARIES)
    client = tx.portal.client(client_key)
    return Subscription(client_key, tx.actor.email, tx.portal.asks_for_notes(client.id))


def subscribe(tx: OwnWork, client_key: str, *, is_on: bool) -> Subscription:
    """Ask for the notes of a client in one's own name, or stop them. The same again changes nothing."""
    tx.actor.require(Right.SEE_SUMMARIES)
    client = tx.portal.client(client_key)
    if tx.own.asks_for_notes(client.id) != is_on:
        tx.own.ask_for_notes(client.id, is_on=is_on)
        action = "report note asked for" if is_on else "report note stopped"
        tx.audit.note(action, "client", client.id, client.id, person=tx.actor.person_id)
        if not is_on:
            cause = _cause(client.id, tx.actor.email)
            tx.own.drop_note_tasks(client.id, cause, "They asked for no more notes.")
    return Subscription(client_key, tx.actor.email, is_on)


def sent_notes(tx: UnitOfWork, client_key: str) -> tuple[SentNote, ...]:
    """What was sent of a client's notes to whom, with the statements it showed; newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return tuple(tx.report_notes.of_client(tx.clients.by_key(client_key).id, _LISTED))


def waiting(tx: UnitOfWork) -> tuple[DueNote, ...]:
    """The notes of the month before this one that somebody in scope waits for, each to whoever may still see the client.

    A month that had ended before they asked is not sent.
    """
    found = []
    for subscriber in tx.report_notes.subscribers():
        local = zone(subscriber.timezone)
        today = tx.now.astimezone(local).date()
        month = month_before(today)
        person = tx.people.by_id(subscriber.person_id)
        if person is None or not person.may_see(subscriber.client_id):
            continue
        is_too_early = subscriber.since.astimezone(local).date() > month.last
        is_over = tx.report_notes.is_over(subscriber.client_id, subscriber.person_id, month_key(month))
        if not is_too_early and not is_over:
            found.append(DueNote(subscriber, person, month, today))
    return tuple(found)


def take(tx: UnitOfWork, due: DueNote, message_id: str, portal: Portal) -> int | None:
    """Take a note to send it; None where another worker has it or it is over. Send it after this has committed."""
    shown = [card.statement_id for card, _ in portal.cards]
    who = due.subscriber
    return tx.report_notes.take(who.client_id, who.person_id, month_key(due.month), message_id, shown, _TAKEN_SECONDS)


def settle(tx: UnitOfWork, note_id: int, due: DueNote, answer: MailAnswer) -> str:
    """Write down what became of a note; the status it has now.

    A temporary refusal is tried again after a growing pause, six times in all. What was refused for good, and what
    nobody knows whether it arrived, is a task for an owner.
    """
    attempts = tx.report_notes.attempts_of(note_id)
    if answer.what == "later" and attempts < TRIES:
        tx.report_notes.end(note_id, PUT_OFF, answer.words, pause_after(attempts))
        return PUT_OFF
    status = {"sent": SENT, "unknown": UNKNOWN}.get(answer.what, REFUSED)
    tx.report_notes.end(note_id, status, answer.words)
    client_id, month = due.subscriber.client_id, month_key(due.month)
    told = {"person": due.person.person_id, "month": month, "note": note_id}
    tx.audit.note(f"report note {status}", "client", client_id, client_id, **told)
    if status == SENT:
        _close_tasks(tx, client_id, due.person.email, "A later note was sent.")
    else:
        _open_task(tx, client_id, due.person.email, month, answer.words, is_sure=status == REFUSED)
    return status


def give_up_interrupted(tx: UnitOfWork) -> tuple[SentNote, ...]:
    """Notes whose worker ended while it was sending them: they may have arrived, so they are not sent again."""
    found = tuple(tx.report_notes.interrupted())
    for note in found:
        _open_task(tx, note.client_id, note.email, note.month, "The worker ended while sending it.", is_sure=False)
    return found


def _open_task(tx: UnitOfWork, client_id: int, email: str, month: str, words: str, *, is_sure: bool) -> None:
    """For the owner of the client's first account: a task belongs to an account, and a note is of all of them."""
    accounts = tx.accounts.every(client_id)
    if not accounts:
        return
    said = f"The report note of {month} for {email} was refused: {words}"
    if not is_sure:
        said = f"Nobody knows whether the report note of {month} for {email} arrived, so ask them. {words}"
    link = f"client_portal?client={accounts[0].client_key}"
    tx.tasks.open_task(accounts[0], REPORT_NOTE, _cause(client_id, email), said, link, {"email": email, "month": month})


def _close_tasks(tx: UnitOfWork, client_id: int, email: str, because: str) -> None:
    for task in tx.tasks.listed(kind=REPORT_NOTE, client_id=client_id):
        if task.cause == _cause(client_id, email):
            tx.tasks.close_task(task, because)


def _cause(client_id: int, email: str) -> str:
    return f"report note:{client_id}:{email}"[:190]


def month_named(text: str, now: datetime) -> DateRange:
    """The month that `2026-10` names, or the one before this one where nothing is named; DeskError `not_a_month`."""
    if not text:
        return month_before(now.date())
    try:
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise DeskError("not_a_month", f"{text!r} is not a month.", "Write it as 2026-10.") from None
