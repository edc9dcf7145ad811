"""From a number of a sentence to the raw cell it was read from, summed at each step, on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.pipeline.running.retention import purge_payloads
from lib.services.counting import baseline
from lib.services.tracing import trace_number, trace_record, trace_slice
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    at,
    code_of,
    committed,
)

FIRST = date(2026, 3, 2)
WEEK = DateRange(FIRST, FIRST + timedelta(days=6))


def ads(desk: Desk, rows: list[tuple[str, int, int, str]]) -> int:
    """Daily figures of an ads account: (id, days after the first, clicks, cost)."""
    an_account(desk, "ads", destination="traffic")
    names = ("external_id", "day", "campaign", "clicks", "impressions", "cost")
    an_approved_map(desk, "ads", a_map("traffic_day", {name: name for name in names}))
    return int(committed(desk, a_csv([figure(*row) for row in rows]), "ads", "traffic_day", days=WEEK)["load"])


def figure(key: str, past: int, clicks: int, cost: str) -> dict[str, object]:
    day = (FIRST + timedelta(days=past)).isoformat()
    return {
        "external_id": key, "day": day, "campaign": "Spring", "clicks": clicks, "impressions": 900, "cost": cost,
    }  # fmt: skip


def walked(desk: Desk, metric: str, column: str, raw_column: str) -> trace_number.NumberTrace:
    """Walk every day of every part of a number down to its cells; at each step the sums are the step above."""
    whole = desk.ask(admin(desk), trace_number.trace_number, metric, WEEK)
    for part in whole.parts:
        assert part.adds_up
        assert part.comes_to == sum(day.value for day in part.days)
        for day in part.days:
            if not day.value:
                continue
            seen = desk.ask(admin(desk), trace_slice.trace_slice, part.metric, day.day)
            assert (seen.value, seen.comes_to, seen.adds_up, seen.counted) == (
                day.value, day.value, True, len(seen.records)
            )  # fmt: skip
            cells = Decimal(0)
            for item in seen.records:
                record = desk.ask(admin(desk), trace_record.trace_record, item.table, item.id)
                assert record.origin is not None
                assert record.origin.has_raw
                assert (record.origin.load_id, record.origin.row_no) == (item.load_id, item.row_no)
                assert record.origin.approved_by == record.origin.map_approved_by == admin(desk).email
                values = {value.column: value for value in record.values}
                ((name, cell),) = values[column if part is whole.parts[0] else "clicks"].raw
                assert name in (raw_column, "clicks")
                cells += Decimal(cell) if seen.records and part.metric.startswith("ads.") else 1
            assert cells == day.value
    return whole


@contextmanager
def counting(desk: Desk) -> Iterator[list[str]]:
    """The statements that are run meanwhile, on either database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    for engine in (desk.app, desk.traffic):
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in (desk.app, desk.traffic):
        event.remove(engine, "before_cursor_execute", note)


def test_a_count_of_records_leads_to_its_cells(desk: Desk) -> None:
    a_lead_account(desk)
    leads = [a_lead(number, (FIRST + timedelta(days=number % 3)).isoformat()) for number in range(7)]
    committed(desk, a_csv([*leads, a_lead(9, FIRST.isoformat(), name="Test Lead")]), days=WEEK)
    seen = walked(desk, "site.leads", "external_id", "id")
    (part,) = seen.parts
    assert (seen.words, part.sum_words, part.left_out) == ("7 leads", "3 + 2 + 2 = 7 leads", 1)
    assert (len(part.days), part.unknown_days, seen.ratio_words) == (7, 0, "")


def test_a_traffic_number_leads_to_its_rows_load_and_cells(desk: Desk) -> None:
    load = ads(desk, [("a", 0, 5, "10.50"), ("b", 0, 7, "1.25"), ("c", 3, 9, "4.00")])
    seen = walked(desk, "ads.clicks", "clicks", "clicks")
    assert seen.parts[0].sum_words == "12 + 9 = 21 clicks"
    day = desk.ask(admin(desk), trace_slice.trace_slice, "ads.clicks", FIRST)
    assert [(item.external_id, item.adds, item.load_id, item.line_no) for item in day.records] == [
        ("a", "5", load, 2),
        ("b", "7", load, 3),
    ]
    walked(desk, "ads.cost", "cost", "cost")


def test_a_ratio_opens_as_its_two_parts(desk: Desk) -> None:
    ads(desk, [("a", 0, 5, "10.50"), ("b", 0, 7, "1.50"), ("c", 3, 8, "4.00")])
    seen = walked(desk, "ads.cost_per_click", "cost", "cost")
    assert [part.metric for part in seen.parts] == ["ads.cost", "ads.clicks"]
    assert [part.sum_words for part in seen.parts] == ["$12.00 + $4.00 = $16.00", "12 + 8 = 20 clicks"]
    assert seen.ratio_words.startswith("$16.00 ÷ 20 clicks = ")
    assert seen.ratio_words.endswith(seen.words)


def test_a_traffic_row_is_traced_to_the_version_that_stands(desk: Desk) -> None:
    first = ads(desk, [("a", 0, 5, "1.00")])
    second = committed(desk, a_csv([figure("a", 0, 6, "1.00")]), "ads", "traffic_day", days=WEEK)["load"]

    def behind() -> tuple[int, str, int]:
        (item,) = desk.ask(admin(desk), trace_slice.trace_slice, "ads.clicks", FIRST).records
        record = desk.ask(admin(desk), trace_record.trace_record, item.table, item.id)
        assert record.origin is not None
        return record.origin.load_id, next(v.value for v in record.values if v.column == "clicks"), record.times_written

    assert behind() == (second, "6", 2)
    undo_load(desk, admin(desk), second, "the wrong day")
    assert behind() == (first, "5", 1)
    undo_load(desk, admin(desk), first, "all of it")
    with pytest.raises(DeskError) as refused:
        desk.ask(admin(desk), trace_record.trace_record, "traffic_days", 1)
    assert code_of(refused) == "record_not_found"


def test_a_baseline_is_traced_as_it_was_sealed_and_says_which_days_moved(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1, FIRST.isoformat()), a_lead(2, FIRST.isoformat())]), days=WEEK)
    sealed = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", WEEK, "before the form changed")
    committed(desk, a_csv([a_lead(3, FIRST.isoformat())]), days=WEEK)
    seen = desk.ask(admin(desk), trace_number.trace_number, "site.leads", WEEK, sealed["baseline"])
    assert seen.words == "2 leads"
    assert (seen.parts[0].moved_days, seen.parts[0].days[0].now) == (1, "3 leads")
    assert seen.sealed is not None
    assert seen.sealed.name == admin(desk).name
    now = desk.ask(admin(desk), trace_number.trace_number, "site.leads", WEEK)
    assert (now.words, now.parts[0].moved_days) == ("3 leads", 0)


def test_days_without_data_are_unknown_and_no_zeros(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1, FIRST.isoformat())]), days=DateRange(FIRST, FIRST))
    (part,) = desk.ask(admin(desk), trace_number.trace_number, "site.leads", WEEK).parts
    assert (part.unknown_days, part.days[1].words, part.days[0].words) == (6, "unknown", "1 lead")


def test_more_days_and_more_rows_take_no_more_queries(any_desk: Desk) -> None:
    desk = any_desk
    ads(desk, [("a", 0, 5, "1.00")])
    counts = []
    for keys in ("b", "cdefgh"):
        committed(
            desk, a_csv([figure(key, n % 7, 2, "1.00") for n, key in enumerate(keys)]), "ads", "traffic_day", days=WEEK
        )
        with counting(desk) as statements:
            desk.ask(admin(desk), trace_number.trace_number, "ads.cost_per_click", WEEK)
        whole = len(statements)
        with counting(desk) as statements:
            seen = desk.ask(admin(desk), trace_slice.trace_slice, "ads.clicks", FIRST)
        day = len(statements)
        # The first look of a person is written into the audit log, the next ones of the same minutes are not.
        desk.ask(admin(desk), trace_record.trace_record, seen.records[0].table, seen.records[0].id)
        with counting(desk) as statements:
            desk.ask(admin(desk), trace_record.trace_record, seen.records[0].table, seen.records[0].id)
        counts.append((whole, day, len(statements)))
    assert counts[0] == counts[1]
    assert max(counts[0]) < 25


def test_what_retention_let_go_is_said_and_the_rest_of_the_way_stands(any_desk: Desk) -> None:
    desk = any_desk
    load = ads(desk, [("a", 0, 5, "1.00")])
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("ads"))
    much_later = at(desk, lambda: desk.clock() + timedelta(days=4000))
    purge_payloads(much_later, admin(desk), account.id)
    (item,) = desk.ask(admin(desk), trace_slice.trace_slice, "ads.clicks", FIRST).records
    record = desk.ask(admin(desk), trace_record.trace_record, item.table, item.id)
    assert record.origin is not None
    assert (record.origin.load_id, record.origin.has_raw) == (load, False)
    assert "no longer kept" in record.origin.gone


def test_nobody_from_outside_walks_any_step_of_it(any_desk: Desk) -> None:
    desk = any_desk
    ads(desk, [("a", 0, 5, "1.00")])
    (item,) = desk.ask(admin(desk), trace_slice.trace_slice, "ads.clicks", FIRST).records
    an_account(desk, "theirs", client="bolt")
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    otto = a_person(desk, "otto@bolt.example", Role.OWNER, "bolt")
    for who, codes in ((sam, {"not_allowed"}), (otto, {"account_not_found", "record_not_found"})):
        for verb, asked in (
            (trace_number.trace_number, ("ads.clicks", WEEK)),
            (trace_slice.trace_slice, ("ads.clicks", FIRST)),
            (trace_record.trace_record, (item.table, item.id)),
        ):
            with pytest.raises(DeskError) as refused:
                desk.ask(who, verb, *asked)  # type: ignore[arg-type]
            assert code_of(refused) in codes
