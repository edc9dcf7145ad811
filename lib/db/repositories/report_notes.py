"""Report notes: who asked for them, and each one sent; a note is taken by one compare-and-set before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.people import clients, people
from lib.db.tables.report_notes import report_note_subscriptions as asked
from lib.db.tables.report_notes import report_notes as notes
from lib.domain.publishing.report_notes import PUT_OFF, SENDING, UNKNOWN, SentNote, Subscriber
from lib.errors import DeskError

_LONGEST = 500


class ReportNoteRepository(Repository):
    """Everything is kept inside the clients that the person may see."""

    def is_asked_for(self, client_id: int, person_id: int) -> bool:
        """Whether this person gets the notes of a client."""
        mine = asked.c.client_id == client_id, asked.c.person_id == person_id, self.tx.visible(asked)
        row = self.one(select(asked.c.is_on).where(*mine))
        return row is not None and bool(row.is_on)

    def ask(self, client_id: int, person_id: int, *, is_on: bool) -> None:
        """Ask for the notes of a client, or stop them."""
        mine = asked.c.client_id == client_id, asked.c.person_id == person_id, self.tx.visible(asked)
        told = {"is_on": is_on, "changed_at": self.tx.now}
        if self.one(select(asked.c.id).where(*mine)) is None:
            self.add(asked, client_id=client_id, person_id=person_id, **told)
        else:
            self.run(update(asked).where(*mine).values(**told))

    def subscribers(self) -> list[Subscriber]:
        """Everybody in scope who asked for notes and is of this desk, by client."""
        statement = (
            select(asked, clients.c.key, clients.c.timezone)
            .join(clients, clients.c.id == asked.c.client_id)
            .join(people, people.c.id == asked.c.person_id)
            .where(asked.c.is_on, people.c.is_active, self.tx.visible(asked))
            .order_by(asked.c.client_id, asked.c.person_id)
        )
        return [
            Subscriber(row.client_id, row.key, row.timezone, row.person_id, row.changed_at)
            for row in self.all(statement)
        ]

    def is_over(self, client_id: int, person_id: int, month: str) -> bool:
        """Whether there is nothing to do about this note now: it was sent, given up, or its next try is not due."""
        row = self._find(client_id, person_id, month)
        if row is None:
            return False
        if row.status == PUT_OFF:
            return bool(row.next_try_at > self.tx.now)
        return bool(row.status != SENDING or row.taken_until > self.tx.now)

    def take(
        self, client_id: int, person_id: int, month: str, message_id: str, statement_ids: Sequence[int], seconds: int
    ) -> int | None:
        """Take a note to send it; its id, or None where it is not to be sent now: taken, sent, given up or put off.

        Nothing may be sent before this transaction has committed. A note whose worker ended while it was sending may
        have arrived, so it is `unknown` from then on and never sent again.
        """
        until = self.tx.now + timedelta(seconds=seconds)
        row = self._find(client_id, person_id, month)
        told = {"status": SENDING, "taken_until": until, "statement_ids": list(statement_ids)}
        if row is None:
            try:
                return self.add(
                    notes,
                    client_id=client_id,
                    person_id=person_id,
                    month=month,
                    message_id=message_id,
                    attempts=1,
                    answer="",
                    created_at=self.tx.now,
                    **told,
                )
            except DeskError:
                return None  # another worker was faster
        due = and_(notes.c.status == PUT_OFF, notes.c.next_try_at <= self.tx.now)
        again = update(notes).where(notes.c.id == row.id, due, notes.c.attempts == row.attempts)
        taken = self.run(again.values(attempts=row.attempts + 1, next_try_at=None, **told))
        return int(row.id) if taken.rowcount == 1 else None

    def interrupted(self) -> list[SentNote]:
        """Notes in scope whose worker ended while it was sending them; from now on they are `unknown`."""
        late = and_(notes.c.status == SENDING, notes.c.taken_until < self.tx.now, self.tx.visible(notes))
        found = self._log(late)
        for each in found:
            self.end(each.id, UNKNOWN, "The worker ended while sending it.")
        return found

    def end(self, note_id: int, status: str, answer: str, pause: timedelta | None = None) -> bool:
        """Write down what became of a note that this worker took; False when it is no longer this worker's."""
        told: dict[str, Any] = {"status": status, "answer": answer[:_LONGEST], "taken_until": None}
        told |= {"next_try_at": self.tx.now + pause} if pause else {"ended_at": self.tx.now}
        mine = notes.c.id == note_id, notes.c.status == SENDING, self.tx.visible(notes)
        return self.run(update(notes).where(*mine).values(**told)).rowcount == 1

    def attempts_of(self, note_id: int) -> int:
        """How often a note in scope was tried."""
        row = self.one(select(notes.c.attempts).where(notes.c.id == note_id, self.tx.visible(notes)))
        return 0 if row is None else int(row.attempts)

    def of_client(self, client_id: int, limit: int) -> list[SentNote]:
        """The newest notes of a client, newest first."""
        return self._log(and_(notes.c.client_id == client_id, self.tx.visible(notes)), limit)

    def _find(self, client_id: int, person_id: int, month: str) -> Row[Any] | None:
        mine = notes.c.client_id == client_id, notes.c.person_id == person_id, notes.c.month == month
        return self.one(select(notes).where(*mine, self.tx.visible(notes)))

    def _log(self, which: ColumnElement[bool], limit: int = 100) -> list[SentNote]:
        statement = select(notes, people.c.email).join(people, people.c.id == notes.c.person_id).where(which)
        return [
            SentNote(
                id=row.id,
                client_id=row.client_id,
                month=row.month,
                email=row.email,
                status=row.status,
                statement_ids=tuple(row.statement_ids),
                message_id=row.message_id,
                attempts=row.attempts,
                answer=row.answer,
                ended_at=row.ended_at,
            )
            for row in self.all(statement.order_by(notes.c.id.desc()).limit(limit))
        ]
