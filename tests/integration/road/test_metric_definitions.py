"""The metric catalog: definitions in versions, own metrics held to one clear sentence, and what a change does to numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.audit import audit_log
from lib.db.tables.reports import metric_definitions as definitions
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.people import Role
from lib.errors import DeskError, NotAllowed
from lib.pipeline.publishing import metric_changes
from lib.services.counting import baseline, metric_definitions, metrics
from lib.services.setup import account_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    slices,
    table_rows,
)

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
OWN = MetricTemplate("won", "Leads won", "lead", "leads", "people who asked and then became customers")


@pytest.fixture
def local(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite, for what no database has a say in."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def brought(desk: Desk) -> None:
    """Ten leads of March, a day each, every other one won, and a test."""
    a_lead_account(desk)
    rows = [a_lead(n, f"2026-03-{n:02d}", status="won" if n % 2 else "new") for n in range(1, 11)]
    committed(desk, a_csv([*rows, a_lead(11, "2026-03-11", name="Test Person", status="won")]), days=MARCH)


def add(desk: Desk, **more: Any) -> dict[str, Any]:
    item = MetricTemplate(**{**vars(OWN), "where": (("status", ("won",)),), **more})
    return metric_changes.add_metric(desk, admin(desk), "site", item)


def edit(desk: Desk, name: str, **changes: str) -> dict[str, Any]:
    told = {name.replace("__", "."): text for name, text in changes.items()}
    return metric_changes.edit_metric(desk, admin(desk), name, told, "the client asked")


def value(desk: Desk, name: str) -> Any:
    shown = {item["metric"]: item for item in desk.ask(admin(desk), metrics.client_metrics, "acme")}
    return [each["value"] for each in shown[name]["values"]]


def test_an_own_metric_counts_what_was_committed_before_it_was_added(desk: Desk) -> None:
    brought(desk)
    added = add(desk)
    assert (added["version"], added["signal"], added["table"]) == (1, "form_lead", "crm_leads")
    assert slices(desk, "site.won") == {(f"2026-03-{n:02d}", ""): (1 if n < 11 else 0) for n in (1, 3, 5, 7, 9, 11)}
    share = MetricTemplate(
        "won_share", "Share won", "lead", "percent", "how many of a hundred people who asked were won",
        Aggregation.RATIO, numerator="won", denominator="leads",
    )  # fmt: skip
    ratio = metric_changes.add_metric(desk, admin(desk), "site", share)
    assert ratio["renewed"] == ["site.won_share"]
    assert value(desk, "site.won_share") == [50]


def test_what_counts_otherwise_is_a_new_version_counted_anew_and_older_baselines_are_not_comparable(
    any_desk: Desk,
) -> None:
    desk = any_desk
    brought(desk)
    add(desk)
    boss = admin(desk)
    captured = desk.do(boss, baseline.capture_baseline, "acme", "site.won", MARCH, "before")["baseline"]
    april = DateRange(date(2026, 4, 1), date(2026, 4, 30))
    committed(desk, a_csv([a_lead(20, "2026-04-02", status="won")]), days=april)
    assert desk.ask(boss, baseline.compare_with_baseline, "acme", "site.won", captured, april)["comparable"]
    edited = edit(desk, "site.won", where__status="won,new")
    assert (edited["version"], edited["renewed"]) == (2, ["site.won"])
    assert value(desk, "site.won") == [10, 1]
    said = desk.ask(boss, baseline.compare_with_baseline, "acme", "site.won", captured, april)
    assert (said["comparable"], said["baseline"]["value"], said["change"]) == (False, 5, None)
    assert "definition of this number changed" in said["sentence"]
    # The slices of the version before are gone: nothing is counted under a definition that nobody asks for.
    found = {row["version"]: row["id"] for row in table_rows(desk.app, definitions) if row["key"] == "won"}
    assert set(found) == {1, 2}
    assert len(slices(desk, "site.won")) == 12


def test_a_ratio_is_renewed_with_the_part_that_counts_otherwise(local: Desk) -> None:
    an_account(local, provider="quote_request")
    fields = {"external_id": "id", "occurred_at": "date", "status": "status", "outcome": "status"}
    an_approved_map(local, "site", a_map("quote_request", fields))
    rows = [a_lead(n, status="accepted" if n < 4 else "quoted") for n in range(1, 11)]
    committed(local, a_csv(rows), "site", "quote_request", days=DateRange(date(2026, 3, 4), date(2026, 3, 4)))
    day = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    made = local.do(admin(local), baseline.capture_baseline, "acme", "site.accepted_share", day, "x")["baseline"]
    edited = edit(local, "site.accepted_quotes", where__outcome="accepted,quoted")
    assert edited["renewed"] == ["site.accepted_quotes", "site.accepted_share"]
    assert value(local, "site.accepted_share") == [100]
    said = local.ask(admin(local), baseline.compare_with_baseline, "acme", "site.accepted_share", made, day)
    assert not said["comparable"]
    # It is counted by the date that its numerator is, and has none of its own to change.
    edit(local, "site.accepted_quotes", date_basis="sold_at")
    shown = {item["metric"]: item for item in local.ask(admin(local), metric_definitions.catalog, "acme")}
    assert (shown["site.accepted_share"]["date_basis"], shown["site.accepted_share"]["version"]) == ("sold_at", 3)
    with pytest.raises(DeskError) as refused:
        edit(local, "site.accepted_share", date_basis="booked_at")
    assert code_of(refused) == "metric_ratio_counts"


def test_new_words_keep_the_version_and_the_baselines_and_are_in_the_audit_log(local: Desk) -> None:
    brought(local)
    captured = local.do(admin(local), baseline.capture_baseline, "acme", "site.leads", MARCH, "x")["baseline"]
    before = slices(local, "site.leads")
    edited = edit(local, "site.leads", label="People who asked", unit="people", surface="report_note")
    assert (edited["version"], edited["renewed"]) == (1, [])
    assert slices(local, "site.leads") == before
    said = local.ask(admin(local), baseline.compare_with_baseline, "acme", "site.leads", captured, MARCH)
    assert said["comparable"]
    assert "10 people" in said["sentence"]
    (noted,) = [row for row in table_rows(local.app, audit_log) if row["action"] == "metric reworded"]
    assert "unit from “leads” to “people”" in noted["detail"]["changes"]
    assert noted["detail"]["reason"] == "the client asked"
    shown = local.ask(admin(local), metric_definitions.definition, "site.leads")
    assert [each["version"] for each in shown["versions"]] == [1]


UNSOUND: tuple[tuple[dict[str, Any], str], ...] = (
    ({"client_meaning": "  "}, "metric_incomplete"),
    ({"label": ""}, "metric_incomplete"),
    ({"unit": " "}, "metric_incomplete"),
    ({"client_meaning": "rows that the webhook brought to us"}, "meaning_not_safe"),
    ({"key": "Won!"}, "metric_key_invalid"),
    ({"key": "leads"}, "metric_exists"),
    ({"object": "nothing"}, "object_not_offered"),
    ({"date_basis": "status"}, "metric_date_basis"),
    ({"where": (("email", ("a@b.example",)),)}, "metric_filter_wrong"),
    ({"where": (("status", ("*", "won")),)}, "metric_filter_wrong"),
    ({"dimension": "name"}, "metric_dimension_wrong"),
    ({"unit": "USD"}, "metric_unit_wrong"),
    ({"aggregation": Aggregation.SUM, "column": "status"}, "metric_column_wrong"),
    ({"aggregation": Aggregation.SUM, "column": "fee", "unit": "EUR"}, "metric_unit_wrong"),
    ({"aggregation": Aggregation.SUM, "column": "fee", "weight": "duration"}, "metric_column_wrong"),
    ({"column": "fee"}, "metric_column_wrong"),
)


def test_r14_a_metric_without_one_clear_sentence_is_not_added(local: Desk) -> None:
    a_lead_account(local)
    for more, code in UNSOUND:
        with pytest.raises(DeskError) as refused:
            add(local, **more)
        assert code_of(refused) == code, more
    assert "won" not in {row["key"] for row in table_rows(local.app, definitions)}


def test_r14_the_database_refuses_a_definition_without_a_sentence_or_without_what_it_sums(desk: Desk) -> None:
    a_lead_account(desk)
    with desk.app.connect() as connection:
        row = dict(connection.execute(select(definitions)).mappings().first() or {})
    row.pop("id")
    wrong: tuple[dict[str, Any], ...] = (
        {"client_meaning": "   "}, {"unit": ""}, {"label": " "}, {"surface": ""}, {"aggregation": "sum"},
        {"aggregation": "ratio", "numerator": "leads"}, {"weight_column": "fee"},
    )  # fmt: skip
    for number, more in enumerate(wrong):
        with pytest.raises(DBAPIError) as refused, desk.app.begin() as connection:
            connection.execute(insert(definitions).values(**{**row, "key": f"k{number}", **more}))
        assert failure_of(refused.value) is Failure.CHECK, more


def test_only_an_owner_defines_what_a_number_means(local: Desk) -> None:
    a_lead_account(local)
    analyst = a_person(local, "an@example.com", Role.ANALYST)
    with pytest.raises(NotAllowed):
        metric_changes.edit_metric(local, analyst, "site.leads", {"label": "x"}, "y")
    with pytest.raises(NotAllowed):
        metric_changes.add_metric(local, analyst, "site", OWN)
    client = a_person(local, "sam@example.com", Role.STAKEHOLDER, "acme")
    with pytest.raises(NotAllowed):
        local.ask(client, metric_definitions.catalog, "acme")
    with pytest.raises(DeskError) as refused:
        metric_changes.edit_metric(local, admin(local), "site.leads", {"label": "x"}, " ")
    assert code_of(refused) == "reason_missing"


def test_the_catalog_tells_every_field_of_every_number(local: Desk) -> None:
    a_lead_account(local)
    promised = {
        "metric", "version", "label", "signal", "paid", "source", "unit", "aggregation", "table", "database",
        "date_basis", "where", "meaning", "surface", "dimension",
    }  # fmt: skip
    for item in local.ask(admin(local), metric_definitions.catalog, "acme"):
        assert promised <= set(item)
        assert not item["missing"]


def test_another_signal_of_an_object_is_that_of_its_metrics_too(local: Desk) -> None:
    a_lead_account(local)
    local.do(admin(local), account_settings.set_account, "site", {"signal.lead": "marketplace_lead"})
    found = {item["metric"]: item for item in local.ask(admin(local), metric_definitions.catalog, "acme")}
    assert (found["site.leads"]["signal"], found["site.leads"]["paid"]) == ("marketplace_lead", "paid")


def test_the_money_of_an_account_is_said_in_its_own_currency(local: Desk) -> None:
    a_lead_account(local)
    local.do(admin(local), account_settings.set_account, "site", {"currency": "EUR"})
    units = {item["metric"]: item["unit"] for item in local.ask(admin(local), metric_definitions.catalog, "acme")}
    assert (units["site.revenue"], units["site.leads"]) == ("EUR", "leads")
    item = MetricTemplate("fees", "Fees", "lead", "EUR", "what was paid for the people who asked", Aggregation.SUM,
                          column="fee")  # fmt: skip
    committed(local, a_csv([a_lead(1), a_lead(2)]), days=MARCH)
    metric_changes.add_metric(local, admin(local), "site", item)
    assert sum(slices(local, "site.fees").values()) == Decimal(20)
