"""A desk with a spring of leads, and the comparison page opened on it, for the tests of that page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.pipeline.opening import open_desk
from lib.reporting.periods import days_of
from lib.services.counting import baseline
from tests.builders import a_csv, a_lead, a_lead_account, admin, committed
from tests.pages.built_once import built_once

PAGE = "../../pages/baseline_vs_current.py"
MARCH = DateRange(date(2025, 3, 1), date(2025, 3, 31))
APRIL = DateRange(date(2025, 4, 1), date(2025, 4, 30))
SPRING = DateRange(MARCH.first, date(2025, 5, 11))
METRIC = "site.leads"


@contextmanager
def desk_of_today() -> Iterator[Desk]:
    desk = open_desk()
    try:
        yield desk
    finally:
        desk.close()


def leads_by_day(days: DateRange, every: int = 2) -> bytes:
    """`every` leads a day, one more on each Monday, and one test lead on the first day."""
    rows = []
    for day in days_of(days):
        for _ in range(every + (day.weekday() == 0)):
            rows.append(a_lead(len(rows), day.isoformat()))
    rows.append(a_lead(len(rows), days.first.isoformat(), email="test@example.com", name="Test Test"))
    return a_csv(rows)


@built_once
def spring(desk: Desk, key: str = "site", client: str = "acme") -> None:
    a_lead_account(desk, key, client=client)
    committed(desk, leads_by_day(SPRING), key, days=SPRING)


@built_once
def captured(desk: Desk, days: DateRange = MARCH) -> int:
    found = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, days, "before the form changed")
    return int(found["baseline"])


def opened(router: AppTest, **address: object) -> AppTest:
    router.switch_page(PAGE)
    for name, value in address.items():
        router.query_params[name.rstrip("_")] = str(value)
    return router.run()


def words(page: AppTest) -> str:
    """Everything a person reads on the page."""
    kinds = ("markdown", "title", "subheader", "error", "caption")
    texts = [element.value for kind in kinds for element in page.get(kind)]
    return "\n".join([*texts, *(table.value.to_csv(index=False) for table in page.table)])


def in_the_address(page: AppTest, name: str) -> str:
    return "".join(page.query_params.get(name, ""))
