"""One transaction in the name of one person: what every service is handed, and the only way to the repositories."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from lib.clock import Clock, Sleep, utc_now
from lib.db.engine import open_engine
from lib.db.repositories.account_versions import AccountVersionRepository
from lib.db.repositories.accounts import AccountRepository
from lib.db.repositories.alerts import AlertRepository
from lib.db.repositories.audit import AuditRepository
from lib.db.repositories.baselines import BaselineRepository
from lib.db.repositories.breakers import BreakerRepository
from lib.db.repositories.clients import ClientRepository
from lib.db.repositories.committed_loads import CommittedLoadRepository
from lib.db.repositories.corrections import CorrectionRepository
from lib.db.repositories.cursors import CursorRepository
from lib.db.repositories.dead_letters import DeadLetterRepository
from lib.db.repositories.deliveries import DeliveryRepository
from lib.db.repositories.desk_settings import DeskSettingRepository
from lib.db.repositories.drops import DropRepository
from lib.db.repositories.edits import DecisionRepository, EditRepository
from lib.db.repositories.events import EventRepository
from lib.db.repositories.evidence import EvidenceRepository
from lib.db.repositories.external_objects import ExternalObjectRepository
from lib.db.repositories.impacts import ImpactRepository
from lib.db.repositories.jobs import JobRepository
from lib.db.repositories.learned import LearnedRepository
from lib.db.repositories.lineage import LineageRepository
from lib.db.repositories.loads import LoadRepository
from lib.db.repositories.map_drafts import MapDraftRepository
from lib.db.repositories.maps import MapRepository
from lib.db.repositories.metrics import MetricRepository
from lib.db.repositories.payloads import PayloadRepository
from lib.db.repositories.people import PeopleRepository
from lib.db.repositories.portal import PortalRepository
from lib.db.repositories.reason_counts import ReasonCountRepository
from lib.db.repositories.receipts import ReceiptRepository
from lib.db.repositories.records import RecordRepository
from lib.db.repositories.report_notes import ReportNoteRepository
from lib.db.repositories.rows import RowRepository
from lib.db.repositories.runs import RunRepository
from lib.db.repositories.schedules import ScheduleRepository
from lib.db.repositories.scores import ScoreRepository
from lib.db.repositories.setup_checks import QaRepository, SetupTestRepository
from lib.db.repositories.slices import SliceRepository
from lib.db.repositories.standings import StandingRepository
from lib.db.repositories.statements import StatementRepository
from lib.db.repositories.synonyms import SynonymRepository
from lib.db.repositories.tasks import TaskRepository
from lib.db.repositories.traffic import TrafficRepository
from lib.db.session import Session
from lib.db.transactions import once, transact
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class UnitOfWork:
    """A transaction of the app database. Every query of a client's data is kept inside what the person may see."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.session.actor

    @property
    def now(self) -> datetime:
        """The moment the transaction began."""
        return self.session.now

    def once(self, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do `work` exactly once under `key`, also when the answer of COMMIT was lost; call it first."""
        return once(self.session.connection, key, work)

    @cached_property
    def desk_settings(self) -> DeskSettingRepository:
        """What holds for the whole desk."""
        return DeskSettingRepository(self.session)

    @cached_property
    def people(self) -> PeopleRepository:
        """People and their scopes."""
        return PeopleRepository(self.session)

    @cached_property
    def clients(self) -> ClientRepository:
        """Clients."""
        return ClientRepository(self.session)

    @cached_property
    def accounts(self) -> AccountRepository:
        """Provider accounts."""
        return AccountRepository(self.session)

    @cached_property
    def account_versions(self) -> AccountVersionRepository:
        """What changed of accounts' settings."""
        return AccountVersionRepository(self.session)

    @cached_property
    def maps(self) -> MapRepository:
        """Map versions."""
        return MapRepository(self.session)

    @cached_property
    def map_drafts(self) -> MapDraftRepository:
        """Drafts of maps."""
        return MapDraftRepository(self.session)

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        """Deliveries."""
        return DeliveryRepository(self.session)

    @cached_property
    def cursors(self) -> CursorRepository:
        """How far pulls have come, and how accounts describe their APIs."""
        return CursorRepository(self.session)

    @cached_property
    def payloads(self) -> PayloadRepository:
        """Payload chunks."""
        return PayloadRepository(self.session)

    @cached_property
    def loads(self) -> LoadRepository:
        """Loads."""
        return LoadRepository(self.session)

    @cached_property
    def committed_loads(self) -> CommittedLoadRepository:
        """Loads whose records stand."""
        return CommittedLoadRepository(self.session)

    @cached_property
    def rows(self) -> RowRepository:
        """Rows of loads."""
        return RowRepository(self.session)

    @cached_property
    def edits(self) -> EditRepository:
        """Edits of single cells under review."""
        return EditRepository(self.session)

    @cached_property
    def decisions(self) -> DecisionRepository:
        """Decisions on rows under review."""
        return DecisionRepository(self.session)

    @cached_property
    def external_objects(self) -> ExternalObjectRepository:
        """Things as the provider knows them."""
        return ExternalObjectRepository(self.session)

    @cached_property
    def records(self) -> RecordRepository:
        """Our records."""
        return RecordRepository(self.session)

    @cached_property
    def traffic(self) -> TrafficRepository:
        """The traffic database, in short transactions of its own."""
        return TrafficRepository(self.session)

    @cached_property
    def metrics(self) -> MetricRepository:
        """Metric definitions."""
        return MetricRepository(self.session)

    @cached_property
    def slices(self) -> SliceRepository:
        """Daily slices of metrics."""
        return SliceRepository(self.session)

    @cached_property
    def baselines(self) -> BaselineRepository:
        """Baselines."""
        return BaselineRepository(self.session)

    @cached_property
    def statements(self) -> StatementRepository:
        """Governed sentences, and the places of their cards."""
        return StatementRepository(self.session)

    @cached_property
    def corrections(self) -> CorrectionRepository:
        """Published numbers that were taken back."""
        return CorrectionRepository(self.session)

    @cached_property
    def events(self) -> EventRepository:
        """What happened to an account's numbers."""
        return EventRepository(self.session)

    @cached_property
    def portal(self) -> PortalRepository:
        """What a client is shown, through the portal's views."""
        return PortalRepository(self.session)

    @cached_property
    def jobs(self) -> JobRepository:
        """Jobs for the worker."""
        return JobRepository(self.session)

    @cached_property
    def schedules(self) -> ScheduleRepository:
        """When work comes round."""
        return ScheduleRepository(self.session)

    @cached_property
    def breakers(self) -> BreakerRepository:
        """Which providers are left alone."""
        return BreakerRepository(self.session)

    @cached_property
    def reason_counts(self) -> ReasonCountRepository:
        """How often each reason was given."""
        return ReasonCountRepository(self.session)

    @cached_property
    def lineage(self) -> LineageRepository:
        """What numbers stand on."""
        return LineageRepository(self.session)

    @cached_property
    def runs(self) -> RunRepository:
        """Deliveries with what became of them."""
        return RunRepository(self.session)

    @cached_property
    def scores(self) -> ScoreRepository:
        """How loads fared."""
        return ScoreRepository(self.session)

    @cached_property
    def standings(self) -> StandingRepository:
        """How far each account has come."""
        return StandingRepository(self.session)

    @cached_property
    def evidence(self) -> EvidenceRepository:
        """What was confirmed of gates, promotions, and falls from live."""
        return EvidenceRepository(self.session)

    @cached_property
    def setup_tests(self) -> SetupTestRepository:
        """Tests of accounts' connections."""
        return SetupTestRepository(self.session)

    @cached_property
    def qa_checks(self) -> QaRepository:
        """Rows held against the provider's own screen."""
        return QaRepository(self.session)

    @cached_property
    def impacts(self) -> ImpactRepository:
        """What was foretold of changes."""
        return ImpactRepository(self.session)

    @cached_property
    def tasks(self) -> TaskRepository:
        """What waits for people."""
        return TaskRepository(self.session)

    @cached_property
    def dead_letters(self) -> DeadLetterRepository:
        """What came to nothing although it was tried."""
        return DeadLetterRepository(self.session)

    @cached_property
    def drops(self) -> DropRepository:
        """Files that were put down for accounts."""
        return DropRepository(self.session)

    @cached_property
    def report_notes(self) -> ReportNoteRepository:
        """Monthly report notes."""
        return ReportNoteRepository(self.session)

    @cached_property
    def learned(self) -> LearnedRepository:
        """What approved maps have taught."""
        return LearnedRepository(self.session)

    @cached_property
    def synonyms(self) -> SynonymRepository:
        """Names that people taught for a provider's columns."""
        return SynonymRepository(self.session)

    @cached_property
    def receipts(self) -> ReceiptRepository:
        """Webhooks as they came in."""
        return ReceiptRepository(self.session)

    @cached_property
    def alerts(self) -> AlertRepository:
        """Who is told of what."""
        return AlertRepository(self.session)

    @cached_property
    def audit(self) -> AuditRepository:
        """The audit log."""
        return AuditRepository(self.session)


@dataclass(frozen=True)
class Desk:
    """Both databases, the clock and how one waits by it. `do` writes, `ask` only reads, one service in one transaction.

    `portal` is the app database once more, as the user that may read nothing but the portal's views; None where
    PORTAL_DATABASE_URL names no other user.
    """

    settings: Settings
    app: Engine
    traffic: Engine
    hash_key: bytes
    clock: Clock = utc_now
    portal: Engine | None = None
    sleep: Sleep = time.sleep

    def do(self, actor: Actor, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `verb(tx, …)` in one writing transaction, tried again whole where that helps."""
        return transact(
            self.app, lambda connection: verb(self._unit(connection, actor), *args, **kwargs), is_writing=True
        )

    def ask(self, actor: Actor, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `verb(tx, …)` in one transaction that only reads."""
        return transact(
            self.app, lambda connection: verb(self._unit(connection, actor), *args, **kwargs), is_writing=False
        )

    def close(self) -> None:
        """Close every connection."""
        self.app.dispose()
        self.traffic.dispose()
        if self.portal is not None:
            self.portal.dispose()

    def _unit(self, connection: Connection, actor: Actor) -> UnitOfWork:
        return UnitOfWork(Session(connection, self.traffic, actor, self.clock(), self.portal))


def open_databases(settings: Settings, hash_key: bytes, clock: Clock = utc_now, *, is_migrating: bool = False) -> Desk:
    """The desk on the databases that the settings name; nothing is connected to until it is used."""
    app, traffic = (
        (settings.app_migration_url, settings.traffic_migration_url)
        if is_migrating
        else (settings.app_url, settings.traffic_url)
    )
    if app == traffic and app.startswith("sqlite"):
        # A commit writes to both, and in one file its second transaction would wait for its first for ever.
        raise DeskError(
            "setting_invalid",
            "DATABASE_URL and TRAFFIC_DATABASE_URL name the same SQLite file.",
            "Give the traffic database a file of its own.",
        )
    return Desk(
        settings,
        open_engine(app, is_migrating=is_migrating),
        open_engine(traffic, is_migrating=is_migrating),
        hash_key,
        clock,
        None if is_migrating or settings.portal_url == app else open_engine(settings.portal_url),
    )
