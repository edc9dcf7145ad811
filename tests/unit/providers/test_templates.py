"""What the house promises of every provider template: one shape, nothing named that is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from lib.domain.api.source_text import is_safe_address
from lib.domain.maps import Band
from lib.domain.metrics import GIVEN, Aggregation, MetricTemplate, Surface
from lib.domain.objects import OBJECTS, TEXT_KINDS, Kind, object_type
from lib.domain.providers import Mark, MarkOn, ObjectTemplate, ProviderTemplate
from lib.domain.publishing.client_words import Form, client_problems
from lib.domain.signals import Paid, Signal
from lib.domain.verdicts import RowClass
from lib.errors import DeskError
from lib.intake.hook_bodies import rows_of
from lib.mapping.apply import MapContext, apply_map, check_map
from lib.mapping.classes import classify
from lib.mapping.headers import name_of
from lib.mapping.scoring import band
from lib.mapping.suggest import suggest
from lib.providers import TEMPLATES, template
from lib.providers.senders import SENDERS

PAYLOADS = Path(__file__).parents[3].parent / "shared" / "data" / "payloads"
ALL = list(TEMPLATES.values())
OFFERED = [(item, offered) for item in ALL for offered in item.objects]
METRICS = [(item, metric) for item in ALL for metric in item.metrics]
NEW_YORK = MapContext("America/New_York")


def flat(payload: dict[str, Any], path: str = "") -> dict[str, str | None]:
    """A payload as one row of text, nested names joined by a dot."""
    row: dict[str, str | None] = {}
    for key, value in payload.items():
        if isinstance(value, dict):
            row |= flat(value, f"{path}{key}.")
        else:
            row[path + key] = None if value is None else value if isinstance(value, str) else json.dumps(value)
    return row


def frame(*payloads: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([flat(payload) for payload in payloads], dtype="str")


def payload(path: str) -> dict[str, Any]:
    file = PAYLOADS / path
    if not file.exists():
        pytest.skip(f"../shared/data is absent: {path} is not there")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def label(value: object) -> str:
    return str(getattr(value, "key", getattr(value, "object", "")))


NINE = {
    "angi", "servicetitan", "quote_request", "google_ads", "search_console", "callrail", "thumbtack", "housecall_pro",
    "jobber",
}  # fmt: skip


def test_there_are_nine_providers_and_one_that_fits_any_other() -> None:
    assert set(TEMPLATES) == {*NINE, "other"}


@pytest.mark.parametrize("item", ALL, ids=label)
def test_a_template_says_everything_the_ladder_asks(item: ProviderTemplate) -> None:
    assert TEMPLATES[item.key] is item
    said = (
        item.name, item.source_label, item.destination_reason, item.auth_model, item.retry_rules, item.paging,
        item.rate_limits, item.times, item.screen, item.failure_path, item.manual_fallback, item.rollback_note,
    )  # fmt: skip
    assert all(text.strip() for text in said)
    sentences = (*said[2:], *item.known_failures)
    assert all(text.endswith(".") for text in sentences), [text for text in sentences if not text.endswith(".")]
    assert item.objects
    assert item.metrics
    assert item.known_failures
    assert bool(item.documentation) == (item.key != "other")
    assert item.freshness_hours > 0
    assert item.retention_days > 0
    assert item.currency == "account" or (len(item.currency) == 3 and item.currency.isupper())
    assert len({offered.object for offered in item.objects}) == len(item.objects)
    assert len({metric.key for metric in item.metrics}) == len(item.metrics)
    assert item.sender in ("", *SENDERS)
    assert all(offered.example for offered in item.objects)


@pytest.mark.parametrize("item", ALL, ids=label)
def test_an_api_is_asked_at_one_address_and_safely(item: ProviderTemplate) -> None:
    assert {source.base_url for source in item.sources} <= {item.base_url}
    assert not item.base_url or is_safe_address(item.base_url)
    assert all(address.startswith("https://") for address in item.documentation)


@pytest.mark.parametrize("item", ALL, ids=label)
def test_what_is_promised_first_can_be_shown_on_a_card_and_read_by_a_client(item: ProviderTemplate) -> None:
    metrics = {metric.key: metric for metric in item.metrics}
    assert item.default_metrics
    assert all(metrics[key].surface is Surface.PORTAL_CARD for key in item.default_metrics)
    assert not any(metrics[key].dimension for key in item.default_metrics)
    assert client_problems(item.promise, Form("promise", 20, 900)) == ()


@pytest.mark.parametrize(("item", "offered"), OFFERED, ids=label)
def test_an_object_names_only_columns_that_exist(item: ProviderTemplate, offered: ObjectTemplate) -> None:
    canonical = object_type(offered.object)
    assert set(offered.synonyms) <= set(canonical.column_names)
    assert set(offered.value_maps) <= set(canonical.column_names)
    assert all(names and len({name_of(n) for n in names}) >= 1 for names in offered.synonyms.values())
    assert all(table and all(table.values()) for table in offered.value_maps.values())
    assert offered.money_unit in {"dollars", "cents", "micros"}
    assert offered.day_order in {"mdy", "dmy", "ymd"}
    assert offered.timezone == "account" or ZoneInfo(offered.timezone)
    assert not offered.resale_group or "group_id" in offered.synonyms
    assert set(offered.identity) <= set(canonical.column_names)
    assert not (offered.key and offered.identity)
    assert not offered.key or offered.synonyms["external_id"][0] == offered.key


@pytest.mark.parametrize(("item", "metric"), METRICS, ids=label)
def test_a_metric_stands_on_what_the_provider_sends(item: ProviderTemplate, metric: MetricTemplate) -> None:
    canonical = object_type(item.object(metric.object).object)
    assert canonical.column(metric.date_basis).kind in {Kind.TIMESTAMP, Kind.DATE}
    if metric.aggregation is Aggregation.RATIO:
        operands = {m.key: m for m in item.metrics if m.aggregation is not Aggregation.RATIO}
        assert {metric.numerator, metric.denominator} <= set(operands)
        assert metric.numerator != metric.denominator
        assert {operands[metric.numerator].object, operands[metric.denominator].object} == {metric.object}
        assert not metric.column
    else:
        assert not metric.numerator
        assert not metric.denominator
    assert bool(metric.column) == (metric.aggregation is Aggregation.SUM)
    if metric.column:
        assert canonical.column(metric.column).kind in {Kind.MONEY, Kind.INTEGER, Kind.DECIMAL}
        assert (canonical.column(metric.column).kind is Kind.MONEY) == (metric.unit == "USD")
    if metric.weight:
        assert {canonical.column(name).kind for name in (metric.column, metric.weight)} <= {Kind.INTEGER, Kind.DECIMAL}
    if metric.dimension:
        assert canonical.column(metric.dimension).kind in TEXT_KINDS
    for column, accepted in metric.where:
        assert accepted
        assert canonical.column(column)
        if set(accepted) <= {GIVEN, ""}:
            continue  # which rows of an export a total is taken from, whatever their values are
        table = item.object(metric.object).value_maps.get(column)
        assert table is not None
        assert set(accepted) <= set(table.values())


@pytest.mark.parametrize(("item", "metric"), METRICS, ids=label)
def test_a_metric_is_ready_for_one_clear_sentence(item: ProviderTemplate, metric: MetricTemplate) -> None:
    assert metric.label
    assert metric.unit
    assert metric.client_meaning
    assert not metric.client_meaning.endswith(".")
    jargon = ("external_id", "webhook", "payload", "null", "API", "CRM", "_")
    assert not any(word in metric.client_meaning for word in jargon)


@pytest.mark.parametrize("item", ALL, ids=label)
def test_a_mark_looks_at_a_field_that_exists_and_says_what_it_saw(item: ProviderTemplate) -> None:
    columns = {name for offered in item.objects for name in object_type(offered.object).column_names}
    for mark in item.marks:
        assert mark.row_class is not RowClass.GENUINE
        assert mark.field
        assert mark.values  # noqa: PD011
        assert mark.evidence.endswith(".")
        assert mark.on is MarkOn.SOURCE or mark.field in columns


@pytest.mark.parametrize(("item", "offered"), OFFERED, ids=label)
def test_the_example_payload_is_mapped_by_its_own_template(item: ProviderTemplate, offered: ObjectTemplate) -> None:
    canonical, raw = object_type(offered.object), frame(offered.example)
    got = suggest(raw, canonical, offered, owner="o@example.com", timezone="America/New_York")
    assert check_map(got, list(raw.columns), canonical) == []
    for required in (canonical.date_column, *(["external_id"] if offered.key else [])):
        rule = got.rule_for(required)
        assert rule is not None
        assert band(rule.confidence) in {Band.CERTAIN, Band.STRONG}
    mapped = apply_map(got, raw, NEW_YORK)
    assert mapped.failures.empty
    assert mapped.notes.empty
    classes = classify(mapped.frame, raw, item.marks)
    assert set(classes.row_class) == {"genuine"}


def test_another_provider_offers_every_object_and_says_that_its_signal_is_assumed() -> None:
    other = template("other")
    assert {offered.object for offered in other.objects} == set(OBJECTS)
    assert all(offered.is_signal_assumed for offered in other.objects)
    signals = {offered.object: offered.signal.signal for offered in other.objects}
    assert signals["lead"] is Signal.FORM_LEAD
    assert signals["job"] is Signal.CRM_JOB
    assert signals["call"] is Signal.PHONE_CALL
    assert signals["traffic_day"] is Signal.AD_CLICK


def test_a_known_provider_assumes_no_signal() -> None:
    assert not any(o.is_signal_assumed for item in ALL if item.key != "other" for o in item.objects)
    assert template("angi").object("lead").signal.paid is Paid.PAID
    assert template("quote_request").object("quote_request").signal.paid is Paid.ORGANIC


def test_an_unknown_provider_is_refused_with_a_list_of_those_there_are() -> None:
    with pytest.raises(DeskError) as caught:
        template("angie")
    assert caught.value.code == "unknown_provider"
    assert all(key in caught.value.hint for key in TEMPLATES)


def test_a_documented_angi_lead_has_every_key_field_placed() -> None:
    raw = frame(
        payload("angi/angi_lead_integration_api_full_2026.json"), payload("angi/angi_minimal_optional_absent.json")
    )
    angi = template("angi").object("lead")
    got = suggest(raw, object_type("lead"), angi, owner="o@example.com", timezone="America/Denver")
    found = {rule.target: rule for rule in got.fields}
    wanted = {
        "external_id": "leadOid", "group_id": "srOid", "fee": "fee", "phone": "primaryPhone", "email": "email",
        "phone_is_masked": "primaryPhoneDetails.maskedNumber", "service": "taskName", "description": "comments",
        "postal_code": "postalCode", "state": "stateProvince", "status": "contactStatus", "outcome": "contactStatus",
        "secondary_phone": "secondaryPhone", "source": "leadSource", "name": "name",
    }  # fmt: skip
    assert {target: found[target].source for target in wanted} == wanted
    assert all(band(found[target].confidence) in {Band.CERTAIN, Band.STRONG} for target in wanted)
    mapped = apply_map(got, raw, MapContext("America/Denver"))
    assert mapped.failures.empty
    assert mapped.frame["fee"].to_list() == [25_670_000, 0]
    assert mapped.frame["phone"].to_list() == ["+13035550142", "+16025550117"]
    # The payload has no time of its own: only the receipt's, which is added when a lead is received.
    assert [p.place for p in check_map(got, None, object_type("lead"))] == ["target occurred_at"]


@pytest.mark.parametrize("name", ["jobs", "leads", "bookings", "customers", "calls", "invoices"])
def test_a_documented_servicetitan_answer_is_keyed_and_answered_for(name: str) -> None:
    files = {"jobs": "jpm_jobs", "calls": "telecom_calls", "invoices": "accounting_invoices"}
    answer = payload(f"servicetitan/{files.get(name, 'crm_' + name)}_get_200_spec_example.json")
    raw = frame(*answer["data"])
    offered = template("servicetitan").object(name.removesuffix("s"))
    got = suggest(raw, object_type(offered.object), offered, owner="o@example.com", timezone="America/Phoenix")
    rule = got.rule_for("external_id")
    assert rule is not None
    assert rule.source == offered.key
    assert set(got.sources) == set(raw.columns)
    # "string" is no date, so nothing may be suggested for one.
    assert got.rule_for("occurred_at") is None


def mapped_by(key: str, name: str, **cells: str) -> dict[str, Any]:
    """One row of these headers, placed by the suggestions of a template and translated: its cells by column."""
    raw = pd.DataFrame({header: pd.Series([value], dtype="str") for header, value in cells.items()})
    offered = template(key).object(name)
    got = suggest(raw, object_type(name), offered, owner="o@example.com", timezone="America/New_York")
    mapped = apply_map(got, raw, NEW_YORK)
    assert mapped.failures.empty
    return dict(mapped.frame.iloc[0])


def test_housecall_pro_counts_cents_in_its_records_and_dollars_in_its_reports() -> None:
    record = mapped_by(
        "housecall_pro", "job", **{"id": "job_1", "created_at": "2026-03-04T15:02:11Z", "total_amount": "18900"}
    )
    event = mapped_by(
        "housecall_pro", "job",
        **{"job.id": "job_1", "job.created_at": "2026-03-04T15:02:11Z", "job.total_amount": "18900"},
    )  # fmt: skip
    report = mapped_by(
        "housecall_pro", "job", **{"Job #": "1", "Job created date": "03/14/2026", "Job amount": "$189.00"}
    )
    assert {row["amount"] for row in (record, event, report)} == {189_000_000}


@pytest.mark.parametrize(
    ("key", "name", "header", "status", "outcome"),
    [
        ("housecall_pro", "job", "work_status", "needs scheduling", "open"),
        ("housecall_pro", "job", "work_status", "complete unrated", "completed"),
        ("housecall_pro", "job", "Job status", "Complete", "completed"),
        ("housecall_pro", "job", "job.work_status", "pro canceled", "canceled"),
        ("jobber", "job", "jobStatus", "requires_invoicing", "completed"),
        ("jobber", "job", "Job status", "Requires invoicing", "completed"),
        ("jobber", "quote_request", "quoteStatus", "converted", "accepted"),
        ("thumbtack", "lead", "data.chargeState", "Refunded", "refunded"),
        ("thumbtack", "lead", "status", "Picked", "picked"),
    ],
)
def test_a_status_means_the_same_however_it_is_written(
    key: str, name: str, header: str, status: str, outcome: str
) -> None:
    assert mapped_by(key, name, id="1", Date="2026-03-14", **{header: status})["outcome"] == outcome


def test_the_price_of_a_thumbtack_lead_is_read_from_its_text_and_a_charge_says_what_became_of_it() -> None:
    offered = template("thumbtack").object("lead")
    raw = frame(offered.example)
    got = suggest(raw, object_type("lead"), offered, owner="o@example.com", timezone="America/Denver")
    row = apply_map(got, raw, MapContext("America/Denver")).frame.iloc[0]
    assert (row["fee"], row["outcome"], row["status"]) == (25_000_000, "charged", "Open")
    # Nothing documented says that it is sold again, so nothing is set apart by its request.
    assert not offered.resale_group


def test_what_comes_to_thumbtacks_address_and_is_no_lead_is_left_out() -> None:
    thumbtack = SENDERS["thumbtack"]
    said = {"event": {"eventType": "MessageCreatedV4"}, "data": {"negotiationID": "7", "text": "Is Friday free?"}}
    (row,) = rows_of(thumbtack, {}, said, frozenset())
    assert row.event in thumbtack.left_out
    (lead,) = rows_of(thumbtack, {}, template("thumbtack").object("lead").example, frozenset())
    assert lead.event not in thumbtack.left_out


def marked(key: str, **values: str) -> tuple[str, str]:
    raw = pd.DataFrame({name: pd.Series([value], dtype="str") for name, value in values.items()})
    report = classify(raw, raw, template(key).marks)
    evidence = report.evidence["evidence"]
    return str(report.row_class[0]), "" if evidence.empty else str(evidence.iloc[0])


@pytest.mark.parametrize(
    ("key", "field", "value", "row_class"),
    [
        ("angi", "name", "Test Lead", "test"),
        ("angi", "name", "TEST", "test"),
        ("angi", "name", "Maria Testa", "genuine"),
        ("angi", "name", "Contest Winner", "genuine"),
        ("angi", "email", "test@example.com", "test"),
        ("angi", "email", "jane.doe@example.com", "genuine"),
        ("servicetitan", "businessUnit.name", "Z-DO NOT USE - old plumbing", "internal"),
        ("servicetitan", "Business Unit", "z-do not use", "internal"),
        ("servicetitan", "Business Unit", "Plumbing", "genuine"),
        ("quote_request", "is_test", "true", "test"),
        ("quote_request", "is_test", "false", "genuine"),
        ("quote_request", "lead_id", "TeSter-123-ID", "test"),
        ("quote_request", "form_id", "40000000000", "test"),
        ("quote_request", "form_id", "123456789", "genuine"),
        ("quote_request", "name", "<test lead: dummy data for full_name>", "test"),
        ("quote_request", "email", "test@meta.com", "test"),
        ("quote_request", "email", "work-test@example.com", "test"),
        ("quote_request", "status", "spam", "spam"),
        ("quote_request", "status", "active", "genuine"),
        ("thumbtack", "data.business.name", "Test Business for Webhooks", "test"),
        ("thumbtack", "data.business.name", "Testa & Sons", "genuine"),
        ("housecall_pro", "first_name", "Test", "test"),
        ("jobber", "name", "test", "test"),
        ("other", "name", "Tester One", "test"),
    ],
)
def test_marks_tell_tests_spam_and_internal_rows_from_genuine_ones(
    key: str, field: str, value: str, row_class: str
) -> None:
    found, evidence = marked(key, **{field: value})
    assert found == row_class
    assert bool(evidence) == (row_class != "genuine")


def test_no_mark_can_name_every_row() -> None:
    every: list[Mark] = [mark for item in ALL for mark in item.marks]
    assert all(value.strip() for mark in every for value in mark.values)  # noqa: PD011
