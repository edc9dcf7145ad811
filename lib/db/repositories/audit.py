"""The audit log: who did what to which client's data, append-only (R5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from lib.db.repositories.base import Repository
from lib.db.tables.operations import audit_log


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
