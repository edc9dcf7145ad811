"""Webhooks as they were logged when they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lib.db.repositories.base import Repository
from lib.db.tables.receipts import incoming_lead_logs
from lib.domain.accounts import Account


@dataclass(frozen=True)
class LoggedWebhook:
    """One webhook that was kept as a delivery; `refusal` says why it was refused, '' where it was taken."""

    id: int
    delivery_id: int
    status: str
    refusal: str
    received_at: datetime


class WebhookLogRepository(Repository):
    """The log of incoming webhooks."""

    def kept_of(self, account: Account, limit: int) -> list[LoggedWebhook]:
        """The newest webhooks of an account whose payload became a delivery."""
        statement = (
            select(incoming_lead_logs)
            .where(
                incoming_lead_logs.c.account_id == account.id,
                incoming_lead_logs.c.delivery_id.is_not(None),
                self.tx.visible(incoming_lead_logs),
            )
            .order_by(incoming_lead_logs.c.received_at.desc(), incoming_lead_logs.c.id.desc())
            .limit(limit)
        )
        return [
            LoggedWebhook(row.id, row.delivery_id, row.status, row.refusal, row.received_at)
            for row in self.all(statement)
        ]
