"""Field maps: versions with their approvals, and one row for every field of a version (R9)."""

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
    ref("approved_by", "people.id", is_optional=True),
    moment("approved_at", is_optional=True),
    UniqueConstraint("account_id", "object", "version"),
)

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

value_maps = app_table(
    "value_maps",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    Column("object", text(40), nullable=False),
    Column("target_column", text(60), nullable=False),
    Column("provider_value", text(190), nullable=False),
    Column("our_value", text(100), nullable=False),
    ref("decided_by", "people.id"),
    moment("decided_at"),
    UniqueConstraint("account_id", "object", "target_column", "provider_value"),
)

Index(
    "ix_map_versions_account_id_object_status", map_versions.c.account_id, map_versions.c.object, map_versions.c.status
)
