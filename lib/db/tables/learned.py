"""What approved maps have taught (F19, F20), and the names that people taught for a provider's columns.

Deleting is setting `forgotten_at`, so that it can be undone; whatever is forgotten is believed no more.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

learned_mappings = app_table(
    "learned_mappings",
    own_id(),
    Column("level", text(20), nullable=False),
    # The level with what it is bound to, as `client 7 angi`: part of a key, where a client that is missing could not be.
    Column("scope", text(100), nullable=False),
    ref("client_id", "clients.id", is_optional=True),
    Column("provider", text(60), nullable=False),
    Column("object", text(40), nullable=False),
    Column("header", text(190), nullable=False),
    Column("written", text(500), nullable=False),
    # Empty for a header that was left out on purpose.
    Column("target", text(60), nullable=False),
    Column("transforms", JsonText(), nullable=False),
    Column("reason", text(500), nullable=False),
    Column("times", Integer, nullable=False),
    ref("account_id", "integration_provider_accounts.id"),
    ref("learned_by", "people.id"),
    moment("learned_at"),
    ref("forgotten_by", "people.id", is_optional=True),
    moment("forgotten_at", is_optional=True),
    UniqueConstraint("scope", "object", "header", "target"),
    # Only a header and its target leave a client: no values, no constants, nobody's words.
    CheckConstraint("client_id IS NOT NULL OR (transforms = '[]' AND reason = '')", name="nothing_of_a_client_travels"),
    CheckConstraint("(client_id IS NOT NULL) = (level = 'client')", name="level_told"),
    Index("ix_learned_mappings_client_id", "client_id"),
)

provider_synonyms = app_table(
    "provider_synonyms",
    own_id(),
    Column("provider", text(60), nullable=False),
    Column("object", text(40), nullable=False),
    Column("header", text(190), nullable=False),
    Column("written", text(190), nullable=False),
    Column("target", text(60), nullable=False),
    ref("added_by", "people.id"),
    moment("added_at"),
    UniqueConstraint("provider", "object", "header"),
)
