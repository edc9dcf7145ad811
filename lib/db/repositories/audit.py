"""The audit log: who did what to which client's data, append-only (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, insert, or_, select

from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.tables.jobs import integration_sync_jobs
from lib.db.tables.maps import map_versions
from lib.db.tables.operations import audit_log, tasks
from lib.db.tables.people import people
from lib.db.tables.publishing import statements

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


class AuditRepository(Repository):
    """Written in the same transaction as what it tells of, so that neither is there without the other."""

    def note(self, action: str, subject_type: str, subject_id: int, client_id: int | None, **detail: Any) -> None:
        """Add one line in the name of the person acting. `detail` holds no payload and no secret."""
        self.run(
            insert(audit_log).values(
                at=self.tx.now,
                person_id=self.tx.actor.person_id,
                client_id=client_id,
                action=action,
                subject_type=subject_type,
                subject_id=subject_id,
                detail=detail,
            )
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
        """The newest lines, each with the person's address; of a client, about an account, by a person, about subjects."""
        asked = [self.tx.visible(audit_log)]
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
