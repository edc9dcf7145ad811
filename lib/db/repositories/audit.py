"""The audit log: who did what to which client's data, append-only (R5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, or_, select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.tables.maps import map_versions
from lib.db.tables.operations import audit_log
from lib.db.tables.people import people


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
        subjects = {"map_version": map_versions, "delivery": integration_import_batches, "load": data_import_batches}
        about = [
            (audit_log.c.subject_type == name)
            & audit_log.c.subject_id.in_(select(table.c.id).where(table.c.account_id == account_id))
            for name, table in subjects.items()
        ]
        itself = (audit_log.c.subject_type == "account") & (audit_log.c.subject_id == account_id)
        statement = (
            select(audit_log, people.c.email)
            .join(people, people.c.id == audit_log.c.person_id)
            .where(or_(itself, *about), self.tx.visible(audit_log))
            .order_by(audit_log.c.id.desc())
            .limit(limit)
        )
        return self.all(statement)
