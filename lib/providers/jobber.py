"""Jobber: a field-service CRM, with its jobs, quotes, invoices and clients, from reports or what a GraphQL query brings."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

_CRM = ObjectSignal(Signal.CRM_JOB, Paid.NEITHER)

JOB = ObjectTemplate(
    object="job",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Job #", "Job Number", "jobNumber"),
        "occurred_at": ("createdAt", "Created date", "Date created"),
        "modified_at": ("updatedAt",),
        "scheduled_at": ("startAt", "Scheduled start date", "Start date"),
        "completed_at": ("completedAt", "Closed date", "Completed date"),
        "status": ("jobStatus", "Job status", "Status"),
        "customer_id": ("client.id",),
        "reference": ("jobNumber", "Job #", "Job Number"),
        "name": ("client.name", "Client name", "Client"),
        "phone": ("Client phone", "Main phone #"),
        "email": ("Client email", "Email"),
        "address": ("property.address.street", "Service street", "Street"),
        "city": ("property.address.city", "Service city"),
        "state": ("property.address.province", "Service province", "Service state"),
        "postal_code": ("property.address.postalCode", "Service postal code", "Service ZIP"),
        "service": ("title", "Title", "Job title"),
        "category": ("jobType", "Job type"),
        "source": ("source", "Lead source"),
        "assigned_to": ("salesperson.name.full", "Salesperson"),
        "amount": ("total", "Total revenue ($)", "Total revenue", "Total"),
    },
    value_maps={
        "outcome": {
            "upcoming": "scheduled", "today": "scheduled", "late": "late", "unscheduled": "open", "active": "open",
            "action_required": "open", "Action required": "open", "on_hold": "on_hold", "On hold": "on_hold",
            "requires_invoicing": "completed", "Requires invoicing": "completed", "archived": "closed", "closed": "closed",
        }
    },
    example={
        "id": "Z2lkOi8vSm9iYmVyL0pvYi8zMDE=", "jobNumber": 301, "title": "Water heater - install", "jobType": "ONE_OFF",
        "jobStatus": "requires_invoicing", "createdAt": "2026-03-04T15:02:11Z", "updatedAt": "2026-03-06T18:41:09Z",
        "startAt": "2026-03-06T16:00:00Z", "completedAt": "2026-03-06T18:40:00Z", "total": 1924.0,
        "client": {"id": "Z2lkOi8vSm9iYmVyL0NsaWVudC84OA==", "name": "Rosa Alvarez"},
        "property": {
            "address": {"street": "48 Juniper Way", "city": "Boulder", "province": "CO", "postalCode": "80302"},
        },
        "salesperson": {"name": {"full": "Dana Kim"}},
    },
)  # fmt: skip

QUOTE = ObjectTemplate(
    object="quote_request",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Quote #", "Quote Number", "quoteNumber"),
        "occurred_at": ("createdAt", "Created date", "Drafted date", "Date created"),
        "modified_at": ("updatedAt",),
        "status": ("quoteStatus", "Quote status", "Status"),
        "customer_id": ("client.id",),
        "reference": ("quoteNumber", "Quote #", "Quote Number"),
        "name": ("client.name", "Client name", "Client"),
        "phone": ("Client phone", "Main phone #"),
        "email": ("Client email", "Email"),
        "address": ("property.address.street", "Service street", "Street"),
        "city": ("property.address.city", "Service city"),
        "state": ("property.address.province", "Service province", "Service state"),
        "postal_code": ("property.address.postalCode", "Service postal code", "Service ZIP"),
        "service": ("title", "Title"),
        "source": ("source", "Lead source"),
        "assigned_to": ("salesperson.name.full", "Salesperson"),
        "amount": ("amounts.total", "Total ($)", "Total"),
    },
    value_maps={
        "outcome": {
            "draft": "open", "awaiting_response": "quoted", "Awaiting response": "quoted",
            "changes_requested": "quoted", "Changes requested": "quoted", "approved": "accepted",
            "converted": "accepted", "archived": "declined",
        }
    },
    example={
        "id": "Z2lkOi8vSm9iYmVyL1F1b3RlLzg4", "quoteNumber": 88, "quoteStatus": "approved", "title": "Water heater",
        "createdAt": "2026-03-04T15:02:11Z", "updatedAt": "2026-03-05T09:12:00Z",
        "amounts": {"subtotal": 1850.0, "total": 1924.0},
        "client": {"id": "Z2lkOi8vSm9iYmVyL0NsaWVudC84OA==", "name": "Rosa Alvarez"},
    },
)  # fmt: skip

INVOICE = ObjectTemplate(
    object="invoice",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Invoice #", "Invoice Number", "invoiceNumber"),
        "occurred_at": ("issuedDate", "Issued date", "Created date"),
        "modified_at": ("updatedAt",),
        "due_at": ("dueDate", "Due date"),
        "status": ("invoiceStatus", "Invoice status", "Status"),
        "customer_id": ("client.id",),
        "lead_id": ("job.id", "Job #", "Job #s"),
        "reference": ("invoiceNumber", "Invoice #"),
        "description": ("subject", "Subject"),
        "amount": ("amounts.total", "Total ($)", "Total"),
        "tax": ("amounts.taxAmount", "Tax amount ($)", "Tax"),
        "balance": ("amounts.invoiceBalance", "Balance ($)", "Balance"),
    },
    example={
        "id": "Z2lkOi8vSm9iYmVyL0ludm9pY2UvNTAx", "invoiceNumber": "501", "invoiceStatus": "awaiting_payment",
        "subject": "Water heater", "issuedDate": "2026-03-06T00:00:00Z", "dueDate": "2026-04-05T00:00:00Z",
        "amounts": {"subtotal": 1850.0, "taxAmount": 74.0, "total": 1924.0, "invoiceBalance": 1924.0},
        "client": {"id": "Z2lkOi8vSm9iYmVyL0NsaWVudC84OA==", "name": "Rosa Alvarez"},
    },
)  # fmt: skip

CLIENT = ObjectTemplate(
    object="customer",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Client ID"),
        "occurred_at": ("createdAt", "Created date", "Date created"),
        "modified_at": ("updatedAt",),
        "name": ("name", "Client name", "Display name"),
        "phone": ("Main phone #", "Phone"),
        "email": ("Email",),
        "address": ("billingAddress.street", "Billing street", "Service street"),
        "city": ("billingAddress.city", "Billing city", "Service city"),
        "state": ("billingAddress.province", "Billing province", "Billing state"),
        "postal_code": ("billingAddress.postalCode", "Billing postal code", "Billing ZIP"),
        "balance": ("balance", "Balance"),
    },
    example={
        "id": "Z2lkOi8vSm9iYmVyL0NsaWVudC84OA==", "name": "Rosa Alvarez", "balance": 0.0,
        "createdAt": "2026-03-04T15:02:11Z", "updatedAt": "2026-03-04T15:02:11Z",
        "billingAddress": {"street": "48 Juniper Way", "city": "Boulder", "province": "CO", "postalCode": "80302"},
    },
)  # fmt: skip

METRICS = (
    MetricTemplate("jobs", "Jobs", "job", "jobs", "jobs that were opened"),
    MetricTemplate(
        "completed_jobs", "Completed jobs", "job", "jobs", "jobs that were finished in the period",
        date_basis="completed_at", where=(("outcome", ("completed", "closed")),),
    ),
    MetricTemplate(
        "job_value", "Value of completed jobs", "job", "USD", "what the jobs finished in the period come to",
        Aggregation.SUM, date_basis="completed_at", column="amount", where=(("outcome", ("completed", "closed")),),
    ),
    MetricTemplate("quotes", "Quotes", "quote_request", "quotes", "quotes that were begun"),
    MetricTemplate(
        "accepted_quotes", "Accepted quotes", "quote_request", "quotes",
        "quotes of the period that have been accepted so far", where=(("outcome", ("accepted",)),),
    ),
    MetricTemplate(
        "accepted_share", "Share of quotes accepted", "quote_request", "percent",
        "how many of every hundred quotes were accepted", Aggregation.RATIO,
        numerator="accepted_quotes", denominator="quotes",
    ),
    MetricTemplate(
        "revenue", "Invoiced revenue", "invoice", "USD", "the invoices dated in the period, tax included",
        Aggregation.SUM, column="amount",
    ),
    MetricTemplate("customers", "New customers", "customer", "customers", "customers who were added"),
)  # fmt: skip

JOBBER = ProviderTemplate(
    key="jobber",
    name="Jobber",
    source_label="Jobber CRM",
    destination=Destination.APP,
    destination_reason="Jobs, quotes and invoices are records about customers, so they belong with the customer records.",
    objects=(JOB, QUOTE, INVOICE, CLIENT),
    metrics=METRICS,
    auth_model="OAuth 2.0 of a person of the account; webhooks are signed with the app's client secret.",
    auth_scopes=("read_clients", "read_quotes", "read_jobs", "read_invoices"),
    base_url="https://api.getjobber.com",
    paging="GraphQL: `first` records after a cursor. A query is not what the desk asks by itself; reports bring the records.",
    rate_limits="2,500 requests in five minutes, and 10,000 points for queries, of which 500 come back every second.",
    times="The API answers in UTC; a report is in the account's own zone.",
    currency="account",
    marks=(*TEST_PEOPLE, *SPAM_STATUS),
    # A webhook of it brings an id and no record; what fetches the record may send it on, signed the same way.
    sender="jobber",
    default_metrics=("jobs", "completed_jobs", "job_value"),
    promise="You will see how many jobs were opened and finished, and what the finished ones come to.",
    screen="Jobber's own list of jobs: the job of that number, its status, its dates and its total.",
    failure_path=f"The report of the missing days is taken again. {BURIED} {SILENCE}",
    manual_fallback=f"Export the report of the missing days from Jobber and import the file. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} A report of the same days brings the records again.",
    freshness_hours=48,
    retry_rules="Three more tries, 15 minutes apart, then a dead letter; Jobber turns a webhook off that answers slowly.",
    known_failures=(
        "A webhook brings an id only; the record has to be fetched with a query, or comes with the next report.",
        "A webhook must be answered within a second and may come twice; one that is too slow is turned off.",
        "The API knows a job by its id, a report by its number: take one way, or jobs stand there twice.",
        "A report joins the numbers of quotes and invoices of a job with commas in one cell.",
        "Statuses are told as they are listed by third parties; one that was never seen is left blank and asked about.",
        "Older apps spell the moment of an event `occuredAt`.",
    ),
    documentation=(
        "https://developer.getjobber.com/docs/",
        "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits",
    ),
)  # fmt: skip
