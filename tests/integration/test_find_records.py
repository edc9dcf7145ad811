"""Find this lead, on both kinds of database: across loads, by keyed hashes, inside the clients a person may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide
from lib.pipeline.running.retention import purge_payloads
from lib.services.arriving import arrivals
from lib.services.running import overview
from lib.services.setup import account_setup
from lib.services.tracing import find_records, trace_record
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, at, committed, desk_on, import_file, records

LEADS = a_csv([a_lead(1), a_lead(2)])


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


def found(desk: Desk, text: str) -> find_records.Found:
    return desk.ask(admin(desk), find_records.find, text, desk.hash_key)


def test_a_phone_finds_every_record_that_carries_it(desk: Desk) -> None:
    committed(desk, a_csv([a_lead(1), a_lead(2, phone="(303) 555-0001"), a_lead(3)]))
    assert {line.external_id for line in found(desk, "303-555-0001").records} == {"L1", "L2"}


def test_a_record_keeps_its_old_phone_findable_after_it_changed(desk: Desk) -> None:
    committed(desk, LEADS)
    committed(desk, a_csv([a_lead(1, phone="3035559999", modified="2026-03-05 12:00:00Z")]))
    assert [line.external_id for line in found(desk, "3035550001").records] == ["L1"]
    assert [line.external_id for line in found(desk, "3035559999").records] == ["L1"]


def test_an_undone_record_is_found_as_the_row_it_was(desk: Desk) -> None:
    load = committed(desk, LEADS)["load"]
    undo_load(desk, admin(desk), load, "wrong file")
    seen = found(desk, "L1")
    assert seen.records == ()
    assert [(hit.load_id, hit.line_no, str(hit.load_status)) for hit in seen.rows] == [(load, 2, "undone")]


def test_an_empty_search_looks_for_nothing(desk: Desk) -> None:
    committed(desk, LEADS)
    assert found(desk, "   ") == find_records.Found((), (), ())


def test_another_hash_key_finds_no_phone(desk: Desk) -> None:
    committed(desk, LEADS)
    seen = desk.ask(admin(desk), find_records.find, "3035550001", b"another key of somebody else's!!")
    assert (seen.records, seen.rows) == ((), ())


def test_a_search_stays_inside_a_persons_clients(desk: Desk) -> None:
    committed(desk, LEADS)
    a_lead_account(desk, "theirs", client="bolt")
    other = a_person(desk, "otto@bolt.example", Role.OWNER, "bolt")
    for text in ("L1", "3035550001", "p1@mail.example"):
        seen = desk.ask(other, find_records.find, text, desk.hash_key)
        assert (seen.records, seen.rows) == ((), ())
    number = records(desk)["L1"]["id"]
    with pytest.raises(DeskError) as refused:
        desk.ask(other, trace_record.trace_record, "crm_leads", number)
    assert refused.value.code == "record_not_found"


def test_a_trace_names_the_row_that_wrote_the_record_last(desk: Desk) -> None:
    first = committed(desk, LEADS)["load"]
    second = committed(desk, a_csv([a_lead(2), a_lead(1, status="won", modified="2026-03-05 12:00:00Z")]))["load"]
    trace = desk.ask(admin(desk), trace_record.trace_record, "crm_leads", records(desk)["L1"]["id"])
    assert trace.origin is not None
    assert (trace.origin.load_id, trace.origin.row_no, trace.origin.line_no) == (second, 1, 3)
    assert [(item.load_id, item.verdict) for item in trace.history] == [
        (second, Verdict.UPDATED),
        (first, Verdict.CREATED),
    ]
    status = next(item for item in trace.values if item.column == "status")
    assert (status.value, status.raw) == ("won", (("status", "won"),))


def test_records_are_paged_by_date_and_none_is_met_twice(desk: Desk) -> None:
    days = [f"2026-03-{1 + number % 5:02d}" for number in range(60)]
    committed(desk, a_csv([a_lead(number, day=day) for number, day in enumerate(days, start=1)]))
    seen: list[str] = []
    after: int | None = None
    while True:
        page = desk.ask(admin(desk), find_records.browse, "site", "lead", after=after)
        seen += [line.external_id for line in page.records]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 60
    order = {row["external_id"]: row["occurred_at"] for row in records(desk).values()}
    assert [order[key] for key in seen] == sorted(order.values(), reverse=True)


def test_home_and_setup_read_alike_on_every_database(desk: Desk) -> None:
    load = import_file(desk, LEADS)["load"]
    seen = desk.ask(admin(desk), overview.overview)
    assert [item.id for item in seen.loads] == [load]
    assert seen.accounts[0].has_approved_map
    committed(desk, a_csv([a_lead(8)]))
    assert desk.ask(admin(desk), overview.overview).accounts[0].age_hours == 0
    assert [item.account_key for item in desk.ask(admin(desk), arrivals.arrivals)] == ["site"]
    setup = desk.ask(admin(desk), account_setup.account_setup, "site")
    assert [item.action for item in setup.timeline][:1] == ["load committed"]
    assert [gate.key for gate in setup.rungs[3].gates if gate.holds] == ["test_import.lead"]


def test_a_row_is_found_in_every_state_and_also_when_its_payload_is_gone(desk: Desk) -> None:
    """Failed, held, undone and in review: what finds it is its keyed hash, which no purge takes."""
    undone = committed(desk, a_csv([a_lead(1)]))["load"]
    undo_load(desk, admin(desk), undone, "wrong file")
    committed(desk, a_csv([a_lead(2, date="never"), a_lead(6)]))
    held = import_file(desk, a_csv([a_lead(3), a_lead(4)]))["load"]
    decide(desk, admin(desk), held, WhichRows(row_nos=(0,)), DecisionKind.HOLD, "ask them first")
    approve(desk, admin(desk), held)
    import_file(desk, a_csv([a_lead(5)]))
    for text in ("L{}", "303555000{}", "p{}@mail.example"):
        assert [len(found(desk, text.format(number)).rows) for number in (1, 2, 3, 5)] == [1, 1, 1, 1]
    later = at(desk, lambda: utc_now() + timedelta(days=91))
    assert purge_payloads(later, admin(later), 1).loads == 1
    for text in ("L{}", "303555000{}", "p{}@mail.example"):
        assert [len(found(desk, text.format(number)).rows) for number in (1, 2, 3, 5)] == [1, 1, 1, 1]
