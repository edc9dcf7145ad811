"""What a change of a map or a rule would do to past deliveries is told before it is made, and comes true to the unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.maps import FieldMap, Transform
from lib.domain.objects import object_type
from lib.domain.rows.class_rules import ClassRule, own_domain
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.domain.rows.impact import Change, Impact
from lib.entrypoints.worker import work
from lib.errors import DeskError
from lib.mapping.checked import CheckedBatch, Earlier, Judged
from lib.mapping.frames import frame_of
from lib.mapping.map_cells import cell_texts
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide, fix_cells
from lib.pipeline.loading.impact import queue_impact, tried, work_out
from lib.pipeline.loading.inward import preview_map
from lib.pipeline.loading.replay import queue_replay
from lib.pipeline.running.retention import purge_payloads
from lib.services.arriving import read
from lib.services.mapping import map_samples, maps
from lib.services.reviewing import impact
from lib.services.running import job_list, jobs
from lib.services.setup import account_settings
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    admin,
    an_account,
    an_approved_map,
    at,
    code_of,
    committed,
    counted,
    desk_on,
    import_file,
    slices,
)

QUOTED = {"Quoted": "booked", "Booked": "booked"}
MARCH = "2026-03"


def a_job(number: int, status: str, day: str = "2026-03-04") -> dict[str, object]:
    return {
        "id": f"J{number}",
        "when": f"{day} 12:00:00Z",
        "status": status,
        "total": "100.00",
        "email": "x@mail.example",
    }


def jobs_map(table: Mapping[str, str]) -> FieldMap:
    """A map of calls whose outcome is translated by a table."""
    step = Transform("value_map", {"values": dict(table), "otherwise": "keep"})
    return a_map("call", {"external_id": "id", "occurred_at": "when", "outcome": ("status", (step,)), "email": "email"})


def submitted(desk: Desk, field_map: FieldMap, key: str = "site") -> int:
    return desk.do(admin(desk), maps.save_map, key, field_map).version


def foretold(desk: Desk, change: Change, key: str = "site") -> Impact:
    return work_out(desk, admin(desk), key, change)[0]


@pytest.fixture
def calls(any_desk: Desk) -> Desk:
    """A desk on which two of four calls count as booked although they were only quoted."""
    desk = any_desk
    an_account(desk, "site", provider="servicetitan", timezone="UTC")
    an_approved_map(desk, "site", jobs_map(QUOTED))
    committed(desk, a_csv([a_job(1, "Quoted"), a_job(2, "Quoted"), a_job(3, "Booked"), a_job(4, "Lost")]), name="call")
    return desk


def test_a_number_that_would_change_is_told_with_its_reason_and_changes_so_once_loaded_again(calls: Desk) -> None:
    version = submitted(calls, jobs_map({"Quoted": "quoted", "Booked": "booked"}))
    assert sum(slices(calls, "site.booked_calls").values()) == 3
    found = foretold(calls, Change("call", version))
    number = next(item for item in found.numbers if item.metric == "site.booked_calls")
    assert (number.month, number.now, number.after) == (MARCH, 3, 1)
    assert (
        number.sentence
        == "Booked calls, March 2026: 3 calls → 1 call, because 2 rows 'Quoted' no longer count as booked."
    )
    assert (found.rows, found.changed) == (4, 2)
    (change,) = found.changes
    assert (change.code, change.subject, change.rows) == ("value", "outcome", 2)
    assert [(item.before, item.after, item.rows, item.line) for item in change.samples] == [("booked", "quoted", 2, 2)]
    # Nothing was written meanwhile, and loading again does what was said.
    assert sum(slices(calls, "site.booked_calls").values()) == 3
    calls.do(admin(calls), maps.approve_map, "site", "call", version)
    assert sum(slices(calls, "site.booked_calls").values()) == 3, "approving a map changes no number"
    queue_replay(calls, admin(calls), "site", "call", [1])
    work(calls, is_until_idle=True)
    assert approve(calls, admin(calls), 2)["verdicts"]["updated"] == 2
    assert sum(slices(calls, "site.booked_calls").values()) == number.after


def test_what_people_did_to_rows_is_in_what_is_foretold(desk: Desk) -> None:
    """Mended cells are read as they were mended; a held row counts neither before nor after."""
    an_account(desk, "site", provider="servicetitan", timezone="UTC")
    an_approved_map(desk, "site", jobs_map(QUOTED))
    boss = admin(desk)
    rows = [a_job(1, "Quoted"), a_job(2, "Quoted"), a_job(3, "Lost"), a_job(4, "Quoted")]
    load = import_file(desk, a_csv(rows), name="call")["load"]
    fix_cells(desk, boss, load, [CellEdit(2, "status", "Quoted"), CellEdit(0, "status", "Booked")], "they rang us up")
    decide(desk, boss, load, WhichRows(row_nos=(1,)), DecisionKind.HOLD, "ask them first")
    approve(desk, boss, load)
    assert sum(slices(desk, "site.booked_calls").values()) == 3
    found = foretold(desk, Change("call", submitted(desk, jobs_map({"Quoted": "quoted", "Booked": "booked"}))))
    number = next(item for item in found.numbers if item.metric == "site.booked_calls")
    assert (number.now, number.after) == (3, 1)
    assert "2 rows 'Quoted'" in number.sentence


def test_of_several_deliveries_the_last_word_on_a_thing_counts(calls: Desk) -> None:
    later = [a_job(1, "Booked"), a_job(2, "Quoted", "2026-04-02"), a_job(5, "Quoted", "2026-04-01")]
    committed(calls, a_csv(later), name="call")
    version = submitted(calls, jobs_map({"Quoted": "quoted", "Booked": "booked"}))
    found = foretold(calls, Change("call", version))
    moved = {item.month: (item.now, item.after) for item in found.numbers if item.metric == "site.booked_calls"}
    assert moved == {"2026-04": (2, 0)}, "what stood in March was quoted once, and is no longer"
    # Of the newest delivery alone the same is told, and that there is another.
    only = foretold(calls, Change("call", version, most=1))
    assert only.rows == 3
    assert only.missed == ("1 older delivery is not among the last 1 and not looked at.",)


def test_rows_that_fail_and_keys_that_change_are_told_apart(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk, timezone="UTC")
    committed(desk, a_csv([a_lead(1, modified="2026-03-05"), a_lead(2, modified="nonsense")]))
    fields = {**LEAD_FIELDS, "occurred_at": "modified", "external_id": "email"}
    found = foretold(desk, Change("lead", submitted(desk, a_map("lead", fields))))
    assert {item.code: item.rows for item in found.changes if item.code != "value"} == {"refused": 1, "key": 1}
    key = next(item for item in found.changes if item.code == "key")
    assert key.samples[0].after == "x9@xxxx.xxxxxxx", "what fills a personal column is personal wherever it goes"
    assert found.verdicts == {"ignored → created": 1, "ignored → failed": 1}
    number = next(item for item in found.numbers if item.metric == "site.leads")
    assert (number.now, number.after) == (2, 1)
    assert "1 row fails now" in number.sentence


def test_a_delivery_whose_bytes_are_gone_is_named_and_its_samples_go_with_them(calls: Desk) -> None:
    boss = admin(calls)
    calls.do(boss, account_settings.set_account, "site", {"retention_days": "30"})
    version = submitted(calls, jobs_map({"Quoted": "quoted"}))
    change = Change("call", version)
    work_out(calls, boss, "site", change)
    assert calls.ask(boss, impact.impact_of, "site", change).parts
    later = at(calls, lambda: datetime.now(UTC) + timedelta(days=40))
    purge_payloads(later, boss, calls.ask(boss, lambda tx: tx.accounts.by_key("site")).id)
    assert calls.ask(boss, impact.impact_of, "site", change).parts == ()
    found = foretold(calls, change)
    assert (found.rows, found.numbers) == (0, ())
    assert "could not be looked at" in found.missed[0]
    assert "no longer kept" in found.missed[0]


def test_it_is_worked_out_by_the_worker_and_is_stale_once_anything_is_newer(calls: Desk) -> None:
    boss, change = admin(calls), Change("call", submitted(calls, jobs_map({"Quoted": "quoted"})))
    job = queue_impact(calls, boss, "site", change)
    assert queue_impact(calls, boss, "site", change) == job
    assert calls.ask(boss, job_list.impact_under_way, "site", change.subject).id == job
    work(calls, is_until_idle=True)
    assert calls.ask(boss, jobs.job, job).status == jobs.DONE
    view = calls.ask(boss, impact.impact_of, "site", change)
    assert (view.changed, view.stale) == (3, ())
    committed(calls, a_csv([a_job(9, "Lost")]), name="call")
    stale = calls.ask(boss, impact.impact_of, "site", change).stale
    assert stale == ("something was committed or undone", "another delivery arrived")
    # A cancelled one leaves what was there.
    again = queue_impact(calls, boss, "site", change)
    calls.do(boss, jobs.cancel, again)
    work(calls, is_until_idle=True)
    assert calls.ask(boss, impact.impact_of, "site", change).worked_out_at == view.worked_out_at


def test_a_stricter_rule_is_tried_before_it_is_switched_on(any_desk: Desk) -> None:
    """F150: what a policy would have held, what a class rule would have set apart, which loads would have stopped."""
    desk = any_desk
    a_lead_account(desk, timezone="UTC")
    boss = admin(desk)
    committed(desk, a_csv([a_lead(1, phone="12"), a_lead(2), a_lead(3, email="me@acme.example")]))
    held = foretold(desk, Change(settings={"policy.unreadable_phone": "hold"}))
    assert [(item.code, item.subject, item.rows) for item in held.changes] == [("refused", "unreadable_phone:phone", 1)]
    assert [item.sentence for item in held.numbers] == ["Leads, March 2026: 3 → 2 leads, because 1 row fails now."]
    stopped = foretold(desk, Change(settings={"policy.unreadable_phone": "stop"}))
    assert (stopped.changed, len(stopped.stops)) == (0, 1)
    rule = ClassRule(0, own_domain("acme.example")).as_dict()
    classed = foretold(desk, Change(adds=(rule,)))
    assert [(item.code, item.rows) for item in classed.changes] == [("class", 1)]
    assert [item.sentence for item in classed.numbers] == ["Leads, March 2026: 3 → 2 leads, because 1 row is internal."]
    with pytest.raises(DeskError) as refused:
        work_out(desk, boss, "site", Change(removes=(7,)))
    assert code_of(refused) == "unknown_class_rule"
    assert desk.ask(boss, lambda tx: tx.accounts.by_key("site")).class_rules == ()


CELLS = st.sampled_from(
    ["", " ", "Quoted", "quoted ", "Booked", "2026-03-04", "04/03/2026", "303 555 0142", "a@b.example", "12.50"]
)
STEPS = st.sampled_from(
    [
        (),
        (Transform("trim"), Transform("lower")),
        (Transform("value_map", {"values": {"quoted": "booked"}, "otherwise": "blank"}),),
        (Transform("value_map", {"values": {"quoted": "booked"}, "otherwise": "fail"}),),
        (Transform("default", {"value": "none"}),),
    ]
)
FIELDS = {"external_id": "id", "occurred_at": "date", "name": "other", "outcome": "status"}
LEAD_MAPS = STEPS.map(lambda steps: a_map("lead", {**FIELDS, "outcome": ("status", steps)}))
LEAD_ROWS = st.lists(st.fixed_dictionaries({"status": CELLS, "date": CELLS, "other": CELLS}), min_size=4, max_size=12)


@pytest.fixture(scope="module")
def plain_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all examples; each has an account of its own."""
    home = tmp_path_factory.mktemp("plain")
    with desk_on((f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db"), home) as desk:
        yield desk


@given(rows=LEAD_ROWS, field_map=LEAD_MAPS)
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_preview_impact_and_commit_give_the_same_values(
    plain_desk: Desk, rows: list[dict[str, str]], field_map: FieldMap
) -> None:
    desk, boss = plain_desk, admin(plain_desk)
    key = f"site{len(desk.ask(boss, lambda tx: tx.accounts.every()))}"
    account = an_account(desk, key)
    an_approved_map(desk, key, field_map)
    content = a_csv([{"id": f"L{n}", **row} for n, row in enumerate(rows)])
    load = import_file(desk, content, key)
    kept = desk.ask(
        boss, lambda tx: [table for _, table in tx.payloads.tables(load["delivery"], load["load"], "mapped")]
    )

    def try_it(tx: UnitOfWork) -> tuple[CheckedBatch, Judged]:
        found, version = maps.approved_map(tx, key, "lead")
        (past,), _ = impact.past_deliveries(tx, found, "lead", 5)
        batch = next(read.read_content(content, "export.csv").batches())
        return tried(desk, tx, impact.Side(found, version), past, batch, batch.frame, Earlier())

    found, judged = desk.ask(boss, try_it)
    assert found.mapped is not None
    assert found.mapped.equals(pa.concat_tables(kept))
    verdicts = counted(judged.verdicts.tolist())
    assert verdicts == {str(name): count for name, count in load["verdicts"].items() if count}
    sample = desk.ask(boss, map_samples.sample_file, "export.csv", content)
    preview = preview_map(desk, boss, key, field_map, sample)
    assert {str(verdict): count for verdict, count in preview.verdicts.items()} == verdicts
    frame, zone = frame_of(found.mapped), account.timezone or account.client_timezone
    for rule in field_map.fields:
        place = list(preview.cells.columns).index((rule.source, "mapped"))
        is_read = ~(preview.is_failed | preview.is_undecided)[:, place]
        texts = cell_texts(frame[rule.target], object_type("lead").column(rule.target).kind, zone)
        assert np.array(preview.cells.iloc[:, place].tolist())[is_read].tolist() == np.array(texts)[is_read].tolist()
