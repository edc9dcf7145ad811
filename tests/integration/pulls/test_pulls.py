"""A pull comes down the road of every file, and its cursor moves with the load that carries it or not at all."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lib.db.tables.audit import audit_log
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.intake.reading import ReadOptions, read_bytes
from lib.mapping.suggest import suggest
from lib.pipeline.intake.pulls import pull
from lib.pipeline.loading.decisions import approve
from lib.providers import template
from lib.services.arriving import pulls
from lib.services.reviewing.review import review_load
from lib.services.running import jobs
from lib.services.setup import account_settings
from tests.builders import admin, an_approved_map, code_of, everything, records, table_rows
from tests.integration.pulls.asking import FIRST, LATER, SECRETS, Time, a_ledger
from tests.integration.pulls.pulling import Connected, a_callrail, a_titan, held
from tests.standins import Fault, Ledger, faults_by_seed
from tests.standins.servicetitan import details_of, shown


class Broken(Exception):
    """What a test breaks the road with."""


def breaks_at(point: str) -> Any:
    def reached(passed: str) -> None:
        if passed == point:
            raise Broken(point)

    return reached


def test_what_a_provider_holds_comes_into_review_and_the_cursor_moves(desk: Desk) -> None:
    ledger = a_ledger()
    with a_titan(desk, ledger) as titan:
        (pulled,) = titan.pull()
        assert (pulled.rows, pulled.pages, pulled.expected, pulled.basis, pulled.zone) == (25, 1, 25, "modified", "UTC")
        # Records count once somebody has approved the load, as those of a file do.
        assert records(titan.desk) == {}
        cursor = titan.cursor
        assert cursor.high_water == titan.time.now.replace(microsecond=0)
        assert (cursor.date_basis, cursor.covered_to) == ("modified", date(2026, 3, 10))
        assert pulled.load_id is not None
        approve(titan.desk, admin(titan.desk), pulled.load_id)
        assert titan.statuses == held(ledger, titan.time)
        (delivery,) = table_rows(desk.app, integration_import_batches)
        assert (delivery["kind"], delivery["is_partial"], delivery["expected_rows"]) == ("api", False, 25)
        assert (delivery["range_to"], delivery["facts"]["asked"]["basis"]) == (date(2026, 3, 10), "modified")
        assert [row["action"] for row in table_rows(desk.app, audit_log)].count("pulled") == 1


def test_nothing_new_is_no_delivery_and_the_cursor_moves_all_the_same(desk: Desk) -> None:
    with a_titan(desk, a_ledger(0)) as titan:
        (pulled,) = titan.pull()
        assert (pulled.rows, pulled.load_id, pulled.delivery_id) == (0, None, None)
        assert titan.cursor.high_water == titan.time.now.replace(microsecond=0)
        assert table_rows(desk.app, integration_import_batches) == []


def test_the_same_records_again_are_the_delivery_they_were_and_a_change_is_an_update(desk: Desk) -> None:
    ledger = a_ledger()
    with a_titan(desk, ledger) as titan:
        (first,) = titan.taken()
        titan.set(pull__look_back_days="30")
        titan.time.now += timedelta(hours=1)
        (again,) = titan.taken()
        assert (again.is_seen, again.load_id) == (True, first.load_id)
        ledger.add(titan.time.now, 4, version=1)
        titan.time.now += timedelta(hours=1)
        (changed,) = titan.taken()
        assert changed.load_id is not None
        verdicts = titan.desk.ask(admin(titan.desk), review_load, changed.load_id)["verdicts"]
        assert (verdicts["updated"], verdicts["ignored"]) == (1, 24)
        assert titan.statuses == held(ledger, titan.time)


@pytest.mark.parametrize(
    ("way", "point"),
    [("list", "received"), ("list", "load-opened"), ("list", "batch-written"), ("export", "load-finished")],
)
def test_a_road_that_breaks_leaves_the_cursor_and_the_next_pull_brings_everything(
    desk: Desk, way: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = a_ledger()
    with a_titan(desk, ledger, pull__way=way) as titan:
        titan.taken()
        before = titan.cursor
        ledger.add(titan.time.now + timedelta(minutes=1), 7, version=1)
        titan.time.now += timedelta(hours=1)
        for step in ("intake.pulls", "loading.staging"):
            monkeypatch.setattr(f"lib.pipeline.{step}.reached", breaks_at(point))
        with pytest.raises(Broken):
            titan.pull()
        assert titan.cursor == before
        monkeypatch.undo()
        # Meanwhile there is more, so what comes now is another file.
        ledger.add(titan.time.now + timedelta(minutes=1), 40)
        titan.time.now += timedelta(hours=1)
        with pytest.MonkeyPatch.context() as again:
            again.setenv("TITAN_CREDENTIAL", "cid.stand-in:cs1.stand-in-secret")
            again.setenv("TITAN_APP_KEY", "ak1.stand-in-app-key")
            titan.taken()
        assert titan.cursor.version == before.version + 1
        assert titan.statuses == held(ledger, titan.time)
        statuses = [row["status"] for row in table_rows(desk.app, data_import_batches)]
        assert "mapped" not in statuses


def test_a_pull_that_met_trouble_has_moved_nothing(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.stand_in.faults.append(Fault("error", times=99))
        with pytest.raises(DeskError) as met:
            titan.pull()
        assert (code_of(met), met.value.is_retryable) == ("unavailable", True)
        assert titan.cursor.version == 0
        assert table_rows(desk.app, integration_import_batches) == []


def test_a_late_mark_is_found_by_looking_back(desk: Desk) -> None:
    """CallRail cannot be asked for changes: the last seven days are asked for again."""
    ledger, time = Ledger([]), Time(datetime(2026, 3, 10, 18, tzinfo=UTC))
    ledger.add(datetime(2026, 3, 9, 20, tzinfo=UTC), 0)
    with a_callrail(desk, ledger, time) as rail:
        (first,) = rail.taken()
        assert (first.basis, first.zone) == ("start", "America/Denver")
        assert list(rail.statuses.values()) == [None]
        ledger.add(datetime(2026, 3, 13, 20, tzinfo=UTC), 0, version=1)
        time.now += timedelta(days=5)
        rail.taken()
        assert list(rail.statuses.values()) == ["good_lead"]


def test_days_without_anything_are_answered_for_by_the_next_delivery(desk: Desk) -> None:
    ledger, time = Ledger([]), Time(datetime(2026, 3, 3, 18, tzinfo=UTC))
    ledger.add(datetime(2026, 3, 2, 12, tzinfo=UTC), 0)
    with a_titan(desk, ledger, time) as titan:
        titan.taken()
        for _ in range(9):
            time.now += timedelta(days=1)
            (pulled,) = titan.taken()
            assert pulled.is_seen or not pulled.rows
        ledger.add(time.now + timedelta(hours=1), 90)
        time.now += timedelta(days=1)
        (pulled,) = titan.taken()
        assert pulled.days == DateRange(date(2026, 3, 3), date(2026, 3, 12))


def test_a_backfill_goes_month_by_month_and_leaves_the_cursor(desk: Desk) -> None:
    ledger = Ledger([])
    for number, month in enumerate((1, 1, 2, 3)):
        ledger.add(datetime(2026, month, 9, 12, tzinfo=UTC), number)
    stages: list[str] = []
    with a_titan(desk, ledger) as titan:
        titan.taken()
        before = titan.cursor
        titan.time.now += timedelta(hours=1)
        days = DateRange(date(2026, 1, 5), date(2026, 3, 5))
        done = titan.taken(days=days, progress=lambda stage, *_: stages.append(stage))
        assert [(item.rows, item.days) for item in done] == [
            (2, DateRange(date(2026, 1, 5), date(2026, 1, 31))),
            (1, DateRange(date(2026, 2, 1), date(2026, 2, 28))),
            (0, DateRange(date(2026, 3, 1), date(2026, 3, 5))),
        ]
        assert {item.basis for item in done} == {"created"}
        assert titan.cursor.high_water == before.high_water
        assert before.high_water is not None
        assert {item.cursor for item in done} == {before.high_water.isoformat()}
        assert "fetching, 2026-02 (2 of 3)" in stages
        assert len(titan.statuses) == 4


def test_an_export_cannot_be_asked_for_a_range(desk: Desk) -> None:
    with a_titan(desk, a_ledger(), pull__way="export") as titan, pytest.raises(DeskError) as met:
        titan.pull(DateRange(date(2026, 3, 1), date(2026, 3, 2)))
    assert code_of(met) == "no_range"


def test_fewer_rows_than_the_provider_says_there_are_are_held_against_the_load(desk: Desk) -> None:
    with a_callrail(desk, a_ledger()) as rail:
        answer = rail.stand_in.answer
        rail.stand_in.answer = lambda asked: _claiming(answer(asked), 26)  # type: ignore[method-assign]
        (pulled,) = rail.pull()
        assert pulled.load_id is not None
        blockers = rail.desk.ask(admin(rail.desk), review_load, pulled.load_id)["blockers"]
        assert any("26 rows were expected and 25 arrived" in sentence for sentence in blockers)


def _claiming(reply: Any, total: int) -> Any:
    reply.value["total_records"] = total
    return reply


def test_an_account_that_keeps_no_payloads_is_pulled_all_the_same(desk: Desk) -> None:
    ledger = a_ledger()
    with a_titan(desk, ledger, retention_days="0") as titan:
        titan.taken()
        assert titan.statuses == held(ledger, titan.time)


def test_a_change_under_a_slow_clock_of_the_provider_is_not_lost(desk: Desk) -> None:
    """Its clock is an hour behind: what it stamps now lies before our now, and is asked for from its own."""
    ledger, time = a_ledger(), Time()
    with a_titan(desk, ledger, time, pull__look_back_days="1") as titan:
        titan.stand_in.skew = timedelta(hours=-1)
        (pulled,) = titan.taken()
        assert pulled.clock_skew_seconds == -3600
        assert titan.cursor.high_water == time.now.replace(microsecond=0) - timedelta(hours=1)
        assert titan.cursor.clock_skew_seconds == -3600


def test_one_record_alone_is_one_row(desk: Desk) -> None:
    with a_titan(desk, a_ledger(1)) as titan:
        titan.taken()
        assert len(titan.statuses) == 1


def test_what_is_missing_is_said_with_the_command_that_mends_it(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        for setting, value, code in (
            ("pull__tenant", "", "tenant_missing"),
            ("credential_ref", "", "credential_missing"),
            ("credential_ref", "env:NOBODY_SET_THIS", "secret_missing"),
        ):
            titan.set(**{setting: value})
            with pytest.raises(DeskError) as met:
                titan.pull()
            assert code_of(met) == code
            titan.set(pull__tenant="1042", credential_ref="env:TITAN_CREDENTIAL")
        titan.desk.do(admin(titan.desk), account_settings.pause_account, titan.key)
        with pytest.raises(DeskError) as met:
            titan.pull()
        assert code_of(met) == "account_paused"
        assert titan.stand_in.asked == []


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("pull__base_url", "http://provider.example", "unsafe_address"),
        ("pull__token_url", "https://me:secret@provider.example", "unsafe_address"),
        ("pull__app_key_ref", "sk_live_1", "not_a_reference"),
        ("pull__way", "sideways", "no_such_way"),
    ],
)
def test_a_setting_that_would_leak_a_secret_is_not_kept(desk: Desk, setting: str, value: str, code: str) -> None:
    with a_titan(desk, a_ledger()) as titan, pytest.raises(DeskError) as met:
        titan.set(**{setting: value})
    assert code_of(met) == code
    assert "sk_live_1" not in f"{met.value.message}{met.value.hint}{everything(desk)!r}"


def test_no_secret_is_in_the_database(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.taken()
        titan.stand_in.expire()
        with a_callrail(desk, a_ledger()) as rail:
            rail.taken()
        whole = repr(everything(desk))
        assert "env:TITAN_CREDENTIAL" in whole
        assert not [secret for secret in SECRETS if secret in whole]


def test_the_worker_pulls_what_is_queued_and_ends_the_job_with_the_load(desk: Desk) -> None:
    from lib.entrypoints.worker import work

    ledger = a_ledger()
    with a_titan(desk, ledger) as titan:
        boss = admin(titan.desk)
        asked = titan.desk.do(boss, pulls.enqueue_pull, "titan", "job", None)
        assert titan.desk.do(boss, pulls.enqueue_pull, "titan", "job", None) == asked
        assert work(titan.desk, is_until_idle=True) >= 1
        line = titan.desk.ask(boss, jobs.job, asked)
        assert (line.status, line.load_id, line.result) == (jobs.DONE, 1, {"rows": 25, "pages": 1})
        assert titan.cursor.version == 1


@pytest.mark.parametrize("way", ["list", "export"])
def test_after_days_of_random_faults_the_desk_holds_what_the_provider_holds(desk: Desk, way: str) -> None:
    _a_few_days(desk, way, seed=20261121, days=2)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("way", ["list", "export"])
def test_after_weeks_of_random_faults_the_desk_holds_what_the_provider_holds(desk: Desk, way: str, seed: int) -> None:
    _a_few_days(desk, way, seed, days=14)


def _a_few_days(desk: Desk, way: str, seed: int, days: int) -> None:
    """Pulls at odd hours, of which many meet trouble and some are broken off before their load stands."""
    draw = random.Random(seed)
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    ledger, time = Ledger.grown(seed, begin, days, 8), Time(begin)
    with a_titan(desk, ledger, time, pull__way=way) as titan:
        titan.stand_in.export_page = 5  # type: ignore[attr-defined]
        titan.stand_in.faults = faults_by_seed(seed, begin, days, 3)
        while time.now < begin + timedelta(days=days + 4):
            time.now += timedelta(hours=draw.randrange(4, 20))
            titan.stand_in.skew = timedelta(seconds=draw.randrange(-90, 90))
            _tried(titan, draw)
        titan.stand_in.faults = []
        time.now += timedelta(days=1)
        titan.taken()
        assert titan.statuses == held(ledger, time)


def _tried(titan: Connected, draw: random.Random) -> None:
    point = draw.choice(("", "", "received", "load-opened", "batch-written", "load-finished"))
    with pytest.MonkeyPatch.context() as broken:
        for step in ("intake.pulls", "loading.staging"):
            broken.setattr(f"lib.pipeline.{step}.reached", breaks_at(point))
        try:
            titan.taken()
        except (DeskError, Broken):
            return


def test_every_object_of_servicetitan_is_pulled_through_the_map_that_its_template_suggests(desk: Desk) -> None:
    names = ("job", "call", "booking", "lead", "invoice", "campaign")
    books = {name: Ledger([], details_of(name)) for name in names}
    for ledger in books.values():
        ledger.add(FIRST, 0)
        ledger.add(FIRST, 1, version=1)
    with a_titan(desk, a_ledger(0)) as titan:
        titan.stand_in.books.update(books)  # type: ignore[attr-defined]
        offered = template("servicetitan")
        for name in names:
            rows = read_bytes(_lines(books[name], name), "sample.ndjson", ReadOptions())
            frame = next(rows.batches(9)).frame
            found = suggest(frame, object_type(name), offered.object(name), owner="o@example.com", timezone="UTC")
            an_approved_map(titan.desk, "titan", found)
            (pulled,) = pull(titan.desk, admin(titan.desk), "titan", name)
            assert (pulled.rows, pulled.load_id is not None) == (2, True), name
            verdicts = titan.desk.ask(admin(titan.desk), review_load, pulled.load_id or 0)["verdicts"]
            assert verdicts["created"] == 2, name


def _lines(ledger: Ledger, name: str) -> bytes:
    rows = [shown(name, row) for row in ledger.held(LATER).values()]
    return "\n".join(json.dumps(row) for row in rows).encode()
