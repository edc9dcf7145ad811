"""A year of jobs and their invoices: exports by change, so a job comes again when it is done, and one status is new."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from lib.demo.deliveries import DemoDelivery, Tally, Truth
from lib.demo.envelope import page
from lib.demo.rhythm import Life, workday_after
from lib.demo.servicetitan_calls import UNUSED_UNIT, Call, customer_id
from lib.domain.imports import DateRange
from lib.domain.verdicts import RowClass

# Counted from the oldest month of the year: the office begins to use a status that no map knows.
NEW_STATUS_MONTH = 8
NEW_STATUS = "Quoted"

# fmt: off
_COLUMNS = (
    "Job ID", "Job Number", "Job Status", "Created On", "Scheduled Date", "Completed On", "Modified On", "Customer ID",
    "Customer Name", "Job Type", "Campaign Name", "Business Unit", "Summary",
)
# fmt: on
_TYPES = (
    ("Roof repair", 420, 1600),
    ("Roof replacement", 7800, 16500),
    ("Gutters", 650, 2400),
    ("Inspection", 120, 240),
)
_TYPE_WEIGHTS = (9, 2, 4, 5)
_TAX = Decimal("0.055")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Job:
    """One job; `closed` is when it was completed or canceled, which may lie beyond the last day of the demo."""

    number: int
    call: Call
    created: datetime
    scheduled: datetime
    closed: datetime
    final_status: str
    kind: str
    price: Decimal
    is_quoted_first: bool

    @property
    def row_class(self) -> RowClass:
        """The class of the call that it came from."""
        return self.call.row_class


def jobs_of(life: Life, month: DateRange, index: int, calls: Sequence[Call]) -> list[Job]:
    """The jobs that the booked calls of a month became."""
    rng = life.draws("jobs", month)
    booked = [call for call in calls if call.kind == "Booked"]
    return [_job(rng, call, index == NEW_STATUS_MONTH and place % 7 == 2) for place, call in enumerate(booked)]


def job_deliveries(
    life: Life, account: str, months: Sequence[DateRange], jobs: Sequence[Job]
) -> tuple[list[DemoDelivery], Truth]:
    """One file a month: the jobs that were opened or closed in it, as they stood on its last day."""
    tally, deliveries = Tally(account), []
    for month in months:
        changed = [job for job in jobs if _lies_in(job.created, month) or _lies_in(job.closed, month)]
        name = f"servicetitan-jobs-{month.first:%Y-%m}.csv"
        deliveries.append(DemoDelivery(account, "job", name, _file(life, changed, month), month))
        for job in changed:
            if job.row_class is RowClass.GENUINE and _lies_in(job.created, month):
                tally.add("jobs", job.created.date())
            if job.row_class is RowClass.GENUINE and _lies_in(job.closed, month) and job.final_status == "Completed":
                tally.add("completed_jobs", job.closed.date())
    return deliveries, tally.truth()


def invoice_deliveries(
    life: Life, account: str, months: Sequence[DateRange], jobs: Sequence[Job]
) -> tuple[list[DemoDelivery], Truth]:
    """One page a month of the invoices dated in it, corrections of earlier ones among them; none for an empty month."""
    tally, deliveries = Tally(account), []
    billed = [job for job in jobs if job.final_status == "Completed" and job.row_class is RowClass.GENUINE]
    for month in months:
        entries = []
        for job in billed:
            for entry in _invoices(life, job):
                day = datetime.fromisoformat(entry["invoiceDate"]).date()
                if month.first <= day <= month.last:
                    entries.append(entry)
                    tally.add("revenue", day, Decimal(entry["total"]))
        if entries:
            name = f"servicetitan-invoices-{month.first:%Y-%m}.json"
            deliveries.append(DemoDelivery(account, "invoice", name, page(entries), month))
    return deliveries, tally.truth()


def _job(rng: Random, call: Call, is_quoted_first: bool) -> Job:
    created = call.received + timedelta(seconds=call.seconds)
    visit = workday_after(created.date(), rng.randrange(24, 41) if is_quoted_first else rng.randrange(1, 10))
    kind, low, high = rng.choices(_TYPES, _TYPE_WEIGHTS)[0]
    price = Decimal(rng.randrange(low * 100, high * 100)) * _CENT
    return Job(
        number=call.number - 20_000_000,
        call=call,
        created=created,
        scheduled=datetime.combine(visit, time(8 + rng.randrange(4))),
        # Some are finished in the evening, which is the next day in UTC.
        closed=datetime.combine(visit, time(13 + rng.randrange(8), rng.randrange(60), rng.randrange(60))),
        final_status=rng.choices(("Completed", "Canceled"), (88, 12))[0],
        kind=kind,
        price=price,
        is_quoted_first=is_quoted_first,
    )


def _lies_in(moment: datetime, month: DateRange) -> bool:
    return month.first <= moment.date() <= month.last


def _file(life: Life, jobs: Sequence[Job], month: DateRange) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(_row(life, job, month) for job in jobs)
    return text.getvalue().encode()


def _row(life: Life, job: Job, month: DateRange) -> dict[str, str]:
    """The job as it stood on the last day of the month."""
    is_closed = job.closed.date() <= month.last
    is_done = is_closed and job.final_status == "Completed"
    open_status = NEW_STATUS if job.is_quoted_first else "Scheduled"
    return {
        "Job ID": str(job.number),
        "Job Number": str(job.number),
        "Job Status": job.final_status if is_closed else open_status,
        "Created On": life.utc_text(job.created),
        "Scheduled Date": life.utc_text(job.scheduled),
        "Completed On": life.utc_text(job.closed) if is_done else "",
        "Modified On": life.utc_text(job.closed + timedelta(minutes=2) if is_closed else job.created),
        "Customer ID": str(customer_id(job.call)),
        "Customer Name": job.call.person.name,
        "Job Type": job.kind,
        "Campaign Name": job.call.campaign[1],
        "Business Unit": job.call.unit if job.call.unit == UNUSED_UNIT else "Roofing - Service",
        "Summary": f"{job.kind}, {job.call.person.street}",
    }


def _invoices(life: Life, job: Job) -> list[dict[str, Any]]:
    """The invoice of a completed job and, for every thirteenth job, a correction nine days later."""
    number = job.number - 15_000_000
    found = [_invoice(life, job, number, job.closed, job.price)]
    if job.number % 13 == 0:
        rebate = (-job.price / 10).quantize(_CENT)
        found.append(_invoice(life, job, number + 500, job.closed + timedelta(days=9), rebate, corrects=number))
    return found


def _invoice(
    life: Life, job: Job, number: int, when: datetime, net: Decimal, corrects: int | None = None
) -> dict[str, Any]:
    """Amounts are text, and the date is a midnight that means a day."""
    tax = (net * _TAX).quantize(_CENT)
    day = when.date()
    return {
        "id": number,
        "syncStatus": "Posted",
        "summary": "Price corrected" if corrects else job.kind,
        "referenceNumber": str(job.number),
        "invoiceDate": f"{day}T00:00:00Z",
        "dueDate": f"{day + timedelta(days=30)}T00:00:00Z",
        "subTotal": str(net),
        "salesTax": str(tax),
        "total": str(net + tax),
        "balance": "0.00",
        "customer": {"id": customer_id(job.call), "name": job.call.person.name},
        "businessUnit": {"id": 312, "name": job.call.unit},
        "modifiedOn": life.utc_text(when + timedelta(minutes=5)),
        "adjustmentToId": corrects,
        "job": {"id": job.number, "number": str(job.number), "type": job.kind},
    }
