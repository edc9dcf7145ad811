"""Dead letters: one line a failure, whoever meets it again, and every change of it compares the state it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update

from lib.db.letter_lines import Standing, letter_of, standing_of, stands_now, with_replays
from lib.db.repositories.base import Repository
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import data_import_rows as rows
from lib.db.tables.people import clients, people
from lib.domain.running.dead_letters import HELD_UP, DeadLetter, LetterStatus
from lib.domain.running.failed_work import FailedWork, Subject
from lib.domain.verdicts import Verdict
from lib.errors import DeskError, NotFound

_OPEN, _REPLAYING, _RESOLVED = LetterStatus.OPEN, LetterStatus.REPLAYING, LetterStatus.RESOLVED


class DeadLetterRepository(Repository):
    """A line that is replayed is open again by itself once its job or its load has come to nothing."""

    def bury(
        self,
        work: FailedWork,
        *,
        delivery_id: int | None = None,
        worth: tuple[int, str] | None = None,
        first_seen: datetime | None = None,
        tries: int = 1,
    ) -> int:
        """The line of this cause and subject: new, brought up to date while it is open, or open again; its id."""
        micros, column = worth if worth is not None else (None, "")
        told = {
            "sentence": work.sentence[:1000],
            "mend": work.mend[:500],
            "row_count": work.row_count,
            "worth_micros": micros,
            "worth_column": column,
            "last_seen_at": self.tx.now,
        }
        same = self._same(work)
        known = self.one(select(dead_letters.c.id, dead_letters.c.status, dead_letters.c.tries).where(*same))
        if known is None:
            return self.add(
                dead_letters,
                account_id=work.account_id,
                client_id=work.client_id,
                fingerprint=work.fingerprint,
                object=work.object,
                step=work.step,
                code=work.code[:60],
                target_column=work.column,
                subject_type=work.subject,
                subject_id=work.subject_id,
                delivery_id=delivery_id,
                first_seen_at=first_seen or self.tx.now,
                tries=tries,
                status=_OPEN,
                reason="",
                **told,
            )
        if known.status != _OPEN:
            told |= {"status": _OPEN, "reason": "", "decided_by": None, "decided_at": None}
            told |= {"replay_job_id": None, "replay_load_id": None}
        if known.status not in HELD_UP:
            told["tries"] = known.tries + 1
        self.run(update(dead_letters).where(dead_letters.c.id == known.id).values(**told))
        return int(known.id)

    def by_id(self, letter_id: int) -> DeadLetter:
        """The line with this id; NotFound outside the scope."""
        row = self.one(self._select().where(dead_letters.c.id == letter_id))
        if row is None:
            raise NotFound("dead letter", letter_id, "`dead-letters` lists them.")
        return letter_of(row)

    def fingerprints(self, prefix: str) -> list[str]:
        """Up to two fingerprints in scope that begin so."""
        statement = select(dead_letters.c.fingerprint).where(
            dead_letters.c.fingerprint.startswith(prefix, autoescape=True), self.tx.visible(dead_letters)
        )
        return list(self.connection.execute(statement.distinct().limit(2)).scalars())

    def lines(
        self,
        limit: int,
        *,
        fingerprint: str = "",
        account_id: int | None = None,
        is_held_up: bool = False,
        ids: Iterable[int] | None = None,
    ) -> list[DeadLetter]:
        """The newest lines in scope that are so, newest first."""
        statement = self._select()
        if fingerprint:
            statement = statement.where(dead_letters.c.fingerprint == fingerprint)
        if account_id is not None:
            statement = statement.where(dead_letters.c.account_id == account_id)
        if ids is not None:
            statement = statement.where(dead_letters.c.id.in_(sorted(set(ids))))
        if is_held_up:
            statement = statement.where(stands_now().in_(HELD_UP))
        return [letter_of(row) for row in self.all(statement.order_by(dead_letters.c.id.desc()).limit(limit))]

    def about(self, subject: Subject, subject_ids: Sequence[int]) -> list[DeadLetter]:
        """Every line about these subjects, oldest first."""
        mine = (dead_letters.c.subject_type == subject, dead_letters.c.subject_id.in_(subject_ids))
        return [letter_of(row) for row in self.all(self._select().where(*mine).order_by(dead_letters.c.id))]

    def of_delivery(self, delivery_id: int) -> list[DeadLetter]:
        """Every line about a delivery or a load of it, oldest first."""
        mine = self._select().where(dead_letters.c.delivery_id == delivery_id)
        return [letter_of(row) for row in self.all(mine.order_by(dead_letters.c.id))]

    def of_object(self, account_id: int, name: str, subject: Subject, limit: int) -> list[DeadLetter]:
        """The newest open and discarded lines of an object about loads, or about jobs, newest first."""
        mine = (dead_letters.c.account_id == account_id, dead_letters.c.object == name)
        stand = dead_letters.c.status.in_([_OPEN, LetterStatus.DISCARDED])
        found = self._select().where(*mine, stand, dead_letters.c.subject_type == subject)
        return [letter_of(row) for row in self.all(found.order_by(dead_letters.c.id.desc()).limit(limit))]

    def closed_by(self, load_id: int) -> list[DeadLetter]:
        """The lines that a load has closed, oldest first."""
        mine = (dead_letters.c.replay_load_id == load_id, dead_letters.c.status == _RESOLVED)
        return [letter_of(row) for row in self.all(self._select().where(*mine).order_by(dead_letters.c.id))]

    def standings(
        self, *, account_id: int | None = None, client_id: int | None = None, fingerprint: str = ""
    ) -> list[Standing]:
        """How the lines in scope stand, by cause and place, in one question."""
        inner = select(dead_letters, stands_now().label("stands")).select_from(with_replays())
        inner = inner.where(self.tx.visible(dead_letters))
        if account_id is not None:
            inner = inner.where(dead_letters.c.account_id == account_id)
        if client_id is not None:
            inner = inner.where(dead_letters.c.client_id == client_id)
        if fingerprint:
            inner = inner.where(dead_letters.c.fingerprint == fingerprint)
        table = inner.subquery().c
        statement = select(
            table.fingerprint,
            table.stands,
            func.count(),
            func.sum(table.row_count),
            func.count(table.worth_micros),
            func.coalesce(func.sum(table.worth_micros), 0),
            func.max(table.worth_column),
            func.min(table.first_seen_at),
            func.max(table.last_seen_at),
            func.max(table.tries),
            func.max(table.snoozed_until),
            func.max(table.id),
        ).group_by(table.fingerprint, table.stands)
        return [standing_of(row) for row in self.connection.execute(statement)]

    def failed_reasons(self, load_id: int) -> list[tuple[str, int]]:
        """The reasons of the failed rows of a load as they are written, and how many rows have just these."""
        mine = select(loads.c.id).where(loads.c.id == load_id, self.tx.visible(loads)).scalar_subquery()
        statement = (
            select(rows.c.reasons, func.count().label("rows"))
            .where(rows.c.load_id == mine, rows.c.verdict == Verdict.FAILED)
            .group_by(rows.c.reasons)
        )
        return [(row.reasons, int(row.rows)) for row in self.all(statement)]

    def replay(self, letter: DeadLetter, job_id: int) -> None:
        """It is being tried again by a job; DeskError `changed_meanwhile` when somebody else was faster."""
        told = {"replay_job_id": job_id, "replay_load_id": None, "reason": ""}
        self._changed(letter, status=_REPLAYING, tries=letter.tries + 1, **told)

    def of_job(self, job_id: int) -> list[DeadLetter]:
        """The lines that a job is to try again and has not yet, oldest first."""
        mine = (dead_letters.c.replay_job_id == job_id, dead_letters.c.status == _REPLAYING)
        still = self._select().where(*mine, dead_letters.c.replay_load_id.is_(None))
        return [letter_of(row) for row in self.all(still.order_by(dead_letters.c.id))]

    def attach(self, letter: DeadLetter, load_id: int) -> None:
        """Its rows wait in this load now."""
        self._changed(letter, replay_load_id=load_id)

    def lock_client(self, client_id: int) -> None:
        """Whoever else asks for this client waits until this transaction is over; SQLite lets one writer in anyway."""
        self.run(select(clients.c.id).where(clients.c.id == client_id, self.tx.visible(clients)).with_for_update())

    def close(self, letter: DeadLetter, status: LetterStatus, reason: str, **values: Any) -> None:
        """It is resolved or discarded; `changed_meanwhile` when somebody else changed it since."""
        told = {"status": status, "reason": reason[:1000], "decided_at": self.tx.now, **values}
        self._changed(letter, **told)

    def reopen(self, letter: DeadLetter, reason: str = "") -> None:
        """It is open again, as if nothing had been decided."""
        told: dict[str, Any] = {"replay_job_id": None, "replay_load_id": None, "decided_by": None, "decided_at": None}
        self._changed(letter, status=_OPEN, reason=reason[:1000], **told)

    def snooze(self, fingerprint: str, until: datetime | None) -> int:
        """The lines of a cause wait until then, or no longer; how many there are."""
        mine = (dead_letters.c.fingerprint == fingerprint, self.tx.visible(dead_letters))
        return int(self.run(update(dead_letters).where(*mine).values(snoozed_until=until)).rowcount)

    def woken(self) -> list[str]:
        """The causes in scope whose snooze is over."""
        over = (dead_letters.c.snoozed_until <= self.tx.now, self.tx.visible(dead_letters))
        return list(self.connection.execute(select(dead_letters.c.fingerprint).where(*over).distinct()).scalars())

    def _changed(self, letter: DeadLetter, **values: Any) -> None:
        # Compared with what is written, not with what it says: a replay that came to nothing is `replaying` here still.
        was = letter.replay_job_id
        is_same_job = dead_letters.c.replay_job_id.is_(None) if was is None else dead_letters.c.replay_job_id == was
        stood = [_OPEN, _REPLAYING] if letter.status in HELD_UP else [letter.status]
        if letter.status is _RESOLVED:
            stood.append(_REPLAYING)
        changed = self.run(
            update(dead_letters)
            .where(
                dead_letters.c.id == letter.id,
                dead_letters.c.status.in_(stood),
                dead_letters.c.tries == letter.tries,
                is_same_job,
                self.tx.visible(dead_letters),
            )
            .values(**values)
        )
        if changed.rowcount == 0:
            raise DeskError(
                "changed_meanwhile",
                f"Somebody else decided on dead letter {letter.id} a moment ago, so nothing was changed.",
                "Look at it again with `dead-letter show`.",
                is_retryable=True,
            )

    def _same(self, work: FailedWork) -> tuple[ColumnElement[bool], ...]:
        return (
            dead_letters.c.fingerprint == work.fingerprint,
            dead_letters.c.subject_type == work.subject,
            dead_letters.c.subject_id == work.subject_id,
            self.tx.visible(dead_letters),
        )

    def _select(self) -> Select[Any]:
        columns = (dead_letters, stands_now().label("stands"), people.c.email)
        return select(*columns).select_from(with_replays()).where(self.tx.visible(dead_letters))
