"""Field maps: versions with their approvals, one row for every field of a version (R9), and what changes would do."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

map_versions = app_table(
    "map_versions",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("object", text(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", text(20), nullable=False),
    Column("fingerprint", text(64), nullable=False),
    ref("submitted_by", "people.id"),
    moment("submitted_at"),
    # Why it was submitted, in the words of whoever did.
    Column("note", text(500), nullable=False),
    ref("approved_by", "people.id", is_optional=True),
    moment("approved_at", is_optional=True),
    # What to do when it goes wrong (R13), and what the change is measured against (R4).
    Column("rollback_note", text(1000), nullable=False),
    ref("baseline_id", "baselines.id", is_optional=True),
    # Who sent it back or took it back instead, and why.
    ref("closed_by", "people.id", is_optional=True),
    moment("closed_at", is_optional=True),
    Column("closed_reason", text(500), nullable=False),
    UniqueConstraint("account_id", "object", "version"),
)
# What is written after a version was submitted; its number, its fingerprint and whose it is never change.
VERSION_FILLED_IN = (
    "status", "approved_by", "approved_at", "rollback_note", "baseline_id",
    "closed_by", "closed_at", "closed_reason",
)  # fmt: skip

integration_field_mappings = app_table(
    "integration_field_mappings",
    own_id(),
    ref("map_version_id", "map_versions.id"),
    Column("position", Integer, nullable=False),
    Column("source", text(500), nullable=False),
    Column("target_table", text(60), nullable=False),
    # Empty for a field that is ignored on purpose; then the reason says why.
    Column("target_column", text(60), nullable=False),
    Column("transforms", JsonText(), nullable=False),
    Column("label", text(190), nullable=False),
    Column("owner", text(254), nullable=False),
    Column("explanation", text(500), nullable=False),
    Column("sensitivity", text(20), nullable=False),
    # What a blank cell of an update does to the value that stands there.
    Column("blank", text(10), nullable=False),
    Column("confidence_pct", Integer, nullable=False),
    Column("reason", text(500), nullable=False),
    UniqueConstraint("map_version_id", "position"),
    CheckConstraint("target_column <> '' OR reason <> ''", name="answered_for"),
)

# What was foretold of a change before anybody made it; worked out anew, the newer one stands in its place.
impacts = app_table(
    "impacts",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    # `map lead 3`, or `rules` and the change in short: one impact a subject.
    Column("subject", text(190), nullable=False),
    # What it was worked out from; once any of that is another, the impact is stale.
    Column("basis", JsonText(), nullable=False),
    Column("result", JsonText(), nullable=False),
    ref("asked_by", "people.id"),
    moment("worked_out_at"),
    UniqueConstraint("account_id", "subject"),
)

Index(
    "ix_map_versions_account_id_object_status", map_versions.c.account_id, map_versions.c.object, map_versions.c.status
)
