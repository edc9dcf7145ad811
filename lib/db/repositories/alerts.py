"""Alerts: subscriptions, what each was told, and messages; a message is taken by one compare-and-set before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.alerts import alert_messages as messages
from lib.db.tables.alerts import alert_subscriptions as subscriptions
from lib.db.tables.alerts import alert_told as told
from lib.db.tables.people import people
from lib.domain.running.alerts import (
    PUT_OFF,
    SENDING,
    AlertMessage,
    Change,
    QuietHours,
    Subscription,
    Told,
    quiet_hours,
)
from lib.domain.tasks import TaskSeverity

_LONGEST = 500


class AlertRepository(Repository):
    """A subscription is its person's; what was told of a client stays inside the clients that the asking person may see."""

    def subscriptions(self, person_id: int | None = None) -> list[Subscription]:
        """Everybody's subscriptions, or one person's, of whoever is active; by address and destination."""
        statement = (
            select(subscriptions, people.c.email)
            .join(people, people.c.id == subscriptions.c.person_id)
            .where(subscriptions.c.is_on, people.c.is_active)
            .order_by(people.c.email, subscriptions.c.destination)
        )
        if person_id is not None:
            statement = statement.where(subscriptions.c.person_id == person_id)
        return [_subscription(row) for row in self.all(statement)]

    def subscribe(
        self, person_id: int, destination: str, least: TaskSeverity, quiet: QuietHours | None, timezone: str
    ) -> int:
        """Have a person told at a destination, or change how; the subscription's id."""
        mine = subscriptions.c.person_id == person_id, subscriptions.c.destination == destination
        how = {"least": least, "quiet": str(quiet or ""), "timezone": timezone, "is_on": True}
        row = self.one(select(subscriptions.c.id).where(*mine))
        if row is None:
            where = {"person_id": person_id, "destination": destination}
            return self.add(subscriptions, **where, **how, version=1, changed_at=self.tx.now)
        on = subscriptions.c.version + 1
        self.run(update(subscriptions).where(*mine).values(**how, version=on, changed_at=self.tx.now))
        return int(row.id)

    def unsubscribe(self, subscription_id: int) -> None:
        """Tell them nothing more; what was under way is not tried again."""
        off = {"is_on": False, "version": subscriptions.c.version + 1, "changed_at": self.tx.now}
        self.run(update(subscriptions).where(subscriptions.c.id == subscription_id).values(**off))

    def told(self) -> dict[int, dict[str, Told]]:
        """What each subscriber was told of the states that stand for them, in scope: by subscription, then by state."""
        found: dict[int, dict[str, Told]] = {}
        for row in self.all(select(told).where(self.tx.visible(told))):
            was = Told(row.state, row.client_id, TaskSeverity(row.severity), row.sentence)
            found.setdefault(row.subscription_id, {})[row.state] = was
        return found

    def take_as_told(self, subscription_id: int, standing: Sequence[Change]) -> None:
        """Let this be all that the subscriber knows of, without a word to them."""
        self.run(delete(told).where(told.c.subscription_id == subscription_id))
        self._add_told(subscription_id, standing)

    def note_told(self, subscription_id: int, changes: Sequence[Change]) -> None:
        """The subscriber knows of these changes from now on."""
        keys = [item.key for item in changes]
        self.run(delete(told).where(told.c.subscription_id == subscription_id, told.c.state.in_(keys)))
        self._add_told(subscription_id, [item for item in changes if not item.is_over])

    def under_way(self) -> dict[int, AlertMessage]:
        """The message of each subscription that is being sent or waits for its next try."""
        found = self._messages(messages.c.status.in_([SENDING, PUT_OFF]))
        return {item.subscription_id: item for item in found}

    def take(
        self, subscription: Subscription, changes: Sequence[Change], seconds: int, again: AlertMessage | None = None
    ) -> int | None:
        """Take a message to send it, a new one or one that was put off; its id, None where somebody was faster.

        Nothing may be sent before this transaction has committed.
        """
        mine = subscriptions.c.id == subscription.id, subscriptions.c.version == subscription.version
        one_on = update(subscriptions).where(*mine, subscriptions.c.is_on)
        if self.run(one_on.values(version=subscription.version + 1)).rowcount != 1:
            return None
        until = self.tx.now + timedelta(seconds=seconds)
        says = {"status": SENDING, "changes": [asdict(item) for item in changes], "taken_until": until}
        if again is None:
            made = {"attempts": 1, "answer": "", "created_at": self.tx.now}
            return self.add(messages, subscription_id=subscription.id, **made, **says)
        put_off = messages.c.id == again.id, messages.c.status == PUT_OFF, messages.c.attempts == again.attempts
        taken = update(messages).where(*put_off).values(**says, attempts=again.attempts + 1, next_try_at=None)
        return again.id if self.run(taken).rowcount == 1 else None

    def end(self, message: AlertMessage, status: str, answer: str, pause: timedelta | None = None) -> bool:
        """Write down what became of a message as it was read; False where somebody else did before."""
        now: dict[str, Any] = {"status": status, "answer": answer[:_LONGEST], "taken_until": None}
        now |= {"next_try_at": self.tx.now + pause} if pause else {"next_try_at": None, "ended_at": self.tx.now}
        same = messages.c.id == message.id, messages.c.status == message.status, messages.c.attempts == message.attempts
        return self.run(update(messages).where(*same).values(**now)).rowcount == 1

    def message(self, message_id: int) -> AlertMessage:
        """The message with this id, which is there."""
        return self._messages(messages.c.id == message_id)[0]

    def newest(self, limit: int, person_id: int | None = None) -> list[AlertMessage]:
        """The newest messages of everybody, or of one person, newest first."""
        whose = subscriptions.c.person_id == person_id if person_id is not None else messages.c.id > 0
        return self._messages(whose, limit)

    def _add_told(self, subscription_id: int, items: Sequence[Change]) -> None:
        rows = [
            {
                "subscription_id": subscription_id,
                "client_id": item.client_id,
                "state": item.key,
                "severity": item.severity,
                "sentence": item.sentence[:_LONGEST],
                "told_at": self.tx.now,
            }
            for item in items
        ]
        if rows:
            self.run(insert(told), rows)

    def _messages(self, which: ColumnElement[bool], limit: int | None = None) -> list[AlertMessage]:
        statement = (
            select(messages, subscriptions.c.destination, people.c.email)
            .join(subscriptions, subscriptions.c.id == messages.c.subscription_id)
            .join(people, people.c.id == subscriptions.c.person_id)
            .where(which)
            .order_by(messages.c.id.desc())
        )
        return [_message(row) for row in self.all(statement if limit is None else statement.limit(limit))]


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        person_id=row.person_id,
        email=row.email,
        destination=row.destination,
        least=TaskSeverity(row.least),
        quiet=quiet_hours(row.quiet),
        timezone=row.timezone,
        version=row.version,
    )


def _message(row: Row[Any]) -> AlertMessage:
    return AlertMessage(
        id=row.id,
        subscription_id=row.subscription_id,
        email=row.email,
        destination=row.destination,
        status=row.status,
        changes=tuple(Change(**{**item, "severity": TaskSeverity(item["severity"])}) for item in row.changes),
        attempts=row.attempts,
        answer=row.answer,
        created_at=row.created_at,
        taken_until=row.taken_until,
        next_try_at=row.next_try_at,
        ended_at=row.ended_at,
    )
