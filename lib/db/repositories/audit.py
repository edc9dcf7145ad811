"""The audit log: who did what to which client's data from where, append-only and chained (R5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, or_, select

from lib.db.audit.chain import Noted, as_detail, head_of, walked, write_chain
from lib.db.repositories.base import Repository
from lib.db.session import Session
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.audit import audit_log
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.tables.jobs import integration_sync_jobs
from lib.db.tables.maps import map_versions
from lib.db.tables.operations import tasks
from lib.db.tables.people import clients, people
from lib.db.tables.publishing import statements
from lib.domain.access.audit import SEEN, Asked
from lib.domain.access.audit_chain import Anchor, SealedLine
from lib.domain.access.origins import origin
from lib.domain.access.secret_shapes import looks_like_a_secret
from lib.domain.people import Right

# What a line can be about that belongs to one account.
_SUBJECTS: dict[str, Table] = {
    "account": accounts,
    "map_version": map_versions,
    "delivery": integration_import_batches,
    "load": data_import_batches,
    "job": integration_sync_jobs,
    "dead_letter": dead_letters,
    "statement": statements,
    "task": tasks,
}
# The filters of the page offer what the newest lines hold: asking all of them would walk the whole log.
_OFFERED_OF = 2_000
_LEFT_OUT = "(left out: it looked like a secret)"


class AuditRepository(Repository):
    """Written in the same transaction as what it tells of, so that neither is there without the other.

    Lines wait for the end of the transaction: only then is their place in the chain known, and nobody waits for it long.
    """

    def __init__(self, tx: Session) -> None:
        super().__init__(tx)
        self.noted: list[Noted] = []
        self.seen: list[Noted] = []

    def note(self, action: str, subject_type: str, subject_id: int, client_id: int | None, **detail: Any) -> None:
        """Add one line in the name of the person acting. `detail` holds no payload; a secret in it is left out (R20)."""
        line = self._line(self.tx.actor.person_id, action, subject_type, subject_id, client_id, detail)
        self.noted.append(line)

    def saw(self, subject_type: str, subject_id: int, client_id: int | None, **detail: Any) -> None:
        """Say that something was read that reads are logged of: raw cells in the clear, lists of people, exports.

        Written once the reading transaction is over, before its answer is handed out; the same person, subject and
        detail within ten minutes are one line. Where somebody reads in another's name, the line is that of the reader.
        """
        reader = origin().person_id
        if reader is not None and reader != self.tx.actor.person_id:
            detail = {**detail, "as": self.tx.actor.email}
        reader = self.tx.actor.person_id if reader is None else reader
        self.seen.append(self._line(reader, SEEN, subject_type, subject_id, client_id, detail))

    def write(self, key: bytes) -> Anchor | None:
        """Write what was noted behind the end of the chain; the new end, or None where there was nothing.

        The last thing before COMMIT.
        """
        return write_chain(self.connection, key, self.noted) if self.noted else None

    def head(self) -> int:
        """The position that the chain has come to, as the database says."""
        return head_of(self.connection)

    def end(self) -> Anchor | None:
        """The last line's position and seal, of whichever client; None before the first line."""
        found = self.all(select(audit_log.c.id, audit_log.c.seal).order_by(audit_log.c.id.desc()).limit(1))
        return Anchor(found[0].id, found[0].seal) if found else None

    def has(self, anchor: Anchor) -> bool:
        """Whether the line of an anchor is there, of whichever client, and sealed as it was."""
        kept = (audit_log.c.id == anchor.position) & (audit_log.c.seal == anchor.seal)
        return self.one(select(audit_log.c.id).where(kept)) is not None

    def chain(self) -> Iterator[SealedLine]:
        """Every line as it is sealed, of all clients, in order; for whoever manages the desk."""
        self.tx.actor.require(Right.MANAGE_DESK)
        return walked(self.connection)

    def _line(
        self,
        person_id: int,
        action: str,
        subject_type: str,
        subject_id: int,
        client_id: int | None,
        detail: dict[str, Any],
    ) -> Noted:
        said, whence = as_detail(_without_secrets(detail)), origin()
        return Noted(
            self.tx.now, person_id, client_id, action, subject_type, subject_id, said, whence.door, whence.address
        )

    def of(self, subject_type: str, subject_id: int) -> list[Row[Any]]:
        """Every line about one subject, oldest first."""
        return self.all(
            select(audit_log)
            .where(audit_log.c.subject_type == subject_type, audit_log.c.subject_id == subject_id)
            .where(self.tx.visible(audit_log))
            .order_by(audit_log.c.id)
        )

    def of_account(self, account_id: int, limit: int) -> list[Row[Any]]:
        """The newest lines about an account, its maps, deliveries and loads, each with the person's address."""
        return self.newest(limit, account_id=account_id)

    def newest(
        self,
        limit: int,
        *,
        client_id: int | None = None,
        account_id: int | None = None,
        person: str = "",
        subjects: Sequence[str] = (),
    ) -> list[Row[Any]]:
        """The newest lines of what was done, each with the person's address; of a client, about an account, by a person.

        `subjects` narrows them to what they are about.
        """
        asked = [self.tx.visible(audit_log), audit_log.c.action != SEEN]
        if client_id is not None:
            asked.append(audit_log.c.client_id == client_id)
        if account_id is not None:
            asked.append(_about(account_id))
        if person:
            asked.append(people.c.email == person)
        if subjects:
            asked.append(audit_log.c.subject_type.in_(subjects))
        statement = select(audit_log, people.c.email).join(people, people.c.id == audit_log.c.person_id).where(*asked)
        return self.all(statement.order_by(audit_log.c.id.desc()).limit(limit))

    def lines(self, asked: Asked, limit: int, *, before: int | None = None, after: int | None = None) -> list[Row[Any]]:
        """Up to `limit` lines in scope, newest first, each with `email`, `client_key` and `client_name`.

        Those before a position, or the nearest after one; of no client only for whoever manages the desk.
        """
        statement = (
            select(
                audit_log,
                func.coalesce(people.c.email, "").label("email"),
                func.coalesce(clients.c.key, "").label("client_key"),
                func.coalesce(clients.c.name, "").label("client_name"),
            )
            .select_from(audit_log)
            .outerjoin(people, people.c.id == audit_log.c.person_id)
            .outerjoin(clients, clients.c.id == audit_log.c.client_id)
            .where(*self._asked(asked))
            .limit(limit)
        )
        if after is not None:
            return self.all(statement.where(audit_log.c.id > after).order_by(audit_log.c.id))[::-1]
        if before is not None:
            statement = statement.where(audit_log.c.id < before)
        return self.all(statement.order_by(audit_log.c.id.desc()))

    def offered(self, client_id: int | None = None) -> tuple[list[str], list[str]]:
        """The people and the actions of the newest lines in scope, for filters; both in the order of the alphabet."""
        asked = self._asked(Asked(client_id=client_id))
        newest = select(audit_log.c.person_id, audit_log.c.action).where(*asked)
        few = newest.order_by(audit_log.c.id.desc()).limit(_OFFERED_OF).subquery()
        rows = self.all(select(people.c.email, few.c.action).join(people, people.c.id == few.c.person_id).distinct())
        return sorted({row.email for row in rows}), sorted({row.action for row in rows})

    def _asked(self, asked: Asked) -> list[ColumnElement[bool]]:
        line = audit_log.c
        found = [self.tx.visible(audit_log)]
        if not self.tx.actor.may(Right.MANAGE_DESK):
            found.append(line.client_id.is_not(None))
        if asked.client_id is not None:
            found.append(line.client_id == asked.client_id)
        if asked.person:
            found.append(line.person_id.in_(_person(asked.person)))
        if asked.action:
            found.append(line.action == asked.action)
        if asked.since is not None:
            found.append(line.at >= asked.since)
        if asked.until is not None:
            found.append(line.at < asked.until)
        return found

    def accounts_of(self, lines: Sequence[Row[Any]]) -> dict[tuple[str, int], str]:
        """The key of the account that each line is about, by the line's subject; a query for each kind of subject."""
        found: dict[tuple[str, int], str] = {}
        for name, table in _SUBJECTS.items():
            ids = {line.subject_id for line in lines if line.subject_type == name}
            if not ids:
                continue
            statement = select(table.c.id.label("subject_id"), accounts.c.key)
            if table is not accounts:
                statement = statement.join(accounts, accounts.c.id == table.c.account_id)
            for row in self.all(statement.where(table.c.id.in_(ids), self.tx.visible(table))):
                found[name, row.subject_id] = row.key
        return found

    def people(self, limit: int, *, client_id: int | None = None) -> list[str]:
        """The addresses of whoever did something of late: in the newest `limit` lines, in the order of the alphabet."""
        mine = [self.tx.visible(audit_log)]
        if client_id is not None:
            mine.append(audit_log.c.client_id == client_id)
        newest = select(audit_log.c.person_id).where(*mine).order_by(audit_log.c.id.desc()).limit(limit).subquery()
        statement = select(people.c.email).where(people.c.id.in_(select(newest.c.person_id))).order_by(people.c.email)
        return [row.email for row in self.all(statement)]


def _about(account_id: int) -> ColumnElement[bool]:
    """Lines about the account itself, and about what belongs to it."""
    of_it = [
        (audit_log.c.subject_type == name)
        & audit_log.c.subject_id.in_(select(table.c.id).where(table.c.account_id == account_id))
        for name, table in _SUBJECTS.items()
        if table is not accounts
    ]
    return or_((audit_log.c.subject_type == "account") & (audit_log.c.subject_id == account_id), *of_it)


def _person(email: str) -> Select[Any]:
    return select(people.c.id).where(people.c.email == email)


def _without_secrets(value: Any) -> Any:
    """The same value; a text in it that has the shape of a secret is replaced."""
    if isinstance(value, dict):
        return {name: _without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(inner) for inner in value]
    return _LEFT_OUT if isinstance(value, str) and looks_like_a_secret(value) else value
