"""One transaction in the name of one person: what every service is handed, and the only way to the repositories."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from lib.clock import Clock, Sleep, utc_now
from lib.db.audit.anchors import AnchorFile
from lib.db.audit.chain import Noted
from lib.db.audit.seen_lately import SeenLately
from lib.db.engine import is_embedded, open_engine, open_portal_engine
from lib.db.own_work import Kept, OwnWork
from lib.db.repositories.account_versions import AccountVersionRepository
from lib.db.repositories.accounts import AccountRepository
from lib.db.repositories.alerts import AlertRepository
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
from lib.db.repositories.erasures import ErasureRepository
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
from lib.db.repositories.reason_counts import ReasonCountRepository
from lib.db.repositories.receipts import ReceiptRepository
from lib.db.repositories.records import RecordRepository
from lib.db.repositories.report_notes import ReportNoteRepository
from lib.db.repositories.rows import RowRepository
from lib.db.repositories.runs import RunRepository
from lib.db.repositories.schedules import ScheduleRepository
from lib.db.repositories.scores import ScoreRepository
from lib.db.repositories.setup_checks import QaRepository, SetupTestRepository
from lib.db.repositories.share_links import ShareLinkRepository
from lib.db.repositories.slices import SliceRepository
from lib.db.repositories.standings import StandingRepository
from lib.db.repositories.statements import StatementRepository
from lib.db.repositories.synonyms import SynonymRepository
from lib.db.repositories.tasks import TaskRepository
from lib.db.repositories.traces import TraceRepository
from lib.db.repositories.traffic import TrafficRepository
from lib.db.session import Session
from lib.db.transactions import transact
from lib.domain.access.audit_chain import Anchor, chain_key
from lib.domain.people import NOBODY, RIGHTS, Actor, Right
from lib.errors import DeskError
from lib.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class UnitOfWork(OwnWork):
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
    share_links = Kept(ShareLinkRepository)  # links to report notes for people without an account
    learned = Kept(LearnedRepository)  # what approved maps have taught
    synonyms = Kept(SynonymRepository)  # names that people taught for a provider's columns
    receipts = Kept(ReceiptRepository)  # webhooks as they came in
    traces = Kept(TraceRepository)  # where texts and payloads speak of a person
    erasures = Kept(ErasureRepository)  # who was erased, and what that changed
    alerts = Kept(AlertRepository)  # who is told of what


@dataclass(frozen=True)
class Desk:
    """Both databases, the clock and how one waits by it. `do` writes, `ask` only reads, one service in one transaction.

    `portal` is the app database once more, by a connection that reads nothing but the portal's views: by its user's
    rights on a server, where PORTAL_DATABASE_URL names one of its own, else by a guard. Whoever may not see rows asks
    and does everything on it, so that no mistake of a page or a service shows them a table; `do_own` is what they write.
    """

    settings: Settings
    app: Engine
    traffic: Engine
    portal: Engine
    hash_key: bytes = field(repr=False)
    clock: Clock = utc_now
    sleep: Sleep = time.sleep
    seen: SeenLately = field(default_factory=SeenLately, compare=False, repr=False)

    def do(self, actor: Actor, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `verb(tx, …)` in one writing transaction, tried again whole where that helps.

        What it noted for the audit log is written last, and its new end kept outside the database after COMMIT.
        """

        def work(connection: Connection) -> tuple[OwnWork, R]:
            tx = UnitOfWork(self._session(connection, actor))
            return tx, verb(tx, *args, **kwargs)

        return self._committed(self._reach_of(actor), work)

    def do_own(self, actor: Actor, verb: Callable[Concatenate[OwnWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `verb(tx, …)` on what is the person's own, whatever their role: in one writing transaction, logged like `do`."""

        def work(connection: Connection) -> tuple[OwnWork, R]:
            tx = OwnWork(self._session(connection, actor))
            return tx, verb(tx, *args, **kwargs)

        return self._committed(self.app, work)

    def _committed(self, engine: Engine, work: Callable[[Connection], tuple[OwnWork, R]]) -> R:
        def whole(connection: Connection) -> tuple[R, Anchor | None]:
            tx, result = work(connection)
            tx.audit.noted.extend(tx.audit.seen)
            return result, tx.audit.write(chain_key(self.hash_key))

        result, end = transact(engine, whole, is_writing=True)
        if end is not None:
            AnchorFile(self.settings.var).keep(end)
        return result

    def ask(self, actor: Actor, verb: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `verb(tx, …)` in one transaction that only reads; a read that is to be logged is, before its answer is out."""

        def work(connection: Connection) -> tuple[R, list[Noted]]:
            tx = UnitOfWork(self._session(connection, actor))
            return verb(tx, *args, **kwargs), tx.audit.seen

        result, seen = transact(self._reach_of(actor), work, is_writing=False)
        if seen:
            self._write_down(actor, seen)
        return result

    def _write_down(self, actor: Actor, seen: list[Noted]) -> None:
        fresh = self.seen.fresh(seen)
        if fresh:
            self.do_own(actor, lambda tx: tx.audit.noted.extend(fresh))
            self.seen.remember(fresh)

    def close(self) -> None:
        """Close every connection."""
        self.app.dispose()
        self.traffic.dispose()
        self.portal.dispose()

    def _reach_of(self, actor: Actor) -> Engine:
        """The database as this person reaches it. Who is at the door is asked in nobody's name, before they are known."""
        return self.app if _sees_rows(actor) else self.portal

    def _session(self, connection: Connection, actor: Actor) -> Session:
        is_portals = connection.engine is self.portal
        return Session(
            connection,
            self.traffic if _sees_rows(actor) else None,
            actor,
            self.clock(),
            None if is_portals else self.portal,
        )


def _sees_rows(actor: Actor) -> bool:
    # Read from the roles themselves: a right that somebody is taken to have by mistake opens no table.
    return actor == NOBODY or Right.SEE_DETAIL in RIGHTS[actor.role]


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
    engine = open_engine(app, is_migrating=is_migrating)
    has_own_portal = is_embedded(app) or settings.portal_url != settings.app_url
    return Desk(
        settings,
        engine,
        open_engine(traffic, is_migrating=is_migrating),
        open_portal_engine(settings.portal_url) if has_own_portal and not is_migrating else engine,
        hash_key,
        clock,
    )
