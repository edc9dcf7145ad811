"""A year of website quote requests: CSV with local times, tests, spam, entries sent twice, broken lines and a new form."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from lib.demo.deliveries import DemoAccount, DemoDelivery, Tally, Truth
from lib.demo.invented import TESTER, Person, somebody
from lib.demo.rhythm import Life, arrivals, month_number
from lib.domain.imports import DateRange
from lib.domain.verdicts import RowClass

KEY = "harbor-quotes"
ACCOUNT = DemoAccount(
    key=KEY,
    provider="quote_request",
    owner="ezra.finch@example.com",
    reason="Demo data: the quote form on Harbor Roofing's website, to see whether a shorter form brings more requests.",
    settings={
        "public_promise": "How many people asked for a quote on your website, and how many quotes were accepted.",
        "promised": "quote_requests,accepted_quotes,accepted_share",
        "failure_path": "An entry that cannot be read fails with its line; the owner asks the website's keeper.",
        "manual_fallback": "Export the entries from the form's own pages and import that file.",
        "rollback_note": "Undo the newest load; the form itself is not touched.",
    },
)

# Counted from the oldest month of the year.
BROKEN_MONTH = 6
FORM_CHANGE = 7
SENT_AGAIN_MONTH = 3
SENT_AGAIN_AFTER = 4

# What a browser calls the second download of a file.
_COPY = " (1).csv"
_A_DAY = 1.9
_MORE_SINCE_CHANGE = 1.8
# fmt: off
_LONG_FORM = (
    "Entry ID", "Entry Date", "Status", "First Name", "Last Name", "Email Address", "Phone Number", "Street Address",
    "Zip Code", "Service Needed", "Project Details", "UTM Source", "UTM Medium", "UTM Campaign",
)
_SHORT_FORM = (*(name for name in _LONG_FORM if name != "Street Address"), "How soon?")
# fmt: on
_SERVICES = ("Roof repair", "New roof", "Gutters", "Skylight", "Inspection")
_DETAILS = ("A leak above the porch", "Storm damage on the north side", "The roof is 25 years old", "Sagging gutter")
_STATUSES, _STATUS_WEIGHTS = ("New", "Contacted", "Quoted", "Accepted", "Declined"), (3, 3, 4, 4, 2)
_CAMPAIGNS = (("google", "organic", ""), ("newsletter", "email", "spring-check"), ("", "", ""))
_SOON = ("This week", "This month", "Just asking")


@dataclass(frozen=True)
class _Request:
    """One entry of the form."""

    number: int
    submitted: datetime
    person: Person
    status: str
    details: str
    service: str
    campaign: tuple[str, str, str]
    soon: str
    row_class: RowClass


def quote_deliveries(life: Life, months: Sequence[DateRange]) -> tuple[list[DemoDelivery], Truth]:
    """One file a month and what is true of them; the newest waits in review, and an older one is sent a second time."""
    tally, deliveries = Tally(KEY), []
    for index, month in enumerate(months):
        requests = _requests(life.draws("quotes", month), month, index)
        content = _file(requests, month, index)
        name = f"quote-requests-{month.first:%Y-%m}.csv"
        is_newest = index == len(months) - 1
        deliveries.append(DemoDelivery(KEY, "quote_request", name, content, month, is_left_in_review=is_newest))
        for request in requests:
            if request.row_class is RowClass.GENUINE:
                tally.add("quote_requests", request.submitted.date())
                if request.status == "Accepted":
                    tally.add("accepted_quotes", request.submitted.date())
    again = deliveries[SENT_AGAIN_MONTH]
    sent_again = replace(again, file_name=again.file_name.replace(".csv", _COPY))
    deliveries.insert(SENT_AGAIN_AFTER + 1, sent_again)
    return deliveries, tally.truth()


def is_second_copy(delivery: DemoDelivery) -> bool:
    """Whether it is the old file that somebody downloaded and sent a second time."""
    return delivery.file_name.endswith(_COPY)


def _requests(rng: Random, month: DateRange, index: int) -> list[_Request]:
    # Local times without a zone: at night the form would write some that no clock shows.
    rate = _A_DAY * (_MORE_SINCE_CHANGE if index >= FORM_CHANGE else 1)
    return [_request(rng, place, submitted) for place, submitted in enumerate(arrivals(rng, month, rate))]


def _request(rng: Random, place: int, submitted: datetime) -> _Request:
    row_class = RowClass.TEST if place % 21 == 8 else RowClass.SPAM if place % 11 == 5 else RowClass.GENUINE
    person, status, details = somebody(rng), rng.choices(_STATUSES, _STATUS_WEIGHTS)[0], rng.choice(_DETAILS)
    if row_class is RowClass.TEST:
        person, status, details = TESTER, "New", "Trying the form out"
    if row_class is RowClass.SPAM:
        status, details = "Spam", "Cheap backlinks for your roofing website"
    return _Request(
        place, submitted, person, status, details, rng.choice(_SERVICES), rng.choice(_CAMPAIGNS), rng.choice(_SOON),
        row_class,
    )  # fmt: skip


def _file(requests: list[_Request], month: DateRange, index: int) -> bytes:
    columns = _SHORT_FORM if index >= FORM_CHANGE else _LONG_FORM
    rows = [_row(request, month) for request in requests]
    lines = [_line(columns)]
    for place, row in enumerate(rows):
        lines.append(_line([row[name] for name in columns]))
        # A slow answer makes the form send the same entry a second time. The first file proves the key by having none.
        if index and place % 19 == 3:
            lines.append(lines[-1])
    if index == BROKEN_MONTH:
        lines[8:8] = _broken_lines(columns, rows[0])
    return "".join(lines).encode()


def _broken_lines(columns: Sequence[str], row: dict[str, str]) -> list[str]:
    """A comma that nobody quoted makes one cell too many, and a day that no calendar has."""
    # Its last cell is filled: a surplus blank one at the end would be taken for a trailing delimiter.
    ragged = row | {
        "Entry ID": f"{row['Entry ID']}-r",
        "Project Details": "Leak above the porch, please call",
        "UTM Campaign": "spring-check",
    }
    undated = row | {"Entry ID": f"{row['Entry ID']}-d", "Entry Date": "31/31/2025 9:15 AM"}
    return [",".join(ragged[name] for name in columns) + "\r\n", _line([undated[name] for name in columns])]


def _row(request: _Request, month: DateRange) -> dict[str, str]:
    person, submitted = request.person, request.submitted
    source, medium, campaign = request.campaign
    return {
        "Entry ID": f"QR-{month_number(month)}-{request.number:04d}",
        # Not strftime: the day and hour stand without a leading zero, as a form on an American site writes them.
        "Entry Date": f"{submitted.month}/{submitted.day}/{submitted.year} {submitted.hour % 12 or 12}:"
        f"{submitted.minute:02d} {'AM' if submitted.hour < 12 else 'PM'}",
        "Status": request.status,
        "First Name": person.first,
        "Last Name": person.last,
        "Email Address": person.email,
        "Phone Number": person.written_phone,
        "Street Address": person.street,
        "Zip Code": person.postal_code,
        "Service Needed": request.service,
        "Project Details": request.details,
        "UTM Source": source,
        "UTM Medium": medium,
        "UTM Campaign": campaign,
        "How soon?": request.soon,
    }


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()
