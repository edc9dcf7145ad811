"""ServiceTitan: the field-service CRM, with its jobs, calls, bookings, leads, invoices, customers and campaigns."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import Mark, MarkOn, ProviderTemplate, Test
from lib.domain.verdicts import RowClass
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE
from lib.providers.servicetitan_api import SOURCES
from lib.providers.servicetitan_objects import OBJECTS

METRICS = (
    MetricTemplate(
        "booked_calls", "Booked calls", "call", "calls", "phone calls that ended with a booked visit",
        where=(("outcome", ("booked",)),),
    ),
    MetricTemplate("calls", "Calls", "call", "calls", "phone calls that came in or went out"),
    MetricTemplate("jobs", "Jobs", "job", "jobs", "jobs that were opened"),
    MetricTemplate(
        "completed_jobs", "Completed jobs", "job", "jobs", "jobs that were finished in the period",
        date_basis="completed_at", where=(("outcome", ("completed",)),),
    ),
    MetricTemplate(
        "revenue", "Invoiced revenue", "invoice", "USD",
        "the invoices dated in the period, sales tax and later corrections included",
        Aggregation.SUM, column="amount",
    ),
    MetricTemplate(
        "jobs_by_campaign", "Jobs by campaign", "job", "jobs", "jobs that were opened, by the campaign they came from",
        dimension="campaign",
    ),
    MetricTemplate(
        "job_outcome", "Jobs by outcome", "job", "jobs", "jobs that were opened, by what has become of them",
        dimension="outcome",
    ),
    MetricTemplate("leads", "Leads", "lead", "leads", "people who asked for work that is not booked yet"),
    MetricTemplate("bookings", "Bookings", "booking", "bookings", "requests for a visit made online"),
)  # fmt: skip

# Operators park tests and discarded rows in a business unit named like this.
_UNUSED = ("z-do not use", "z - do not use", "zz-do not use", "do not use")
_UNITS = ("businessUnit.name", "Business Unit", "Job’s Business Unit")

SERVICETITAN = ProviderTemplate(
    key="servicetitan",
    name="ServiceTitan",
    source_label="ServiceTitan CRM",
    destination=Destination.APP,
    destination_reason="Jobs, calls and invoices are records about customers, so they belong with the customer records.",
    objects=OBJECTS,
    metrics=METRICS,
    auth_model="OAuth 2.0 client credentials, one set per tenant, with the header ST-App-Key on every call.",
    auth_scopes=(
        "jpm.jobs:read", "telecom.calls:read", "crm.bookings:read", "crm.leads:read", "crm.customers:read",
        "accounting.invoices:read", "marketing.campaigns:read",
    ),
    base_url="https://api.servicetitan.io",
    paging="Pages of up to 5,000 records, here 500, by id; an export goes on from a token that is kept.",
    rate_limits="60 requests a second for an app and tenant by third parties' word, here 600 a minute; a report once a minute.",
    times="The API answers in UTC; reports count in the tenant's own time zone.",
    currency="account",
    marks=(
        *TEST_PEOPLE,
        *(
            Mark(
                RowClass.INTERNAL, MarkOn.SOURCE, field, Test.STARTS_WITH, _UNUSED,
                "It stands in a business unit that is kept for entries not to be counted.",
            )
            for field in _UNITS
        ),
        *SPAM_STATUS,
    ),
    # The header's name and its encoding come from third parties; both are settings of the account, not assumptions.
    sender="servicetitan",
    sources=SOURCES,
    default_metrics=("booked_calls", "completed_jobs", "revenue"),
    promise=(
        "You will see how many phone calls ended with a booked visit, how many jobs were finished, and what was invoiced "
        "for the period."
    ),
    screen=(
        "ServiceTitan's own search: the job, call or invoice of that number, its status, its dates and its total; for a "
        "total, the same report with the same date basis and business units."
    ),
    failure_path=f"A pull waits for as long as it is told and goes on where it stopped. {BURIED} {SILENCE}",
    manual_fallback=f"Export the report of the missing days, with the same date basis, and import the file. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} A pull of the same days brings the records again; its cursor is never turned back.",
    freshness_hours=24,
    retry_rules=(
        "A call answered 429 waits for as long as Retry-After says; otherwise three more tries, 15 minutes apart, then a "
        "dead letter. Webhooks come again after 10, 30, 60 and 300 seconds, then only by hand in the portal."
    ),
    known_failures=(
        "The same week gives other totals by created, completed, sold or scheduled date: a baseline keeps its date basis.",
        "Reports look back seven days unless told otherwise, and count in the tenant's time zone; the API answers in UTC.",
        "A job has no revenue of its own: it comes from invoices, and adjustment invoices correct earlier ones.",
        "A customer that turned inactive was usually merged into another one.",
        "A campaign's monthly cost row holds a daily cost.",
        "A campaign has no date of creation, so it is dated by its last change.",
        "Exports hold deleted entries too.",
        "The signature header's exact name and encoding are known from third parties only.",
    ),
    documentation=(
        "https://developer.servicetitan.io/",
        "https://developer-next.servicetitan.io/docs/webhooks",
        "https://partnerapis.servicetitan.io/docs/timeouts-and-pagination",
    ),
)  # fmt: skip
