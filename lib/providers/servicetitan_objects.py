"""What ServiceTitan sends, object by object: names from its API documents, then from its report exports."""

from __future__ import annotations

from lib.domain.providers import ObjectTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal

_CRM = ObjectSignal(Signal.CRM_JOB, Paid.NEITHER)
_CAMPAIGN = ("campaign.name", "Job Campaign", "Campaign Name", "Campaign")
_UNIT = ("businessUnit.name", "Business Unit", "Job’s Business Unit", "Job Business Unit", "businessUnitId")

JOB = ObjectTemplate(
    object="job",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Job ID", "Job #", "Job Number", "jobNumber"),
        "occurred_at": ("createdOn", "Created Date", "Job Creation Date", "Created On", "Opportunity Date"),
        "modified_at": ("modifiedOn", "Modified On", "Modified Date"),
        "completed_at": ("completedOn", "Completed Date", "Completion Date", "Completed On"),
        "scheduled_at": ("Scheduled Date", "scheduledOn", "First Appointment Start"),
        "sold_at": ("soldOn", "Sold On", "Estimate Sold Date"),
        "status": ("jobStatus", "Job Status", "Status"),
        "customer_id": ("customerId", "customer.id", "Customer ID"),
        "reference": ("jobNumber", "Job #", "Job Number"),
        "name": ("customer.name", "Customer Name"),
        "service": ("jobType.name", "Job Type", "jobTypeId"),
        "category": ("priority", "Campaign Category"),
        "description": ("summary", "Summary"),
        "campaign": _CAMPAIGN,
        "campaign_id": ("campaignId", "campaign.id"),
        "location": _UNIT,
        "assigned_to": ("Primary Technician", "Assigned Technicians", "Sold By", "Booked By"),
        "amount": ("Jobs Subtotal", "Jobs Total", "Job Total", "Estimate Subtotal"),
    },
    value_maps={
        "outcome": {
            "Scheduled": "scheduled", "Dispatched": "in_progress", "Working": "in_progress", "InProgress": "in_progress",
            "In Progress": "in_progress", "Hold": "on_hold", "Completed": "completed", "Done": "completed",
            "Canceled": "canceled", "Cancelled": "canceled",
        }
    },
    example={
        "id": 71200345, "jobNumber": "71200345", "customerId": 5510023, "locationId": 5510024, "jobStatus": "Completed",
        "completedOn": "2026-03-06T18:40:00Z", "businessUnitId": 312, "jobTypeId": 88, "priority": "Normal",
        "campaignId": 4401, "summary": "Replaced the water heater.", "appointmentCount": 1, "noCharge": False,
        "createdOn": "2026-03-04T15:02:11Z", "createdById": 12, "modifiedOn": "2026-03-06T18:41:09Z",
        "leadCallId": 90088123, "bookingId": None,
    },
)  # fmt: skip

CALL = ObjectTemplate(
    object="call",
    signal=ObjectSignal(Signal.PHONE_CALL, Paid.NEITHER),
    # The bundle has an id of its own; jobs point at this one.
    key="leadCall.id",
    synonyms={
        "external_id": ("leadCall.id", "Call ID", "id"),
        "occurred_at": ("leadCall.receivedOn", "receivedOn", "Call Date", "Call Time", "Received On"),
        "modified_at": ("leadCall.modifiedOn", "modifiedOn"),
        "status": ("leadCall.callType", "callType", "Call Type"),
        "direction": ("leadCall.direction", "direction", "Direction"),
        "duration": ("leadCall.duration", "duration", "Call Duration"),
        "phone": ("leadCall.from", "from", "From", "Caller Phone Number"),
        "customer_id": ("leadCall.customer.id", "customer.id", "Customer ID"),
        "name": ("leadCall.customer.name", "customer.name", "Customer Name"),
        "email": ("leadCall.customer.email",),
        "address": ("leadCall.customer.address.street",),
        "city": ("leadCall.customer.address.city",),
        "state": ("leadCall.customer.address.state",),
        "postal_code": ("leadCall.customer.address.zip",),
        "campaign": ("leadCall.campaign.name", "campaign.name", "Campaign", "Campaign Name"),
        "campaign_id": ("leadCall.campaign.id", "campaign.id", "Campaign ID"),
        "category": ("leadCall.reason.name", "reason.name", "Call Reason"),
        "service": ("type.name", "Job Type"),
        "reference": ("jobNumber", "Job #", "Job Number"),
        "location": _UNIT,
        "assigned_to": ("leadCall.agent.name", "agent.name", "Agent", "CSR"),
    },
    value_maps={
        "outcome": {
            "Abandoned": "abandoned", "Unbooked": "unbooked", "Excused": "excused", "Booked": "booked",
            "NotLead": "not_a_lead", "Not Lead": "not_a_lead", "Not a Lead": "not_a_lead",
        }
    },
    example={
        "id": 90088120, "jobNumber": "71200345", "businessUnit": {"id": 312, "name": "Plumbing - Service"},
        "type": {"id": 88, "name": "Water Heater"},
        "leadCall": {
            "id": 90088123, "receivedOn": "2026-03-04T15:02:11Z", "duration": "00:04:13", "from": "3035550176",
            "to": "3035550100", "direction": "Inbound", "callType": "Booked", "reason": {"id": 7, "name": "New work"},
            "customer": {"id": 5510023, "name": "Rosa Alvarez", "email": "rosa.alvarez@example.com"},
            "campaign": {"id": 4401, "name": "Spring Mailer"}, "modifiedOn": "2026-03-04T15:10:00Z",
            "agent": {"id": 31, "name": "Dana Kim"},
        },
    },
)  # fmt: skip

BOOKING = ObjectTemplate(
    object="booking",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Booking ID", "Booking #"),
        "occurred_at": ("createdOn", "Created Date", "Created On"),
        "modified_at": ("modifiedOn", "Modified On"),
        "scheduled_at": ("start", "Start", "Requested Start"),
        "status": ("status", "Booking Status"),
        "job_id": ("jobId", "Job ID"),
        "reference": ("externalId", "External ID"),
        "name": ("name", "Customer Name"),
        "address": ("address.street", "Street"),
        "city": ("address.city", "City"),
        "state": ("address.state", "State"),
        "postal_code": ("address.zip", "Zip"),
        "country": ("address.country",),
        "category": ("customerType", "Customer Type"),
        "service": ("jobType.name", "Job Type", "jobTypeId"),
        "description": ("summary", "Summary"),
        "source": ("source", "Booking Source"),
        "campaign": _CAMPAIGN,
        "campaign_id": ("campaignId", "Campaign ID"),
        "location": _UNIT,
        "is_first_time": ("isFirstTimeClient", "First Time Client"),
    },
    value_maps={
        "outcome": {"New": "open", "Accepted": "accepted", "Converted": "converted", "Dismissed": "dismissed"}
    },
    example={
        "id": 66000412, "source": "Website", "createdOn": "2026-03-04T15:02:11Z", "name": "Rosa Alvarez",
        "address": {"street": "48 Juniper Way", "unit": "", "city": "Boulder", "state": "CO", "zip": "80302",
                    "country": "USA"},
        "customerType": "Residential", "start": "2026-03-06T16:00:00Z", "summary": "Water heater leaks.",
        "campaignId": 4401, "businessUnitId": 312, "isFirstTimeClient": True, "status": "Converted", "jobId": 71200345,
        "externalId": "web-1182", "priority": "Normal", "jobTypeId": 88, "bookingProviderId": 3,
        "modifiedOn": "2026-03-04T15:30:00Z",
    },
)  # fmt: skip

LEAD = ObjectTemplate(
    object="lead",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Lead ID", "Lead #"),
        "occurred_at": ("createdOn", "Created Date", "Created On", "Lead Date"),
        "modified_at": ("modifiedOn", "Modified On"),
        "scheduled_at": ("followUpDate", "Follow Up Date"),
        "status": ("status", "Lead Status"),
        "customer_id": ("customerId", "Customer ID"),
        "reference": ("Job Number", "Job #"),
        "name": ("customer.name", "Customer Name"),
        "service": ("jobType.name", "Job Type", "jobTypeId"),
        "category": ("Campaign Category", "Lead Type", "priority"),
        "description": ("summary", "Summary"),
        "campaign": _CAMPAIGN,
        "campaign_id": ("campaignId", "Campaign ID"),
        "location": _UNIT,
        "assigned_to": ("Booked By", "Assigned Technicians", "Sold By"),
    },
    value_maps={"outcome": {"Open": "open", "Dismissed": "dismissed", "Converted": "converted"}},
    example={
        "id": 80011223, "status": "Open", "customerId": 5510023, "locationId": 5510024, "businessUnitId": 312,
        "jobTypeId": 88, "priority": "Normal", "campaignId": 4401, "summary": "Asked for a price for a water heater.",
        "callReasonId": 7, "followUpDate": "2026-03-09T00:00:00Z", "createdOn": "2026-03-04T15:02:11Z",
        "createdById": 12, "modifiedOn": "2026-03-04T15:03:00Z",
    },
)  # fmt: skip

INVOICE = ObjectTemplate(
    object="invoice",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Invoice ID", "Invoice #", "Invoice Number"),
        "occurred_at": ("invoiceDate", "Invoice Date", "Invoiced On"),
        "modified_at": ("modifiedOn", "Modified On"),
        "due_at": ("dueDate", "Due Date"),
        "status": ("syncStatus", "Invoice Status"),
        "lead_id": ("job.id", "Job ID"),
        "customer_id": ("customer.id", "Customer ID"),
        "reference": ("referenceNumber", "Reference Number", "job.number", "Job #", "Job Number"),
        "adjustment_to_id": ("adjustmentToId", "Adjustment To"),
        "location": _UNIT,
        "description": ("summary", "Summary"),
        "amount": ("total", "Total", "Invoice Total"),
        "tax": ("salesTax", "Sales Tax"),
        "balance": ("balance", "Balance"),
    },
    example={
        "id": 55001234, "syncStatus": "Posted", "summary": "Water heater", "referenceNumber": "71200345",
        "invoiceDate": "2026-03-06T00:00:00Z", "dueDate": "2026-04-05T00:00:00Z", "subTotal": "1850.00",
        "salesTax": "74.00", "total": "1924.00", "balance": "0.00", "customer": {"id": 5510023, "name": "Rosa Alvarez"},
        "businessUnit": {"id": 312, "name": "Plumbing - Service"}, "modifiedOn": "2026-03-06T18:45:00Z",
        "adjustmentToId": None, "job": {"id": 71200345, "number": "71200345", "type": "Water Heater"},
    },
)  # fmt: skip

CUSTOMER = ObjectTemplate(
    object="customer",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Customer ID", "Customer #"),
        "occurred_at": ("createdOn", "Created Date", "Created On", "Customer Since"),
        "modified_at": ("modifiedOn", "Modified On"),
        "name": ("name", "Customer Name"),
        "phone": ("Phone", "Phone Number", "Mobile Phone"),
        "email": ("email", "Email"),
        "address": ("address.street", "Street"),
        "city": ("address.city", "City"),
        "state": ("address.state", "State"),
        "postal_code": ("address.zip", "Zip"),
        "category": ("type", "Customer Type"),
        "is_active": ("active", "Active"),
        "merged_to_id": ("mergedToId", "Merged To"),
        "balance": ("balance", "Balance"),
    },
    example={
        "id": 5510023, "active": True, "name": "Rosa Alvarez", "type": "Residential",
        "address": {"street": "48 Juniper Way", "unit": "", "city": "Boulder", "state": "CO", "zip": "80302",
                    "country": "USA"},
        "balance": 0, "doNotMail": False, "doNotService": False, "createdOn": "2026-03-04T15:02:11Z",
        "modifiedOn": "2026-03-06T18:45:00Z", "mergedToId": None,
    },
)  # fmt: skip

CAMPAIGN = ObjectTemplate(
    object="campaign",
    signal=_CRM,
    key="id",
    synonyms={
        "external_id": ("id", "Campaign ID"),
        # A campaign has no date of creation in the API; its last change stands in for it.
        "occurred_at": ("createdOn", "Created Date", "modifiedOn", "Modified On"),
        "modified_at": ("modifiedOn", "Modified On"),
        "name": ("name", "Campaign Name", "Campaign"),
        "category": ("category.name", "category.type", "Campaign Category"),
        "is_active": ("active", "Active"),
        "daily_cost": ("dailyCost", "Daily Cost"),
    },
    example={
        "id": 4401, "name": "Spring Mailer", "modifiedOn": "2026-02-20T10:00:00Z", "active": True,
        "category": {"id": 9, "type": "Regular", "name": "Direct mail"},
    },
)  # fmt: skip

OBJECTS = (JOB, CALL, BOOKING, LEAD, INVOICE, CUSTOMER, CAMPAIGN)
