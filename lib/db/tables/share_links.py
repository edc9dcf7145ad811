"""Links to one report note for people without an account: each link, the numbers it shows, and each time it was opened."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import text
from lib.domain.access.share_links import ShareAnswer

share_links = app_table(
    "share_links",
    own_id(),
    ref("client_id", "clients.id"),
    # `2026-10`.
    Column("month", text(7), nullable=False),
    # Of the link itself nothing is kept but this: whoever reads the table can open nothing.
    Column("token_hash", text(64), nullable=False),
    Column("made_for", text(190), nullable=False),
    ref("made_by", "people.id"),
    moment("made_at"),
    moment("expires_at"),
    moment("revoked_at", is_optional=True),
    ref("revoked_by", "people.id", is_optional=True),
    UniqueConstraint("token_hash"),
    CheckConstraint("made_for <> ''", name="made_for_somebody"),
    CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
    Index("ix_share_links_client_id", "client_id"),
)
# What happens to a link after it was made; a person whose name is in `made_for` may be taken out of it.
SHARE_FILLED_IN = ("revoked_at", "revoked_by", "made_for")

share_link_cards = app_table(
    "share_link_cards",
    own_id(),
    ref("share_link_id", "share_links.id"),
    ref("client_id", "clients.id"),
    ref("statement_id", "statements.id"),
    Column("place", Integer, nullable=False),
    UniqueConstraint("share_link_id", "statement_id"),
)

share_visits = app_table(
    "share_visits",
    own_id(),
    ref("share_link_id", "share_links.id"),
    ref("client_id", "clients.id"),
    moment("at"),
    # The network only: who exactly sat there is nobody's business.
    Column("network", text(60), nullable=False),
    Column("answer", text(20), nullable=False),
    CheckConstraint("answer IN (" + ", ".join(f"'{answer}'" for answer in ShareAnswer) + ")", name="answer_known"),
    Index("ix_share_visits_share_link_id_at", "share_link_id", "at"),
)
