"""Who sends webhooks, and how each signs, names and shapes them: one table, and no code per provider.

Headers and templates: PROVIDERS.md section 5; what tells one receipt from another: section 6. The answer is what the
sender's own documentation takes for success.
"""

from __future__ import annotations

from dataclasses import replace

from lib.domain.hooks import Challenge, Scheme, Sender, Success, Unfold
from lib.errors import DeskError

_PLAIN_200 = Success(200, {"status": "success"})
_ANSWERS = Unfold("interview", ("question",), ("answer",), is_text=True)

STANDARD = Sender(
    key="standard",
    name="Standard Webhooks",
    scheme=Scheme.HMAC,
    header="webhook-signature",
    id_header="webhook-id",
    timestamp_header="webhook-timestamp",
    template="{id}.{timestamp}.{body}",
    encodings=("base64",),
    prefix="v1,",
    is_list=True,
    secret_prefix="whsec_",  # noqa: S106 - how a secret begins
    is_message_id=True,
    event_path="type",
)

_TABLE = (
    STANDARD,
    replace(
        STANDARD,
        key="svix",
        name="Svix",
        header="svix-signature",
        id_header="svix-id",
        timestamp_header="svix-timestamp",
    ),
    Sender(
        key="callrail",
        name="CallRail",
        scheme=Scheme.HMAC,
        header="Signature",
        digest="sha1",
        encodings=("base64",),
        # A changed call comes whole under its own id, also when it was marked as spam; nothing is ever sent again.
        key_paths=("id",),
        is_keyed_with_content=True,
        objects=(("", "call"),),
    ),
    Sender(
        key="typeform",
        name="Typeform",
        scheme=Scheme.HMAC,
        header="Typeform-Signature",
        encodings=("base64",),
        prefix="sha256=",
        # The event's own id may differ from delivery to delivery.
        key_paths=("event_type", "form_response.token"),
        event_path="event_type",
        left_out=("form_response_partial",),
        unfolds=(
            Unfold(
                "form_response.answers",
                ("field.id", "field.ref"),
                ("*",),
                titles="form_response.definition.fields",
            ),
        ),
    ),
    Sender(
        key="webflow",
        name="Webflow",
        scheme=Scheme.HMAC,
        header="x-webflow-signature",
        timestamp_header="x-webflow-timestamp",
        timestamp_unit="ms",
        template="{timestamp}:{body}",
        key_paths=("payload.id",),
        event_path="triggerType",
        success=_PLAIN_200,
    ),
    Sender(
        key="housecall_pro",
        name="Housecall Pro",
        scheme=Scheme.HMAC,
        header="Api-Signature",
        timestamp_header="Api-Timestamp",
        template="{timestamp}.{body}",
        # Its events have no id, and a job sends many.
        event_path="event",
        objects=(("job.", "job"), ("customer.", "customer"), ("estimate.", "quote_request"), ("lead.", "lead")),
    ),
    Sender(
        key="jobber",
        name="Jobber",
        scheme=Scheme.HMAC,
        header="X-Jobber-Hmac-SHA256",
        encodings=("base64",),
        key_paths=(
            "data.webHookEvent.topic",
            "data.webHookEvent.itemId",
            # The second is how older apps spell it.
            "data.webHookEvent.occurredAt|data.webHookEvent.occuredAt",
        ),
        event_path="data.webHookEvent.topic",
        objects=(
            ("CLIENT_", "customer"),
            ("JOB_", "job"),
            ("REQUEST_", "quote_request"),
            ("QUOTE_", "quote_request"),
            ("INVOICE_", "invoice"),
        ),
    ),
    Sender(
        key="meta",
        name="Meta lead ads",
        scheme=Scheme.HMAC,
        header="X-Hub-Signature-256",
        prefix="sha256=",
        key_paths=("entry.changes.value.leadgen_id|leadgen_id|id",),
        event_path="entry.changes.field",
        each=("entry", "entry.changes"),
        unfolds=(
            Unfold("field_data", ("name",), ("values",)),
            Unfold("entry.changes.value.field_data", ("name",), ("values",)),
        ),
        success=_PLAIN_200,
        challenge=Challenge("hub.challenge", token="hub.verify_token"),  # noqa: S106 - a name
    ),
    Sender(
        key="servicetitan",
        name="ServiceTitan",
        scheme=Scheme.HMAC,
        header="x-servicetitan-signature",
        encodings=("hex", "base64"),
        event_path="eventType",
        objects=(
            ("job", "job"),
            ("call", "call"),
            ("booking", "booking"),
            ("lead", "lead"),
            ("invoice", "invoice"),
            ("customer", "customer"),
            ("campaign", "campaign"),
        ),
        success=_PLAIN_200,
        is_verified=False,
    ),
    Sender(
        key="angi",
        name="Angi",
        scheme=Scheme.SHARED_HEADER,
        header="x-api-key",
        # On its own: a retry may lack spEntityId.
        key_paths=("leadOid",),
        objects=(("", "lead"),),
        unfolds=(_ANSWERS,),
        success=_PLAIN_200,
    ),
    Sender(
        key="google_ads",
        name="Google Ads lead form",
        scheme=Scheme.SHARED_BODY,
        body_field="google_key",
        key_paths=("lead_id",),
        unfolds=(Unfold("user_column_data", ("column_id", "column_name"), ("string_value",)),),
        success=Success(200, {}),
    ),
    Sender(
        key="thumbtack",
        name="Thumbtack",
        scheme=Scheme.SHARED_HEADER,
        header="Authorization",
        prefix="Basic ",
        encodings=("base64",),
        key_paths=("event.eventType?", "data.negotiationID|leadID"),
        event_path="event.eventType",
        objects=(("", "lead"),),
        # They name a lead and bring none.
        left_out=("MessageCreatedV4", "ReviewCreatedV4", "IncentiveUsedV4"),
        unfolds=(
            Unfold("data.request.details", ("question",), ("answer",), is_text=True),
            Unfold("request.details", ("question",), ("answer",), is_text=True),
        ),
        success=_PLAIN_200,
    ),
    Sender(
        key="jotform",
        name="Jotform",
        scheme=Scheme.URL_TOKEN,
        key_paths=("submissionID",),
        # A JSON text inside a form field.
        parsed=("rawRequest",),
        success=_PLAIN_200,
    ),
    Sender(
        key="gravity",
        name="Gravity Forms",
        scheme=Scheme.URL_TOKEN,
        key_paths=("form_id", "id"),
        success=_PLAIN_200,
    ),
    Sender(
        key="wufoo",
        name="Wufoo",
        scheme=Scheme.SHARED_BODY,
        body_field="HandshakeKey",
        key_paths=("EntryId",),
        success=_PLAIN_200,
    ),
    Sender(
        key="yelp",
        name="Yelp",
        scheme=Scheme.URL_TOKEN,
        # One lead has many events.
        key_paths=("data.updates.lead_id", "data.updates.event_id"),
        event_path="data.updates.event_type",
        each=("data.updates",),
        success=_PLAIN_200,
        challenge=Challenge("verification", answer="verification"),
        is_verified=False,
    ),
    Sender(key="url_token", name="A secret in the address", scheme=Scheme.URL_TOKEN, event_path="event"),
    Sender(
        key="api_key", name="A key in a header", scheme=Scheme.SHARED_HEADER, header="x-api-key", event_path="event"
    ),
)

SENDERS: dict[str, Sender] = {item.key: item for item in _TABLE}
# Fields that carry a sender's key; they are taken out of every body, whoever sends it, before anything is stored (R20).
SECRET_FIELDS = frozenset(item.body_field.lower() for item in _TABLE if item.body_field)


def sender(key: str) -> Sender:
    """The sender of this name; DeskError `unknown_sender` lists those there are."""
    try:
        return SENDERS[key]
    except KeyError:
        raise DeskError(
            "unknown_sender", f"There is no sender of webhooks called {key!r}.", f"Use one of {', '.join(SENDERS)}."
        ) from None
