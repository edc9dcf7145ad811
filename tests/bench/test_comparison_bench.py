"""`make bench`: a comparison over five million leads, at the database and through the service; one day rolled up; all of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from lib.db.tables.records import crm_leads
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Actor
from lib.services.counting import baseline, comparison_series, roll_up
from tests.bench import report
from tests.bench.report import Row
from tests.bench.server import bench_server, version_of
from tests.builders import PROJECT, a_csv, a_map, admin, an_account, an_approved_map, committed, desk_on
from tests.servers import fresh_databases

LEADS = int(os.environ.get("BENCH_LEADS", "5000000"))
ROUNDS = 30
_YEARS = (DateRange(date(2024, 1, 1), date(2024, 12, 31)), DateRange(date(2025, 1, 1), date(2025, 12, 31)))
_MONTHS = (DateRange(date(2024, 10, 1), date(2024, 10, 31)), DateRange(date(2025, 10, 1), date(2025, 10, 31)))
_A_DAY = 7
_OUTCOMES = ("open", "credited", "credit_denied", "")
_KEYED = {"paid_leads": "a count", "cost_per_lead": "a ratio"}

ROWS = (
    Row("comparison_db_ms", "a year against a year, at the database, ms", 50, 20, lambda m: m["year"]["db_ms"]),
    Row("comparison_service_ms", "the same through the service, ms", 300, 100, lambda m: m["year"]["service_ms"]),
    Row("comparison_ratio_db_ms", "a ratio, year against year, database, ms", 50, 20, lambda m: m["ratio"]["db_ms"]),
    Row("comparison_month_db_ms", "a month against a month, database, ms", 50, 10, lambda m: m["month"]["db_ms"]),
    Row("day_roll_up_ms", "one day rolled up, ms", 1000, 300, lambda m: m["day"]["service_ms"]),
)  # fmt: skip


@dataclass
class Watch:
    """How long the database was waited for, and how often it was asked."""

    seconds: float = 0.0
    asked: int = 0
    _began: list[float] = field(default_factory=list)

    def before(self, *_: Any) -> None:
        self._began.append(time.perf_counter())

    def after(self, *_: Any) -> None:
        self.seconds += time.perf_counter() - self._began.pop()
        self.asked += 1


@pytest.mark.bench
def test_a_comparison_over_five_million_leads_reads_slices_only(tmp_path: Path) -> None:
    folder = PROJECT / "var" / "comparison-bench"
    server = bench_server(folder)
    with desk_on(fresh_databases(server), tmp_path) as desk:
        actor = admin(desk)
        count, growing = timed(lambda: _five_million(desk))
        written, rebuilding = timed(lambda: desk.do(actor, roll_up.rebuild, "bench", "lead"))
        ids = {key: _sealed(desk, actor, key, _YEARS[0]) for key in _KEYED} | {
            "month": _sealed(desk, actor, "paid_leads", _MONTHS[0])
        }
        rounds = [_round(desk, actor, ids) for _ in range(ROUNDS)]
        found = [report.measure(row, rounds) for row in ROWS]
        sizes = {"leads": count, "slices": written, "queries": rounds[0]["year"]["asked"]}
    print(f"\n{version_of(server)}: {sizes}; grown in {growing:.0f} s, rolled up from scratch in {rebuilding:.0f} s")  # noqa: T201
    print(report.table(found))  # noqa: T201
    _keep(found, {**sizes, "rebuild_s": round(rebuilding, 1)})
    assert count >= LEADS
    assert found[0].median is not None
    assert found[0].median <= ROWS[0].least


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it came to, and the seconds that it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _five_million(desk: Desk) -> int:
    """Two years of leads by the real road, a file a month; then doubled in the table until there are enough.

    A doubled lead is one of its own (id, external id) at the same moment, so each day has as many as in a busy year.
    """
    an_account(desk, "bench", provider="angi", timezone="America/New_York")
    fields = {"external_id": "id", "occurred_at": "at", "fee": "fee", "outcome": "outcome", "name": "name"}
    an_approved_map(desk, "bench", a_map("lead", fields))
    number = 0
    for year in _YEARS:
        for month in range(1, 13):
            first = date(year.first.year, month, 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            rows = []
            for step in range((last - first).days + 1):
                for place in range(_A_DAY):
                    at = datetime.combine(first + timedelta(days=step), datetime.min.time()) + timedelta(
                        hours=6 + 2 * place
                    )
                    fee, outcome = f"{20 + number % 40}.50", _OUTCOMES[number % 4]
                    rows.append(
                        {"id": f"L{number}", "at": f"{at}Z", "fee": fee, "outcome": outcome, "name": f"P {number}"}
                    )
                    number += 1
            committed(desk, a_csv(rows), "bench", "lead", days=DateRange(first, last), file_name=f"{first}.csv")
    return _doubled(desk)


def _doubled(desk: Desk) -> int:
    names = [column.name for column in crm_leads.columns if column.name not in ("id", "external_id")]
    columns = ", ".join(f"`{name}`" for name in names)
    with desk.app.connect() as connection:
        count = int(connection.exec_driver_sql("SELECT COUNT(*) FROM crm_leads").scalar_one())
        top = int(connection.exec_driver_sql("SELECT MAX(id) FROM crm_leads").scalar_one())
        copy = 0
        while count < LEADS:
            copy += 1
            connection.exec_driver_sql(
                f"INSERT INTO crm_leads (`id`, `external_id`, {columns})"
                f" SELECT id + {top}, CONCAT(external_id, '-{copy}'), {columns} FROM crm_leads"
            )
            connection.commit()
            count, top = count * 2, top * 2
        connection.exec_driver_sql("ANALYZE TABLE crm_leads")
        return int(connection.exec_driver_sql("SELECT COUNT(*) FROM crm_leads").scalar_one())


def _sealed(desk: Desk, actor: Actor, key: str, span: DateRange) -> int:
    made = desk.do(actor, baseline.capture_baseline, "acme", f"bench.{key}", span, "to be measured")
    return int(made["baseline"])


def _round(desk: Desk, actor: Actor, ids: dict[str, int]) -> dict[str, dict[str, float]]:
    def compared(key: str, number: int, span: DateRange) -> Callable[[], Any]:
        name = f"bench.{key}"
        return lambda: desk.ask(actor, comparison_series.compare_by_step, "acme", name, number, span, "month")

    day = {"occurred_at": [date(2025, 7, 4)]}
    return {
        "year": _watched(desk, compared("paid_leads", ids["paid_leads"], _YEARS[1])),
        "ratio": _watched(desk, compared("cost_per_lead", ids["cost_per_lead"], _YEARS[1])),
        "month": _watched(desk, compared("paid_leads", ids["month"], _MONTHS[1])),
        "day": _watched(
            desk, lambda: desk.do(actor, lambda tx: roll_up.roll_up(tx, tx.accounts.by_key("bench"), "lead", day, None))
        ),
    }


def _watched(desk: Desk, work: Callable[[], Any]) -> dict[str, float]:
    with _watching(desk) as watch:
        _, seconds = timed(work)
    return {"db_ms": watch.seconds * 1000, "service_ms": seconds * 1000, "asked": watch.asked}


@contextmanager
def _watching(desk: Desk) -> Iterator[Watch]:
    watch = Watch()
    event.listen(desk.app, "before_cursor_execute", watch.before)
    event.listen(desk.app, "after_cursor_execute", watch.after)
    try:
        yield watch
    finally:
        event.remove(desk.app, "before_cursor_execute", watch.before)
        event.remove(desk.app, "after_cursor_execute", watch.after)


def _keep(found: list[report.Measured], sizes: dict[str, Any]) -> None:
    """Put the medians beside those that stand in var/bench.json, and their spreads."""
    path = PROJECT / "var" / "bench.json"
    told = json.loads(path.read_text()) if path.exists() else {}
    told.setdefault("ratios", {}).update({each.row.key: round(each.median or 0, 3) for each in found})
    spreads = {each.row.key: [round(value, 3) for value in each.spread or ()] for each in found}
    told["comparison"] = {**sizes, "spreads": spreads}
    path.write_text(json.dumps(told, indent=1) + "\n")
