"""Another provider: every object the desk knows, nothing assumed but the usual signal, and that is said to be assumed."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate, Surface
from lib.domain.objects import OBJECTS as CANONICAL
from lib.domain.objects import Destination
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

_FORM = ObjectSignal(Signal.FORM_LEAD, Paid.ORGANIC)
_CRM = ObjectSignal(Signal.CRM_JOB, Paid.NEITHER)
_CALL = ObjectSignal(Signal.PHONE_CALL, Paid.NEITHER)
_ADS = ObjectSignal(Signal.AD_CLICK, Paid.PAID)
SIGNALS = {"lead": _FORM, "quote_request": _FORM, "call": _CALL, "traffic_day": _ADS, "daily_metric": _ADS}

EXAMPLES: dict[str, dict[str, object]] = {
    "traffic_day": {"day": "2026-03-04", "campaign": "Spring", "clicks": 41, "impressions": 1200, "cost": "52.30"},
    "daily_metric": {"day": "2026-03-04", "name": "sessions", "dimension_value": "Boulder", "quantity": "312"},
}
_RECORD: dict[str, object] = {"id": "R-1001", "created_at": "2026-03-04T15:02:11Z"}

METRICS = (
    MetricTemplate("leads", "Leads", "lead", "leads", "people who asked for work"),
    MetricTemplate("jobs", "Jobs", "job", "jobs", "jobs that were opened"),
    MetricTemplate("calls", "Calls", "call", "calls", "phone calls"),
    MetricTemplate("bookings", "Bookings", "booking", "bookings", "visits that were booked"),
    MetricTemplate(
        "quote_requests", "Quote requests", "quote_request", "requests", "people who asked for a quote"
    ),
    MetricTemplate("customers", "New customers", "customer", "customers", "customers who were added"),
    MetricTemplate(
        "revenue", "Invoiced revenue", "invoice", "USD", "the invoices dated in the period", Aggregation.SUM,
        column="amount",
    ),
    MetricTemplate(
        "clicks", "Clicks", "traffic_day", "clicks", "how often somebody clicked through to your site",
        Aggregation.SUM, date_basis="day", column="clicks",
    ),
    MetricTemplate(
        "impressions", "Impressions", "traffic_day", "impressions", "how often you were shown",
        Aggregation.SUM, date_basis="day", column="impressions", surface=Surface.REPORT_NOTE,
    ),
    MetricTemplate(
        "cost", "Cost", "traffic_day", "USD", "what was paid for being shown and clicked",
        Aggregation.SUM, date_basis="day", column="cost",
    ),
    MetricTemplate(
        "cost_per_click", "Cost per click", "traffic_day", "USD per click", "the cost divided by the clicks",
        Aggregation.RATIO, date_basis="day", numerator="cost", denominator="clicks",
    ),
    MetricTemplate(
        "reported", "Reported figures", "daily_metric", "as reported",
        "figures as the provider itself reports them, each by its own name", Aggregation.SUM, date_basis="day",
        column="quantity", dimension="name", surface=Surface.REPORT_NOTE,
    ),
)  # fmt: skip

OTHER = ProviderTemplate(
    key="other",
    name="Another provider",
    source_label="Another provider",
    destination=Destination.APP,
    destination_reason=(
        "Records about customers belong with the customer records; choose the traffic database where the provider "
        "sends only counts of visits, clicks or impressions."
    ),
    objects=tuple(
        ObjectTemplate(
            object=name,
            signal=SIGNALS.get(name, _CRM),
            key="",
            is_signal_assumed=True,
            example=dict(EXAMPLES.get(name, _RECORD)),
        )
        for name in CANONICAL
    ),
    metrics=METRICS,
    auth_model="Files handed over by a person; write down here how the provider's own access works.",
    # Nothing is known; `source set` says how its API is asked, where it has one.
    base_url="",
    paging="Not known: a file is one piece; a YAML file describes how the provider's API goes on.",
    rate_limits="Not known: say with `source set` how many requests a minute it takes.",
    times="Times without a zone are taken in the account's own zone.",
    currency="account",
    marks=(*TEST_PEOPLE, *SPAM_STATUS),
    default_metrics=("leads",),
    promise="You will see how many people asked for work through this source.",
    screen="Wherever the provider itself lists what it sent: the entry's number, its day and its amounts.",
    failure_path=f"A file that is refused says which line broke, and is asked for again. {BURIED} {SILENCE}",
    manual_fallback=f"Ask the provider for a file of the missing days and import it. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK}",
    known_failures=(
        "The signal of each object is assumed: say with the account what it really is, and whether it is paid.",
        "No key is known: where no column is unique, a row is known by all of its values, and a corrected row looks new.",
        "Several tabs of one export (by campaign, page, query, device) repeat the same figures: import one of them, or "
        "say with `metric edit` which of them a total is taken from.",
        "Times without a zone are taken in the account's own zone.",
    ),
    documentation=(),
)
