"""Drafts of field maps: one for every object of an account, shared by whoever edits it, with the steps that led to it."""

from __future__ import annotations

from sqlalchemy import Column, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import JsonText, text

map_drafts = app_table(
    "map_drafts",
    own_id(),
    ref("account_id", "integration_provider_accounts.id"),
    ref("client_id", "clients.id"),
    Column("object", text(40), nullable=False),
    # Grows with every change of any kind: whoever writes names the one they saw.
    Column("revision", Integer, nullable=False),
    # The step that stands; those behind it were undone and can be done again.
    Column("position", Integer, nullable=False),
    # Where its sample is found again: {kind, id, words}; never the sample itself.
    Column("sample", JsonText(), nullable=False),
    ref("edited_by", "people.id"),
    moment("edited_at"),
    UniqueConstraint("account_id", "object"),
)

map_draft_steps = app_table(
    "map_draft_steps",
    own_id(),
    ref("draft_id", "map_drafts.id"),
    Column("position", Integer, nullable=False),
    # The draft's revision that this step made.
    Column("revision", Integer, nullable=False),
    # The whole map as plain values; none where nothing was mapped yet.
    Column("content", JsonText(), nullable=True),
    Column("origin", text(190), nullable=False),
    # What was changed, in a few words: `Status, Mood`.
    Column("said", text(190), nullable=False),
    ref("edited_by", "people.id"),
    moment("edited_at"),
    UniqueConstraint("draft_id", "position"),
)
