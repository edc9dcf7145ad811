"""One transaction in the name of one person: what every service is handed, and the only way to the repositories."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

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
Kind = TypeVar("Kind")


class Kept(Generic[Kind]):
    """A repository of a unit of work: made when it is first asked for, and kept for the rest of the transaction."""

    def __init__(self, kind: Callable[[Session], Kind]) -> None:
        self.kind = kind

    def __set_name__(self, owner: type[UnitOfWork], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, tx: None, owner: type[UnitOfWork]) -> Self: ...

    @overload
    def __get__(self, tx: UnitOfWork, owner: type[UnitOfWork]) -> Kind: ...

    def __get__(self, tx: UnitOfWork | None, owner: type[UnitOfWork]) -> Self | Kind:
        if tx is None:
            return self
        # Found there from now on, as Python looks into an object before it asks a descriptor that only reads.
        found: Kind = tx.__dict__.setdefault(self._name, self.kind(tx.session))
        return found


class UnitOfWork:
    """A transaction of the app database. Every query of a client's data is kept inside what the person may see."""

    desk_settings = Kept(DeskSettingRepository)  # what holds for the whole desk
    people = Kept(PeopleRepository)
    clients = Kept(ClientRepository)
    accounts = Kept(AccountRepository)  # provider accounts
    account_versions = Kept(AccountVersionRepository)  # what changed of accounts' settings
    maps = Kept(MapRepository)
    map_drafts = Kept(MapDraftRepository)  # drafts of maps
    deliveries = Kept(DeliveryRepository)
    cursors = Kept(CursorRepository)  # how far pulls have come, and how accounts describe their APIs
    payloads = Kept(PayloadRepository)
    loads = Kept(LoadRepository)
    committed_loads = Kept(CommittedLoadRepository)  # loads whose records stand
    rows = Kept(RowRepository)  # rows of loads
    edits = Kept(EditRepository)  # edits of single cells under review
    decisions = Kept(DecisionRepository)  # decisions on rows under review
    external_objects = Kept(ExternalObjectRepository)  # things as the provider knows them
    records = Kept(RecordRepository)
    traffic = Kept(TrafficRepository)  # the traffic database, in short transactions of its own
    metrics = Kept(MetricRepository)  # metric definitions
    slices = Kept(SliceRepository)  # daily slices of metrics
    baselines = Kept(BaselineRepository)
    statements = Kept(StatementRepository)  # governed sentences, and the places of their cards
    corrections = Kept(CorrectionRepository)  # published numbers that were taken back
    events = Kept(EventRepository)  # what happened to an account's numbers
    portal = Kept(PortalRepository)  # what a client is shown, through the portal's views
    jobs = Kept(JobRepository)  # jobs for the worker
    schedules = Kept(ScheduleRepository)  # when work comes round
    breakers = Kept(BreakerRepository)  # which providers are left alone
    reason_counts = Kept(ReasonCountRepository)  # how often each reason was given
    lineage = Kept(LineageRepository)  # what numbers stand on
    runs = Kept(RunRepository)  # deliveries with what became of them
    scores = Kept(ScoreRepository)  # how loads fared
    standings = Kept(StandingRepository)  # how far each account has come
    evidence = Kept(EvidenceRepository)  # what was confirmed of gates, promotions, and falls from live
    setup_tests = Kept(SetupTestRepository)  # tests of accounts' connections
    qa_checks = Kept(QaRepository)  # rows held against the provider's own screen
    impacts = Kept(ImpactRepository)  # what was foretold of changes
    tasks = Kept(TaskRepository)  # what waits for people
    dead_letters = Kept(DeadLetterRepository)  # what came to nothing although it was tried
    drops = Kept(DropRepository)  # files that were put down for accounts
    report_notes = Kept(ReportNoteRepository)  # monthly report notes
    learned = Kept(LearnedRepository)  # what approved maps have taught
    synonyms = Kept(SynonymRepository)  # names that people taught for a provider's columns
    receipts = Kept(ReceiptRepository)  # webhooks as they came in
    alerts = Kept(AlertRepository)  # who is told of what
    audit = Kept(AuditRepository)

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
