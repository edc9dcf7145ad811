"""What Housecall Pro sends, object by object: as its events hold it, as its API gives it, as its reports call it."""

from __future__ import annotations

from typing import Any

from lib.domain.providers import ObjectTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal

_CRM = ObjectSignal(Signal.CRM_JOB, Paid.NEITHER)
# Amounts of the API and its events; those of a report are in dollars and are called otherwise.
_CENTS = ("total_amount", "outstanding_balance")


def _under(
    event: str, own: dict[str, tuple[str, ...]], report: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The synonyms of an object: as an event holds it, as the API gives it alone, as a report calls it."""
    columns = dict.fromkeys((*own, *report))
    return {
        column: (
            *(f"{event}.{path}" for path in own.get(column, ())),
            *own.get(column, ()),
            *report.get(column, ()),
        )
        for column in columns
    }


def _cents(event: str) -> tuple[str, ...]:
    return (*_CENTS, *(f"{event}.{name}" for name in _CENTS))


_PERSON: dict[str, tuple[str, ...]] = {
    "customer_id": ("customer.id",),
    "first_name": ("customer.first_name",),
    "last_name": ("customer.last_name",),
    "company": ("customer.company",),
    "email": ("customer.email",),
    "phone": ("customer.mobile_number",),
    "secondary_phone": ("customer.home_number",),
    "address": ("address.street",),
    "city": ("address.city",),
    "state": ("address.state",),
    "postal_code": ("address.zip",),
    "country": ("address.country",),
}
_VISIT: dict[str, tuple[str, ...]] = {
    "occurred_at": ("created_at",),
    "modified_at": ("updated_at",),
    "scheduled_at": ("schedule.scheduled_start",),
    "completed_at": ("work_timestamps.completed_at",),
    "status": ("work_status",),
    "amount": ("total_amount",),
}
# Seen in records as words with blanks; third parties list others, so the map has the last word.
WORK = {
    "needs scheduling": "open", "needs_scheduling": "open", "unscheduled": "open",
    "scheduled": "scheduled", "in progress": "in_progress", "in_progress": "in_progress",
    "complete": "completed", "completed": "completed", "complete unrated": "completed", "complete rated": "completed",
    "complete_unrated": "completed", "complete_rated": "completed", "completed_unrated": "completed",
    "user canceled": "canceled", "pro canceled": "canceled", "user_canceled": "canceled", "pro_canceled": "canceled",
    "canceled": "canceled",
}  # fmt: skip
APPROVALS = {
    **WORK, "created": "open", "sent": "open", "approved": "accepted", "pro approved": "accepted", "won": "accepted",
    "declined": "declined", "pro declined": "declined", "lost": "declined", "expired": "declined",
}  # fmt: skip

_SOMEBODY: dict[str, Any] = {
    "customer": {
        "id": "cus_5f0a11", "first_name": "Rosa", "last_name": "Alvarez", "email": "rosa.alvarez@example.com",
        "mobile_number": "3035550176", "home_number": None, "company": None, "lead_source": "Website",
    },
    "address": {
        "id": "adr_77b2c4", "type": "service", "street": "48 Juniper Way", "city": "Boulder", "state": "CO",
        "zip": "80302", "country": "US",
    },
}  # fmt: skip

JOB = ObjectTemplate(
    object="job",
    signal=_CRM,
    key="job.id",
    synonyms=_under(
        "job",
        {
            "external_id": ("id",), **_VISIT, **_PERSON,
            "reference": ("invoice_number",),
            "description": ("description",),
            "source": ("lead_source", "customer.lead_source"),
        },
        {
            "external_id": ("Job #", "Job Number", "Job ID"),
            "occurred_at": ("Job created date", "Created date", "Created"),
            "scheduled_at": ("Job scheduled start date", "Scheduled start"),
            "completed_at": ("Job completed date", "Completed date"),
            "status": ("Job status", "Status"),
            "reference": ("Invoice #", "Invoice Number"),
            "name": ("Customer name", "Customer"),
            "email": ("Customer email",),
            "phone": ("Customer mobile phone", "Mobile phone"),
            "secondary_phone": ("Customer home phone",),
            "address": ("Job address", "Service address"),
            "source": ("Job lead source", "Lead source"),
            "assigned_to": ("Employees", "Assigned employees"),
            "amount": ("Job amount", "Total"),
        },
    ),
    value_maps={"outcome": WORK},
    cents=_cents("job"),
    example={
        "event": "job.completed", "company_id": "c0ffee00-0000-4000-8000-000000000001",
        "event_occurred_at": "2026-03-06T18:41:09Z",
        "job": {
            "id": "job_9a41c7", "invoice_number": "2041", "description": "Water heater replaced", **_SOMEBODY,
            "work_status": "complete unrated",
            "work_timestamps": {
                "on_my_way_at": None, "started_at": "2026-03-06T16:02:00Z", "completed_at": "2026-03-06T18:40:00Z",
            },
            "schedule": {
                "scheduled_start": "2026-03-06T16:00:00Z", "scheduled_end": "2026-03-06T18:00:00Z", "arrival_window": 30,
            },
            "total_amount": 192400, "outstanding_balance": 0, "tags": ["warranty"],
            "created_at": "2026-03-04T15:02:11Z", "updated_at": "2026-03-06T18:41:09Z",
        },
    },
)  # fmt: skip

ESTIMATE = ObjectTemplate(
    object="quote_request",
    signal=_CRM,
    key="estimate.id",
    synonyms=_under(
        "estimate",
        {
            "external_id": ("id",), **_VISIT, **_PERSON,
            "reference": ("estimate_number",),
            "source": ("lead_source", "customer.lead_source"),
        },
        {
            "external_id": ("Estimate #", "Estimate Number"),
            "occurred_at": ("Estimate created date", "Created date"),
            "status": ("Estimate status", "Outcome", "Status"),
            "name": ("Customer name", "Customer"),
            "amount": ("Estimate amount", "Total"),
        },
    ),
    value_maps={"outcome": APPROVALS},
    cents=_cents("estimate"),
    example={
        "event": "estimate.created",
        "estimate": {
            "id": "csr_41d0e8", "estimate_number": "512", "work_status": "scheduled", "lead_source": "Website", **_SOMEBODY,
            "schedule": {"scheduled_start": "2026-03-05T16:00:00Z", "scheduled_end": "2026-03-05T17:00:00Z"},
            "total_amount": 185000, "created_at": "2026-03-04T15:02:11Z", "updated_at": "2026-03-04T15:30:00Z",
        },
    },
)  # fmt: skip

LEAD = ObjectTemplate(
    object="lead",
    signal=_CRM,
    key="lead.id",
    synonyms=_under(
        "lead",
        {
            "external_id": ("id",), **_PERSON,
            "occurred_at": ("created_at",),
            "modified_at": ("updated_at",),
            "status": ("status",),
            "reference": ("number",),
            "source": ("lead_source", "customer.lead_source"),
            "amount": ("total_amount",),
        },
        {"occurred_at": ("Lead created date",), "status": ("Lead status",), "name": ("Customer name",)},
    ),
    value_maps={"outcome": {"open": "open", "won": "won", "lost": "lost"}},
    cents=_cents("lead"),
    example={
        "event": "lead.created",
        "lead": {
            "id": "lea_2c90aa", "number": "77", "status": "open", "lead_source": "Website", **_SOMEBODY,
            "created_at": "2026-03-04T15:02:11Z", "updated_at": "2026-03-04T15:03:00Z",
        },
    },
)  # fmt: skip

CUSTOMER = ObjectTemplate(
    object="customer",
    signal=_CRM,
    key="customer.id",
    synonyms=_under(
        "customer",
        {
            "external_id": ("id",),
            "occurred_at": ("created_at",),
            "modified_at": ("updated_at",),
            "phone": ("mobile_number", "home_number"),
            "email": ("email",),
        },
        {
            "external_id": ("Customer ID",),
            "occurred_at": ("Customer created date", "Created date"),
            "name": ("Customer name", "Display name"),
            "phone": ("Mobile phone",),
            "address": ("Street",),
        },
    ),
    example={
        "event": "customer.created",
        "customer": {
            **_SOMEBODY["customer"], "created_at": "2026-03-04T15:02:11Z", "updated_at": "2026-03-04T15:02:11Z",
        },
    },
)  # fmt: skip

OBJECTS = (JOB, ESTIMATE, LEAD, CUSTOMER)
