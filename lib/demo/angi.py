"""A year of Angi leads: JSON arrays with the API's names, resold requests, masked phones, credits and free leads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from lib.demo.deliveries import DemoAccount, DemoDelivery, Tally, Truth
from lib.demo.invented import TESTER, Person, somebody
from lib.demo.rhythm import Life, month_number
from lib.domain.imports import DateRange
from lib.domain.verdicts import RowClass

KEY = "harbor-angi"
ACCOUNT = DemoAccount(
    key=KEY,
    provider="angi",
    owner="mara.quill@example.com",
    reason="Demo data: the leads Harbor Roofing buys on Angi, to see what they cost and what becomes of them.",
    settings={
        "public_promise": "How many people asked for a roofer on Angi and were sent to you, and what Angi charged.",
        "promised": "paid_leads,lead_fees,cost_per_lead",
        "failure_path": "A lead that cannot be read waits as a dead letter; the owner looks at it the same day.",
        "manual_fallback": "Download the month's leads from Angi's own pages and import that file.",
        "rollback_note": "Undo the newest load; the month before stays as it is.",
    },
    ignored={
        "automatedContactCompliant": "Angi's own consent record; nothing is counted by it.",
        "interview": "The homeowner's answers in free form; the task and the comment say enough.",
        "spEntityId": "Angi's number of the location; its name is kept.",
    },
)

_A_DAY = 1.8
_TASKS = ("Roof - Repair", "Roof - Replace", "Gutters - Install", "Skylight - Install", "Roof - Inspect")
_FEES = ("24.5", "31.5", "38.0", "42.75", "55.0")
_COMMENTS = ("A leak above the porch.", "Shingles came off in the storm.", "Asked for an estimate this week.", "")
_REVIEW = timedelta(days=5)
_AGAIN = timedelta(minutes=7)


@dataclass(frozen=True)
class _Lead:
    """One lead; `credit` is what Angi decides in the end, five days after it was sent."""

    lead_id: int
    request_id: int
    received: datetime
    person: Person
    fee: str
    task: str
    comment: str
    row_class: RowClass
    credit: str = ""
    is_masked: bool = False
    location: str = "Harbor Roofing"

    @property
    def is_decided_later(self) -> bool:
        """Whether the decision comes only after the month's export."""
        decided = self.received + _REVIEW
        return bool(self.credit) and (decided.year, decided.month) != (self.received.year, self.received.month)


def angi_deliveries(life: Life, months: Sequence[DateRange]) -> tuple[list[DemoDelivery], Truth]:
    """One file a month, and what is true of them.

    A lead whose credit was still being looked at comes again in the next month's file, decided.
    """
    tally, deliveries = Tally(KEY), []
    waiting: list[_Lead] = []
    for month in months:
        leads = _leads(life, month)
        entries = [_entry(life, lead, lead.credit) for lead in waiting]
        entries += [_entry(life, lead, "Requested" if lead.is_decided_later else lead.credit) for lead in leads]
        content = json.dumps(entries, indent=1).encode()
        deliveries.append(DemoDelivery(KEY, "lead", f"angi-leads-{month.first:%Y-%m}.json", content, month))
        _count(tally, leads, waiting)
        waiting = [lead for lead in leads if lead.is_decided_later]
    return deliveries, tally.truth()


def _leads(life: Life, month: DateRange) -> list[_Lead]:
    """The leads in the order they came; every so manieth is a test, spam, resold, masked or free."""
    rng = life.draws("angi", month)
    first_id = 910_000_000 + month_number(month) * 1000
    leads: list[_Lead] = []
    for place, received in enumerate(life.arrivals(rng, month, _A_DAY)):
        row_class = RowClass.TEST if place % 23 == 11 else RowClass.SPAM if place % 17 == 9 else RowClass.GENUINE
        is_genuine = row_class is RowClass.GENUINE
        lead = _Lead(
            lead_id=first_id + len(leads),
            request_id=430_000_000 + month_number(month) * 1000 + place,
            received=received,
            person=TESTER if row_class is RowClass.TEST else somebody(rng),
            fee="0.0" if place % 21 == 5 else rng.choice(_FEES),
            task=rng.choice(_TASKS),
            comment=_comment(rng, row_class),
            row_class=row_class,
            credit="Approved"
            if is_genuine and place % 14 == 6
            else "Denied"
            if is_genuine and place % 29 == 15
            else "",
            is_masked=place % 12 == 7,
        )
        leads.append(lead)
        if is_genuine and place % 9 == 4:
            leads.append(_sold_again(lead, first_id + len(leads)))
    return leads


def _comment(rng: Random, row_class: RowClass) -> str:
    drawn = rng.choice(_COMMENTS)
    if row_class is RowClass.TEST:
        return "This is a test of the lead feed."
    return "We rank your roofing website on page one." if row_class is RowClass.SPAM else drawn


def _sold_again(lead: _Lead, lead_id: int) -> _Lead:
    """The same homeowner's request under another lead number, for the client's second location."""
    return replace(
        lead,
        lead_id=lead_id,
        received=lead.received + _AGAIN,
        row_class=RowClass.MARKETPLACE_DUPLICATE,
        credit="",
        location="Harbor Roofing Saco",
    )


def _entry(life: Life, lead: _Lead, credit: str) -> dict[str, Any]:
    """The payload as the API writes it, with the time of receipt that the payload lacks."""
    person = lead.person
    return {
        "received_at": life.utc_text(lead.received),
        "leadOid": lead.lead_id,
        "srOid": lead.request_id,
        "name": person.name,
        "firstName": person.first,
        "lastName": person.last,
        "address": person.street,
        "city": person.city,
        "stateProvince": person.state,
        "postalCode": person.postal_code,
        "primaryPhone": person.phone,
        "primaryPhoneDetails": {"maskedNumber": lead.is_masked},
        "email": person.email,
        "fee": float(lead.fee),
        "taskName": lead.task,
        "comments": lead.comment,
        "matchType": "Direct Match" if lead.fee == "0.0" else "Lead",
        "leadDescription": "Standard",
        "spEntityId": 55_512_345 + (lead.location != "Harbor Roofing"),
        "spCompanyName": lead.location,
        "contactStatus": "Marked as spam" if lead.row_class is RowClass.SPAM else "Not Contacted",
        "creditStatus": credit or None,
        "leadSource": "Angi",
        "automatedContactCompliant": True,
        "interview": [{"question": "When do you need this done?", "answer": "Within two weeks"}],
    }


def _count(tally: Tally, leads: list[_Lead], decided: list[_Lead]) -> None:
    for lead in leads:
        day: date = lead.received.date()
        tally.add("lead_fees", day, Decimal(lead.fee))
        if lead.row_class is RowClass.GENUINE:
            tally.add("paid_leads", day)
        if lead.credit == "Approved" and not lead.is_decided_later:
            tally.add("credited_leads", day)
    for lead in decided:
        if lead.credit == "Approved":
            tally.add("credited_leads", lead.received.date())
