"""Protect what clients were shown: a published number that moves is taken back, with what it was, is, and why (F148)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from lib.clock import zone
from lib.db.repositories.statements import Statement
from lib.db.shared_steps.statement_cards import card_as_it_stands, objects_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.publishing.statement_states import CorrectionCause, StatementStatus
from lib.domain.tasks import CORRECTION
from lib.errors import DeskError
from lib.reporting.card import same_numbers
from lib.reporting.card_record import card_from
from lib.reporting.corrected import corrected, for_the_owner
from lib.reporting.portal_card import PortalCard


@dataclass(frozen=True)
class CorrectionNote:
    """One published number that was taken back: what its client saw, what it is now, why, and by whom it moved.

    `why` is for the desk's people, `said` what the client reads. `becomes` is '' where nobody counted it anew.
    """

    id: int
    statement_id: int
    metric: str
    label: str
    source: str
    was: str
    becomes: str
    cause: CorrectionCause
    load_id: int | None
    why: str
    said: str
    on: date
    by: str


def protect(
    tx: UnitOfWork,
    account: Account,
    objects: Collection[str],
    cause: CorrectionCause,
    why: Callable[[], str],
    load_id: int | None = None,
) -> tuple[str, ...]:
    """Take back every published statement of which a number moved, in the transaction that moved it; their metrics.

    Only metrics counted from one of `objects` are looked at; what says what it said stays as it is. `why` says for the
    desk's people what was done and by whom, and is asked only where a number moved. A baseline never moves.
    """
    published = tx.statements.published_of(account.id)
    if not published:
        return ()
    metrics = {metric.name: metric for metric in tx.metrics.of_account(account)}
    moved = []
    for statement in published:
        metric = metrics[statement.metric]
        if not objects_of(tx, metric).isdisjoint(objects):
            card = card_from(statement.card)
            now = card_as_it_stands(tx, metric, statement, card)
            if not same_numbers(card, now) and _ended(tx, statement, said := why()):
                moved.append(metric.name)
                _take_back(tx, account, statement, card, now, cause, said, load_id)
    return tuple(moved)


def corrections_of(tx: UnitOfWork, client: str) -> tuple[CorrectionNote, ...]:
    """Every correction of a client, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.clients.by_key(client)
    notes = tx.corrections.of_client(found.id)
    names = tx.people.names_of(note.corrected_by for note in notes)
    return tuple(
        CorrectionNote(
            id=note.id,
            statement_id=note.statement_id,
            metric=f"{note.account_key}.{note.metric_key}",
            label=note.label,
            source=note.source,
            was=note.was,
            becomes=note.becomes,
            cause=note.cause,
            load_id=note.load_id,
            why=note.why,
            said=note.said,
            on=note.corrected_at.astimezone(zone(found.timezone)).date(),
            by=names.get(note.corrected_by, "somebody"),
        )
        for note in notes
    )


def reason_of_load(tx: UnitOfWork, load_id: int, cause: CorrectionCause, reason: str = "") -> str:
    """What was done to a load and by whom, in one sentence: `export.csv was committed as load 3 by Ana.`"""
    load = tx.loads.by_id(load_id)
    file = tx.deliveries.by_id(load.delivery_id).file_name
    who = tx.actor.called
    if cause is CorrectionCause.UNDONE:
        return f"Load {load.id} ({file}) was undone by {who}: {reason.strip().rstrip('.')}."
    if cause is CorrectionCause.RELEASED:
        return f"Held rows of load {load.id} ({file}) were released by {who}."
    return f"{file} was committed as load {load.id} by {who}."


def _ended(tx: UnitOfWork, statement: Statement, why: str) -> bool:
    """Withdraw a statement; False where somebody took it back by hand a moment ago, and wrote the note of that."""
    try:
        tx.statements.end(statement, StatementStatus.WITHDRAWN, why)
    except DeskError as trouble:
        if trouble.code != "changed_meanwhile":
            raise
        return False
    return True


def _take_back(
    tx: UnitOfWork,
    account: Account,
    statement: Statement,
    card: PortalCard,
    now: PortalCard,
    cause: CorrectionCause,
    why: str,
    load_id: int | None,
) -> None:
    tx.corrections.add_correction(
        statement,
        label=card.label,
        source=card.source,
        was=card.current,
        becomes=now.current,
        cause=cause,
        load_id=load_id,
        why=why[:1000],
        said=corrected(card, now, cause),
    )
    days = f"from={statement.range.first}&to={statement.range.last}"
    tx.tasks.open_task(
        account,
        CORRECTION,
        f"correction:{statement.account_id}:{statement.metric_key}",
        for_the_owner(card, now, why),
        f"baseline_vs_current?client={account.client_key}&metric={statement.metric}"
        f"&baseline={statement.baseline_id}&{days}",
        {"metric": statement.metric, "statement": statement.id},
    )
    tx.audit.note(
        "statement withdrawn",
        "statement",
        statement.id,
        statement.client_id,
        metric=statement.metric,
        version=statement.version,
        was=card.current,
        becomes=now.current,
        cause=cause,
    )
