"""A year of phone calls in ServiceTitan: one page of the API a month, nested, in UTC, and once broken off half way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from lib.demo.deliveries import DemoDelivery, Tally, Truth
from lib.demo.envelope import page
from lib.demo.invented import TESTER, Person, somebody
from lib.demo.rhythm import Life, month_number
from lib.domain.imports import DateRange
from lib.domain.verdicts import RowClass

# Counted from the oldest month of the year.
PARTIAL_MONTH = 9
PARTIAL_UNTIL = 17

UNUSED_UNIT = "Z-DO NOT USE - Training"
CAMPAIGNS = ((4401, "Spring mailer"), (4402, "Yard signs"), (4403, "Referral"), (4404, "Web search"))

_A_DAY = 4.2
_TYPES, _TYPE_WEIGHTS = ("Booked", "Unbooked", "Excused", "NotLead", "Abandoned"), (45, 25, 10, 12, 8)
_REASONS = {"Booked": "New work", "Unbooked": "Price", "Excused": "Out of area", "NotLead": "Vendor", "Abandoned": None}


@dataclass(frozen=True)
class Call:
    """One call that came in; a booked one becomes a job."""

    number: int
    received: datetime
    kind: str
    seconds: int
    person: Person
    campaign: tuple[int, str]
    unit: str
    row_class: RowClass


def calls_of(life: Life, month: DateRange) -> list[Call]:
    """The calls of a month, in order."""
    rng = life.draws("calls", month)
    first = 90_000_000 + month_number(month) * 1000
    return [_call(rng, first, place, received) for place, received in enumerate(life.arrivals(rng, month, _A_DAY))]


def call_deliveries(
    life: Life, account: str, months: Sequence[DateRange], calls: Sequence[list[Call]]
) -> tuple[list[DemoDelivery], Truth]:
    """One file a month and what is true of them; the partial one holds its first days only, and so does the truth."""
    tally, deliveries = Tally(account), []
    for index, (month, found) in enumerate(zip(months, calls, strict=True)):
        is_partial = index == PARTIAL_MONTH
        sent = [call for call in found if not is_partial or call.received.day <= PARTIAL_UNTIL]
        content = page([_entry(life, call) for call in sent], has_more=is_partial, total=len(found))
        name = f"servicetitan-calls-{month.first:%Y-%m}.json"
        deliveries.append(DemoDelivery(account, "call", name, content, month, is_partial=is_partial))
        for call in sent:
            if call.row_class is RowClass.GENUINE:
                tally.add("calls", call.received.date())
                if call.kind == "Booked":
                    tally.add("booked_calls", call.received.date())
    return deliveries, tally.truth()


def _call(rng: Random, first: int, place: int, received: datetime) -> Call:
    row_class = RowClass.TEST if place % 61 == 20 else RowClass.INTERNAL if place % 47 == 30 else RowClass.GENUINE
    person, kind = somebody(rng), rng.choices(_TYPES, _TYPE_WEIGHTS)[0]
    return Call(
        number=first + place,
        received=received,
        # A test is booked like a real one: that is what makes it dangerous.
        kind="Booked" if row_class is RowClass.TEST else kind,
        seconds=rng.randrange(8, 40) if kind == "Abandoned" else rng.randrange(45, 900),
        person=TESTER if row_class is RowClass.TEST else person,
        campaign=rng.choice(CAMPAIGNS),
        unit=UNUSED_UNIT if row_class is RowClass.INTERNAL else "Roofing - Service",
        row_class=row_class,
    )


def _entry(life: Life, call: Call) -> dict[str, Any]:
    minutes, seconds = divmod(call.seconds, 60)
    person, reason = call.person, _REASONS[call.kind]
    customer = {"id": customer_id(call), "name": person.name, "email": person.email}
    return {
        "id": call.number - 40_000_000,
        "jobNumber": str(call.number - 20_000_000) if call.kind == "Booked" else None,
        "businessUnit": {"id": 399 if call.unit == UNUSED_UNIT else 312, "name": call.unit},
        "leadCall": {
            "id": call.number,
            "receivedOn": life.utc_text(call.received),
            "duration": f"00:{minutes:02d}:{seconds:02d}",
            "from": person.phone,
            "to": "2075550100",
            "direction": "Inbound",
            "callType": call.kind,
            "reason": {"id": len(reason), "name": reason} if reason else None,
            "customer": None if call.kind in ("Abandoned", "NotLead") else customer,
            "campaign": {"id": call.campaign[0], "name": call.campaign[1]},
            "modifiedOn": life.utc_text(call.received + timedelta(seconds=call.seconds + 30)),
            "agent": {"id": 31, "name": "Juno Pell"},
        },
    }


def customer_id(call: Call) -> int:
    """The customer's number in the CRM."""
    return call.number - 85_000_000
