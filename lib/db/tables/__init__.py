"""Every table, declared once: `app` and `traffic` are the two databases."""

from lib.db.tables import (
    accounts,
    baselines,
    dead_letters,
    imports,
    jobs,
    learned,
    map_drafts,
    maps,
    operations,
    payloads,
    people,
    publishing,
    receipts,
    records,
    report_notes,
    reports,
    traffic,
)
from lib.db.tables.metadata import app_metadata, traffic_metadata

__all__ = [
    "accounts",
    "app_metadata",
    "baselines",
    "dead_letters",
    "imports",
    "jobs",
    "learned",
    "map_drafts",
    "maps",
    "operations",
    "payloads",
    "people",
    "publishing",
    "receipts",
    "records",
    "report_notes",
    "reports",
    "traffic",
    "traffic_metadata",
]
