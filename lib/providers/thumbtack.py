"""Thumbtack: paid marketplace leads, which it calls negotiations, each with the price of the lead."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import Mark, MarkOn, ObjectTemplate, ProviderTemplate, Test
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.verdicts import RowClass
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

# As the event of v4 sends it, as the record alone is called, and as the older v2 did.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_id": ("data.negotiationID", "negotiationID", "leadID", "Negotiation ID", "Lead ID"),
    "occurred_at": (
        "data.createdAt",
        "createdAt",
        "createTimestamp",
        "Lead Date",
        "Date Received",
        "Date",
        "received_at",
    ),
    "group_id": ("data.request.requestID", "request.requestID", "Request ID"),
    "status": ("data.status", "status", "Lead Status", "Status"),
    "outcome": ("data.chargeState", "chargeState", "Charge State", "Charge Status"),
    "customer_id": ("data.customer.customerID", "customer.customerID", "Customer ID"),
    "name": ("data.customer.displayName", "customer.name", "customer.displayName", "Customer Name", "Customer"),
    "first_name": ("data.customer.firstName", "customer.firstName"),
    "last_name": ("data.customer.lastName", "customer.lastName"),
    "phone": ("data.customer.phone", "customer.phone", "Customer Phone", "Phone"),
    "address": ("data.request.location.address1", "request.location.address1", "Address"),
    "city": ("data.request.location.city", "request.location.city", "City"),
    "state": ("data.request.location.state", "request.location.state", "State"),
    "postal_code": ("data.request.location.zipCode", "request.location.zipCode", "Zip Code"),
    "service": ("data.request.category.name", "request.category.name", "request.category", "Category", "Service"),
    "category": ("leadType", "Lead Type"),
    "description": ("data.request.description", "request.description", "Description"),
    "location": ("data.business.name", "business.name", "Business Name"),
    "fee": ("data.leadPrice", "leadPrice", "Lead Price", "Price"),
}

OUTCOMES = {
    # What became of the charge; where a shape does not say it, what became of the lead.
    "Created": "not_charged", "Pending": "not_charged", "Charged": "charged", "Refunded": "refunded",
    "Open": "open", "Picked": "picked", "Canceled": "canceled", "Cancelled": "canceled", "active": "open",
}  # fmt: skip

LEAD = ObjectTemplate(
    object="lead",
    signal=ObjectSignal(Signal.MARKETPLACE_LEAD, Paid.PAID),
    key="data.negotiationID",
    synonyms=SYNONYMS,
    value_maps={"outcome": OUTCOMES},
    is_dated_by_receipt=True,
    example={
        "event": {
            "eventType": "NegotiationCreatedV4",
            "description": "A customer contacted the business",
            "webhookID": "700000000000000011",
            "triggeredAt": "2026-03-04T15:02:14Z",
        },
        "data": {
            "negotiationID": "700000000000004102",
            "createdAt": "2026-03-04T15:02:11Z",
            "customer": {
                "customerID": "700000000000000205",
                "firstName": "Rosa",
                "lastName": "Alvarez",
                "phone": "3035550176",
            },
            "business": {"businessID": "700000000000000301", "name": "Front Range Plumbing"},
            "request": {
                "requestID": "700000000000000407",
                "category": {"categoryID": "700000000000000502", "name": "Water Heater Installation"},
                "description": "The old heater leaks since Friday.",
                "location": {"address1": "48 Juniper Way", "city": "Boulder", "state": "CO", "zipCode": "80302"},
                "details": [{"question": "Which kind of heater?", "answer": "Gas"}],
            },
            "estimate": {"type": "Fixed", "total": "$150.00"},
            "status": "Open",
            "leadPrice": "$25.00",
            "chargeState": "Charged",
        },
    },
)

METRICS = (
    MetricTemplate(
        "paid_leads", "Paid leads", "lead", "leads", "people who asked for work on Thumbtack and were sent to you"
    ),
    MetricTemplate(
        "lead_fees", "Lead fees", "lead", "USD",
        "the prices of the leads that Thumbtack sent, test ones and those refunded later included",
        Aggregation.SUM, column="fee", counts_every_class=True,
    ),
    MetricTemplate(
        "cost_per_lead", "Cost per lead", "lead", "USD per lead", "the lead fees divided by the paid leads",
        Aggregation.RATIO, numerator="lead_fees", denominator="paid_leads",
    ),
    MetricTemplate(
        "refunded_leads", "Refunded leads", "lead", "leads", "leads whose price Thumbtack gave back",
        where=(("outcome", ("refunded",)),), counts_every_class=True,
    ),
)  # fmt: skip

THUMBTACK = ProviderTemplate(
    key="thumbtack",
    name="Thumbtack",
    source_label="Thumbtack paid leads",
    destination=Destination.APP,
    destination_reason="Every lead is a person who asked for work, so it belongs with the customer records.",
    objects=(LEAD,),
    metrics=METRICS,
    auth_model="Basic on webhooks, a secret name:password that you choose; OAuth 2.0 of the business for the API.",
    auth_scopes=("supply::negotiations.read",),
    base_url="https://api.thumbtack.com",
    paging="None for leads: each comes as an event, and the API gives one by its number.",
    rate_limits="None published; an answer of 429 says how long to wait.",
    times="Times are in UTC; the older v2 counts seconds since 1970.",
    currency="USD",
    marks=(
        *TEST_PEOPLE,
        Mark(
            RowClass.TEST, MarkOn.SOURCE, "data.business.name", Test.STARTS_WITH, ("test business",),
            "Thumbtack's own test of the connection sent this entry.",
        ),
        *SPAM_STATUS,
    ),
    sender="thumbtack",
    default_metrics=("paid_leads", "lead_fees", "cost_per_lead"),
    promise="You will see how many paid leads Thumbtack sent you, what they cost, and what one lead cost on average.",
    screen="Thumbtack's own inbox of leads: the lead's day, its category and its price.",
    failure_path=f"Whether Thumbtack sends a lead again is not documented, so a gap is looked for. {BURIED} {SILENCE}",
    manual_fallback=f"Copy the leads of the missing days from Thumbtack's inbox into a file and import it. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} Thumbtack keeps sending to the same address with the same password.",
    freshness_hours=72,
    known_failures=(
        "Whether a lead is sent again after a failure is not documented: compare the count with Thumbtack's inbox.",
        "There is no e-mail address in a lead, and nothing signs it: only the password tells who sends.",
        "The price is text with a dollar sign, and the charge may still be refunded; only another event says so.",
        "Messages and reviews come to the same address; they are no leads and are left out.",
        "One request is told to several businesses; whether a client's second business counts as sold again is not "
        "documented, so nothing is set apart by it.",
        "The documents show another status and another name of the date than the events that were seen.",
    ),
    documentation=(
        "https://developers.thumbtack.com/docs/negotiations",
        "https://developers.thumbtack.com/docs/businesses",
    ),
)  # fmt: skip
