"""The versions of a statement as people read them: what each says, and who did what to it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lib.clock import zone
from lib.db.repositories.statements import Statement
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.publishing.statement_states import StatementStatus
from lib.reporting.card_record import card_from
from lib.reporting.steps import Step


@dataclass(frozen=True)
class StatementVersion:
    """One version of a metric's statement, and who did what to it when (the client's days); '' and None where nobody did.

    `override_reason` is why an admin let it out before its account was live. `ended_because` says why it is shown no
    longer.
    """

    id: int
    version: int
    status: StatementStatus
    metric: str
    baseline_id: int
    period: DateRange
    step: Step
    sentence: str
    next_action: str
    next_owner: str
    next_due: date | None
    written_by: str
    written_on: date
    reviewed_by: str
    reviewed_on: date | None
    published_by: str
    published_on: date | None
    override_reason: str
    ended_by: str
    ended_on: date | None
    ended_because: str


def as_versions(tx: UnitOfWork, account: Account, found: list[Statement]) -> tuple[StatementVersion, ...]:
    """Statements of an account as they are read, with the names of people instead of their numbers."""
    people = {each.written_by for each in found} | {
        person for each in found for person in (each.reviewed_by, each.published_by, each.ended_by)
    }
    names = tx.people.names_of(people)

    def who(person: int | None) -> str:
        return "" if person is None else names.get(person, "somebody")

    def on(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone(account.client_timezone)).date()

    return tuple(
        StatementVersion(
            id=each.id,
            version=each.version,
            status=each.status,
            metric=each.metric,
            baseline_id=each.baseline_id,
            period=each.range,
            step=each.step,
            sentence=each.sentence,
            next_action=each.next_action,
            next_owner=card_from(each.card).next_owner,
            next_due=each.next_due,
            written_by=who(each.written_by),
            written_on=each.written_at.astimezone(zone(account.client_timezone)).date(),
            reviewed_by=who(each.reviewed_by),
            reviewed_on=on(each.reviewed_at),
            published_by=who(each.published_by),
            published_on=on(each.published_at),
            override_reason=each.override_reason,
            ended_by=who(each.ended_by),
            ended_on=on(each.ended_at),
            ended_because=each.ended_because,
        )
        for each in found
    )
