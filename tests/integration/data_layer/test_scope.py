"""A repository asked in the name of somebody who may not see a client finds nothing of it, whatever is asked."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lib.db.own_work import Kept, OwnWork
from lib.db.repositories.base import Repository
from lib.db.repositories.map_drafts import KeptDraft
from lib.db.repositories.maps import MapVersion
from lib.db.tables.imports import data_import_rows
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.audit import Asked
from lib.domain.access.share_links import ShareAnswer
from lib.domain.accounts import Account, Client
from lib.domain.arriving.drops import Sight
from lib.domain.hooks import Receipt
from lib.domain.imports import DateRange, Delivery, Load
from lib.domain.ladder.gates import Gate
from lib.domain.ladder.lapses import Lapse
from lib.domain.ladder.setup_checks import CheckResult, ComparedRow, SetupCheck
from lib.domain.ladder.standing import Standing
from lib.domain.mapping.learned import Learned, Level
from lib.domain.metrics import Metric
from lib.domain.objects import OBJECTS
from lib.domain.people import NOBODY, Actor, Role
from lib.domain.rows.fixes import CellEdit, DecisionKind
from lib.domain.running.alerts import Change
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.domain.states import LoadStatus
from lib.domain.tasks import TaskSeverity
from lib.errors import NotFound
from lib.services.counting import baseline
from lib.services.publishing import statements
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    committed,
    desk_on,
    table_rows,
)

LEAD = OBJECTS["lead"]
A_DAY = (date(2026, 3, 4), datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC))

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """One client's things, taken by somebody who sees everything."""

    client: Client
    account: Account
    ads: Account
    delivery: Delivery
    load: Load
    update: Load
    traffic_load: int
    map_version: MapVersion
    draft: KeptDraft
    learned_id: int
    metric: Metric
    baseline_id: int
    statement_id: int
    record_ids: list[int]
    id_hash: int
    phone_hash: int


def a_world(desk: Desk, client: str) -> World:
    """A client with a committed load of leads, one of traffic, and a baseline."""
    boss, site, ads = admin(desk), f"{client}_site", f"{client}_ads"
    an_account(desk, site, client=client, timezone="UTC")
    fields = {**LEAD_FIELDS, "group_id": "request"}
    an_approved_map(desk, site, a_map("lead", fields))
    span = DateRange(date(2026, 3, 4), date(2026, 3, 5))
    leads = a_csv([a_lead(n, request=f"g{n}", owner=client) for n in range(1, 6)])
    load = committed(desk, leads, site, days=span)
    an_account(desk, ads, client=client, destination="traffic")
    an_approved_map(desk, ads, a_map("traffic_day", {"external_id": "id", "day": "day", "clicks": "clicks"}))
    days = a_csv([{"id": "d1", "day": "2026-03-04", "clicks": 7}])
    traffic = committed(desk, days, ads, "traffic_day")
    update = committed(desk, a_csv([a_lead(1, status="won", request="g1", owner=client)]), site)
    made = desk.do(boss, baseline.capture_baseline, client, f"{site}.leads", span, "to compare with")
    statement_id = a_published_statement(desk, client, site, made["baseline"], span)
    hashes = [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load["load"]]

    def begin(tx: UnitOfWork) -> None:
        account, delivery = tx.accounts.by_key(site), load["delivery"]
        tx.map_drafts.begin(account, "lead", None, "nothing", {})
        tx.drops.add_seen(account, "/srv/in", Sight("a.csv", 1, ""))
        told = {"event": "", "body": b"{}", "content_hash": "x", "received_at": tx.now}
        tx.receipts.add_receipts(
            {Receipt(account.id, account.client_id, key, **told): 1 for key in (site, "waiting")}  # type: ignore[arg-type]
        )
        tx.receipts.mark_grouped([tx.receipts.known(account.id, [site])[site].id], delivery)

    desk.do(boss, begin)

    def take(tx: UnitOfWork) -> World:
        account = tx.accounts.by_key(site)
        version = tx.maps.approved(account, "lead")
        assert version is not None
        draft = tx.map_drafts.of(account, "lead")
        assert draft is not None
        return World(
            client=tx.clients.by_key(client),
            account=account,
            ads=tx.accounts.by_key(ads),
            delivery=tx.deliveries.by_id(load["delivery"]),
            load=tx.loads.by_id(load["load"]),
            update=tx.loads.by_id(update["load"]),
            traffic_load=traffic["load"],
            map_version=version,
            draft=draft,
            learned_id=tx.learned.listed(account, "lead", [])[0].id,
            metric=tx.metrics.named(account.client_id, f"{site}.leads"),
            baseline_id=made["baseline"],
            statement_id=statement_id,
            record_ids=tx.rows.columns(load["load"], 0, 100)["record_id"].to_pylist(),
            id_hash=hashes[0]["id_hash"],
            phone_hash=hashes[0]["phone_hash"],
        )

    world = desk.ask(boss, take)

    def touch(tx: UnitOfWork) -> None:
        tx.edits.add_step(world.load, 1, [CellEdit(0, "name", "Rosa")], "misspelt")
        tx.decisions.add_decision(world.load, DecisionKind.HOLD, [0], "ask them first")
        tx.tasks.open_task(world.account, "drift", f"drift:{client}", "Look at it.", "field_maps", {})
        tx.report_notes.ask(world.client.id, boss.person_id, is_on=True)
        note = tx.report_notes.take(world.client.id, boss.person_id, "2026-02", f"<{client}@desk.example>", [1], 60)
        assert note is not None
        tx.report_notes.end(note, "sent", "250 OK")
        link = tx.share_links.add_link(
            world.client.id, "2026-03", f"hash of {client}", "Rosa", LATER, [world.statement_id]
        )
        tx.share_links.add_visit(link, world.client.id, "203.0.113.0/24", ShareAnswer.SHOWN)
        told = tx.alerts.subscribe(boss.person_id, "", TaskSeverity.WARNING, None, "UTC")
        tx.alerts.note_told(told, [Change("new", client, world.client.id, TaskSeverity.WARNING, "It waits.")])
        tx.impacts.keep(world.account, "map lead 1", {}, {"parts": []})
        tx.evidence.note(world.account, "access", "They let us in.", "", {})
        gate = Gate("access", 1, "Account access", False, "", stale_because="it ended")
        ids = (world.account.id, world.client.id)
        tx.evidence.note_lapse(Lapse(*ids, world.account.key, "Theirs", boss.email, (gate,), "it ended", tx.now))
        tx.setup_tests.add_test(world.account, [SetupCheck("clock", CheckResult.PASSED, "They agree.")], "")
        tx.qa_checks.add_check(world.load, [ComparedRow(0, 2, agrees=True)], "their list of leads", "")
        tx.dead_letters.bury(_failure(world), delivery_id=world.delivery.id)
        tx.dead_letters.snooze(_failure(world).fingerprint, A_DAY[1])

    desk.do(boss, touch)
    return world


def a_published_statement(desk: Desk, client: str, account: str, number: int, span: DateRange) -> int:
    """A number of the client that was shown, taken back, and is shown again."""
    boss, metric, shown = admin(desk), f"{account}.leads", []
    said = desk.ask(boss, statements.draft_for, client, metric, number, span, "day").template
    for _ in range(2):
        shown.append(desk.do(boss, statements.write, client, metric, number, span, "day", sentence=said).id)
        desk.do(boss, statements.review, shown[-1])
        desk.do(boss, statements.publish, shown[-1], "for the scene")
        if len(shown) == 1:
            desk.do(boss, statements.withdraw, shown[0], "It counted another town.")
    return shown[-1]


def _failure(w: World) -> FailedWork:
    told = (w.account.id, w.client.id, "lead", Step.READ, "unreadable", "", Subject.DELIVERY, w.delivery.id)
    return FailedWork(*told, sentence="It could not be read.", mend="Bring another.")


def _own(learned: list[Learned]) -> list[Learned]:
    """What was learned of the client itself: both teach the wider levels the same, which hold nothing of either."""
    return [item for item in learned if item.level is Level.CLIENT]


Question = Callable[[UnitOfWork, World], Any]
# What a standing says of an account beside the names of its objects and what holds for the whole desk.
_FACTS = [item.name for item in fields(Standing) if item.name not in ("objects", "settings")]

# Every question that a repository answers about a client's data, asked about one client's things.
QUESTIONS: dict[str, Question] = {
    "accounts.by_key": lambda tx, w: tx.accounts.by_key(w.account.key),
    "accounts.find": lambda tx, w: tx.accounts.find(w.account.key),
    "accounts.twin": lambda tx, w: tx.accounts.twin(w.client.id, "other", w.account.source_label),
    "account_versions.of": lambda tx, w: tx.account_versions.of(w.account, 9),
    "account_versions.newest": lambda tx, w: tx.account_versions.newest([w.account.id], 9),
    "account_versions.last_of": lambda tx, w: tx.account_versions.last_of(w.account, "status"),
    "accounts.by_id": lambda tx, w: tx.accounts.by_id(w.account.id),
    "accounts.every": lambda tx, w: [*tx.accounts.every(w.client.id), *_of(w, tx.accounts.every())],
    "accounts.has_deliveries": lambda tx, w: tx.accounts.has_deliveries(w.account),
    "accounts.epoch": lambda tx, w: tx.accounts.epoch(w.account.id, "lead"),
    "audit.of": lambda tx, w: tx.audit.of("load", w.load.id),
    "audit.lines": lambda tx, w: tx.audit.lines(Asked(w.client.id), 9),
    "audit.offered": lambda tx, w: [name for names in tx.audit.offered(w.client.id) for name in names],
    "statements.by_id": lambda tx, w: tx.statements.by_id(w.statement_id),
    "statements.with_ids": lambda tx, w: list(tx.statements.with_ids([w.statement_id]).values()),
    "statements.of_metric": lambda tx, w: tx.statements.of_metric(w.metric),
    "statements.published_of": lambda tx, w: tx.statements.published_of(w.account.id),
    "statements.published_ids": lambda tx, w: tx.statements.published_ids(w.account.id),
    "statements.cards_of": lambda tx, w: tx.statements.cards_of(w.client.id),
    "corrections.of_client": lambda tx, w: tx.corrections.of_client(w.client.id),
    "portal.share": lambda tx, w: tx.portal.share(f"hash of {w.client.key}"),
    "portal.shared_cards": lambda tx, w: tx.portal.shared_cards(_link_of(w)),
    "share_links.link_by_id": lambda tx, w: tx.share_links.link_by_id(_link_of(w)),
    "share_links.newest_links": lambda tx, w: tx.share_links.newest_links(9, w.client.id),
    "share_links.visits_of": lambda tx, w: tx.share_links.visits_of([_link_of(w)]),
    "portal.clients": lambda tx, w: [client for client in tx.portal.clients() if client.id == w.client.id],
    "portal.client": lambda tx, w: tx.portal.client(w.client.key),
    "portal.cards": lambda tx, w: tx.portal.cards(w.client.id),
    "portal.corrections": lambda tx, w: tx.portal.corrections(w.client.id),
    "portal.reaches": lambda tx, w: tx.portal.reaches(w.client.id),
    "events.committed": lambda tx, w: tx.events.committed(w.account.id, A_DAY[1], LATER),
    "events.approved_maps": lambda tx, w: tx.events.approved_maps(w.account.id, A_DAY[1], LATER),
    "baselines.by_id": lambda tx, w: tx.baselines.by_id(w.baseline_id),
    "baselines.of_client": lambda tx, w: tx.baselines.of_client(w.client.id),
    "clients.by_key": lambda tx, w: tx.clients.by_key(w.client.key),
    "clients.find": lambda tx, w: tx.clients.find(w.client.key),
    "clients.every": lambda tx, w: [item for item in tx.clients.every() if item.id == w.client.id],
    "dead_letters.lines": lambda tx, w: tx.dead_letters.lines(9, fingerprint=_failure(w).fingerprint),
    "dead_letters.about": lambda tx, w: tx.dead_letters.about(Subject.DELIVERY, [w.delivery.id]),
    "dead_letters.of_delivery": lambda tx, w: tx.dead_letters.of_delivery(w.delivery.id),
    "dead_letters.standings": lambda tx, w: tx.dead_letters.standings(account_id=w.account.id, client_id=w.client.id),
    "dead_letters.fingerprints": lambda tx, w: tx.dead_letters.fingerprints(_failure(w).fingerprint[:8]),
    "dead_letters.woken": lambda tx, w: [item for item in tx.dead_letters.woken() if item == _failure(w).fingerprint],
    "deliveries.by_id": lambda tx, w: tx.deliveries.by_id(w.delivery.id),
    "deliveries.with_hash": lambda tx, w: tx.deliveries.with_hash(w.account, w.delivery.content_hash),
    "deliveries.with_ids": lambda tx, w: tx.deliveries.with_ids([w.delivery.id]),
    "deliveries.newest_of": lambda tx, w: tx.deliveries.newest_of(w.account, "lead", 9),
    "drops.of_account": lambda tx, w: tx.drops.of_account(w.account, 9),
    "drops.named": lambda tx, w: tx.drops.named(w.account, "/srv/in", "a.csv"),
    "audit.newest": lambda tx, w: tx.audit.newest(9, client_id=w.client.id, account_id=w.account.id, subjects=["load"]),
    "audit.accounts_of": lambda tx, w: tx.audit.accounts_of(
        [SimpleNamespace(subject_type="load", subject_id=w.load.id)]
    ),
    "audit.people": lambda tx, w: tx.audit.people(9, client_id=w.client.id),
    "committed_loads.coverage_within": lambda tx, w: tx.committed_loads.coverage_within(
        [w.account.id], DateRange(A_DAY[0], A_DAY[0])
    ),
    "scores.newest_of_each": lambda tx, w: tx.scores.newest_of_each([w.account.id], 9),
    "audit.of_account": lambda tx, w: tx.audit.of_account(w.account.id, 99),
    "baselines.capturers": lambda tx, w: tx.baselines.capturers(w.client.id),
    "external_objects.called": lambda tx, w: tx.external_objects.called([w.account.id], "L1"),
    "learned.believable": lambda tx, w: _own(tx.learned.believable(w.account, "lead", ["phone"])),
    "learned.listed": lambda tx, w: _own(tx.learned.listed(w.account, "lead", [])),
    "learned.by_id": lambda tx, w: tx.learned.by_id(w.learned_id),
    "loads.of_object": lambda tx, w: tx.loads.of_object(w.account.id, "lead"),
    "impacts.of": lambda tx, w: tx.impacts.of(w.account, "map lead 1"),
    "report_notes.is_asked_for": lambda tx, w: tx.report_notes.is_asked_for(w.client.id, _boss(tx)),
    "report_notes.subscribers": lambda tx, w: _of(w, tx.report_notes.subscribers()),
    "report_notes.is_over": lambda tx, w: tx.report_notes.is_over(w.client.id, _boss(tx), "2026-02"),
    "report_notes.attempts_of": lambda tx, w: tx.report_notes.attempts_of(1 if w.client.key == "acme" else 2),
    "report_notes.of_client": lambda tx, w: tx.report_notes.of_client(w.client.id, 9),
    "tasks.standing": lambda tx, w: _of(w, tx.tasks.standing(["drift"], w.account.id)),
    "alerts.told": lambda tx, w: [
        was for told in tx.alerts.told().values() for was in told.values() if was.client_id == w.client.id
    ],
    "tasks.listed": lambda tx, w: _of(w, tx.tasks.listed(account_id=w.account.id, client_id=w.client.id)),
    "loads.listed": lambda tx, w: tx.loads.listed([LoadStatus.COMMITTED], 9, w.client.id),
    "loads.count_by_status": lambda tx, w: tx.loads.count_by_status(w.client.id),
    "loads.of_delivery": lambda tx, w: tx.loads.of_delivery(w.delivery.id),
    "loads.with_ids": lambda tx, w: tx.loads.with_ids([w.load.id]),
    "lineage.loads_behind": lambda tx, w: tx.lineage.loads_behind([w.load.id]),
    "lineage.records_of": lambda tx, w: tx.lineage.records_of(w.metric, A_DAY, None, after=0, limit=9),
    "lineage.sum_of": lambda tx, w: tx.lineage.sum_of(w.metric, A_DAY, None)[0],
    "lineage.writers": lambda tx, w: tx.lineage.writers([(w.record_ids[1], w.load.id)]),
    "lineage.metrics_on": lambda tx, w: tx.lineage.metrics_on(w.load),
    "lineage.slices_on": lambda tx, w: tx.lineage.slices_on(w.load, skipped=0, limit=9),
    "loads.ending": lambda tx, w: tx.loads.ending(w.load.id),
    "records.in_table": lambda tx, w: tx.records.in_table("crm_leads", w.record_ids[0]),
    "records.page": lambda tx, w: tx.records.page(w.account, LEAD, limit=9),
    "rows.page": lambda tx, w: tx.rows.page(w.load.id, start=0, limit=9),
    "rows.of_record": lambda tx, w: tx.rows.of_record(w.record_ids[0], 9),
    "reason_counts.since": lambda tx, w: [
        item for item in tx.reason_counts.since(A_DAY[1], 9) if item.account_id == w.account.id
    ],
    "reason_counts.mapped_columns": lambda tx, w: tx.reason_counts.mapped_columns([w.load.map_version_id]),
    "runs.page": lambda tx, w: tx.runs.page([w.account.id], A_DAY[1], skipped=0, limit=9),
    "runs.newest_loads": lambda tx, w: tx.runs.newest_loads([w.delivery.id]),
    "runs.newest_of_each": lambda tx, w: tx.runs.newest_of_each([w.account.id]),
    "runs.delivery_sums": lambda tx, w: tx.runs.delivery_sums([w.account.id], A_DAY[1]),
    "runs.load_sums": lambda tx, w: tx.runs.load_sums([w.account.id], A_DAY[1]),
    "runs.standing_at": lambda tx, w: tx.runs.standing_at([w.account.id], A_DAY[1], [LoadStatus.COMMITTED], 9),
    "runs.arrivals": lambda tx, w: tx.runs.arrivals([w.account.id], timedelta(weeks=8)),
    "runs.budgets": lambda tx, w: tx.runs.budgets([w.account.id], A_DAY[1], ["pull"]),
    "runs.last_good": lambda tx, w: tx.runs.last_good([w.account.id]),
    "slices.known_days": lambda tx, w: tx.slices.known_days(w.client.id),
    "scores.touched": lambda tx, w: tx.scores.touched([w.load.id]),
    "scores.newest": lambda tx, w: tx.scores.newest([w.account.id], 9),
    "standings.of": lambda tx, w: _facts_in(tx.standings.of([w.account])[w.account.id]),
    "standings.objects": lambda tx, w: [
        item for item in tx.standings.objects([w.account])[w.account.id] if item.is_used
    ],
    "evidence.newest": lambda tx, w: tx.evidence.newest([w.account.id]),
    "evidence.fell_back": lambda tx, w: tx.evidence.fell_back([w.account.id]),
    "setup_tests.newest": lambda tx, w: tx.setup_tests.newest([w.account.id]),
    "setup_tests.of_account": lambda tx, w: tx.setup_tests.of_account(w.account.id, 9),
    "setup_tests.webhooks_seen": lambda tx, w: tx.setup_tests.webhooks_seen(w.account.id).taken_at,
    "qa_checks.newest": lambda tx, w: tx.qa_checks.newest([w.account.id]),
    "qa_checks.of_account": lambda tx, w: tx.qa_checks.of_account(w.account.id, 9),
    "qa_checks.loads_to_compare": lambda tx, w: tx.qa_checks.loads_to_compare(w.account.id, 9),
    "qa_checks.count_of": lambda tx, w: tx.qa_checks.count_of(w.load.id),
    "traffic.at": lambda tx, w: tx.traffic.at([(w.traffic_load, 0)]),
    "traffic.days_of_versions": lambda tx, w: tx.traffic.days_of_versions(w.ads, "traffic_day", w.traffic_load),
    "traffic.newest_of": lambda tx, w: tx.traffic.newest_of(w.ads, "traffic_day", [w.traffic_load], ["d1"]),
    "deliveries.recent": lambda tx, w: _of(w, tx.deliveries.recent(100)),
    "external_objects.known": lambda tx, w: tx.external_objects.known(w.account, "lead", ["L1", "L2"]),
    "loads.by_id": lambda tx, w: tx.loads.by_id(w.load.id),
    "loads.latest_of": lambda tx, w: tx.loads.latest_of(w.delivery.id, "lead", w.map_version.id, is_test=False),
    "loads.recent": lambda tx, w: _of(w, tx.loads.recent(100)),
    "loads.every_id": lambda tx, w: [item for item in tx.loads.every_id() if item == w.load.id],
    "committed_loads.ids": lambda tx, w: tx.committed_loads.ids(w.account.id, "lead"),
    "committed_loads.coverage": lambda tx, w: tx.committed_loads.coverage(w.account.id, "lead"),
    "maps.approved": lambda tx, w: tx.maps.approved(w.account, "lead"),
    "maps.newest": lambda tx, w: tx.maps.newest(w.account, "lead"),
    "maps.numbered": lambda tx, w: tx.maps.numbered(w.account, "lead", 1),
    "maps.approved_numbers": lambda tx, w: tx.maps.approved_numbers().get((w.account.id, "lead")),
    "maps.history": lambda tx, w: tx.maps.history(w.account, "lead"),
    "maps.by_id": lambda tx, w: tx.maps.by_id(w.map_version.id),
    "map_drafts.of": lambda tx, w: tx.map_drafts.of(w.account, "lead"),
    "map_drafts.steps": lambda tx, w: tx.map_drafts.steps(w.draft, 0, 9),
    "map_drafts.editors_since": lambda tx, w: tx.map_drafts.editors_since(w.draft, A_DAY[1]),
    "map_drafts.is_submitted": lambda tx, w: tx.map_drafts.is_submitted(
        w.account, "lead", w.map_version.fingerprint, A_DAY[1]
    ),
    "receipts.kept_of": lambda tx, w: tx.receipts.kept_of(w.account, 9),
    "receipts.keys_of": lambda tx, w: tx.receipts.keys_of(w.delivery.id),
    "receipts.known": lambda tx, w: tx.receipts.known(w.account.id, [w.account.key]),
    "receipts.tally": lambda tx, w: tx.receipts.tally(w.account),
    "receipts.waiting": lambda tx, w: [item for item in tx.receipts.waiting() if item.account_id == w.account.id],
    "receipts.waiting_of": lambda tx, w: tx.receipts.waiting_of(w.account, [""], 9),
    "receipts.holders": lambda tx, w: [item for item in tx.receipts.holders() if item == w.account.id],
    "receipts.newest_waiting": lambda tx, w: tx.receipts.newest_waiting(w.account, 9),
    "receipts.overdue": lambda tx, w: tx.receipts.overdue(w.account, LATER, 9),
    "receipts.bodies_of": lambda tx, w: tx.receipts.bodies_of(w.delivery.id),
    "metrics.of_account": lambda tx, w: tx.metrics.of_account(w.account),
    "metrics.of_client": lambda tx, w: tx.metrics.of_client(w.client.id),
    "metrics.history": lambda tx, w: tx.metrics.history(w.metric),
    "traces.chunks": lambda tx, w: [item for item in tx.traces.chunks(0, 999) if item.load_id == w.load.id],
    "traces.chunks_of": lambda tx, w: tx.traces.chunks_of([w.load.id]),
    "traces.parked": lambda tx, w: [item for item in tx.traces.parked() if item.account_id == w.account.id],
    "traces.speaking": lambda tx, w: [
        line for line in tx.traces.speaking("crm_leads", ["%person 1%"]) if line.key["id"] in w.record_ids
    ],
    "traces.rows_of_records": lambda tx, w: tx.traces.rows_of_records(w.record_ids),
    "traces.records_of_rows": lambda tx, w: tx.traces.records_of_rows(w.load.id, [0, 1]),
    "traces.rows_with_hash": lambda tx, w: tx.traces.rows_with_hash("phone_hash", [w.phone_hash], w.load.id),
    "records.days": lambda tx, w: tx.records.days(w.account, LEAD, "occurred_at"),
    "traffic.days": lambda tx, w: tx.traffic.days(w.ads, "traffic_day"),
    "metrics.keyed": lambda tx, w: tx.metrics.keyed(w.account.id, ["leads"]),
    "metrics.named": lambda tx, w: tx.metrics.named(w.client.id, w.metric.name),
    "metrics.by_id": lambda tx, w: tx.metrics.by_id(w.metric.id),
    "payloads.pieces": lambda tx, w: list(tx.payloads.pieces(w.delivery.id)),
    "payloads.write_file": lambda tx, w: _file_of(tx, w),  # noqa: PLW0108 - written below
    "payloads.count": lambda tx, w: tx.payloads.count(w.delivery.id, w.load.id, "mapped"),
    "payloads.covered": lambda tx, w: tx.payloads.covered(w.delivery.id, w.load.id, "mapped"),
    "payloads.tables": lambda tx, w: list(tx.payloads.tables(w.delivery.id, w.load.id, "mapped")),
    "payloads.tables_at": lambda tx, w: tx.payloads.tables_at(w.delivery.id, w.load.id, "mapped", [0, 1])[0],
    "payloads.rows_at": lambda tx, w: tx.payloads.rows_at(w.delivery.id, w.load.id, "mapped", [0, 1]),
    "payloads.images_at": lambda tx, w: tx.payloads.images_at(w.update.delivery_id, w.update.id, [0]),
    "payloads.lapsed": lambda tx, w: tx.payloads.lapsed(w.account.id, LATER),
    "payloads.has_lapsed": lambda tx, w: tx.payloads.has_lapsed(w.delivery.id, LATER),
    "payloads.overdue": lambda tx, w: tx.payloads.overdue(w.delivery.id, LATER, [], 5, is_whole=True),
    "payloads.has_file": lambda tx, w: tx.payloads.has_file(w.delivery.id),
    "records.by_ids": lambda tx, w: tx.records.by_ids(LEAD, w.record_ids),
    "records.first_of_groups": lambda tx, w: tx.records.first_of_groups(w.account, LEAD, ["g1", "g2"]),
    "records.day_sums": lambda tx, w: list(tx.records.day_sums(w.account, LEAD, [w.metric.template], [A_DAY])),
    "records.bearing": lambda tx, w: tx.records.bearing(w.account, LEAD, {"phone": np.array([w.phone_hash])})[0],
    "rows.standing_for": lambda tx, w: tx.rows.standing_for(w.load.id, w.record_ids),
    "records.images": lambda tx, w: tx.records.images(LEAD, w.record_ids),
    "records.dated": lambda tx, w: tx.records.dated(LEAD, w.record_ids),
    "records.standing": lambda tx, w: tx.records.standing(LEAD, w.record_ids)["id"].tolist(),
    "external_objects.seen": lambda tx, w: tx.external_objects.seen(w.record_ids),
    "external_objects.standing": lambda tx, w: tx.external_objects.standing(LEAD, w.record_ids)["id"].tolist(),
    "rows.columns": lambda tx, w: tx.rows.columns(w.load.id, 0, 100),
    "rows.outlook": lambda tx, w: tx.rows.outlook(w.load.id, 0, 100)["row_no"].tolist(),
    "rows.outlook_at": lambda tx, w: tx.rows.outlook_at(w.load.id, [0, 1])["row_no"].tolist(),
    "rows.at": lambda tx, w: tx.rows.at(w.load.id, [0, 1]),
    "rows.places": lambda tx, w: tx.rows.places(w.load.id, limit=9),
    "rows.sharing_ids": lambda tx, w: tx.rows.sharing_ids(w.load.id, [w.id_hash]),
    "edits.overlay": lambda tx, w: tx.edits.overlay(w.load.id, [0]),
    "edits.last_edit": lambda tx, w: tx.edits.last_edit(w.load.id),
    "edits.authors": lambda tx, w: tx.edits.authors(w.load.id, [0]),
    "edits.histories": lambda tx, w: tx.edits.histories(w.load.id),
    "edits.steps": lambda tx, w: tx.edits.steps(w.load.id),
    "edits.last_step": lambda tx, w: tx.edits.last_step(w.load.id),
    "decisions.of": lambda tx, w: tx.decisions.of(w.load.id),
    "committed_loads.past_arrivals": lambda tx, w: tx.committed_loads.past_arrivals(w.account.id, "lead", 9),
    "clients.timezone_of": lambda tx, w: tx.clients.timezone_of(w.client.id),
    "slices.days_with_rows": lambda tx, w: tx.slices.days_with_rows([w.metric.id]),
    # Both clients have leads of the same ids and phones, so only the load tells whose row it is.
    "rows.with_hash": lambda tx, w: [
        row
        for column, value in (("id_hash", w.id_hash), ("phone_hash", w.phone_hash))
        for row in tx.rows.with_hash(column, value, 9)
        if row.load_id == w.load.id
    ],
    "slices.of": lambda tx, w: tx.slices.of(w.metric),
    "traffic.load_ids": lambda tx, w: [item for item in tx.traffic.load_ids() if item == w.traffic_load],
    "traffic.visible_rows": lambda tx, w: tx.traffic.visible_rows(
        w.ads, "traffic_day", [w.traffic_load], date(2026, 3, 1), date(2026, 3, 31)
    ),
}

# What is not asked about a client's data, and why it needs no scope.
NOT_ASKED = {
    "traces.tables": "names of tables; what belongs to no client is told to whoever sees every client",
    "traces.why_staying": "about tables and columns alone",
    "traces.is_json": "about tables and columns alone",
    "traces.chunk": "narrowed like traces.chunks, by the same condition",
    "traces.bodies": "narrowed like traces.chunks, by the same condition",
    "traces.last_chunk": "a number of that very list, narrowed by the same condition",
    "traces.fits": "about tables and columns alone",
    "traces.following": "narrowed like records.by_ids; no record of this scene names another",
    "erasures.*": "the tests of privacy ask in the name of another client",
    "accounts.is_key_taken": "a key is taken on the whole desk, and only yes or no is said",
    "records.reserve_ids": "ids belong to nobody before they are used",
    "edits.newest_edited": "asked about a load that was read in scope; another client's delivery has no load of it",
    "dead_letters.of_object": "narrowed like dead_letters.lines; no row of this scene failed",
    "dead_letters.closed_by": "narrowed like dead_letters.lines; no load of this scene closed one",
    "dead_letters.by_id": "narrowed like dead_letters.lines, in one statement with it",
    "dead_letters.of_job": "narrowed like dead_letters.lines; no job of this scene replays one",
    "dead_letters.failed_reasons": "narrowed like rows.page; no row of this scene failed",
    "dead_letters.lock_client": "says nothing, and only ever waits for a client that was read in scope",
    "tasks.by_id": "narrowed like tasks.listed, in one statement with it",
    "jobs.*": "the tests of the queue ask in the name of another client",
    "schedules.*": "the tests of schedules ask in the name of another client",
    "breakers.*": "the tests of the breaker ask in the name of another client",
    "cursors.*": "the tests of pulls ask in the name of another client",
    "deliveries.lock": "says nothing, and only ever waits for a delivery that was read in scope",
    "deliveries.refused": "narrowed like deliveries.recent; this scene has none",
    "runs.refused": "narrowed like runs.page; this scene has none",
    "runs.not_loaded": "narrowed like runs.page; this scene has none",
    "runs.failing": "narrowed like runs.load_sums; no row of this scene fails",
    "committed_loads.by_hand": "narrowed like committed_loads.ids; nothing of this scene was entered by hand",
    "loads.in_review": "narrowed like loads.recent; this scene has none",
    "rows.told_by": "narrowed like rows.page; this scene has none set apart",
    "accounts.has_aliases": "narrowed like accounts.epoch; no id of this scene was ever matched",
    "events.undone": "narrowed like events.committed, in one statement with it",
    "baselines.notes_of": "narrowed like baselines.of_client; this scene has no note",
    "share_links.missing_cards": "narrowed like share_links.visits_of; no link of this scene lacks a number",
    "portal.asks_for_notes": "everybody asks about themselves, in clients narrowed like portal.cards",
    "own.*": "every question is about the person who asks it",
    "portal.checks": "narrowed like portal.reaches; no account of this scene fell from live",
    "standings.submitted_maps": "narrowed like maps.approved; this scene has none that waits",
    "scores.failing_among": "narrowed like scores.failing",
    "scores.failing": "narrowed like reason_counts.since; no touched row of this scene fails",
    "rows.columns_giving": "narrowed like rows.places; this scene has no reason",
    "synonyms.*": "a provider's names for its fields are nobody's data",
    "desk_settings.*": "what holds for the whole desk is no client's",
    "alerts.subscriptions": "who asks to be told is nobody's data; what they may see is asked for each of them",
    "alerts.under_way": "a message is its reader's, who saw what it says when it was written",
    "alerts.newest": "a message is its reader's, who saw what it says when it was written",
    "alerts.message": "a message is its reader's, who saw what it says when it was written",
    "audit.chain": "the whole log as it is sealed, for whoever manages the desk alone",
    "audit.has": "whether a line is there whose seal is known, and nothing of it",
    "audit.head": "how many lines there are, and nothing of them",
    "audit.end": "the position and the seal of the last line, which say nothing of it",
    "people.*": "who somebody is comes before what they may see",
}

# What writes: handed things that were read in scope before.
WRITES = {
    "alerts.subscribe", "alerts.unsubscribe", "alerts.take_as_told", "alerts.note_told", "alerts.take", "alerts.end",
    "drops.add_seen", "drops.looked", "drops.changed", "drops.ended",
    "account_versions.note", "accounts.add_account", "accounts.change", "accounts.set_signal",
    "accounts.set_match_rules", "accounts.note_aliases", "accounts.advance_epoch",
    "accounts.hold", "metrics.add_version", "metrics.reword", "metrics.set_signal", "slices.clear",
    "statements.add_statement", "statements.move", "statements.end",
    "statements.put_on_card", "statements.arrange", "statements.set_shown", "corrections.add_correction",
    "audit.note", "audit.saw", "audit.write", "baselines.capture", "clients.add_client", "decisions.add_decision",
    "dead_letters.bury", "dead_letters.replay", "dead_letters.attach", "dead_letters.close", "dead_letters.reopen",
    "dead_letters.snooze", "deliveries.add_delivery", "deliveries.expect", "deliveries.mark_days", "deliveries.mark_read",
    "deliveries.mark_refused", "edits.add_step", "edits.carry_over",
    "external_objects.add_objects", "external_objects.change_objects", "external_objects.remove",
    "receipts.add_receipts", "receipts.add_refusal", "receipts.seen_again", "receipts.mark_grouped",
    "receipts.drop_bodies", "receipts.set_class", "receipts.refuse",
    "share_links.add_link", "share_links.add_visit", "share_links.revoke",
    "report_notes.ask", "report_notes.take", "report_notes.end", "report_notes.interrupted",
    "setup_tests.add_test", "qa_checks.add_check", "evidence.note", "evidence.note_lapse",
    "impacts.keep", "impacts.forget", "tasks.open_task", "tasks.close_task", "tasks.resolve_task",
    "tasks.assign_task", "tasks.put_off_task", "tasks.reopen_task", "loads.confirm",
    "loads.open_load", "loads.advance", "loads.recount", "loads.retouch", "loads.weighed", "loads.move",
    "learned.learn", "learned.set_forgotten",
    "map_drafts.begin", "map_drafts.advance", "map_drafts.add_step", "map_drafts.point_sample",
    "maps.submit", "maps.approve", "maps.close", "baselines.add_note", "metrics.add_definitions",
    "payloads.keep", "payloads.keep_pieces", "payloads.replace_rows", "payloads.drop", "payloads.drop_chunks",
    "edits.forget", "edits.forget_cells", "deliveries.mark_facts",
    "traces.rewrite", "traces.rewrite_chunk", "traces.rewrite_parked", "traces.empty_records",
    "records.add_records", "records.overwrite", "records.remove",
    "rows.add_rows", "rows.correct", "rows.mark_duplicates", "rows.drop", "slices.replace",
    "traffic.write", "traffic.erase",
}  # fmt: skip


def _file_of(tx: UnitOfWork, world: World) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        tx.payloads.write_file(world.delivery.id, Path(folder) / "file")
        return (Path(folder) / "file").read_bytes()


def _link_of(world: World) -> int:
    """The link of each client, in the order in which the scene is made."""
    return 1 if world.client.key == "acme" else 2


def _boss(tx: UnitOfWork) -> int:
    """Who asked for the report notes of both clients."""
    found = tx.people.by_email("admin@localhost")
    assert found is not None
    return found.person_id


def _of(world: World, found: list[Any]) -> list[Any]:
    return [item for item in found if item.client_id == world.client.id]


def _facts_in(found: Standing) -> list[str]:
    return [name for name in _FACTS if getattr(found, name)]


def answer(desk: Desk, actor: Actor, question: Question, world: World) -> Any:
    """What is found; None when the answer is that there is no such thing."""
    try:
        return desk.ask(actor, lambda tx: question(tx, world))
    except NotFound:
        return None


@dataclass(frozen=True)
class Scene:
    """Two clients, somebody who may see each of them, and who sees both."""

    desk: Desk
    boss: Actor
    acme: World
    bolt: World
    of_acme: Actor
    of_bolt: Actor


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Only looked at, so made once for the whole module."""
    from tests.servers import drop_databases, fresh_databases, mariadb_server

    home: Path = tmp_path_factory.mktemp("scene")
    on_server = request.param == "mariadb"
    urls = fresh_databases(mariadb_server()) if on_server else (f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db")
    with desk_on(urls, home) as desk:
        acme, bolt = a_world(desk, "acme"), a_world(desk, "bolt")
        people = [a_person(desk, f"{name}@example.com", Role.OWNER, name) for name in ("acme", "bolt")]
        yield Scene(desk, admin(desk), acme, bolt, *people)
    if on_server:
        drop_databases(mariadb_server(), *urls)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_nothing_of_another_client_is_found(scene: Scene, name: str) -> None:
    question = QUESTIONS[name]
    for world, theirs, others in (
        (scene.acme, scene.of_acme, scene.of_bolt),
        (scene.bolt, scene.of_bolt, scene.of_acme),
    ):
        assert not answer(scene.desk, others, question, world)
        assert not answer(scene.desk, NOBODY, question, world)
        # The question is a good one: who may see the client finds something, and so does who sees all of them.
        found = answer(scene.desk, theirs, question, world)
        assert found or found == 0
        everything = answer(scene.desk, scene.boss, question, world)
        assert everything or everything == 0


def test_every_question_a_repository_answers_is_asked_here() -> None:
    """A new method of a repository is put into one of the three lists above, or this fails."""
    named = {**dict.fromkeys(QUESTIONS), **dict.fromkeys(NOT_ASKED), **dict.fromkeys(WRITES)}
    for place, repository in repositories().items():
        if f"{place}.*" in NOT_ASKED:
            continue
        for method in public_methods(repository):
            assert f"{place}.{method}" in named, f"{place}.{method} is asked about nobody's scope"
    there = {f"{place}.{method}" for place, found in repositories().items() for method in public_methods(found)}
    assert {name for name in named if not name.endswith("*")} <= there


def repositories() -> dict[str, type[Repository]]:
    """Every repository by the name under which a unit of work has it."""
    members = {**vars(OwnWork), **vars(UnitOfWork)}
    found = {name: member.kind for name, member in members.items() if isinstance(member, Kept)}
    assert len(found) >= 15
    return found


def public_methods(kind: type[Repository]) -> list[str]:
    return [name for name, member in vars(kind).items() if inspect.isfunction(member) and not name.startswith("_")]
