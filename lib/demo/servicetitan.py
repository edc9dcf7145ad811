"""The demo client's CRM: its account, and the deliveries of calls, jobs and invoices that hang together."""

from __future__ import annotations

from collections.abc import Sequence

from lib.demo.deliveries import DemoAccount, DemoDelivery, Truth
from lib.demo.rhythm import Life
from lib.demo.servicetitan_calls import call_deliveries, calls_of
from lib.demo.servicetitan_jobs import invoice_deliveries, job_deliveries, jobs_of
from lib.domain.imports import DateRange

KEY = "harbor-servicetitan"
ACCOUNT = DemoAccount(
    key=KEY,
    provider="servicetitan",
    owner="mara.quill@example.com",
    reason="Demo data: what becomes of the calls to Harbor Roofing, from the booking to the invoice.",
    settings={
        "public_promise": "How many calls were booked, how many jobs were finished and what was invoiced.",
        "promised": "booked_calls,completed_jobs,revenue",
        "failure_path": "A page that does not arrive is asked for again; after three tries the owner is told.",
        "manual_fallback": "Export the month's report from ServiceTitan and import that file.",
        "rollback_note": "Undo the newest load of calls, jobs or invoices; the others stay.",
    },
    ignored={
        "id": "The bundle's own number; the call inside it has the one that jobs point at.",
        "leadCall.to": "The business's own number, the same for every call.",
        "leadCall.reason.id": "ServiceTitan's number of the reason; its name is kept.",
        "leadCall.reason": "Empty where a call has no reason; its name is kept where it has one.",
        "leadCall.customer": "Empty where the caller is nobody's customer yet; the customer's fields are kept.",
        "leadCall.agent.id": "ServiceTitan's number of the person who answered; the name is kept.",
        "businessUnit.id": "ServiceTitan's number of the business unit; its name is kept.",
        "subTotal": "The amount without tax; the total and the tax are kept.",
        "customer.name": "An invoice keeps the customer's number; the name stands with the job.",
        "job.number": "The same number as the job's id.",
        "job.type": "The job itself says what kind it is.",
    },
)


def servicetitan_deliveries(life: Life, months: Sequence[DateRange]) -> tuple[list[DemoDelivery], Truth]:
    """The calls, jobs and invoices of each month, and what is true of them."""
    calls = [calls_of(life, month) for month in months]
    by_month = zip(months, calls, strict=True)
    jobs = [job for index, (month, found) in enumerate(by_month) for job in jobs_of(life, month, index, found)]
    parts = (
        call_deliveries(life, KEY, months, calls),
        job_deliveries(life, KEY, months, jobs),
        invoice_deliveries(life, KEY, months, jobs),
    )
    deliveries = [delivery for found, _ in parts for delivery in found]
    return deliveries, {metric: sums for _, truth in parts for metric, sums in truth.items()}
