"""Roll-ups: from scratch they are what was kept all along, a late change moves the days it touches, one tab is counted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update

from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.errors import DeskError, NotAllowed
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide, fix_cells
from lib.pipeline.publishing import metric_changes
from lib.services.counting import metrics
from lib.services.reviewing import load_effect
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
    import_file,
    slices,
    table_rows,
)

EAST = "America/New_York"
_NAMES = (f"roll{number}" for number in itertools.count())
# The clocks go forward on 2026-03-08: the night before, the short day, and the hours around midnight on both sides.
_MOMENTS = ["2026-03-07 04:59", "2026-03-07 05:00", "2026-03-08 04:59", "2026-03-08 06:30", "2026-03-09 03:59",
            "2026-03-09 04:00", "2026-02-28 12:00"]  # fmt: skip
JOB_FIELDS = {
    **LEAD_FIELDS,
    "completed_at": "done",
    "outcome": "status",
    "campaign": "source",
}
OWN = (
    MetricTemplate("won", "Leads won", "lead", "leads", "people who asked and became customers",
                   where=(("outcome", ("won",)),)),
    MetricTemplate("won_share", "Share won", "lead", "percent", "how many of a hundred who asked were won",
                   Aggregation.RATIO, numerator="won", denominator="leads"),
    MetricTemplate("finished", "Finished", "lead", "leads", "people whose work was finished in the period",
                   date_basis="completed_at"),
    MetricTemplate("fees", "Fees", "lead", "USD", "what was paid for the people who asked", Aggregation.SUM,
                   column="fee", counts_every_class=True),
    MetricTemplate("by_source", "Leads by source", "lead", "leads", "people who asked, by where they came from",
                   dimension="campaign"),
)  # fmt: skip


@pytest.fixture
def local(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite, for what no database has a say in."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def leads_account(desk: Desk, key: str) -> None:
    """Leads with every kind of metric: counts by two dates, a filter, a sum, a split, a ratio."""
    an_account(desk, key, client=key, timezone=EAST)
    an_approved_map(desk, key, a_map("lead", JOB_FIELDS))
    for item in OWN:
        metric_changes.add_metric(desk, admin(desk), key, item)


def search_account(desk: Desk, key: str, client: str) -> None:
    an_account(desk, key, client=client, provider="search_console", timezone=EAST)
    fields = {name: name for name in ("day", "query", "clicks", "impressions", "position")}
    an_approved_map(desk, key, a_map("traffic_day", fields))


def numbers(desk: Desk, client: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The slices of a client and what is shown of them, ids and moments aside."""
    found = {item.id for item in desk.ask(admin(desk), lambda tx: tx.metrics.of_client(tx.clients.by_key(client).id))}
    rows = table_rows(desk.app, report_metrics, frozenset({"rolled_up_at"}))
    shown = desk.ask(admin(desk), metrics.client_metrics, client, date(2026, 2, 1), date(2026, 3, 31))
    return [row for row in rows if row["metric_id"] in found], shown


def require_same_from_scratch(desk: Desk, client: str) -> None:
    kept = numbers(desk, client)
    # What a wrong hand left in the table must not survive.
    with desk.app.begin() as connection:
        connection.execute(update(report_metrics).values(value=Decimal(4711)))
    metric_changes.rebuild(desk, admin(desk), client)
    assert numbers(desk, client) == kept


# -- any sequence -----------------------------------------------------------------------------------------------------

LEADS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["A", "B", "C", "D"]),
            "date": st.sampled_from(_MOMENTS).map(lambda moment: f"{moment}:00Z"),
            "modified": st.sampled_from(["", "2026-03-20 10:00:00Z"]),
            "done": st.sampled_from(["", *(f"{moment}:00Z" for moment in _MOMENTS)]),
            "name": st.sampled_from(["Rosa", "Rosa", "Test Person"]),
            "status": st.sampled_from(["won", "lost"]),
            "fee": st.sampled_from(["10.25", "0.1", ""]),
            "source": st.sampled_from(["", "mail", "web"]),
        }
    ),
    min_size=1,
    max_size=4,
)
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.sampled_from(["2026-03-07", "2026-03-08", "2026-03-09"]),
            "query": st.sampled_from(["", "", "plumber"]),
            "clicks": st.sampled_from(["3", "40"]),
            "impressions": st.sampled_from(["7", "310"]),
            "position": st.sampled_from(["4.2", "1.05"]),
        }
    ),
    min_size=1,
    max_size=3,
)
STEPS = st.tuples(
    st.sampled_from(["leads", "leads", "visits", "mend", "reclass", "hold", "undo", "undo"]),
    st.integers(0, 9),
    LEADS,
    VISITS,
    st.booleans(),
)
Step = tuple[str, int, list[dict[str, str]], list[dict[str, str]], bool]


@dataclass
class Walker:
    """Somebody who brings files, lays hands on their rows and takes loads back."""

    desk: Desk
    key: str
    committed: list[int] = field(default_factory=list)

    def step(
        self, what: str, which: int, leads: list[dict[str, str]], visits: list[dict[str, str]], whole: bool
    ) -> None:
        boss = admin(self.desk)
        if what == "undo":
            if self.committed:
                undo_load(self.desk, boss, self.committed.pop(which % len(self.committed)), "wrong")
            return
        account, name, rows = (
            (self.key, "lead", leads) if what != "visits" else (f"{self.key}_s", "traffic_day", visits)
        )
        days = DateRange(date(2026, 3, 7), date(2026, 3, 8)) if whole else None
        # A file that came before is the load that it already is.
        load = import_file(self.desk, a_csv([*rows]), account, name, days=days, file_name=f"{which}.csv")
        if load["status"] != "in_review":
            return
        row = which % len(rows)
        if what == "mend":
            fix_cells(self.desk, boss, load["load"], [CellEdit(row, "date", "2026-03-09 03:30:00Z")], "mistyped")
        elif what == "reclass":
            decide(self.desk, boss, load["load"], WhichRows((row,)), DecisionKind.RECLASS, "spam", value="spam")
        elif what == "hold":
            decide(self.desk, boss, load["load"], WhichRows((row,)), DecisionKind.HOLD, "ask them")
        approve(self.desk, boss, load["load"])
        self.committed.append(load["load"])
        if what == "hold":
            self.release(load["load"], row)

    def release(self, load: int, row: int) -> None:
        try:
            decide(self.desk, admin(self.desk), load, WhichRows((row,)), DecisionKind.RELEASE, "they answered")
        except DeskError as trouble:
            assert trouble.code == "nothing_to_change", trouble.code


def _walk(desk: Desk, steps: list[Step]) -> None:
    walker = Walker(desk, next(_NAMES))
    leads_account(desk, walker.key)
    search_account(desk, f"{walker.key}_s", walker.key)
    for step in steps:
        walker.step(*step)
    require_same_from_scratch(desk, walker.key)
    for load in walker.committed:
        undo_load(desk, admin(desk), load, "all of it")
    assert not any(row["row_count"] for row in numbers(desk, walker.key)[0])
    with desk.app.begin() as connection:
        connection.execute(delete(report_metrics))


def _few(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@_few(2)
@given(steps=st.lists(STEPS, min_size=5, max_size=7))
def test_from_scratch_is_what_was_kept_through_any_sequence(any_desk: Desk, steps: list[Step]) -> None:
    _walk(any_desk, steps)


@pytest.mark.prove
@_few(25)
@given(steps=st.lists(STEPS, min_size=8, max_size=25))
def test_from_scratch_is_what_was_kept_through_any_long_sequence(desk: Desk, steps: list[Step]) -> None:
    _walk(desk, steps)


# -- what is promised of a day ----------------------------------------------------------------------------------------


def test_a_late_change_moves_the_days_the_record_lay_on_and_lies_on_and_no_other(desk: Desk) -> None:
    leads_account(desk, "site")
    old = a_lead(1, "2025-03-04", done="", source="mail", status="open")
    committed(desk, a_csv([old, a_lead(2, "2025-03-04", done="2025-03-06 12:00:00Z", source="web", status="won")]))
    with desk.app.begin() as connection:
        connection.execute(update(report_metrics).values(rolled_up_at=datetime(2025, 4, 1, tzinfo=UTC)))
    assert slices(desk, "site.won") == {("2025-03-04", ""): 1}
    # A year later it is won, and was done on a day that nobody had looked at.
    committed(
        desk, a_csv([{**old, "status": "won", "done": "2026-03-09 03:30:00Z", "modified": "2026-03-09 04:00:00Z"}])
    )
    assert slices(desk, "site.won") == {("2025-03-04", ""): 2}
    assert slices(desk, "site.finished") == {("2025-03-06", ""): 1, ("2026-03-08", ""): 1}
    again = {row["day"] for row in table_rows(desk.app, report_metrics) if row["rolled_up_at"].year > 2025}
    assert again == {date(2025, 3, 4), date(2026, 3, 8)}


def test_a_slice_knows_its_loads_and_whether_its_day_is_complete(local: Desk) -> None:
    leads_account(local, "site")
    day = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    first = committed(local, a_csv([a_lead(1, done="", source="")]), days=day)["load"]
    second = committed(local, a_csv([a_lead(2, done="", source=""), a_lead(3, "2026-03-05", done="", source="")]))[
        "load"
    ]
    (metric,) = [item for item in local.ask(admin(local), _metrics, "site") if item.name == "site.leads"]
    found = local.ask(admin(local), lambda tx: tx.slices.of(metric))
    assert [(item.day.day, item.value, item.loads, item.is_complete) for item in found] == [
        (4, 2, (first, second), True),
        (5, 1, (second,), True),
    ]


def _metrics(tx: Any, client: str) -> Any:
    return tx.metrics.of_client(tx.clients.by_key(client).id)


def test_r14_a_metric_without_a_sentence_is_neither_rolled_up_nor_shown(local: Desk) -> None:
    leads_account(local, "site")
    # The database refuses such a definition; one that got in behind its back still is not counted.
    with local.app.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text("UPDATE metric_definitions SET client_meaning = '' WHERE \"key\" = 'won'"))
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
    committed(local, a_csv([a_lead(1, done="", source="", status="won")]))
    metric_changes.rebuild(local, admin(local), "site")
    assert slices(local, "site.won") == {}
    assert slices(local, "site.leads") != {}
    shown = {item["metric"] for item in local.ask(admin(local), metrics.client_metrics, "site")}
    assert "site.won" not in shown
    assert "site.leads" in shown


def test_only_an_owner_counts_everything_anew(local: Desk) -> None:
    leads_account(local, "site")
    with pytest.raises(NotAllowed):
        metric_changes.rebuild(local, a_person(local, "an@example.com", Role.ANALYST), "site")


# -- daily figures ----------------------------------------------------------------------------------------------------


def visits(desk: Desk, *rows: Mapping[str, object], days: DateRange | None = None) -> int:
    whole = {"query": "", "clicks": "", "impressions": "", "position": ""}
    return int(committed(desk, a_csv([{**whole, **row} for row in rows]), "site", "traffic_day", days=days)["load"])


def test_a_position_is_weighted_by_how_often_it_was_seen(desk: Desk) -> None:
    search_account(desk, "site", "acme")
    days = DateRange(date(2026, 3, 4), date(2026, 3, 5))
    visits(
        desk,
        {"day": "2026-03-04", "clicks": 1, "impressions": 100, "position": "2.5"},
        {"day": "2026-03-05", "clicks": 9, "impressions": 300, "position": "10.5"},
        days=days,
    )
    (shown,) = [
        item for item in desk.ask(admin(desk), metrics.client_metrics, "acme") if item["label"] == "Average position"
    ]
    # (2.5 × 100 + 10.5 × 300) / 400, and not the 6.5 that the mean of the two days would be.
    assert [item["value"] for item in shown["values"]] == [8.5]
    require_same_from_scratch(desk, "acme")


def test_a_dimension_tab_is_never_summed_into_a_total(local: Desk) -> None:
    search_account(local, "site", "acme")
    days = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    visits(local, {"day": "2026-03-04", "clicks": 12, "impressions": 310, "position": "4.2"}, days=days)
    by_query = [{"day": "2026-03-04", "query": name, "clicks": 5, "impressions": 90} for name in ("roof", "gutter")]
    second = visits(local, *by_query, days=days)
    assert slices(local, "site.clicks") == {("2026-03-04", ""): 12}
    undo_load(local, admin(local), second, "not needed")
    assert slices(local, "site.clicks") == {("2026-03-04", ""): 12}


def test_a_day_of_which_only_a_tab_arrived_is_unknown_and_not_zero(local: Desk) -> None:
    search_account(local, "site", "acme")
    days = DateRange(date(2026, 3, 4), date(2026, 3, 5))
    visits(local, {"day": "2026-03-04", "query": "roof", "clicks": 5, "impressions": 9}, days=days)
    shown = {item["metric"]: item["values"] for item in _by_day(local, days)}
    assert [(item["value"], item["complete"]) for item in shown["site.clicks"]] == [(0, False), (0, True)]
    require_same_from_scratch(local, "acme")


def _by_day(desk: Desk, days: DateRange) -> list[dict[str, Any]]:
    return desk.ask(admin(desk), metrics.client_metrics, "acme", days.first, days.last, "day")


def test_a_figure_that_is_corrected_later_is_the_same_row_and_counts_once(desk: Desk) -> None:
    search_account(desk, "site", "acme")
    first = visits(desk, {"day": "2026-03-04", "clicks": 12, "impressions": 310, "position": "4.2"})
    second = visits(desk, {"day": "2026-03-04", "clicks": 14, "impressions": 350, "position": "4.0"})
    assert slices(desk, "site.clicks") == {("2026-03-04", ""): 14}
    undo_load(desk, admin(desk), second, "too early")
    assert slices(desk, "site.clicks") == {("2026-03-04", ""): 12}
    undo_load(desk, admin(desk), first, "wrong")
    assert not any(slices(desk, "site.clicks").values())


def test_a_split_adds_up_to_its_own_total_within_one_metric(local: Desk) -> None:
    leads_account(local, "site")
    rows = [a_lead(n, done="", source=source) for n, source in enumerate(("mail", "mail", "web", ""), start=1)]
    committed(local, a_csv(rows))
    assert slices(local, "site.by_source") == {
        ("2026-03-04", ""): 1,
        ("2026-03-04", "mail"): 2,
        ("2026-03-04", "web"): 1,
    }
    assert slices(local, "site.leads") == {("2026-03-04", ""): 4}


# -- at the database --------------------------------------------------------------------------------------------------


def test_one_day_is_rolled_up_along_an_index(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    from sqlalchemy import event

    asked: dict[str, tuple[str, Any]] = {}
    with desk_on(mariadb_urls, tmp_path) as desk:
        leads_account(desk, "site")
        bases = ("occurred_at", "completed_at")

        @event.listens_for(desk.app, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if "GROUP BY" in statement and "crm_leads" in statement:
                asked.update({basis: (statement, parameters) for basis in bases if basis in statement})

        rows = [a_lead(n, f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}", done="", source="") for n in range(400)]
        day = "2026-03-04 12:00:00Z"
        committed(desk, a_csv([*rows, a_lead(999, "2026-03-04", done=day, source="")]))
        committed(desk, a_csv([a_lead(998, "2026-03-04", done=day, source="")]))
        assert set(asked) == set(bases)
        with desk.app.connect() as connection:
            connection.exec_driver_sql("ANALYZE TABLE crm_leads")
            for basis, (statement, parameters) in asked.items():
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings().one()
                assert plan["key"] == f"ix_crm_leads_account_id_object_{basis}"
                assert plan["type"] == "range"


def test_what_a_load_would_do_to_a_weighted_mean_is_what_it_then_does(local: Desk) -> None:
    search_account(local, "site", "acme")
    visits(local, {"day": "2026-03-04", "clicks": 1, "impressions": 100, "position": "2.5"})
    rows = [
        {"day": "2026-03-04", "query": "", "clicks": 4, "impressions": 120, "position": "3.5"},
        {"day": "2026-03-05", "query": "", "clicks": 9, "impressions": 300, "position": "10.5"},
        {"day": "2026-03-05", "query": "roof", "clicks": 9, "impressions": 300, "position": "10.5"},
    ]
    load = import_file(local, a_csv(rows), "site", "traffic_day")["load"]
    foretold = local.ask(admin(local), load_effect.load_effect, load)
    said = {item.metric.template.key: item.months[0].after for item in foretold.metrics}
    approve(local, admin(local), load)
    shown = {
        item["metric"]: item["values"][0]["value"] for item in local.ask(admin(local), metrics.client_metrics, "acme")
    }
    assert (said["clicks"], said["position"]) == (13, Decimal("8.5"))
    assert (shown["site.clicks"], shown["site.position"]) == (13, 8.5)
