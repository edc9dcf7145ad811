"""CallRail: phone calls to tracked numbers, and what the caller had seen before."""

from __future__ import annotations

from lib.domain.api.sources import ApiSource, Auth, AuthScheme, MomentForm, Paging, PagingStyle, Span
from lib.domain.metrics import MetricTemplate
from lib.domain.objects import Destination
from lib.domain.providers import Mark, MarkOn, ObjectTemplate, ProviderTemplate, Test
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.verdicts import RowClass
from lib.providers.marks import SPAM_STATUS, TEST_PEOPLE
from lib.providers.proposals import BURIED, BY_HAND, MAP_BACK, SILENCE, UNDONE

CALL = ObjectTemplate(
    object="call",
    # A tracked number may stand in an ad or on the site itself; the account says where it is only one of them.
    signal=ObjectSignal(Signal.PHONE_CALL, Paid.NEITHER),
    key="id",
    synonyms={
        "external_id": ("id", "Call ID", "Id"),
        "occurred_at": ("start_time", "Start Time", "Date", "Call Date"),
        "status": ("call_type", "Call Status", "Status", "formatted_call_type"),
        "outcome": ("lead_status", "Lead Status", "Qualified"),
        "direction": ("direction", "Direction"),
        "duration": ("duration", "Duration (seconds)", "Duration"),
        "phone": ("customer_phone_number", "Phone Number", "Caller Phone Number", "callernum"),
        "name": ("customer_name", "Name", "Caller Name", "callername"),
        "city": ("customer_city", "City", "callercity"),
        "state": ("customer_state", "State", "callerstate"),
        "country": ("customer_country", "Country", "callercountry"),
        "postal_code": ("zip_code", "Zip Code"),
        "source": ("source_name", "source", "Source", "Number Name"),
        "medium": ("medium", "Medium"),
        "campaign": ("campaign", "Campaign", "utm_campaign"),
        "description": ("note", "Note"),
        "reference": ("tracking_phone_number", "Tracking Number", "trackingnum"),
        "location": ("company_name", "Company Name", "Company"),
        "assigned_to": ("agent_email", "Agent"),
        "is_first_time": ("first_call", "First-Time Caller", "First Call"),
        "amount": ("value", "Value"),
    },
    value_maps={
        "outcome": {
            "good_lead": "good_lead", "not_a_lead": "not_a_lead", "previously_marked_good_lead": "good_lead_before",
            "Qualified": "good_lead", "Not Qualified": "not_a_lead",
        },
    },
    example={
        "id": "CAL8154748ae6bd4e278a7cddd38a662f4f", "answered": True, "business_phone_number": "+13035550100",
        "call_type": "answered", "company_name": "Harbor Roofing", "created_at": "2026-03-04T08:02:11.252-07:00",
        "customer_city": "Boulder", "customer_country": "US", "customer_name": "Rosa Alvarez",
        "customer_phone_number": "+13035550176", "customer_state": "CO", "direction": "inbound", "duration": 253,
        "first_call": True, "lead_status": "good_lead", "medium": "cpc", "campaign": "Spring", "note": "",
        "source_name": "Google Ads", "start_time": "2026-03-04T08:02:11.236-07:00",
        "tracking_phone_number": "+13035550144", "value": "", "zip_code": "80302",
    },
)  # fmt: skip

METRICS = (
    MetricTemplate("calls", "Phone calls", "call", "calls", "phone calls to or from your tracked numbers"),
    MetricTemplate(
        "good_leads", "Calls marked as good leads", "call", "calls", "phone calls that your team marked as a good lead",
        where=(("outcome", ("good_lead",)),),
    ),
    MetricTemplate(
        "calls_by_source", "Phone calls by source", "call", "calls", "phone calls, by the source they first came from",
        dimension="source",
    ),
)  # fmt: skip

_FIELDS = (
    "call_type,company_name,created_at,first_call,lead_status,medium,campaign,note,source,source_name,tags,value,zip_code,"
    "gclid,utm_source,utm_medium,utm_campaign,landing_page_url"
)
SOURCES = (
    ApiSource(
        object="call",
        base_url="https://api.callrail.com",
        path="/v3/a/{tenant}/calls.json",
        records="calls",
        auth=Auth(AuthScheme.TOKEN, form='Token token="{secret}"'),
        # Oldest first, so that a call that comes in meanwhile stands on the last page and moves no other.
        query={"fields": _FIELDS, "sort": "start_time", "order": "asc"},
        paging=Paging(
            PagingStyle.PAGE, page="page", size="per_page", page_size=250, pages="total_pages", total="total_records"
        ),
        # It cannot be asked for changes: what is marked or valued later is found by asking for the last days again.
        changes=Span("start_date", "end_date", MomentForm.DATE, zone="account", basis="start"),
        range=Span("start_date", "end_date", MomentForm.DATE, zone="account", basis="start"),
        look_back_days=7,
        # A thousand an hour, ten thousand a day.
        requests_per_minute=16,
    ),
)

CALLRAIL = ProviderTemplate(
    key="callrail",
    name="CallRail",
    source_label="CallRail",
    destination=Destination.APP,
    destination_reason="Calls are records about callers, so they belong with the customer records.",
    objects=(CALL,),
    metrics=METRICS,
    auth_model="An API key of a user in the header Authorization; webhooks are signed with the company's key.",
    base_url="https://api.callrail.com",
    paging="Pages of up to 250 calls, oldest first; the answer says how many pages and calls there are.",
    rate_limits="1,000 requests an hour and 10,000 a day; here 16 a minute.",
    times="Calls carry their own offset from UTC, that of the person whose key asks; days are asked for in the account's zone.",
    currency="account",
    marks=(
        *TEST_PEOPLE,
        *SPAM_STATUS,
        Mark(
            RowClass.SPAM, MarkOn.SOURCE, "tags", Test.CONTAINS, ('"spam"',),
            "Somebody tagged the call as spam in CallRail.",
        ),
    ),
    sender="callrail",
    sources=SOURCES,
    default_metrics=("calls", "good_leads"),
    promise="You will see how many phone calls came through your tracked numbers, and how many your team marked as good leads.",
    screen="CallRail's activity log of calls: the caller's number, the start, the length and the lead mark.",
    failure_path=f"A pull is tried again with growing pauses; the next one brings what a webhook missed. {BURIED} {SILENCE}",
    manual_fallback=f"Export the calls of the missing days from CallRail's activity log and import the file. {BY_HAND}",
    rollback_note=f"{UNDONE} {MAP_BACK} CallRail keeps calls for 25 months, so older days cannot be asked for again.",
    freshness_hours=24,
    retry_rules=(
        "A call answered 429 waits for as long as Retry-After says; otherwise it is tried again with growing pauses, then a "
        "dead letter. Webhooks are never sent again: the next pull brings what one of them missed."
    ),
    known_failures=(
        "Webhooks are never re-sent, and repeated failure turns them off; a pull brings what was missed.",
        "A call's webhook comes up to twenty minutes late, and its id there is another than in the API.",
        "Source and medium are those of the first visit, while gclid is that of the latest.",
        "Calls older than 25 months are gone, and asking for them is refused.",
        "Times carry the zone of the person whose API key it is, not always the company's.",
        "A lead status or value set after the look-back window is not noticed; ask for those days again.",
    ),
    documentation=("https://apidocs.callrail.com/",),
)  # fmt: skip
