"""R3 over the whole catalog: no path adds two signals, no ratio divides one by another, every number carries exactly one."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import OBJECTS, Destination, Kind, object_type
from lib.domain.providers import ProviderTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.errors import DeskError
from lib.pipeline.publishing import metric_changes
from lib.providers import TEMPLATES
from lib.reporting.metric_rules import require_sound
from lib.services.arriving import arrivals
from lib.services.counting import baseline, comparison_series, metric_definitions, metrics, numbers_on_load
from lib.services.reviewing import load_effect
from lib.services.setup import account_settings
from lib.services.tracing import trace_number, trace_slice
from tests.builders import (
    PROJECT,
    a_csv,
    a_map,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    import_file,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY, BEFORE = date(2026, 3, 4), date(2026, 3, 3)
BOTH = DateRange(BEFORE, DAY)

# One total of each signal, so far apart that no two of them can be added without the sum telling which.
TOTALS = {
    Signal.MARKETPLACE_LEAD: 1_000_003,
    Signal.FORM_LEAD: 7_000_049,
    Signal.PHONE_CALL: 50_000_617,
    Signal.CRM_JOB: 400_009_001,
    Signal.AD_CLICK: 3_000_000_117,
    Signal.SEARCH_CLICK: 20_000_010_007,
}
MIXED = {
    sum(some): [signal for signal, value in TOTALS.items() if value in some]
    for count in range(2, 7)
    for some in itertools.combinations(TOTALS.values(), count)
}
# Account, provider, object, the column that is summed, the metric that sums it; '' where the template brings it.
SOURCES = (
    ("mkt", "angi", "lead", "fee", "mkt.lead_fees"),
    ("form", "quote_request", "quote_request", "amount", "form.quoted"),
    ("tel", "servicetitan", "call", "duration", "tel.seconds"),
    ("crm", "servicetitan", "invoice", "amount", "crm.revenue"),
    ("ads", "google_ads", "traffic_day", "clicks", "ads.clicks"),
    ("seo", "search_console", "traffic_day", "clicks", "seo.clicks"),
)
OWN = {
    "form": MetricTemplate("quoted", "Quoted", "quote_request", "USD", "what the quotes of the period come to",
                           Aggregation.SUM, column="amount"),
    "tel": MetricTemplate("seconds", "Time on the phone", "call", "seconds", "how long people were spoken with",
                          Aggregation.SUM, column="duration"),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One client with one total of each signal on two days, and a baseline of each."""
    home = tmp_path_factory.mktemp("signals")
    with desk_on((f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db"), home, lambda: NOON) as opened:
        for (key, provider, name, column, metric), total in zip(SOURCES, TOTALS.values(), strict=True):
            _a_source(opened, key, provider, name, column, total)
            opened.do(admin(opened), baseline.capture_baseline, "acme", metric, BOTH, "to set beside")
        yield opened


def _a_source(desk: Desk, key: str, provider: str, name: str, column: str, total: int) -> None:
    an_account(desk, key, provider=provider, timezone="UTC")
    is_traffic = object_type(name).destination is Destination.TRAFFIC
    when = {"day": "day"} if is_traffic else {"occurred_at": "day", "external_id": "id"}
    more = {"campaign": "campaign"} if key == "ads" else {}
    an_approved_map(desk, key, a_map(name, {**when, **more, column: "value"}))
    if key in OWN:
        metric_changes.add_metric(desk, admin(desk), key, OWN[key])
    rows = [_row(day, total, is_traffic) for day in (BEFORE, DAY)]
    load = committed(desk, a_csv(rows), key, name, days=BOTH)
    assert load["status"] == "committed", load


def _row(day: date, total: int, is_traffic: bool) -> dict[str, object]:
    if is_traffic:
        return {"day": day.isoformat(), "campaign": "Spring", "value": total}
    return {"id": f"x{day:%d}", "day": f"{day.isoformat()}T12:00:00Z", "value": total}


# -- every service that reads numbers -----------------------------------------------------------------------------------


def each_metric(asked: Callable[[Desk, str], Any]) -> Callable[[Desk], list[Any]]:
    return lambda desk: [asked(desk, source[4]) for source in SOURCES]


def ask(verb: Callable[..., Any]) -> Callable[..., Callable[[Desk, str], Any]]:
    return lambda *before_and_after: (
        lambda desk, name: desk.ask(admin(desk), verb, *(name if given is ... else given for given in before_and_after))
    )


def _of_baseline(verb: Callable[..., Any], *more: Any) -> Callable[[Desk], list[Any]]:
    """The baselines were captured in the order of the sources."""
    return lambda desk: [
        desk.ask(admin(desk), verb, "acme", source[4], number, BOTH, *more)
        for number, source in enumerate(SOURCES, start=1)
    ]


def _foretold(desk: Desk) -> Any:
    rows = [_row(date(2026, 3, 5), 7, is_traffic=False)]
    load = import_file(desk, a_csv(rows), "mkt", "lead", file_name="more.csv")["load"]
    return [desk.ask(admin(desk), load_effect.load_effect, load).as_dict()]


# How each public function of a service that reads daily numbers is asked about all six signals.
NUMBERS: dict[str, Callable[[Desk], list[Any]]] = {
    "metrics.client_metrics": lambda desk: [
        desk.ask(admin(desk), metrics.client_metrics, "acme", BEFORE, DAY, every) for every in ("day", "month")
    ],
    "arrivals.arrivals": lambda desk: [desk.ask(admin(desk), arrivals.arrivals, "acme")],
    "baseline.compare_with_baseline": _of_baseline(baseline.compare_with_baseline),
    "comparison_series.compare_by_step": _of_baseline(comparison_series.compare_by_step, "day"),
    "comparison_series.comparable_metrics": lambda desk: [
        desk.ask(admin(desk), comparison_series.comparable_metrics, "acme")
    ],
    "comparison_series.baselines_of": each_metric(ask(comparison_series.baselines_of)("acme", ...)),
    "comparison_series.complete_days": each_metric(ask(comparison_series.complete_days)("acme", ...)),
    "comparison_series.capturable": each_metric(ask(comparison_series.capturable)("acme", ..., BOTH)),
    "trace_number.trace_number": each_metric(ask(trace_number.trace_number)(..., BOTH)),
    "trace_slice.trace_slice": each_metric(ask(trace_slice.trace_slice)(..., DAY)),
    "numbers_on_load.numbers_on_load": lambda desk: [
        desk.ask(admin(desk), numbers_on_load.numbers_on_load, load) for load in range(1, 7)
    ],
    "metric_definitions.catalog": lambda desk: [desk.ask(admin(desk), metric_definitions.catalog, "acme")],
    "load_effect.load_effect": _foretold,
}
# What reads them and says none of them, or says what one of those above says.
SAYS_NO_OTHER = {
    "baseline.capture_baseline": "seals the one metric it is asked for; called for each signal to set the scene",
    "metric_definitions.*": "what numbers mean; add and edit are tried below with every pair of signals",
    "roll_up.*": "writes slices metric by metric and says how many",
    "load_effect.effect_stamp": "says only whether an effect is still the same",
    "impact.*": "foretells through `metric_effects`, metric by metric, as load_effect does",
    "weigh_arrival.*": "compares rows of one load with rows of earlier ones",
    "change_notes.*": "says on which days something was changed",
    # A statement is one comparison of one metric, and all that is published is made of statements.
    "statements.*": "freezes what `compare` says of one metric",
    "portal.*": "shows frozen statements side by side",
    "portal_cards.*": "orders frozen statements",
    "portal_watch.*": "says of each frozen statement by itself whether it is shown",
    "report_notes.*": "puts the sentences of frozen statements one below the other",
    "corrections.*": "says how one published number moved",
    "published_on_load.*": "lists published numbers one by one",
}
READS = re.compile(
    r"tx\.slices\.|tx\.lineage\.|metric_series|metric_effects|sealed_sides|statement_cards|published_standing"
)


def test_every_service_that_reads_numbers_is_asked_here() -> None:
    for path in sorted((PROJECT / "lib" / "services").rglob("*.py")):
        source = path.read_text("utf-8")
        if not READS.search(source) or f"{path.stem}.*" in SAYS_NO_OTHER:
            continue
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert f"{path.stem}.{node.name}" in {**NUMBERS, **SAYS_NO_OTHER}, f"{path.stem}.{node.name}"


@pytest.mark.parametrize("name", NUMBERS)
def test_r3_no_service_says_a_sum_over_two_signals(desk: Desk, name: str) -> None:
    said = NUMBERS[name](desk)
    assert said
    assert any(True for _ in _numbers_in(said)) or name.startswith(("metric_definitions", "comparison_series"))
    for number in _numbers_in(said):
        for times in (1, 2):  # of one day, and of both
            assert number / times not in MIXED, (name, number, MIXED.get(number / times))


def test_the_walk_sees_the_totals_that_it_would_see_added(desk: Desk) -> None:
    seen = set(_numbers_in(NUMBERS["metrics.client_metrics"](desk)))
    assert set(TOTALS.values()) <= seen
    assert {total * 2 for total in TOTALS.values()} <= seen


def test_r3_every_number_that_is_shown_carries_exactly_one_signal(desk: Desk) -> None:
    expected = {source[4]: signal for source, signal in zip(SOURCES, TOTALS, strict=True)}
    (listed, _) = NUMBERS["metrics.client_metrics"](desk)
    (chosen,) = NUMBERS["comparison_series.comparable_metrics"](desk)
    (defined,) = NUMBERS["metric_definitions.catalog"](desk)
    for found in (
        {item["metric"]: (item["signal"], item["paid"]) for item in listed},
        {item.name: (item.signal, item.paid) for item in chosen},
        {item["metric"]: (item["signal"], item["paid"]) for item in defined},
    ):
        assert all(isinstance(signal, Signal) and isinstance(paid, Paid) for signal, paid in found.values())
        assert {name: found[name][0] for name in expected} == expected
    (came,) = NUMBERS["arrivals.arrivals"](desk)
    assert all(isinstance(item.signal, ObjectSignal) for item in came)
    # Paid stands apart from organic under one roof: both send clicks, and no list joins them.
    both = {item["metric"]: item["paid"] for item in listed if item["unit"] == "clicks" and not item["dimension"]}
    assert both == {"ads.clicks": Paid.PAID, "seo.clicks": Paid.ORGANIC}


def _numbers_in(value: Any) -> Iterator[float]:
    """Every number in an answer, those in its words among them."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float | Decimal):
        yield float(value)
    elif isinstance(value, str):
        yield from (float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*(?:\.\d+)?", value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from (number for each in fields(value) for number in _numbers_in(getattr(value, each.name)))
    elif isinstance(value, Mapping):
        yield from (number for each in value.values() for number in _numbers_in(each))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (number for each in value for number in _numbers_in(each))


# -- the database -------------------------------------------------------------------------------------------------------


# What is summed here are rows of deliveries, of webhooks and of failures of one cause: work, and no numbers of a client.
_COUNTS_OF_WORK = ("runs.py", "receipts.py", "dead_letters.py")


def test_r3_no_statement_sums_daily_numbers() -> None:
    """Slices are only ever selected by their metric; what is summed in SQL are columns of records of one object."""
    for path in (PROJECT / "lib" / "db").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("func.sum", "func.avg", "func.total"):
                assert path.name in ("records.py", "lineage.py", *_COUNTS_OF_WORK), path
                assert "report_metrics" not in ast.unparse(node), path


# -- the catalog --------------------------------------------------------------------------------------------------------

PROVIDERS = list(TEMPLATES.values())


@pytest.mark.parametrize("offered", PROVIDERS, ids=lambda item: item.key)
def test_the_whole_catalog_is_sound(offered: ProviderTemplate) -> None:
    signals = {item.object: item.signal for item in offered.objects}
    every = {item.key: item for item in offered.metrics}
    for item in offered.metrics:
        require_sound(item, signals, {key: each for key, each in every.items() if key != item.key}, "USD")


def a_count_or_sum(draw: st.DrawFn, name: str, number: int) -> MetricTemplate:
    kind = object_type(name)
    summed = [column for column in kind.columns if column.kind in (Kind.MONEY, Kind.INTEGER, Kind.DECIMAL)]
    dates = [column.name for column in kind.columns if column.kind in (Kind.TIMESTAMP, Kind.DATE)]
    basis = draw(st.sampled_from(dates))
    meaning = "something that somebody wants to know"
    if summed and draw(st.booleans()):
        column = draw(st.sampled_from(summed))
        unit = "USD" if column.kind is Kind.MONEY else "units"
        return MetricTemplate(f"own_{number}", "Own", name, unit, meaning, Aggregation.SUM, basis, column.name)
    return MetricTemplate(f"own_{number}", "Own", name, "things", meaning, date_basis=basis)


@st.composite
def a_catalog(draw: st.DrawFn) -> tuple[dict[str, ObjectSignal], dict[str, MetricTemplate]]:
    """Objects with any signals, the templates' metrics of them and some of an account's own."""
    names = draw(st.lists(st.sampled_from(sorted(OBJECTS)), min_size=1, max_size=4, unique=True))
    any_signal = st.builds(ObjectSignal, st.sampled_from(Signal), st.sampled_from(Paid))
    signals = {name: draw(any_signal) for name in names}
    own = [a_count_or_sum(draw, draw(st.sampled_from(names)), number) for number in range(draw(st.integers(1, 4)))]
    offered = [item for each in PROVIDERS for item in each.metrics if item.object in names]
    parts = [item for item in (*own, *draw(st.permutations(offered))[:6]) if item.aggregation is not Aggregation.RATIO]
    return signals, {item.key: item for item in parts}


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(catalog=a_catalog(), data=st.data())
def test_r3_a_ratio_is_taken_exactly_where_both_parts_are_of_one_signal(
    catalog: tuple[dict[str, ObjectSignal], dict[str, MetricTemplate]], data: st.DataObject
) -> None:
    signals, others = catalog
    above, below = (data.draw(st.sampled_from(sorted(others))) for _ in range(2))
    one, other = others[above], others[below]
    unit = "USD per thing" if one.unit == "USD" and other.unit != "USD" else "percent"
    meaning = "one thing divided by another thing of its kind"
    ratio = MetricTemplate("own_ratio", "Own", one.object, unit, meaning, Aggregation.RATIO, numerator=above,
                           denominator=below, date_basis=one.date_basis)  # fmt: skip
    is_plain = above != below and not one.dimension and not other.dimension
    is_one_signal = signals[one.object] == signals[other.object]
    try:
        require_sound(ratio, signals, others, "USD")
    except DeskError as refused:
        assert not (is_plain and is_one_signal), refused.message
        assert refused.code == ("signals_mixed" if is_plain else "metric_part_missing")
    else:
        assert is_plain
        assert is_one_signal


def test_r3_a_signal_cannot_be_changed_under_a_ratio_so_that_it_mixes_two(tmp_path: Any) -> None:
    with desk_on((f"sqlite:///{tmp_path}/desk.db", f"sqlite:///{tmp_path}/traffic.db"), tmp_path) as desk:
        an_account(desk, "crm", provider="servicetitan")
        share = MetricTemplate("per_job", "Invoiced per job", "invoice", "USD per job", "the invoices divided by the jobs",
                               Aggregation.RATIO, numerator="revenue", denominator="jobs")  # fmt: skip
        metric_changes.add_metric(desk, admin(desk), "crm", share)
        with pytest.raises(DeskError) as refused:
            desk.do(admin(desk), account_settings.set_account, "crm", {"signal.job": "form_lead"})
        assert code_of(refused) == "signals_mixed"
        mixed = MetricTemplate("per_call", "Invoiced per call", "invoice", "USD per call", "the invoices divided by calls",
                               Aggregation.RATIO, numerator="revenue", denominator="calls")  # fmt: skip
        with pytest.raises(DeskError) as refused:
            metric_changes.add_metric(desk, admin(desk), "crm", mixed)
        assert code_of(refused) == "signals_mixed"
