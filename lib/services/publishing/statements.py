"""Governed sentences: written over a comparison, reviewed, published to the client as a card, and taken back (R4, R14, R17).

A version is one row that never changes in what it says. Every gate stands in the function that writes, `publish` above all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from lib.db.repositories.statements import CardPlace, Statement
from lib.db.shared_steps.ladder_views import ladder_view
from lib.db.shared_steps.sealed_sides import comparable_metric
from lib.db.shared_steps.statement_cards import Compared, compared, frozen_card, local_day, objects_of, record
from lib.db.shared_steps.statement_checks import (
    address_of,
    change_note_of,
    is_over,
    owner_named,
    problems,
    refuse,
    require_same,
    rewords,
)
from lib.db.shared_steps.statement_versions import StatementVersion, as_versions
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.domain.publishing.statement_states import ChangeKind, CorrectionCause, StatementStatus
from lib.domain.tasks import CORRECTION
from lib.errors import DeskError
from lib.reporting.card import Said, names_of, usual_action
from lib.reporting.card_record import card_from
from lib.reporting.corrected import corrected_by_hand
from lib.reporting.portal_card import PortalCard, PublishedNumber
from lib.reporting.publishing_gates import may_override, override, refusals
from lib.reporting.sentences import comparison_sentence
from lib.reporting.statement_lint import (
    StatementProblem,
    reason_problems,
)
from lib.reporting.steps import Step
from lib.reporting.written_numbers import linked_numbers

__all__ = [
    "StatementDraft",
    "StatementProblem",
    "StatementStatus",
    "StatementVersion",
    "draft_for",
    "publish",
    "review",
    "versions_of",
    "withdraw",
    "write",
]

# What these gates ask for is a reviewed statement: the one that is to be published is one, or is refused as none.
_OF_STATEMENTS = frozenset({"comparison", "promised_cards"})
_WAITING = frozenset({StatementStatus.DRAFT, StatementStatus.REVIEWED})


@dataclass(frozen=True)
class StatementDraft:
    """A statement before it is written: what it would say, what keeps it from the client, and the card as it would be.

    `template` is the sentence of the templates; `sentence`, `next_action`, `next_owner` (an e-mail address) and
    `next_due` are what was handed in, or else what the newest version over the same comparison says, or the defaults.
    `refusal` says why nothing can be published now ('' when it can), and `refusal_hint` what to do about it;
    `may_override` that the person asking may publish it nevertheless, with a reason. `needs_change_note` says that it
    changes the wording of a published card, which is noted against the baseline (R4).
    """

    client: str
    metric: str
    baseline_id: int
    period: DateRange
    step: Step
    template: str
    sentence: str
    next_action: str
    next_owner: str
    next_due: date | None
    numbers: tuple[PublishedNumber, ...]
    problems: tuple[StatementProblem, ...]
    card: PortalCard
    refusal: str
    refusal_hint: str
    may_override: bool
    needs_change_note: bool
    is_four_eyes: bool
    versions: tuple[StatementVersion, ...]


def draft_for(
    tx: UnitOfWork,
    client: str,
    metric_name: str,
    baseline_id: int,
    span: DateRange,
    step: Step,
    *,
    sentence: str | None = None,
    next_action: str | None = None,
    next_owner: str | None = None,
    next_due: date | None = None,
) -> StatementDraft:
    """The statement over a comparison as it would be written now; nothing is.

    NotFound; DeskError `metric_incomplete` (R14), `other_metric`, `seal_broken` (R18), `unknown_person`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    metric = comparable_metric(tx, client, metric_name)
    found = compared(tx, metric, baseline_id, span)
    versions = tx.statements.of_metric(metric)
    last = next((each for each in versions if is_over(each, found)), None)
    template = comparison_sentence(found.comparison)
    # What a version said of numbers that have moved since is no beginning.
    worded = last if last and not problems(found, last.sentence, last.next_action) else None
    owner = next_owner
    if owner is None:
        owner = address_of(tx, last.next_owner_id) if last else found.account.owner_email
    sentence = (worded.sentence if worded else template) if sentence is None else sentence
    action = (worded.next_action if worded else usual_action(found.comparison)) if next_action is None else next_action
    due = next_due or (last.next_due if last else None)
    _, owner_name = owner_named(tx, found.account, owner)
    card = frozen_card(tx, found, step, Said(sentence.strip(), action.strip(), owner_name, due))
    refused = next(iter(_refusals(tx, found)), None)
    return StatementDraft(
        client=client,
        metric=metric.name,
        baseline_id=baseline_id,
        period=span,
        step=step,
        template=template,
        sentence=sentence,
        next_action=action,
        next_owner=owner,
        next_due=due,
        numbers=linked_numbers(sentence, metric.name, found.comparison, names_of(metric)),
        problems=problems(found, sentence, action),
        card=replace(card, position=_place(tx, metric.client_id, metric.name)[1], corrections=_taken_back(tx, metric)),
        refusal="" if refused is None else refused.message,
        refusal_hint="" if refused is None else refused.hint,
        may_override=refused is not None and may_override(tx.actor, refused),
        needs_change_note=rewords(versions, found, sentence.strip()) is not None,
        is_four_eyes=found.account.is_four_eyes,
        versions=as_versions(tx, found.account, versions),
    )


def write(
    tx: UnitOfWork,
    client: str,
    metric_name: str,
    baseline_id: int,
    span: DateRange,
    step: Step,
    *,
    sentence: str,
    next_action: str = "",
    next_owner: str = "",
    next_due: date | None = None,
    change_note: str = "",
) -> StatementVersion:
    """Write the next version of a metric's statement as a draft; what it says never changes afterwards.

    Versions that nobody published yet give way to it. DeskError `not_for_clients` with the first thing that keeps the
    text from a client, `change_note_missing` where it changes the wording of a published card (R4).
    """
    tx.actor.require(Right.CAPTURE_BASELINES)
    metric = comparable_metric(tx, client, metric_name)
    found = compared(tx, metric, baseline_id, span)
    text, action = sentence.strip(), next_action.strip() or usual_action(found.comparison)
    refuse_secrets([("the sentence", text), ("the next action", action), ("the change note", change_note)])
    refuse(problems(found, text, action))
    if next_due is not None and next_due < local_day(tx, found.account):
        raise DeskError("day_is_over", f"The next action is due on {next_due}, which is over.", "Name a day to come.")
    owner_id, owner_name = owner_named(tx, found.account, next_owner)
    versions = tx.statements.of_metric(metric)
    note = change_note_of(versions, found, text, change_note)
    for earlier in versions:
        if earlier.status in _WAITING:
            tx.statements.end(earlier, StatementStatus.REPLACED, "A newer version was written.")
    card = frozen_card(tx, found, step, Said(text, action, owner_name, next_due))
    written = tx.statements.add_statement(
        metric,
        span,
        baseline_id=baseline_id,
        step=step,
        sentence=text,
        next_action=action,
        next_owner_id=owner_id,
        next_due=next_due,
        card=record(tx, metric, card),
        change_note=note,
    )
    return _noted(tx, "statement written", written)


def review(tx: UnitOfWork, statement_id: int) -> StatementVersion:
    """Let a draft pass. DeskError `four_eyes` where the account asks for a second person and there is none."""
    tx.actor.require(Right.PUBLISH)
    statement = tx.statements.by_id(statement_id)
    account = tx.accounts.by_id(statement.account_id)
    if account.is_four_eyes and statement.written_by == tx.actor.person_id:
        raise DeskError(
            "four_eyes",
            f"{tx.actor.email} wrote statement {statement.id}, and {account.key} asks for a second person.",
            "Let somebody else review it.",
        )
    told = {"reviewed_by": tx.actor.person_id, "reviewed_at": tx.now}
    return _noted(tx, "statement reviewed", tx.statements.move(statement, StatementStatus.REVIEWED, **told))


def publish(tx: UnitOfWork, statement_id: int, override_reason: str = "") -> StatementVersion:
    """Show a reviewed statement to the client as its metric's card; the version shown before is replaced.

    DeskError `not_live` before the account is live (R17), unless an admin gives `override_reason`; `incomplete`,
    `seal_broken` (R18), `not_for_clients` (R14, R22), `numbers_moved` where it no longer says what the numbers say.
    """
    tx.actor.require(Right.PUBLISH)
    statement = tx.statements.by_id(statement_id)
    metric = _metric_of(tx, statement)
    # Whoever commits one of these now is waited for, and whoever does so later finds the number published.
    for name in sorted(objects_of(tx, metric)):
        tx.accounts.hold(statement.account_id, name)
    found = compared(tx, metric, statement.baseline_id, statement.range)
    reason = override(tx.actor, found.account, _refusals(tx, found), override_reason)
    require_same(statement, frozen_card(tx, found, statement.step, _said(statement)))
    told = {"published_by": tx.actor.person_id, "published_at": tx.now, "override_reason": reason}
    before = [each for each in tx.statements.published_of(statement.account_id) if each.metric == statement.metric]
    published = tx.statements.move(statement, StatementStatus.PUBLISHED, **told)
    for earlier in before:
        tx.statements.end(earlier, StatementStatus.REPLACED, f"Version {published.version} was published.")
    tx.statements.put_on_card(published, *_place(tx, published.client_id, published.metric))
    if statement.change_note:
        kind, day = ChangeKind.WORDING, local_day(tx, found.account)
        tx.baselines.add_note(found.account, statement.baseline_id, kind, day, statement.change_note)
    for task in tx.tasks.listed(account_id=found.account.id, kind=CORRECTION):
        if task.detail.get("metric") == statement.metric:
            tx.tasks.close_task(task, f"Version {published.version} was published.")
    return _noted(tx, "statement published", published, override=reason)


def withdraw(tx: UnitOfWork, statement_id: int, reason: str) -> StatementVersion:
    """Take a statement back. The client reads the reason of a published one, so it must be fit to be read."""
    statement = tx.statements.by_id(statement_id)
    is_own_draft = statement.status in _WAITING and statement.written_by == tx.actor.person_id
    tx.actor.require(Right.CAPTURE_BASELINES if is_own_draft else Right.PUBLISH)
    why = reason.strip()
    if not why:
        raise DeskError("reason_missing", "Taking a statement back needs a reason.", "Give one with --reason.")
    is_shown = statement.status is StatementStatus.PUBLISHED
    if is_shown:
        refuse(reason_problems(why))
    withdrawn = tx.statements.end(statement, StatementStatus.WITHDRAWN, why)
    if is_shown:
        card = card_from(statement.card)
        tx.corrections.add_correction(
            statement,
            label=card.label,
            source=card.source,
            was=card.current,
            becomes="",
            cause=CorrectionCause.BY_HAND,
            load_id=None,
            why=f"{tx.actor.called} took it back: {why}",
            said=corrected_by_hand(card, why),
        )
    return _noted(tx, "statement withdrawn", withdrawn, reason=why[:300])


def versions_of(tx: UnitOfWork, client: str, metric_name: str) -> tuple[StatementVersion, ...]:
    """Every version of a metric's statement, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    metric = tx.metrics.named(tx.clients.by_key(client).id, metric_name)
    return as_versions(tx, tx.accounts.by_id(metric.account_id), tx.statements.of_metric(metric))


def _refusals(tx: UnitOfWork, found: Compared) -> Iterator[DeskError]:
    """What keeps a comparison from its client now; of the ladder, what is proven by anything but a statement."""
    lacking = [gate for gate in ladder_view(tx, found.account).lacking if gate.name not in _OF_STATEMENTS]
    return refusals(found.account, found.metric, found.comparison, lacking, frozenset(objects_of(tx, found.metric)))


def _place(tx: UnitOfWork, client_id: int, metric: str) -> tuple[CardPlace | None, int]:
    """The card of a metric, None where it never had one, and its place: the last where it is new."""
    cards = tx.statements.cards_of(client_id)
    own = next((each for each in cards if f"{each.account_key}.{each.metric_key}" == metric), None)
    return own, own.position if own else max((each.position for each in cards), default=0) + 1


def _taken_back(tx: UnitOfWork, metric: Metric) -> tuple[str, ...]:
    """What was taken back of a metric before, as its client reads it, newest first."""
    mine = (metric.account_key, metric.template.key)
    notes = tx.corrections.of_client(metric.client_id)
    return tuple(note.said for note in notes if (note.account_key, note.metric_key) == mine)


def _said(statement: Statement) -> Said:
    card = card_from(statement.card)
    return Said(statement.sentence, statement.next_action, card.next_owner, statement.next_due)


def _metric_of(tx: UnitOfWork, statement: Statement) -> Metric:
    account = tx.accounts.by_id(statement.account_id)
    return comparable_metric(tx, account.client_key, statement.metric)


def _noted(tx: UnitOfWork, action: str, statement: Statement, **detail: str) -> StatementVersion:
    told = {name: value for name, value in detail.items() if value}
    about = {"metric": statement.metric, "version": statement.version}
    tx.audit.note(action, "statement", statement.id, statement.client_id, **about, **told)
    return as_versions(tx, tx.accounts.by_id(statement.account_id), [statement])[0]
