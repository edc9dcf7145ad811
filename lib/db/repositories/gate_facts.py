"""Facts that the gates of the ladder ask for beside maps and loads: one query each, for all accounts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select

from lib.db.repositories.base import Repository
from lib.db.tables.accounts import account_versions
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.baselines import baselines
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.operations import tasks
from lib.db.tables.people import people, person_clients
from lib.db.tables.publishing import corrections, portal_cards, statements
from lib.db.tables.pulls import sync_cursors
from lib.db.tables.reports import metric_definitions
from lib.db.tables.setup_checks import setup_tests
from lib.domain.ladder.standing import BaselineSeen, LettersSeen, LimitSeen, MetricSeen, OwnerSeen, StatementSeen
from lib.domain.metrics import Surface
from lib.domain.people import Role
from lib.domain.publishing.statement_states import CorrectionCause, StatementStatus
from lib.domain.running.dead_letters import HELD_UP
from lib.domain.tasks import DRIFT, OPEN

_STANDS = (StatementStatus.REVIEWED, StatementStatus.PUBLISHED)
_FOR_CLIENTS = (Surface.PORTAL_CARD, Surface.REPORT_NOTE)
# A setting of these is part of how the desk gets in: what was tested before it was set was something else.
_CONNECTION = ("credential_ref", "webhook_secret", "auth_model", "auth_scopes", "hook.sender")
_PULLED = "pull."


class GateFacts(Repository):
    """Read only; every question takes the ids of all accounts, and answers by the account's id."""

    def owners(self, ids: Sequence[int]) -> dict[int, OwnerSeen]:
        """Who each account's owner is today."""
        is_named = exists().where(
            person_clients.c.person_id == people.c.id, person_clients.c.client_id == accounts.c.client_id
        )
        statement = (
            select(
                accounts.c.id, people.c.is_active, people.c.role, people.c.sees_every_client, is_named.label("named")
            )
            .join(people, people.c.id == accounts.c.owner_id)
            .where(accounts.c.id.in_(ids), self.tx.visible(accounts))
        )
        return {
            row.id: OwnerSeen(bool(row.is_active), Role(row.role), bool(row.sees_every_client or row.named))
            for row in self.all(statement)
        }

    def drifts(self, ids: Sequence[int]) -> dict[tuple[int, str], str]:
        """What differs in the columns that came, by account and object, while a task about it is open."""
        mine = (tasks.c.account_id.in_(ids), tasks.c.kind == DRIFT, tasks.c.status == OPEN)
        statement = select(tasks.c.account_id, tasks.c.detail, tasks.c.sentence).where(*mine, self.tx.visible(tasks))
        return {
            # Behind the first sentence, which names the file, stands what differs.
            (row.account_id, str(row.detail.get("object", ""))): str(row.sentence).partition(". ")[2] or row.sentence
            for row in self.all(statement.order_by(tasks.c.id))
        }

    def letters(self, ids: Sequence[int]) -> dict[int, LettersSeen]:
        """The dead letters that wait and that nobody has put off."""
        snoozed = dead_letters.c.snoozed_until
        statement = (
            select(
                dead_letters.c.account_id,
                func.count().label("lines"),
                func.min(dead_letters.c.first_seen_at).label("since"),
            )
            .where(
                dead_letters.c.account_id.in_(ids),
                dead_letters.c.status.in_(HELD_UP),
                or_(snoozed.is_(None), snoozed <= self.tx.now),
                self.tx.visible(dead_letters),
            )
            .group_by(dead_letters.c.account_id)
        )
        return {row.account_id: LettersSeen(int(row.lines), row.since) for row in self.all(statement)}

    def limits(self, ids: Sequence[int]) -> dict[int, tuple[LimitSeen, ...]]:
        """How many calls the providers said were left when they were asked last."""
        told = (sync_cursors.c.account_id.in_(ids), sync_cursors.c.limit_of.is_not(None), self.tx.visible(sync_cursors))
        found: dict[int, tuple[LimitSeen, ...]] = {}
        for row in self.all(select(sync_cursors).where(*told).order_by(sync_cursors.c.object)):
            seen = LimitSeen(row.object, row.limit_left or 0, row.limit_of, row.asked_at)
            found[row.account_id] = (*found.get(row.account_id, ()), seen)
        return found

    def connection_changes(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Which settings of the connection were changed since each account's newest setup test."""
        tested = (
            select(setup_tests.c.account_id, func.max(setup_tests.c.at).label("at"))
            .where(setup_tests.c.account_id.in_(ids), self.tx.visible(setup_tests))
            .group_by(setup_tests.c.account_id)
            .subquery()
        )
        statement = (
            select(account_versions.c.account_id, account_versions.c.changes)
            .join(tested, tested.c.account_id == account_versions.c.account_id)
            .where(account_versions.c.at > tested.c.at)
            .order_by(account_versions.c.id)
        )
        found: dict[int, dict[str, None]] = {}
        for row in self.all(statement):
            names = [name for name in row.changes if name in _CONNECTION or name.startswith(_PULLED)]
            found.setdefault(row.account_id, {}).update(dict.fromkeys(names))
        return {account_id: tuple(names) for account_id, names in found.items()}

    def metrics(self, ids: Sequence[int]) -> dict[int, dict[str, MetricSeen]]:
        """The current definitions by key, each with its newest baseline, its statement and its card."""
        mine = (metric_definitions.c.account_id.in_(ids), metric_definitions.c.is_current)
        defined = select(metric_definitions).where(*mine, self.tx.visible(metric_definitions))
        captured, said, shown = self._baselines(ids), self._statements(ids), self._cards(ids)
        found: dict[int, dict[str, MetricSeen]] = {}
        for row in self.all(defined.order_by(metric_definitions.c.key)):
            key = (row.account_id, row.key)
            seen = _metric(row)
            found.setdefault(row.account_id, {})[row.key] = replace(
                seen, baseline=captured.get(key), statement=said.get(key), is_shown=shown.get(key)
            )
        return found

    def _baselines(self, ids: Sequence[int]) -> dict[tuple[int, str], BaselineSeen]:
        newest = (
            select(func.max(baselines.c.id))
            .join(metric_definitions, metric_definitions.c.id == baselines.c.metric_id)
            .where(metric_definitions.c.account_id.in_(ids), self.tx.visible(baselines))
            .group_by(metric_definitions.c.account_id, metric_definitions.c.key)
        )
        statement = (
            select(metric_definitions.c.account_id, metric_definitions.c.key, baselines, people.c.email)
            .join(metric_definitions, metric_definitions.c.id == baselines.c.metric_id)
            .join(people, people.c.id == baselines.c.captured_by)
            .where(baselines.c.id.in_(newest))
        )
        return {
            (row.account_id, row.key): BaselineSeen(
                row.id, row.name, row.email, row.captured_at, row.definition_version
            )
            for row in self.all(statement)
        }

    def _statements(self, ids: Sequence[int]) -> dict[tuple[int, str], StatementSeen]:
        """The newest that stands, else the newest that was ever reviewed, else the newest of all."""
        mine = (statements.c.account_id.in_(ids), self.tx.visible(statements))

        def newest(*which: ColumnElement[bool]) -> Any:
            of_each = (statements.c.account_id, statements.c.metric_key)
            return statements.c.id.in_(select(func.max(statements.c.id)).where(*mine, *which).group_by(*of_each))

        statement = (
            select(statements, people.c.email, corrections.c.cause)
            .outerjoin(people, people.c.id == statements.c.reviewed_by)
            .outerjoin(corrections, corrections.c.statement_id == statements.c.id)
            .where(newest() | newest(statements.c.reviewed_by.is_not(None)) | newest(statements.c.status.in_(_STANDS)))
        )
        found = sorted(
            self.all(statement), key=lambda row: (row.status in _STANDS, row.reviewed_by is not None, row.id)
        )
        # The best of a metric comes last, and overwrites the others.
        return {(row.account_id, row.metric_key): _statement(row) for row in found}

    def _cards(self, ids: Sequence[int]) -> dict[tuple[int, str], bool]:
        statement = (
            select(portal_cards.c.account_id, portal_cards.c.metric_key, portal_cards.c.is_shown, statements.c.status)
            .join(statements, statements.c.id == portal_cards.c.statement_id)
            .where(portal_cards.c.account_id.in_(ids), self.tx.visible(portal_cards))
        )
        return {
            (row.account_id, row.metric_key): bool(row.is_shown) and row.status == StatementStatus.PUBLISHED
            for row in self.all(statement)
        }


def _metric(row: Row[Any]) -> MetricSeen:
    return MetricSeen(row.id, row.key, row.label, row.object, row.version, Surface(row.surface) in _FOR_CLIENTS)


def _statement(row: Row[Any]) -> StatementSeen:
    return StatementSeen(
        id=row.id,
        status=StatementStatus(row.status),
        definition_id=row.metric_id,
        next_action=row.next_action,
        reviewed_by=row.email or "",
        reviewed_at=row.reviewed_at,
        ended_because=row.ended_because,
        is_corrected=row.cause not in (None, CorrectionCause.BY_HAND),
    )
