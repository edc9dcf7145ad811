"""Any few files over a few keys: nothing is lost, undo is exact, roll-ups from scratch are those kept all along."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.records import crm_leads
from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.pipeline import Desk, approve, undo_load
from lib.services import roll_up
from tests.builders import (
    a_csv,
    a_lead_account,
    admin,
    committed,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
)

Row = dict[str, object]
_DAYS = ["2026-03-03", "2026-03-04", "2026-03-05", ""]
_NAMES = (f"road{number}" for number in itertools.count())

ROWS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "a", "B", "C", ""]),
        "date": st.sampled_from(_DAYS).map(lambda day: f"{day} 20:00:00Z" if day else ""),
        "modified": st.sampled_from(["", "", "2026-03-06 10:00:00Z", "2026-03-07 10:00:00Z"]),
        "name": st.sampled_from(["Rosa", "Test Person"]),
        "status": st.sampled_from(["new", "won"]),
    }
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=5), min_size=1, max_size=4)


def _few(examples: int) -> settings:
    """The same few examples each time; they are small as they are, and making them smaller takes minutes."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def _winners(rows: list[Row]) -> Iterator[tuple[str, Row]]:
    """Of each key the row that stands, told without the desk: the latest modified, of equals the last."""
    standing: dict[str, Row] = {}
    for row in rows:
        if row["date"]:
            key = str(row["id"]) or repr(sorted(row.items()))
            if key not in standing or str(row["modified"]) >= str(standing[key]["modified"]):
                standing[key] = row
    yield from standing.items()


def _expected(known: dict[str, Row]) -> Counter[str]:
    return Counter(str(row["date"])[:10] for row in known.values() if row["name"] == "Rosa")


@_few(8)
@given(files=FILES)
def test_any_few_files_keep_the_law(desk: Desk, files: list[list[Row]]) -> None:
    key = next(_NAMES)
    account = a_lead_account(desk, key)
    boss, known, seen = admin(desk), dict[str, Row](), set[bytes]()
    for rows in files:
        content = a_csv(rows)
        if content in seen:
            continue
        seen.add(content)
        if not any(row["date"] for row in rows):
            load = import_file(desk, content, key)
            require_conserved(load, len(rows))
            assert load["blockers"]
            continue
        before = content_of(desk)
        load = committed(desk, content, key)
        require_conserved(load, len(rows))
        done = undo_load(desk, boss, load["load"], "to see")
        assert done["reversed"] == load["verdicts"]["created"] + load["verdicts"]["updated"]
        assert content_of(desk) == before

        again = import_file(desk, content, key)
        assert again["verdicts"] == load["verdicts"]
        approve(desk, boss, again["load"])
        whole = content_of(desk)
        assert import_file(desk, content, key)["already_seen"]
        assert content_of(desk) == whole
        known |= dict(_winners(rows))
        assert {day: int(value) for (day, _), value in slices(desk, f"{key}.leads").items() if value} == _expected(
            known
        )
    mine = [row for row in table_rows(desk.app, crm_leads) if row["account_id"] == account.id]
    assert len(mine) == len(known)
    _require_same_from_scratch(desk, key)


def _roll_up(tx: UnitOfWork, account: int, days: list[date], span: DateRange) -> int:
    return roll_up.roll_up(tx, tx.accounts.by_id(account), "lead", {"occurred_at": days}, span)


def _require_same_from_scratch(desk: Desk, key: str) -> None:
    aside = frozenset({"rolled_up_at"})
    kept = table_rows(desk.app, report_metrics, aside)
    mine = {row["id"] for row in table_rows(desk.app, accounts) if row["key"] == key}
    with desk.app.begin() as connection:
        connection.execute(delete(report_metrics).where(report_metrics.c.account_id.in_(mine)))
    span = DateRange(date(2026, 3, 1), date(2026, 3, 10))
    days = [span.first + timedelta(days=place) for place in range(span.days)]
    for account in mine:
        desk.do(admin(desk), _roll_up, account, days, span)
    assert table_rows(desk.app, report_metrics, aside) == kept


@_few(6)
@given(files=st.lists(st.lists(ROWS, min_size=1, max_size=4), min_size=2, max_size=3), data=st.data())
def test_loads_undone_in_any_order_leave_nothing(desk: Desk, files: list[list[Row]], data: st.DataObject) -> None:
    key = next(_NAMES)
    a_lead_account(desk, key)
    empty = content_of(desk)
    contents = dict.fromkeys(a_csv(rows) for rows in files if any(row["date"] for row in rows))
    loads = {committed(desk, content, key)["load"]: content for content in contents}
    written = 0
    for load in data.draw(st.permutations(list(loads))):
        done = undo_load(desk, admin(desk), load, "wrong")
        assert done["could_not"] == 0
        written += done["reversed"] + done["kept"]
    assert content_of(desk) == empty
    assert records(desk).keys() == {row["external_id"] for row in empty["crm_leads"]}
    for content in contents:
        assert committed(desk, content, key)["status"] == "committed"
