"""The marks: one word for every column that holds somebody's words, and who may read what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from sqlalchemy import Column, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from lib.db.tables import app_metadata, traffic_metadata
from lib.db.types import JsonText
from tests.hooking import SECRET
from tests.stream import COOKIE_SECRET

# No word of any page begins so, whatever the case.
STEM = "vole"
_ANY = re.compile(STEM + r"([b-z]{3})x", re.IGNORECASE)
_PHONE = re.compile(r"303\D{0,3}666\D{0,3}(\d)\d\d\d")
_SIGNS = "bcdfghjklmnpqrstz"


class For(IntEnum):
    """Who may read a mark: each may also read what those before them may."""

    CLIENT = 1  # the client's own people, and whoever works for the client
    DESK = 2  # analysts and owners of the client
    OWNER = 3  # who answers for its loads; to an analyst it is veiled
    NOBODY = 4


_C, _D, _O = For.CLIENT, For.DESK, For.OWNER

# Columns in which the words of a client, its people or its customers can stand.
PLANTED: dict[str, For] = {
    "account_breakers.sentence": _D,
    "account_evidence.link": _D,
    "account_evidence.text": _D,
    "account_lapses.because": _D,
    "account_lapses.said": _C,
    "account_versions.changes": _D,
    "alert_messages.answer": _D,
    "alert_messages.changes": _D,
    "alert_subscriptions.destination": _D,
    "alert_told.sentence": _D,
    "audit_log.detail": _D,
    "baselines.reason": _D,
    "change_notes.note": _C,
    "clients.name": _C,
    "corrections.label": _C,
    "corrections.said": _C,
    "corrections.source": _C,
    "corrections.why": _D,
    "crm_campaigns.name": _D,
    "crm_customers.address": _O,
    "crm_customers.email": _O,
    "crm_customers.name": _O,
    "crm_lead_events.description": _O,
    "crm_leads.address": _O,
    "crm_leads.assigned_to": _D,
    "crm_leads.campaign": _D,
    "crm_leads.city": _D,
    "crm_leads.company": _O,
    "crm_leads.description": _O,
    "crm_leads.email": _O,
    "crm_leads.external_id": _D,
    "crm_leads.first_name": _O,
    "crm_leads.last_name": _O,
    "crm_leads.location": _D,
    "crm_leads.name": _O,
    "crm_leads.phone": _O,
    "crm_leads.secondary_phone": _O,
    "crm_leads.status": _D,
    "data_import_batches.error_note": _D,
    "data_import_batches.undo_reason": _D,
    "dead_letters.mend": _D,
    "dead_letters.reason": _D,
    "dead_letters.sentence": _D,
    "dropped_files.name": _D,
    "dropped_files.note": _D,
    "dropped_files.url": _D,
    "erasures.reason": _D,
    "incoming_lead_bodies.body": _O,
    "incoming_lead_logs.event": _D,
    "incoming_lead_logs.refusal": _D,
    "integration_field_mappings.explanation": _C,
    "integration_field_mappings.label": _D,
    "integration_field_mappings.reason": _D,
    "integration_import_batches.by_hand_reason": _D,
    "integration_import_batches.error_note": _D,
    "integration_import_batches.file_name": _D,
    "integration_provider_accounts.auth_model": _D,
    "integration_provider_accounts.auth_scopes": _D,
    "integration_provider_accounts.credential_ref": _D,
    "integration_provider_accounts.failure_path": _D,
    "integration_provider_accounts.manual_fallback": _D,
    "integration_provider_accounts.public_promise": _C,
    "integration_provider_accounts.reason": _D,
    "integration_provider_accounts.retry_rules": _D,
    "integration_provider_accounts.rollback_note": _D,
    "integration_provider_accounts.source_label": _C,
    "integration_provider_accounts.webhook_secret_ref": _D,
    "integration_sync_jobs.last_error": _D,
    "learned_mappings.reason": _D,
    "learned_mappings.written": _D,
    "map_draft_steps.said": _D,
    "map_versions.closed_reason": _D,
    "map_versions.note": _D,
    "map_versions.rollback_note": _D,
    "metric_definitions.client_meaning": _C,
    "metric_definitions.label": _C,
    "payload_chunks.body": _O,
    "people.email": _D,
    "people.name": _D,
    "qa_checks.note": _D,
    "qa_checks.screen": _D,
    "report_notes.answer": _D,
    "row_decisions.reason": _D,
    "row_edits.reason": _D,
    "row_edits.value": _O,
    "setup_tests.checks": _D,
    "share_links.made_for": _D,
    "statements.change_note": _D,
    "statements.ended_because": _D,
    "statements.next_action": _C,
    "statements.override_reason": _D,
    "statements.sentence": _C,
    "sync_cursors.token": _D,
    "sync_schedules.note": _D,
    "tasks.closed_because": _D,
    "tasks.detail": _D,
    "tasks.sentence": _D,
    "traffic_days.campaign": _D,
    "traffic_days.page": _D,
    "traffic_days.query": _D,
    "statements.card": _C,
    # The address of the client's own person, which is theirs to see and nobody else's.
    "stakeholder.email": _C,
    # Not in any table, which is the point of them.
    "secret.cookie": For.NOBODY,
    "secret.environment": For.NOBODY,
    "secret.file": For.NOBODY,
    "hook.header": For.NOBODY,
    "hook.refused_body": For.NOBODY,
}

# Every other column in which text can stand, and why no words of anybody's stand there.
_CODES = "a word of the desk's own, out of a list"
_KEYS = "a key by which something is named in addresses, chosen by the desk's people to be read"
_HASH = "a keyed hash or a seal"
_COUNTS = "numbers, ids and codes in plain values"
_UNUSED = "the same words as in a column beside it that is planted"


def _all(names: str, why: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), why)


WITHOUT = _all(
    """
    account_breakers.error_class account_breakers.place account_evidence.gate account_objects.object
    account_objects.paid account_objects.signal_name alert_messages.status alert_subscriptions.least
    alert_subscriptions.quiet alert_subscriptions.timezone alert_told.severity alert_told.state
    audit_log.action audit_log.subject_type baselines.date_basis baselines.timezone baselines.unit change_notes.kind
    clients.timezone corrections.cause crm_campaigns.object crm_campaigns.row_class crm_customers.object
    crm_customers.row_class crm_lead_events.object crm_lead_events.row_class crm_leads.direction crm_leads.object
    crm_leads.row_class daily_metrics.object daily_metrics.row_class data_import_batches.object
    data_import_batches.status data_import_row_reasons.code data_import_row_reasons.column_name
    data_import_rows.row_class data_import_rows.verdict data_import_rows.reasons dead_letters.code
    dead_letters.object dead_letters.status dead_letters.step dead_letters.subject_type dead_letters.target_column
    dead_letters.worth_column desk_settings.name desk_settings.value dropped_files.modified dropped_files.state
    id_blocks.name incoming_lead_logs.row_class incoming_lead_logs.status integration_external_objects.object
    integration_external_objects.row_class integration_field_mappings.blank integration_field_mappings.sensitivity
    integration_field_mappings.target_column integration_field_mappings.target_table integration_import_batches.kind
    integration_import_batches.provider integration_import_batches.status integration_object_links.record_table
    integration_provider_accounts.currency integration_provider_accounts.destination
    integration_provider_accounts.phone_region integration_provider_accounts.provider
    integration_provider_accounts.status integration_provider_accounts.timezone integration_sync_jobs.error_class
    integration_sync_jobs.error_code integration_sync_jobs.kind integration_sync_jobs.lease_holder
    integration_sync_jobs.object integration_sync_jobs.status learned_mappings.level learned_mappings.object
    learned_mappings.provider learned_mappings.scope learned_mappings.target map_drafts.object map_versions.object
    map_versions.status metric_definitions.aggregation metric_definitions.date_basis metric_definitions.denominator
    metric_definitions.dimension metric_definitions.numerator metric_definitions.object metric_definitions.paid
    metric_definitions.signal metric_definitions.sum_column metric_definitions.surface metric_definitions.unit
    metric_definitions.weight_column payload_chunks.kind people.role provider_synonyms.object
    provider_synonyms.provider provider_synonyms.target report_notes.month report_notes.status row_decisions.kind
    row_decisions.value setup_tests.outcome statements.status statements.step sync_cursors.date_basis
    sync_cursors.object sync_cursors.zone sync_schedules.cron sync_schedules.kind sync_schedules.object
    audit_log.door erased_people.kind erasures.step share_links.month share_visits.answer
    sync_schedules.timezone tasks.kind tasks.status traffic_days.device traffic_days.object traffic_days.row_class
    """,
    _CODES,
)
WITHOUT |= _all(
    """
    baselines.name clients.key incoming_lead_bodies.idempotency_key incoming_lead_logs.idempotency_key
    integration_provider_accounts.key metric_definitions.key portal_cards.metric_key statements.metric_key
    corrections.metric_key tasks.cause tasks.link impacts.subject transaction_keys.key report_notes.message_id
    """,
    _KEYS,
)
WITHOUT |= _all(
    """
    baselines.seal crm_campaigns.content_hash crm_customers.content_hash crm_lead_events.content_hash
    crm_leads.content_hash daily_metrics.content_hash dead_letters.fingerprint dropped_files.etag dropped_files.place
    incoming_lead_logs.content_hash integration_external_objects.content_hash integration_import_batches.content_hash
    map_versions.fingerprint setup_tests.credential_mark audit_log.previous_seal audit_log.seal share_links.token_hash
    """,
    _HASH,
)
WITHOUT |= _all(
    """
    account_evidence.looked_at account_lapses.gates account_objects.match_rules baselines.evidence
    data_import_batches.arrival data_import_batches.failing data_import_batches.findings data_import_batches.going_in
    data_import_batches.read_options data_import_batches.reasons data_import_batches.warnings
    integration_field_mappings.transforms integration_import_batches.control_totals
    integration_provider_accounts.class_rules integration_provider_accounts.intake
    integration_provider_accounts.policies integration_provider_accounts.promised integration_sync_jobs.arguments
    integration_sync_jobs.cursor
    learned_mappings.transforms metric_definitions.filters qa_checks.compared report_metrics.left_out_classes
    audit_log.address erasures.detail erasures.marks share_visits.network
    report_metrics.loads report_notes.statement_ids row_decisions.row_runs transaction_keys.result
    """,
    _COUNTS,
)
WITHOUT |= _all(
    """
    api_sources.object api_sources.source corrections.becomes corrections.was crm_campaigns.category
    crm_campaigns.external_id crm_customers.category crm_customers.city crm_customers.external_id
    crm_customers.merged_to_id crm_customers.phone crm_customers.postal_code crm_customers.state
    crm_lead_events.adjustment_to_id crm_lead_events.campaign crm_lead_events.customer_id crm_lead_events.event_type
    crm_lead_events.external_id crm_lead_events.lead_id crm_lead_events.location crm_lead_events.reference
    crm_lead_events.status crm_leads.campaign_id crm_leads.category crm_leads.country crm_leads.customer_id
    crm_leads.group_id crm_leads.job_id crm_leads.medium crm_leads.outcome crm_leads.phone_extension
    crm_leads.postal_code crm_leads.reference crm_leads.service crm_leads.source crm_leads.state
    daily_metrics.dimension_value daily_metrics.external_id daily_metrics.name impacts.basis impacts.result
    integration_external_objects.external_id integration_field_mappings.owner integration_field_mappings.source
    integration_import_batches.facts learned_mappings.header map_draft_steps.content map_draft_steps.origin
    map_drafts.sample provider_synonyms.header provider_synonyms.written report_metrics.dimension_value
    row_edits.source traffic_days.campaign_id traffic_days.external_id
    """,
    _UNUSED,
)


def mark(column: str) -> str:
    """The one word that stands in a column of the marked client and nowhere else."""
    number = sorted(PLANTED).index(column)
    first, rest = divmod(number, len(_SIGNS) ** 2)
    second, third = divmod(rest, len(_SIGNS))
    return STEM + _SIGNS[first] + _SIGNS[second] + _SIGNS[third] + "x"


# Keys hold no mark: they stand in addresses, and an address is said back to whoever typed it.
MARKED = "acme"
# Somebody who had every right of an owner until they were taken off the desk.
REMOVED = "removed"
# The variable in which the secret of the marked client's account lies.
API_KEY = mark("integration_provider_accounts.credential_ref").upper()


def a_phone(number: int, *, is_second: bool = False) -> str:
    """A telephone number of the marked client's, known by its digits however it is written."""
    return f"303666{int(is_second) + 1}{number % 1000:03d}"


def columns_of_text() -> Iterator[str]:
    """Every column of both databases in which a word could stand, as table.column."""
    for table in (*app_metadata.sorted_tables, *traffic_metadata.sorted_tables):
        yield from (f"{table.name}.{column.name}" for column in table.columns if _holds_text(column))


def _holds_text(column: Column[object]) -> bool:
    kind = column.type
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(kind, JsonText) or isinstance(plain, String | LargeBinary)


_OF_WORD = {mark(column): column for column in PLANTED}
# Secrets that have to look like what they are.
_OF_SECRET = {COOKIE_SECRET: "secret.cookie", SECRET: "secret.environment"}


def marked_in(text: str) -> frozenset[str]:
    """The columns whose marks stand in a text."""
    words = {found[0].lower() for found in _ANY.finditer(text)}
    phones = {"crm_leads.secondary_phone" if found[1] == "2" else "crm_leads.phone" for found in _PHONE.finditer(text)}
    secrets = {name for secret, name in _OF_SECRET.items() if secret in text}
    return frozenset(_OF_WORD.get(word, word) for word in words) | phones | secrets
