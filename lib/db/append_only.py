"""The tables whose rows never change once written, and the few columns of theirs that are filled in later."""

from __future__ import annotations

from lib.db.tables.imports import DELIVERY_FILLED_IN
from lib.db.tables.maps import VERSION_FILLED_IN
from lib.db.tables.publishing import STATEMENT_FILLED_IN
from lib.db.tables.share_links import SHARE_FILLED_IN

APPEND_ONLY: dict[str, frozenset[str]] = {
    "account_evidence": frozenset(),
    "account_lapses": frozenset(),
    "account_versions": frozenset(),
    # Where the chain of the audit log has come to moves with each line; what the lines say never changes.
    "audit_head": frozenset({"position"}),
    "audit_log": frozenset(),
    "baselines": frozenset(),
    "change_notes": frozenset(),
    "corrections": frozenset(),
    "desk_settings": frozenset(),
    "erasures": frozenset(),
    "integration_import_batches": frozenset(DELIVERY_FILLED_IN),
    "integration_field_mappings": frozenset(),
    "map_versions": frozenset(VERSION_FILLED_IN),
    "qa_checks": frozenset(),
    # What was written of somebody goes when they are erased; who decided what, and when, stays.
    "row_decisions": frozenset({"reason"}),
    # What a person typed over a cell goes with the cells (R11); who, when and why stays.
    "row_edits": frozenset({"value", "reason"}),
    "setup_tests": frozenset(),
    "share_link_cards": frozenset(),
    "share_links": frozenset(SHARE_FILLED_IN),
    "share_visits": frozenset(),
    "statements": frozenset(STATEMENT_FILLED_IN),
}
