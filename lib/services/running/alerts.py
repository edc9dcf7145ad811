"""What people are told of: the states that stand now, who asked, and what a worker asks to tell each change once (F128)."""

from __future__ import annotations

from dataclasses import dataclass

from lib.clock import zone
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secrets import parse_reference
from lib.domain.people import Actor, Right
from lib.domain.publishing.report_notes import TRIES, MailAnswer, pause_after
from lib.domain.running.alert_states import has_fallen, says_more, state_of_breaker, state_of_fall, state_of_task
from lib.domain.running.alerts import (
    DROPPED,
    PUT_OFF,
    REFUSED,
    SENDING,
    SENT,
    UNKNOWN,
    AlertMessage,
    AlertState,
    Change,
    Subscription,
    changes_since,
    quiet_hours,
    severity_named,
    weight_of,
)
from lib.domain.tasks import TaskSeverity
from lib.errors import DeskError, NotAllowed, NotFound

__all__ = ["AlertMessage", "AlertState", "DueAlert", "Standing", "Subscription"]

# Longer than a mail server or a place on the web is waited for.
_TAKEN_SECONDS = 300
_LISTED = 50


@dataclass(frozen=True)
class DueAlert:
    """A message that somebody is to get now, or one that is not worth sending any more because nothing is left to say."""

    subscription: Subscription
    changes: tuple[Change, ...]
    again: AlertMessage | None = None


@dataclass(frozen=True)
class Standing:
    """A subscription, and how many states of its severities stand in what its person may see."""

    subscription: Subscription
    states: int


def states_of(tx: UnitOfWork) -> tuple[AlertState, ...]:
    """What stands now in the clients this person may see: open tasks, breakers that are not calm, accounts fallen back.

    The worst comes first. Each has one key for as long as it stands. Its sentence holds the account's label and key and
    nothing that a provider sent.
    """
    tx.actor.require(Right.SEE_DETAIL)
    accounts = {account.id: account for account in tx.accounts.every()}
    tasks = [(accounts[task.account_id], task) for task in tx.tasks.listed() if task.account_id in accounts]
    found = [state_of_task(account, task) for account, task in tasks if says_more(account, task)]
    held_up = tx.breakers.not_closed()
    found += [state_of_breaker(accounts[number]) for number in held_up if number in accounts]
    found += [state_of_fall(item) for item in accounts.values() if has_fallen(item)]
    # A breaker that is open says more than its task, and both have its key.
    standing = {state.key: state for state in found}.values()
    return tuple(sorted(standing, key=lambda state: -weight_of(state.severity)))


def subscriptions(tx: UnitOfWork) -> tuple[Standing, ...]:
    """Who is told where: everybody to an admin, to others themselves; with how many states stand for each."""
    tx.actor.require(Right.SEE_DETAIL)
    whose = None if tx.actor.may(Right.MANAGE_DESK) else tx.actor.person_id
    found = tx.alerts.subscriptions(whose)
    if not found:
        return ()
    states = states_of(tx)
    people = {person.person_id: person for person in tx.people.every()}
    return tuple(
        Standing(item, len(changes_since({}, _seen_by(people[item.person_id], states), item.least))) for item in found
    )


def sent(tx: UnitOfWork) -> tuple[AlertMessage, ...]:
    """The newest messages and what became of each: everybody's to an admin, to others their own; newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return tuple(tx.alerts.newest(_LISTED, None if tx.actor.may(Right.MANAGE_DESK) else tx.actor.person_id))


def subscribe(
    tx: UnitOfWork, *, person: str = "", destination: str = "", least: str = "", quiet: str = "", timezone: str = ""
) -> Standing:
    """Have a person told of each change from now on (oneself, or, as an admin, whoever `person` is), or change how.

    `destination` is a reference to a secret that names the place, '' for the person's own e-mail address; `least` the
    severity from which on, `quiet` hours such as `22:00-07:00` by the clock of `timezone`. What stands already is no
    change. DeskError `not_a_reference`, `unknown_severity`, `not_quiet_hours`, `unknown_timezone`, `timezone_missing`,
    `person_not_found`, `not_allowed`.
    """
    who, hours = reader(tx, person, destination), quiet_hours(quiet)
    if hours is not None and not timezone:
        hint = "Name the time zone they are meant in, such as America/Denver."
        raise DeskError("timezone_missing", "Quiet hours were given without a time zone.", hint)
    severity, there = severity_named(least or TaskSeverity.WARNING), timezone or "UTC"
    zone(there)
    tx.alerts.subscribe(who.person_id, destination, severity, hours, there)
    found = _found(tx, who, destination)
    standing = changes_since({}, _seen_by(who, states_of(tx)), severity)
    tx.alerts.take_as_told(found.id, standing)
    tx.audit.note("alerts asked for", "person", who.person_id, None, to=destination or "e-mail", least=str(severity))
    return Standing(found, len(standing))


def unsubscribe(tx: UnitOfWork, *, person: str = "", destination: str = "") -> Subscription:
    """Tell a person nothing more at a destination. NotFound where they are not told there."""
    who = _person(tx, person)
    found = _found(tx, who, destination)
    tx.alerts.unsubscribe(found.id)
    tx.audit.note("alerts stopped", "person", who.person_id, None, to=destination or "e-mail")
    return found


def reader(tx: UnitOfWork, person: str = "", destination: str = "") -> Actor:
    """Whom a message to a destination would be for; refuses what `subscribe` refuses."""
    if destination:
        parse_reference(destination)
    return _person(tx, person)


def due(tx: UnitOfWork) -> tuple[DueAlert, ...]:
    """Whom to tell what now, in a handful of queries however many subscribe; it only reads.

    Nobody is told in their quiet hours, while a message of theirs is under way, or before its next try. What they are
    told is reckoned at that moment from what they were told last, so that what came and went in between is not told.
    """
    asked = tx.alerts.subscriptions()
    if not asked:
        return ()
    states, told, under_way = states_of(tx), tx.alerts.told(), tx.alerts.under_way()
    people = {person.person_id: person for person in tx.people.every()}
    found = []
    for item in asked:
        again = under_way.get(item.id)
        if item.is_quiet(tx.now) or (again is not None and not _is_due(tx, again)):
            continue
        person = people[item.person_id]
        if not person.may(Right.SEE_DETAIL):
            continue
        known = {key: was for key, was in told.get(item.id, {}).items() if person.may_see(was.client_id)}
        changes = changes_since(known, _seen_by(person, states), item.least)
        if changes or again is not None:
            found.append(DueAlert(item, changes, again))
    return tuple(found)


def take(tx: UnitOfWork, alert: DueAlert) -> AlertMessage | None:
    """Take a message to send it; None where another worker has it, or where nothing is left to say.

    Send it after this has committed.
    """
    if not alert.changes:
        assert alert.again is not None, "without changes there is only a message that was put off"
        tx.alerts.end(alert.again, DROPPED, "It was over before it could be said.")
        return None
    number = tx.alerts.take(alert.subscription, alert.changes, _TAKEN_SECONDS, alert.again)
    return None if number is None else tx.alerts.message(number)


def settle(tx: UnitOfWork, message: AlertMessage, answer: MailAnswer) -> str:
    """Write down what became of a message that was taken; the status it has now.

    What was not taken for the moment is tried again after a growing pause, six times in all, with what is to be said
    then. What nobody knows whether it arrived is not sent again.
    """
    if answer.what == "later" and message.attempts < TRIES:
        tx.alerts.end(message, PUT_OFF, answer.words, pause_after(message.attempts))
        return PUT_OFF
    status = {"sent": SENT, "unknown": UNKNOWN}.get(answer.what, REFUSED)
    if tx.alerts.end(message, status, answer.words):
        tx.alerts.note_told(message.subscription_id, message.changes)
    return status


def interrupted(tx: UnitOfWork) -> tuple[AlertMessage, ...]:
    """Messages whose worker ended while it was sending them; it only reads."""
    return tuple(item for item in tx.alerts.under_way().values() if _is_lost(tx, item))


def give_up_interrupted(tx: UnitOfWork) -> tuple[AlertMessage, ...]:
    """Let them be: they may have arrived, so they are not sent again."""
    lost = interrupted(tx)
    for item in lost:
        if tx.alerts.end(item, UNKNOWN, "The worker ended while sending it."):
            tx.alerts.note_told(item.subscription_id, item.changes)
    return lost


def _seen_by(person: Actor, states: tuple[AlertState, ...]) -> list[AlertState]:
    if not person.may(Right.SEE_DETAIL):
        return []
    return [state for state in states if person.may_see(state.client_id)]


def _person(tx: UnitOfWork, email: str) -> Actor:
    """The person an alert is for: oneself, or somebody else's to an admin. A client's person is told nothing (R6)."""
    tx.actor.require(Right.SEE_DETAIL)
    if not email or email == tx.actor.email:
        return tx.actor
    tx.actor.require(Right.MANAGE_DESK)
    found = tx.people.by_email(email)
    if found is None:
        raise NotFound("person", email, "`user list` shows those there are.")
    if not found.may(Right.SEE_DETAIL):
        raise NotAllowed(
            f"{email} is a client's person and is told nothing of the desk's troubles.",
            "Alerts go to whoever works here.",
        )
    return found


def _found(tx: UnitOfWork, person: Actor, destination: str) -> Subscription:
    for item in tx.alerts.subscriptions(person.person_id):
        if item.destination == destination:
            return item
    place = destination or "their e-mail address"
    raise NotFound("subscription", f"of {person.email} to {place}", "`alerts list` shows those there are.")


def _is_due(tx: UnitOfWork, message: AlertMessage) -> bool:
    return message.status == PUT_OFF and message.next_try_at is not None and message.next_try_at <= tx.now


def _is_lost(tx: UnitOfWork, message: AlertMessage) -> bool:
    return message.status == SENDING and message.taken_until is not None and message.taken_until < tx.now
