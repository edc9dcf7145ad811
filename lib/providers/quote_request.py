"""Quote requests: the forms of a client's own website, and lead forms of form builders and ads, in one shape."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import Mark, MarkOn, ObjectTemplate, ProviderTemplate, Test
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.verdicts import RowClass
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

SYNONYMS: dict[str, tuple[str, ...]] = {
    # Google, Meta, Typeform, Jotform, Webflow, Wufoo; then what a form's own export calls it.
    "external_id": (
        "lead_id", "leadgen_id", "form_response.token", "submissionID", "payload.id", "EntryId", "Submission ID",
        "Entry ID", "Entry Id", "Response ID", "request_id", "Quote ID", "Quote #", "id",
    ),
    "occurred_at": (
        "lead_submit_time", "submitted_at", "form_response.submitted_at", "payload.submittedAt", "submittedAt",
        "created_time", "date_created", "DateCreated", "created_at", "Submission Date", "Date Submitted", "Entry Date",
        "Submitted At", "Timestamp", "received_at",
    ),
    "modified_at": ("date_updated", "updated_at", "Last Updated"),
    "status": ("status", "lead_status", "Quote Status", "Stage"),
    "name": ("name", "full_name", "FULL_NAME", "Full Name", "Your Name", "Contact Name"),
    "first_name": ("first_name", "FIRST_NAME", "First Name", "payload.data.First Name"),
    "last_name": ("last_name", "LAST_NAME", "Last Name", "payload.data.Last Name"),
    "company": ("company", "COMPANY_NAME", "Company Name", "Business Name"),
    "phone": ("phone", "phone_number", "PHONE_NUMBER", "Phone Number", "User Phone", "payload.data.Phone Number"),
    "email": ("email", "EMAIL", "User Email", "Email Address", "Work Email", "payload.data.email"),
    "address": ("address", "street_address", "Street Address", "Service Address"),
    "city": ("city", "CITY"),
    "state": ("state", "REGION"),
    "postal_code": ("postal_code", "POSTAL_CODE", "zip", "zip_code", "Zip Code"),
    "service": ("service", "service_type", "Service Needed", "What do you need?", "Project Type", "Service Requested"),
    "category": ("form_name", "formTitle", "Form Name", "payload.name"),
    "description": ("message", "comments", "details", "Message", "How can we help?", "Project Details"),
    "source": ("utm_source", "source", "UTM Source", "Lead Source"),
    "medium": ("utm_medium", "medium", "UTM Medium"),
    "campaign": ("utm_campaign", "campaign", "campaign_name", "UTM Campaign"),
    "campaign_id": ("campaign_id", "Campaign ID"),
    "location": ("location", "branch", "Office"),
    "amount": ("quote_amount", "estimate", "Quote Amount", "Quote Total", "Estimate"),
}  # fmt: skip

OUTCOMES = {
    "new": "open", "open": "open", "active": "open", "contacted": "open", "pending": "open",
    "quoted": "quoted", "sent": "quoted", "quote sent": "quoted",
    "accepted": "accepted", "approved": "accepted", "won": "accepted", "booked": "accepted",
    "declined": "declined", "rejected": "declined", "lost": "declined", "expired": "declined",
    "trash": "discarded", "spam": "discarded",
}  # fmt: skip

REQUEST = ObjectTemplate(
    object="quote_request",
    signal=ObjectSignal(Signal.FORM_LEAD, Paid.ORGANIC),
    # Every form builder has an id of its own name, so the map finds it by the synonyms of external_id.
    key="",
    synonyms=SYNONYMS,
    value_maps={"outcome": OUTCOMES},
    example={
        "id": "qr_1001",
        "submitted_at": "2026-03-04T15:02:11Z",
        "status": "new",
        "first_name": "Rosa",
        "last_name": "Alvarez",
        "email": "rosa.alvarez@example.com",
        "phone": "(303) 555-0176",
        "address": "48 Juniper Way",
        "city": "Boulder",
        "state": "CO",
        "postal_code": "80302",
        "service": "Water heater",
        "message": "The old heater leaks since Friday.",
        "form_name": "Request a quote",
        "utm_source": "newsletter",
        "utm_medium": "email",
        "utm_campaign": "spring",
        "quote_amount": "1850.00",
        "is_test": False,
    },
)

METRICS = (
    MetricTemplate(
        "quote_requests", "Quote requests", "quote_request", "requests", "people who asked for a quote on your website"
    ),
    MetricTemplate(
        "accepted_quotes", "Accepted quotes", "quote_request", "requests",
        "quote requests of the period that have been accepted so far", where=(("outcome", ("accepted",)),),
    ),
    MetricTemplate(
        "accepted_share", "Share of quotes accepted", "quote_request", "percent",
        "how many of every hundred quote requests were accepted", Aggregation.RATIO,
        numerator="accepted_quotes", denominator="quote_requests",
    ),
)  # fmt: skip


def _sent_as_test(field: str, test: Test, *values: str) -> Mark:
    return Mark(RowClass.TEST, MarkOn.SOURCE, field, test, values, "The form sent this entry as a test.")


QUOTE_REQUEST = ProviderTemplate(
    key="quote_request",
    name="Quote Request",
    source_label="Website quote requests",
    destination=Destination.APP,
    destination_reason="Every request is a person who asked for a quote, so it belongs with the customer records.",
    objects=(REQUEST,),
    metrics=METRICS,
    auth_model="A signing secret shared with the website (Standard Webhooks), unless the form has its own.",
    # A website sends its forms; there is nothing that is asked.
    base_url="",
    paging="None: a form sends one request per entry, an export is one file.",
    rate_limits="None: a website sends as people fill its form in.",
    times="Times carry their own offset where the form writes one, else they are in the account's zone.",
    currency="account",
    marks=(
        _sent_as_test("is_test", Test.EQUALS, "true", "1", "yes"),
        _sent_as_test("Is Test", Test.EQUALS, "true", "1", "yes"),
        # What Google's and Meta's test buttons fill in.
        _sent_as_test("lead_id", Test.STARTS_WITH, "tester-", "test-"),
        _sent_as_test("gcl_id", Test.STARTS_WITH, "tester-"),
        _sent_as_test("form_id", Test.EQUALS, "0", "40000000000"),
        *TEST_PEOPLE,
        *(
            Mark(
                RowClass.TEST,
                MarkOn.TARGET,
                column,
                Test.MATCHES,
                (r"^<test lead", r"^dummy[_ ]value$"),
                "The entry holds the placeholder text of a test button.",
            )
            for column in ("description", "company", "city")
        ),
        *SPAM_STATUS,
        Mark(
            RowClass.SPAM,
            MarkOn.SOURCE,
            "is_spam",
            Test.EQUALS,
            ("true", "1", "yes"),
            "The form itself marked this entry as spam.",
        ),
    ),
    sender="standard",
    default_metrics=("quote_requests", "accepted_quotes", "accepted_share"),
    promise="You will see how many people asked for a quote on your website, and how many of those quotes were accepted.",
    screen="The form's own list of entries on the website: the entry's number, its time and what was asked for.",
    failure_path=f"The website sends an entry again until it is answered; its id tells it from others. {BURIED} {SILENCE}",
    manual_fallback=f"Export the entries of the missing days from the form and import the file. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} The form itself is not changed, so nothing of it has to be taken back.",
    known_failures=(
        "Google's lead form sends its key in the body, spelled google_key or Google_key; it never enters the records.",
        "Meta, Yelp and others send an id only; the answers have to be fetched afterwards.",
        "Gravity Forms tells of spam entries too; they are told apart by their status.",
        "Jotform and Gravity Forms sign nothing; their address needs a secret of its own.",
        "Form builders send the same entry again after a slow answer; its id tells.",
        "Google's CSV download reaches back 30 days only.",
    ),
    documentation=(
        "https://github.com/standard-webhooks/standard-webhooks",
        "https://developers.google.com/google-ads/webhook",
        "https://docs.gravityforms.com/entry-object",
    ),
)
