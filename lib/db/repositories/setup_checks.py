"""Setup tests and QA checks: written once, never changed, and read newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, case, func, select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.maps import map_versions
from lib.db.tables.people import people
from lib.db.tables.receipts import incoming_lead_logs as logs
from lib.db.tables.setup_checks import qa_checks, setup_tests
from lib.domain.accounts import Account
from lib.domain.hooks import NOT_VERIFIED, ReceiptStatus
from lib.domain.imports import Load
from lib.domain.ladder.setup_checks import (
    COMPARABLE_LOADS,
    CheckResult,
    ComparedRow,
    QaCheck,
    SetupCheck,
    SetupTest,
    WebhooksSeen,
    outcome_of,
)
from lib.domain.states import LoadStatus


class SetupTestRepository(Repository):
    """What tests of accounts' connections came to."""

    def newest(self, account_ids: Sequence[int]) -> dict[int, SetupTest]:
        """The newest test of each of these accounts that has one, by the account's id; one query."""
        top = (
            select(func.max(setup_tests.c.id))
            .where(setup_tests.c.account_id.in_(account_ids), self.tx.visible(setup_tests))
            .group_by(setup_tests.c.account_id)
        )
        return {row.account_id: _test(row) for row in self.all(_tests().where(setup_tests.c.id.in_(top)))}

    def of_account(self, account_id: int, limit: int) -> list[SetupTest]:
        """An account's newest tests, newest first."""
        mine = (setup_tests.c.account_id == account_id) & self.tx.visible(setup_tests)
        return [_test(row) for row in self.all(_tests().where(mine).order_by(setup_tests.c.id.desc()).limit(limit))]

    def webhooks_seen(self, account_id: int) -> WebhooksSeen:
        """When webhooks of an account were last taken, and last refused because they could not be verified."""
        taken = case((logs.c.status != ReceiptStatus.REFUSED, logs.c.last_seen_at))
        refused = case((logs.c.refusal == NOT_VERIFIED, logs.c.last_seen_at))
        mine = (logs.c.account_id == account_id) & self.tx.visible(logs)
        row = self.one(select(func.max(taken).label("taken"), func.max(refused).label("refused")).where(mine))
        return WebhooksSeen() if row is None else WebhooksSeen(row.taken, row.refused)

    def add_test(self, account: Account, checks: Sequence[SetupCheck], credential_mark: str) -> int:
        """Keep what a test came to, under the person of this transaction; the id it has."""
        return self.add(
            setup_tests,
            account_id=account.id,
            client_id=account.client_id,
            at=self.tx.now,
            person_id=self.tx.actor.person_id,
            outcome=outcome_of(checks),
            checks=[asdict(check) for check in checks],
            credential_mark=credential_mark,
        )


class QaRepository(Repository):
    """What came of holding rows against the provider's own screen."""

    def newest(self, account_ids: Sequence[int]) -> dict[int, QaCheck]:
        """The newest check of each of these accounts that has one, by the account's id; one query."""
        top = (
            select(func.max(qa_checks.c.id))
            .where(qa_checks.c.account_id.in_(account_ids), self.tx.visible(qa_checks))
            .group_by(qa_checks.c.account_id)
        )
        return {row.account_id: _qa(row) for row in self.all(_checks().where(qa_checks.c.id.in_(top)))}

    def of_account(self, account_id: int, limit: int) -> list[QaCheck]:
        """An account's newest checks, newest first."""
        mine = (qa_checks.c.account_id == account_id) & self.tx.visible(qa_checks)
        return [_qa(row) for row in self.all(_checks().where(mine).order_by(qa_checks.c.id.desc()).limit(limit))]

    def count_of(self, load_id: int) -> int:
        """How often rows of a load were held against the screen."""
        mine = (qa_checks.c.load_id == load_id) & self.tx.visible(qa_checks)
        return int(self.connection.execute(select(func.count()).where(mine)).scalar_one())

    def loads_to_compare(self, account_id: int, limit: int) -> list[int]:
        """The newest loads of an account, newest first, that stand or are looked at and of which rows go in."""
        mine = (loads.c.account_id == account_id) & loads.c.status.in_(COMPARABLE_LOADS) & self.tx.visible(loads)
        going_in = loads.c.created_count + loads.c.updated_count > 0
        newest = select(loads.c.id).where(mine, going_in).order_by(loads.c.id.desc()).limit(limit)
        return [row.id for row in self.all(newest)]

    def add_check(self, load: Load, rows: Sequence[ComparedRow], screen: str, note: str) -> int:
        """Keep what was seen, under the person of this transaction; the id it has."""
        agreed = sum(row.agrees for row in rows)
        return self.add(
            qa_checks,
            account_id=load.account_id,
            client_id=load.client_id,
            load_id=load.id,
            at=self.tx.now,
            person_id=self.tx.actor.person_id,
            screen=screen,
            note=note,
            compared=[asdict(row) for row in rows],
            agreed=agreed,
            differed=len(rows) - agreed,
        )


def _tests() -> Select[Any]:
    return select(setup_tests, people.c.email).join(people, people.c.id == setup_tests.c.person_id)


def _checks() -> Select[Any]:
    return (
        select(qa_checks, people.c.email, loads.c.object, loads.c.status, map_versions.c.version)
        .join(people, people.c.id == qa_checks.c.person_id)
        .join(loads, loads.c.id == qa_checks.c.load_id)
        .join(map_versions, map_versions.c.id == loads.c.map_version_id)
    )


def _test(row: Row[Any]) -> SetupTest:
    return SetupTest(
        id=row.id,
        account_id=row.account_id,
        at=row.at,
        person=row.email,
        outcome=CheckResult(row.outcome),
        checks=tuple(SetupCheck(**{**check, "result": CheckResult(check["result"])}) for check in row.checks),
        credential_mark=row.credential_mark,
    )


def _qa(row: Row[Any]) -> QaCheck:
    return QaCheck(
        id=row.id,
        account_id=row.account_id,
        load_id=row.load_id,
        object=row.object,
        map_version=row.version,
        at=row.at,
        person=row.email,
        screen=row.screen,
        note=row.note,
        rows=tuple(ComparedRow(**{**seen, "columns": tuple(seen["columns"])}) for seen in row.compared),
        is_undone=row.status == LoadStatus.UNDONE,
    )
