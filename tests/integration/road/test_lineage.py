"""From a number to its rows and from a load to its numbers, on both kinds of database, each in a few queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, update

from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.services.counting import numbers_on_load
from lib.services.tracing import find_records, trace_record, trace_slice
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    code_of,
    committed,
    records,
    slices,
)

DAY = date(2026, 3, 4)


@pytest.fixture
def account(desk: Desk) -> Desk:
    a_lead_account(desk)
    return desk


@pytest.fixture
def any_account(any_desk: Desk) -> Desk:
    a_lead_account(any_desk)
    return any_desk


@contextmanager
def counting(desk: Desk) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(desk.app, "before_cursor_execute", note)
    yield seen
    event.remove(desk.app, "before_cursor_execute", note)


def number(desk: Desk, day: date = DAY, **more: Any) -> trace_slice.SliceTrace:
    return desk.ask(admin(desk), trace_slice.trace_slice, "site.leads", day, **more)


def on(desk: Desk, load: int) -> numbers_on_load.NumbersOnLoad:
    return desk.ask(admin(desk), numbers_on_load.numbers_on_load, load)


def test_a_number_leads_to_its_records_their_rows_and_whoever_let_them_in(account: Desk) -> None:
    first = committed(account, a_csv([a_lead(1), a_lead(2), a_lead(3, name="Test Lead"), a_lead(4, "2026-03-05")]))[
        "load"
    ]
    second = committed(
        account, a_csv([a_lead(8, "2026-03-09"), a_lead(2, status="won", modified="2026-03-06 12:00:00Z")])
    )["load"]
    seen = number(account)
    assert (int(seen.value), seen.counted, seen.adds_up, seen.left_out, seen.after) == (2, 2, True, 1, None)
    assert [(item.external_id, item.load_id, item.line_no) for item in seen.records] == [
        ("L1", first, 2),
        ("L2", second, 3),
    ]
    behind = {load.load_id: load for load in seen.loads}
    assert set(behind) == {first, second}
    assert (behind[first].map_version, behind[first].approved_by) == (1, admin(account).email)
    assert behind[first].map_approved_by == admin(account).email


def test_every_number_of_a_load_adds_up_from_its_records(any_account: Desk) -> None:
    account = any_account
    committed(account, a_csv([a_lead(number_, f"2026-03-{4 + number_ % 3:02d}") for number_ in range(9)]))
    for (day, _), value in slices(account, "site.leads").items():
        seen = number(account, date.fromisoformat(day))
        assert (seen.value, seen.comes_to, seen.adds_up) == (value, value, True)


def test_a_day_begins_and_ends_with_the_clients_clock(any_account: Desk) -> None:
    """In Denver, three in the morning UTC is the evening before."""
    account = any_account
    committed(
        account,
        a_csv(
            [a_lead(1), {**a_lead(2), "date": "2026-03-05 03:00:00Z"}, {**a_lead(3), "date": "2026-03-05 08:00:00Z"}]
        ),
    )
    assert [item.external_id for item in number(account).records] == ["L1", "L2"]


def test_a_number_of_many_records_is_paged_and_none_is_met_twice(account: Desk) -> None:
    committed(account, a_csv([a_lead(number_) for number_ in range(30)]))
    first = number(account)
    assert first.after is not None
    second = number(account, after=first.after)
    met = [item.external_id for item in (*first.records, *second.records)]
    assert (len(met), len(set(met)), second.after) == (30, 30, None)


def test_neither_way_takes_more_queries_for_more_records_and_loads(any_account: Desk) -> None:
    account = any_account
    load = committed(account, a_csv([a_lead(1)]))["load"]
    # The first look of a person is written into the audit log, the next ones of the same minutes are not.
    account.ask(admin(account), trace_record.trace_record, "crm_leads", records(account)["L1"]["id"])
    account.ask(admin(account), find_records.find, "L1", account.hash_key)
    counts = []
    for extra in range(2):
        for start in range(10 * extra, 10 * extra + 3 * extra):
            committed(
                account,
                a_csv(
                    [a_lead(100 + start), a_lead(1, status=f"s{start}", modified=f"2026-03-1{start % 10} 12:00:00Z")]
                ),
            )
        with counting(account) as seen:
            number(account)
        ways = [len(seen)]
        with counting(account) as seen:
            on(account, load)
        ways.append(len(seen))
        with counting(account) as seen:
            account.ask(admin(account), trace_record.trace_record, "crm_leads", records(account)["L1"]["id"])
        ways.append(len(seen))
        with counting(account) as seen:
            account.ask(admin(account), find_records.find, "L1", account.hash_key)
        counts.append((*ways, len(seen)))
    assert counts[0] == counts[1]
    assert max(counts[0]) < 25


def test_a_load_names_the_numbers_that_stand_on_it_and_no_others(account: Desk) -> None:
    first = committed(account, a_csv([a_lead(1), a_lead(2, "2026-03-05")]))["load"]
    second = committed(account, a_csv([a_lead(3, "2026-03-05"), a_lead(4, "2026-03-06")]))["load"]
    seen = on(account, first)
    days = {
        (item.day.isoformat(), item.value, item.other_loads) for item in seen.numbers if item.metric == "site.leads"
    }
    assert days == {("2026-03-04", Decimal(1), 0), ("2026-03-05", Decimal(2), 1)}
    leads = next(item for item in seen.metrics if item.metric == "site.leads")
    assert (leads.slices, leads.first, leads.last) == (2, DAY, date(2026, 3, 5))
    undo_load(account, admin(account), first, "wrong file")
    assert (on(account, first).metrics, on(account, first).numbers) == ((), ())
    assert {item.day.day for item in on(account, second).numbers} == {5, 6}


def test_a_load_is_not_taken_for_one_whose_number_contains_its_own(account: Desk) -> None:
    assert committed(account, a_csv([a_lead(1)]))["load"] == 1
    for loads in ([11], [21, 31], [1], [1, 7], [7, 1], [7, 1, 9]):
        with account.app.begin() as connection:
            connection.execute(update(report_metrics).values(loads=loads))
        assert bool(on(account, 1).numbers) is (1 in loads)


def test_a_day_without_a_number_is_refused_by_name(any_account: Desk) -> None:
    account = any_account
    with pytest.raises(DeskError) as refused:
        number(account)
    assert code_of(refused) == "no_such_number"


def test_lineage_stays_inside_a_persons_clients(any_account: Desk) -> None:
    account = any_account
    load = committed(account, a_csv([a_lead(1)]))["load"]
    an_account(account, "theirs", client="bolt")
    other = a_person(account, "otto@bolt.example", Role.OWNER, "bolt")
    for work in (
        lambda: account.ask(other, trace_slice.trace_slice, "site.leads", DAY),
        lambda: account.ask(other, numbers_on_load.numbers_on_load, load),
    ):
        with pytest.raises(DeskError) as refused:
            work()
        assert code_of(refused) in ("account_not_found", "load_not_found")
