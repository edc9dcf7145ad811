"""Housecall Pro: a field-service CRM, with its jobs, estimates, leads and customers; its amounts are in cents."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import ProviderTemplate
from lib.providers.housecall_pro_objects import OBJECTS
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

METRICS = (
    MetricTemplate("jobs", "Jobs", "job", "jobs", "jobs that were opened"),
    MetricTemplate(
        "completed_jobs", "Completed jobs", "job", "jobs", "jobs that were finished in the period",
        date_basis="completed_at", where=(("outcome", ("completed",)),),
    ),
    MetricTemplate(
        "job_value", "Value of completed jobs", "job", "USD", "what the jobs finished in the period come to",
        Aggregation.SUM, date_basis="completed_at", column="amount", where=(("outcome", ("completed",)),),
    ),
    MetricTemplate(
        "jobs_by_source", "Jobs by source", "job", "jobs", "jobs that were opened, by where the customer came from",
        dimension="source",
    ),
    MetricTemplate("estimates", "Estimates", "quote_request", "estimates", "estimates that were begun"),
    MetricTemplate("leads", "Leads", "lead", "leads", "people who asked for work that is not booked yet"),
    MetricTemplate("customers", "New customers", "customer", "customers", "customers who were added"),
)  # fmt: skip

HOUSECALL_PRO = ProviderTemplate(
    key="housecall_pro",
    name="Housecall Pro",
    source_label="Housecall Pro CRM",
    destination=Destination.APP,
    destination_reason="Jobs, estimates and leads are records about customers, so they belong with the customer records.",
    objects=OBJECTS,
    metrics=METRICS,
    auth_model="An API key in the header Authorization (plan MAX); webhooks are signed with a secret of their own.",
    base_url="https://api.housecallpro.com",
    paging="Pages by page and page_size; the answer says how many pages there are. `source set` describes it for an account.",
    rate_limits="None published; an answer of 429 says how long to wait.",
    times="The API and its events are in UTC; a report is in the company's own zone.",
    currency="USD",
    marks=(*TEST_PEOPLE, *SPAM_STATUS),
    sender="housecall_pro",
    default_metrics=("jobs", "completed_jobs", "job_value"),
    promise="You will see how many jobs were opened and finished, and what the finished ones come to.",
    screen="Housecall Pro's own list of jobs: the job of that number, its status, its dates and its total.",
    failure_path=f"An event that fails is stored and tried again; a report brings what never came. {BURIED} {SILENCE}",
    manual_fallback=f"Export the jobs report of the missing days and import the file; its amounts are dollars. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} Events keep coming to the same address with the same secret.",
    freshness_hours=48,
    retry_rules="Three more tries, 15 minutes apart, then a dead letter; how often an event is sent again is not documented.",
    known_failures=(
        "Amounts of the API and of events are cents, those of a report are dollars: check the unit in the map.",
        "A status is written with blanks in records (needs scheduling) and with underscores by third parties.",
        "The API and its events know a job by its id, a report by its number: take one way, or jobs stand there twice.",
        "The API cannot be asked for what changed, only by scheduled dates; a job without a date is found by events alone.",
        "A deleted job stays: its event only says so once.",
        "Estimates and leads are described by third parties only, and so is whether the key stands behind Token or Bearer.",
    ),
    documentation=("https://docs.housecallpro.com/",),
)  # fmt: skip
