"""Angi (once HomeAdvisor): paid marketplace leads, one homeowner's request sold to several businesses."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import Mark, MarkOn, ObjectTemplate, ProviderTemplate, Test
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.verdicts import RowClass
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

# Names of the API first, then the older feeds, then what exports call them. Angi publishes no export format: the last
# ones are likely names, and the map, not this file, has the last word.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_id": ("leadOid", "Lead OID", "Lead ID", "Lead #", "Lead Number"),
    # The payload carries no time of its own; a receipt adds `received_at`.
    "occurred_at": (
        "received_at", "Date Received", "Lead Date", "Received Date", "Received", "Date Sent", "Created Date", "Date",
    ),
    "group_id": ("srOid", "SR OID", "Service Request ID", "SR ID"),
    "status": ("contactStatus", "Contact Status", "Lead Status", "Status"),
    "outcome": ("creditStatus", "Credit Status", "Credit Request Status", "Outcome"),
    "reference": ("crmKey", "CRM Key", "CorrelationId"),
    "name": ("name", "Customer Name", "Homeowner", "Consumer Name"),
    "first_name": ("firstName", "FirstName"),
    "last_name": ("lastName", "LastName"),
    "phone": ("primaryPhone", "phonePrimary", "PhoneNumber", "Primary Phone", "Phone"),
    "phone_extension": ("phoneExt", "Phone Ext"),
    "phone_is_masked": ("primaryPhoneDetails.maskedNumber", "maskedNumber", "Masked Number"),
    "secondary_phone": ("secondaryPhone", "phoneSecondary", "Secondary Phone"),
    "email": ("email", "Email", "Email Address"),
    "address": ("address", "address1", "PostalAddress.AddressFirstLine", "Street Address"),
    "city": ("city", "PostalAddress.City"),
    "state": ("stateProvince", "state", "PostalAddress.State"),
    "postal_code": ("postalCode", "zip", "PostalAddress.PostalCode", "Zip Code"),
    "service": ("taskName", "Task Name", "Task", "Category", "Service Requested"),
    "category": ("matchType", "Match Type", "Lead Type"),
    "medium": ("leadDescription", "Lead Description"),
    "description": ("comments", "Comments", "Description"),
    "source": ("leadSource", "Lead Source", "Source"),
    "location": ("spCompanyName", "spEntityId", "spPartnerId"),
    "fee": ("fee", "Lead Fee", "Lead Price", "Price", "Cost"),
}  # fmt: skip

OUTCOMES = {
    "New HomeAdvisor Prospect - Not Contacted": "open",
    "Not Contacted": "open",
    "New Appt - Transferred": "appointment",
    "New Appt - Not Transferred": "appointment",
    "New Appt - Unable to Reach You": "missed",
    "Requested": "credit_requested",
    "Manual Review": "credit_requested",
    "Auto-Approved": "credited",
    "Auto Approved": "credited",
    "Approved": "credited",
    "Credited": "credited",
    "Denied": "credit_denied",
}

LEAD = ObjectTemplate(
    object="lead",
    signal=ObjectSignal(Signal.MARKETPLACE_LEAD, Paid.PAID),
    key="leadOid",
    synonyms=SYNONYMS,
    value_maps={"outcome": OUTCOMES},
    resale_group=True,
    is_dated_by_receipt=True,
    example={
        "name": "Rosa Alvarez",
        "firstName": "Rosa",
        "lastName": "Alvarez",
        "address": "48 Juniper Way",
        "city": "Boulder",
        "stateProvince": "CO",
        "postalCode": "80302",
        "primaryPhone": "3035550176",
        "phoneExt": "12",
        "secondaryPhone": "3035550177",
        "email": "rosa.alvarez@example.com",
        "srOid": 430000017,
        "leadOid": 910000023,
        "fee": 31.5,
        "taskName": "Water Heater - Install",
        "comments": "The old heater leaks since Friday.",
        "matchType": "Lead",
        "leadDescription": "Standard",
        "spEntityId": 55512345,
        "spCompanyName": "Front Range Plumbing",
        "contactStatus": "Not Contacted",
        "primaryPhoneDetails": {"maskedNumber": False},
        "crmKey": "frp-0017",
        "leadSource": "Angi",
        "automatedContactCompliant": True,
        "interview": [{"question": "When do you need this done?", "answer": "Within a week"}],
        "received_at": "2026-03-04T15:02:11Z",
    },
)

METRICS = (
    MetricTemplate("paid_leads", "Paid leads", "lead", "leads", "people who asked for work on Angi and were sent to you"),
    MetricTemplate(
        "lead_fees", "Lead fees", "lead", "USD", "what Angi charged for the leads it sent, resold and test ones included",
        Aggregation.SUM, column="fee", counts_every_class=True,
    ),
    MetricTemplate(
        "cost_per_lead", "Cost per lead", "lead", "USD per lead", "the lead fees divided by the paid leads",
        Aggregation.RATIO, numerator="lead_fees", denominator="paid_leads",
    ),
    MetricTemplate(
        "credited_leads", "Credited leads", "lead", "leads", "leads for which Angi gave its fee back",
        where=(("outcome", ("credited",)),), counts_every_class=True,
    ),
)  # fmt: skip

ANGI = ProviderTemplate(
    key="angi",
    name="Angi",
    source_label="Angi paid leads",
    destination=Destination.APP,
    destination_reason="Every lead is a person who asked for work, so it belongs with the customer records.",
    objects=(LEAD,),
    metrics=METRICS,
    auth_model="A key that you choose (up to 160 characters), sent by Angi in the header x-api-key.",
    # It sends leads; it has no API that is asked for them.
    base_url="",
    paging="None: Angi sends one lead per request.",
    rate_limits="None published; Angi waits for the answer to each lead.",
    times="A lead carries no time of its own and is dated by its receipt, an export by its date column in the account's zone.",
    currency="USD",
    marks=(
        *TEST_PEOPLE,
        Mark(
            RowClass.TEST,
            MarkOn.TARGET,
            "description",
            Test.STARTS_WITH,
            ("<test lead", "this is a test"),
            "The comment says that this is a test entry.",
        ),
        *SPAM_STATUS,
    ),
    sender="angi",
    default_metrics=("paid_leads", "lead_fees", "cost_per_lead"),
    promise="You will see how many paid leads Angi sent you, what they cost, and what one lead cost on average.",
    screen="Angi's own list of leads: the lead of that number, its task, its fee and the day it was sent.",
    failure_path=f"Angi sends a lead again three times, 15 minutes apart. {BURIED} {SILENCE}",
    manual_fallback=f"Export the leads of the missing days from Angi and import the file. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} Angi keeps sending to the same address with the same key.",
    freshness_hours=72,
    retry_rules=(
        "Angi sends a lead again up to three times, 15 minutes apart, unless the answer is 200 with the agreed text; "
        "here three more tries, 15 minutes apart, then a dead letter."
    ),
    known_failures=(
        "The payload has no time: a lead is dated by when it was received, and an export needs a date column.",
        "A test lead is known by the test endpoint only; the payload does not say so.",
        "A retry may lack spEntityId, so only leadOid tells a lead from another.",
        "A masked or call-reporting phone belongs to Angi, not to the homeowner, and never identifies a customer.",
        "That one srOid is seen under several of a client's locations is inferred, not documented.",
        "How long a credit may be asked for differs between Angi's own pages (30 or 45 days).",
        "Angi publishes no columns for its CSV export; check the suggested map against the file.",
    ),
    documentation=(
        "https://intercom.help/angi/en/articles/15304819-angi-lead-integration-api",
        "https://www.homeadvisor.com/r/feed",
        "https://prohelp.homeadvisor.com/how-to-request-lead-credits",
    ),
)
