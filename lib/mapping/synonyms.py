"""What each canonical column is called in the exports, APIs and forms of many providers, best first."""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "external id", "unique key", "record id", "unique id", "lead id", "job id", "call id", "booking id", "invoice id",
        "customer id", "campaign id", "request id", "submission id", "entry id", "response id", "objectid", "uuid", "guid",
    ),
    "occurred_at": (
        "occurred at", "created date", "created at", "created on", "date created", "created", "creation date",
        "created time", "create date", "date received", "received date", "received at", "received on", "lead date",
        "request date", "requested at", "requested on", "submitted at", "submitted on", "submission date",
        "date submitted", "opened date", "open date", "opened at", "date opened", "in date", "indate", "intake date",
        "application date", "entry date", "start time", "call date", "call time", "call start", "invoice date",
        "event date", "event time", "timestamp", "datetime", "date time", "date", "time", "time created", "date added",
        "added on", "submit time", "date opened", "logged at",
    ),
    "day": ("day", "date", "report date", "metric date", "dates", "segment date"),
    "modified_at": (
        "modified at", "modified on", "modified date", "last modified", "last modified date", "updated at",
        "updated on", "updated date", "last updated", "date modified", "date updated", "last update",
        "resolution action updated date", "last changed", "last event time", "time updated",
    ),
    "scheduled_at": (
        "scheduled at", "scheduled date", "scheduled on", "scheduled start", "scheduled for", "schedule date",
        "appointment date", "appointment time", "arrival time", "service date", "visit date",
        "schedule.scheduled_start", "scheduled start date", "scheduled start time", "start date",
    ),
    "booked_at": ("booked at", "booked date", "booked on", "date booked", "booking date"),
    "completed_at": (
        "completed at", "completed date", "completed on", "completion date", "date completed", "closed date", "closed at",
        "closed on", "date closed", "finished at", "end date", "job end", "resolved at", "resolution date",
    ),
    "sold_at": ("sold at", "sold on", "sold date", "date sold", "estimate sold date", "won date", "closed won date"),
    "due_at": ("due at", "due date", "due on", "payment due"),
    "status": (
        "status", "lead status", "job status", "work status", "current status", "state of job", "stage", "call status",
        "request status", "booking status", "invoice status", "status desc", "status description", "folderstatusdesc",
        "permit status",
    ),
    "outcome": ("outcome", "result", "disposition", "resolution", "call outcome", "call result"),
    "event_type": ("event type", "event", "event name", "type of event", "activity type", "activity"),
    "group_id": ("group id", "group", "service request id", "parent id"),
    "customer_id": ("customer id", "client id", "customer number", "account number", "contact id", "customer #"),
    "job_id": ("job id", "job number", "job #", "work order id"),
    "lead_id": ("lead id", "lead number", "lead #", "job id", "job number", "job #"),
    "reference": (
        "reference", "reference number", "ref", "job number", "job #", "invoice number", "invoice #", "ticket number",
        "case number", "order number", "file number", "fileno", "file no", "permit number", "work order", "work order number",
        "confirmation number", "reference id",
    ),
    "adjustment_to_id": ("adjustment to id", "adjustment to", "credit for", "original invoice"),
    "merged_to_id": ("merged to id", "merged to", "merged into"),
    "name": (
        "name", "full name", "customer name", "client name", "contact name", "customer", "client", "homeowner",
        "lead name", "caller name", "consumer name", "your name", "display name",
    ),
    "first_name": ("first name", "firstname", "given name", "fname", "customer first name", "first"),
    "last_name": ("last name", "lastname", "surname", "family name", "lname", "customer last name", "last"),
    "company": ("company", "company name", "business name", "organization", "organisation", "account name"),
    "phone": (
        "phone", "phone number", "primary phone", "telephone", "mobile", "mobile phone", "cell", "cell phone",
        "customer phone", "customer phone number", "caller number", "caller id", "contact phone", "home phone",
        "from number", "phone 1", "contact number", "tel", "caller phone number", "mobile number", "cell number",
        "phone mobile",
    ),
    "phone_extension": ("phone extension", "extension", "phone ext", "ext"),
    "phone_is_masked": ("phone is masked", "masked number", "is masked", "phone masked"),
    "secondary_phone": ("secondary phone", "alternate phone", "alt phone", "other phone", "phone 2", "second phone"),
    "email": (
        "email", "e-mail", "email address", "e-mail address", "customer email", "contact email", "user email",
        "work email", "your email", "mail",
    ),
    "address": (
        "address", "street address", "service address", "incident address", "property address", "site address",
        "street", "address 1", "address line 1", "job address", "customer address", "location address",
        "billing address", "full address", "address street", "address line1", "address1", "job site",
        "job site address", "site",
    ),
    "city": ("city", "town", "service city", "customer city", "address city", "incident city", "municipality", "job city"),
    "state": ("state", "province", "state province", "address state", "region", "customer state", "service state", "job state"),
    "postal_code": (
        "postal code", "zip", "zip code", "zipcode", "postcode", "incident zip", "customer zip", "service zip",
        "zip postal code", "job zip", "address zip", "address postal code", "post code", "postal",
    ),
    "country": ("country", "country code", "customer country"),
    "service": (
        "service", "service type", "service requested", "job type", "complaint type", "task", "task name",
        "project type", "work type", "type of work", "service needed", "line item", "request type", "folder type",
        "foldertype", "permit type", "service name", "trade", "subdesc", "services", "job name",
    ),
    "category": (
        "category", "type", "descriptor", "lead type", "customer type", "campaign category", "subcategory", "sub type",
        "workdesc", "work desc", "call type",
    ),
    "description": (
        "description", "comments", "comment", "notes", "note", "message", "details", "summary", "job description",
        "work description", "project details", "additional information", "problem description", "remarks",
        "additional info", "scope", "scope of work", "body",
    ),
    "source": (
        "source", "lead source", "utm source", "source name", "traffic source", "channel", "referral source", "origin",
        "original source", "referred by",
    ),
    "medium": ("medium", "utm medium", "source medium"),
    "campaign": ("campaign", "campaign name", "utm campaign", "job campaign", "marketing campaign", "ad campaign"),
    "campaign_id": ("campaign id", "campaign #"),
    "location": ("location", "business unit", "branch", "office", "store", "location name", "franchise", "territory"),
    "assigned_to": (
        "assigned to", "technician", "primary technician", "assigned technicians", "assignee", "sales rep", "sold by",
        "booked by", "agent", "csr", "employee", "assigned employees", "salesperson", "rep", "tech", "staff",
        "staff member", "estimator", "contact owner", "lead owner", "record owner", "deal owner",
    ),
    "direction": ("direction", "call direction", "inbound outbound"),
    "is_first_time": ("is first time", "first time caller", "first call", "first time customer", "new customer"),
    "is_active": ("is active", "active", "enabled", "active status"),
    "duration": ("duration", "call duration", "call length", "talk time", "duration seconds", "length", "duration (s)"),
    "amount": (
        "amount", "total", "total amount", "revenue", "job total", "invoice total", "price", "quote amount", "quote total",
        "estimate", "estimate total", "total revenue", "value", "job value", "deal value", "sales", "grand total",
        "constructvalue", "construct value", "construction value", "project value", "estimated cost", "subtotal",
    ),
    "fee": ("fee", "lead fee", "lead price", "lead cost", "cost per lead", "charge", "lead charge"),
    "tax": ("tax", "sales tax", "tax amount", "vat"),
    "balance": ("balance", "balance due", "outstanding balance", "amount due", "open balance"),
    "daily_cost": ("daily cost", "cost per day", "daily budget"),
    "dimension_value": ("dimension value", "dimension", "segment", "breakdown"),
    "quantity": ("quantity", "value", "count", "metric value", "total"),
    "page": ("page", "landing page", "page url", "url", "top pages", "page path", "final url"),
    "query": ("query", "search term", "search query", "keyword", "top queries", "search keyword"),
    "device": ("device", "device category", "device type"),
    "clicks": ("clicks", "link clicks", "url clicks", "ad clicks"),
    "impressions": ("impressions", "impr", "impr.", "views", "ad impressions"),
    "conversions": ("conversions", "conv", "all conv", "goal completions"),
    "position": ("position", "average position", "avg position", "avg. position"),
    "cost": ("cost", "spend", "amount spent", "ad spend", "total cost", "cost (usd)"),
}  # fmt: skip

# In a report of figures the name of the figure is no person's.
BY_OBJECT: dict[str, dict[str, tuple[str, ...]]] = {
    "daily_metric": {"name": ("name", "metric", "metric name", "measure", "kpi", "figure")},
    "campaign": {"name": ("name", "campaign name", "campaign", "title")},
    # A call begins when it begins, not when the log wrote it down; and the company of a call log is who was called.
    "call": {
        "occurred_at": ("start time", "call start", "call date", "call time", *SYNONYMS["occurred_at"]),
        "company": ("customer company", "caller company"),
    },
    "invoice": {
        # Its own number is its key; the number of a job tells what it belongs to.
        "lead_id": ("job id", "job number", "job #", *SYNONYMS["lead_id"]),
        "occurred_at": (
            "invoice date",
            "issued date",
            "issue date",
            "date issued",
            "issued on",
            *SYNONYMS["occurred_at"],
        ),
    },
}

# Words so alike that spelling alone would take the one for the other.
NEVER: dict[str, tuple[str, ...]] = {
    "country": ("county",),
    "status": ("state", "states"),
    "state": ("status", "stage"),
    "city": ("county",),
    "address": ("address type", "email address", "ip address", "mac address"),
    "name": ("username", "file name", "filename"),
    "assigned_to": ("user agent",),
    "service": ("customer service",),
    "phone_is_masked": ("phone verified",),
}

# A payload's own wrapping says nothing about a field: `payload.data.email` is `email`.
WRAPPERS = frozenset(
    "payload data body customdata inboundwebhookrequest angi form_response event request properties result record".split()  # noqa: SIM905
)


def generic_synonyms(object_name: str, target: str) -> tuple[str, ...]:
    """The names a column is known under whatever the provider, best first; empty where there are none."""
    return BY_OBJECT.get(object_name, {}).get(target, SYNONYMS.get(target, ()))
