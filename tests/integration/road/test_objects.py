"""Every object the desk knows takes the road to its own table; traffic lies in a database of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert

from lib.db.tables.records import RECORD_TABLES
from lib.db.tables.traffic import traffic_days
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.pipeline.loading.decisions import undo_load
from lib.services.counting import metrics
from tests.builders import (
    a_csv,
    a_map,
    admin,
    an_account,
    an_approved_map,
    committed,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
)

NOON = "2026-03-04T19:00:00Z"
OBJECTS = {
    "lead": ("crm_leads", {"id": "1", "at": NOON, "fee": "12.50"}, "leads", 1),
    "job": ("crm_leads", {"id": "1", "at": NOON, "amount": "1,200.00"}, "jobs", 1),
    "call": ("crm_leads", {"id": "1", "at": NOON, "duration": "00:04:13"}, "calls", 1),
    "booking": ("crm_leads", {"id": "1", "at": NOON, "job_id": "77"}, "bookings", 1),
    "quote_request": ("crm_leads", {"id": "1", "at": NOON, "service": "Heater"}, "quote_requests", 1),
    "invoice": ("crm_lead_events", {"id": "1", "at": NOON, "amount": "99.95", "tax": "4.95"}, "revenue", "99.95"),
    "lead_event": ("crm_lead_events", {"id": "1", "at": NOON, "event_type": "called back"}, None, None),
    "customer": ("crm_customers", {"id": "1", "at": NOON, "merged_to_id": "2"}, "customers", 1),
    "campaign": ("crm_campaigns", {"id": "1", "at": NOON, "daily_cost": "15"}, None, None),
    "daily_metric": (
        "daily_metrics",
        {"id": "1", "at": "2026-03-04", "name": "sessions", "quantity": "312.5"},
        "reported",
        "312.5",
    ),
}


# A server is the stricter of the two about what a column holds.
@pytest.mark.parametrize("database_urls", ["mariadb", pytest.param("sqlite", marks=pytest.mark.prove)], indirect=True)
def test_every_object_becomes_a_record_of_its_table_and_goes_again(desk: Desk) -> None:
    an_account(desk)
    empty = content_of(desk)
    for name, (table, row, metric, value) in OBJECTS.items():
        basis = "day" if name == "daily_metric" else "occurred_at"
        fields = {key: key for key in row if key not in ("id", "at")} | {"external_id": "id", basis: "at"}
        an_approved_map(desk, "site", a_map(name, fields))
        load = committed(desk, a_csv([row]), "site", name)
        require_conserved(load, 1)
        found = {row["object"]: row for row in records(desk, table).values()}[name]
        for key in set(row) - {"id", "at"}:
            assert found[key] is not None, (name, key)
        if metric is not None:
            dimension = "sessions" if name == "daily_metric" else ""
            assert slices(desk, f"site.{metric}") == {("2026-03-04", dimension): Decimal(str(value))}, name
        done = undo_load(desk, admin(desk), load["load"], "only a try")
        assert (done["reversed"], done["kept"], done["could_not"]) == (1, 0, 0)
        assert content_of(desk) == empty, name


def test_objects_with_the_same_key_are_different_things(desk: Desk) -> None:
    an_account(desk)
    for name in ("lead", "job", "invoice"):
        an_approved_map(desk, "site", a_map(name, {"external_id": "id", "occurred_at": "at"}))
    rows = a_csv([{"id": "1", "at": NOON}, {"id": "a1", "at": NOON}, {"id": "A1", "at": NOON}])
    for name in ("lead", "job", "invoice"):
        load = committed(desk, rows, "site", name)
        assert load["verdicts"]["created"] == 3, name
    assert len(table_rows(desk.app, RECORD_TABLES["crm_leads"])) == 6
    assert len(table_rows(desk.app, RECORD_TABLES["crm_lead_events"])) == 3


def _ads(desk: Desk) -> None:
    an_account(desk, "ads", destination="traffic")
    names = ("external_id", "day", "campaign", "clicks", "impressions", "cost")
    an_approved_map(desk, "ads", a_map("traffic_day", {name: name for name in names}))


def _day(key: str, day: str, clicks: int, cost: str = "10.50") -> dict[str, object]:
    return {"external_id": key, "day": day, "campaign": "Spring", "clicks": clicks, "impressions": 1000, "cost": cost}


def _clicks(desk: Desk) -> dict[str, int]:
    return {day: int(value) for (day, _), value in slices(desk, "ads.clicks").items()}


def test_traffic_is_seen_through_committed_loads_and_the_newest_version_stands(desk: Desk) -> None:
    _ads(desk)
    empty = content_of(desk)
    rows = [_day("a", "2026-03-01", 5), _day("b", "2026-03-02", 7)]
    first = import_file(desk, a_csv(rows), "ads", "traffic_day")
    assert _clicks(desk) == {}
    committed(desk, a_csv(rows), "ads", "traffic_day")
    assert _clicks(desk) == {"2026-03-01": 5, "2026-03-02": 7}
    assert slices(desk, "ads.cost")[("2026-03-01", "")] == Decimal("10.50")
    after_first = content_of(desk)

    newer = [_day("a", "2026-03-01", 6), _day("b", "2026-03-02", 7), _day("c", "2026-03-03", 9)]
    second = committed(desk, a_csv(newer), "ads", "traffic_day")
    assert second["verdicts"] == {"created": 1, "updated": 1, "duplicate": 0, "failed": 0, "ignored": 1}
    assert _clicks(desk) == {"2026-03-01": 6, "2026-03-02": 7, "2026-03-03": 9}
    (value,) = [
        item["values"][0]
        for item in desk.ask(admin(desk), metrics.client_metrics, "acme")
        if item["metric"] == "ads.cost_per_click"
    ]
    assert float(value["value"]) == pytest.approx(31.5 / 22, abs=0.01)

    done = undo_load(desk, admin(desk), second["load"], "wrong")
    assert (done["reversed"], done["kept"], done["could_not"]) == (2, 0, 0)
    assert content_of(desk) == after_first
    assert {row["load_id"] for row in table_rows(desk.traffic, traffic_days)} == {first["load"]}
    undo_load(desk, admin(desk), first["load"], "wrong")
    assert content_of(desk) == empty
    assert table_rows(desk.traffic, traffic_days) == []


def test_a_traffic_row_that_moves_to_another_day_leaves_the_old_one(any_desk: Desk) -> None:
    desk = any_desk
    _ads(desk)
    whole = DateRange(date(2026, 3, 1), date(2026, 3, 1))
    committed(desk, a_csv([_day("a", "2026-03-01", 5), _day("b", "2026-03-01", 1)]), "ads", "traffic_day", days=whole)
    before = content_of(desk)
    moved = committed(
        desk,
        a_csv([_day("a", "2026-03-09", 5)]),
        "ads",
        "traffic_day",
        days=DateRange(date(2026, 3, 8), date(2026, 3, 8)),
    )
    assert _clicks(desk) == {"2026-03-01": 1, "2026-03-09": 5}
    undo_load(desk, admin(desk), moved["load"], "wrong")
    assert _clicks(desk) == {"2026-03-01": 6}
    assert content_of(desk) == before


def test_traffic_undone_from_the_bottom_up_can_be_imported_again(any_desk: Desk) -> None:
    desk = any_desk
    _ads(desk)
    empty = content_of(desk)
    old, new = a_csv([_day("a", "2026-03-01", 5)]), a_csv([_day("a", "2026-03-01", 6)])
    first = committed(desk, old, "ads", "traffic_day")
    second = committed(desk, new, "ads", "traffic_day")
    done = undo_load(desk, admin(desk), first["load"], "wrong")
    assert (done["reversed"], done["kept"], done["could_not"]) == (0, 1, 0)
    assert _clicks(desk) == {"2026-03-01": 6}
    undo_load(desk, admin(desk), second["load"], "wrong too")
    assert _clicks(desk) == {}
    assert content_of(desk) == empty
    again = committed(desk, old, "ads", "traffic_day")
    assert again["verdicts"]["created"] == 1
    assert _clicks(desk) == {"2026-03-01": 5}


def test_traffic_rows_of_no_committed_load_are_never_seen(desk: Desk) -> None:
    _ads(desk)
    load = committed(desk, a_csv([_day("a", "2026-03-01", 5)]), "ads", "traffic_day")["load"]
    (row,) = table_rows(desk.traffic, traffic_days)
    with desk.traffic.begin() as connection:
        orphan = {**row, "load_id": load + 1000, "clicks": 999, "written_at": datetime.now(UTC)}
        connection.execute(insert(traffic_days).values(orphan))
        connection.execute(insert(traffic_days).values({**orphan, "load_id": load + 1001, "external_id": "z"}))
    committed(desk, a_csv([_day("b", "2026-03-01", 2)]), "ads", "traffic_day")
    assert _clicks(desk) == {"2026-03-01": 7}
