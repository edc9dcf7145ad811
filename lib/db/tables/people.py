"""Clients, the people of the desk, and which clients a person may see."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, UniqueConstraint

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import text
from lib.domain.people import Role

clients = app_table(
    "clients",
    own_id(),
    Column("key", text(60), nullable=False),
    Column("name", text(190), nullable=False),
    Column("timezone", text(60), nullable=False),
    Column("is_demo", Boolean(create_constraint=False), nullable=False),
    moment("created_at"),
    UniqueConstraint("key"),
)

people = app_table(
    "people",
    own_id(),
    Column("email", text(254), nullable=False),
    Column("name", text(190), nullable=False),
    Column("role", text(20), nullable=False),
    # A person sees every client, or those named in person_clients.
    Column("sees_every_client", Boolean(create_constraint=False), nullable=False),
    Column("is_active", Boolean(create_constraint=False), nullable=False),
    # Until when somebody who was invited may come for the first time; NULL once they have, and for whoever was added.
    moment("invited_until", is_optional=True),
    # The newest sign-in, as the provider dated it, and up to which moment sign-ins are over.
    moment("signed_in_at", is_optional=True),
    moment("signed_out_since", is_optional=True),
    moment("last_seen_at", is_optional=True),
    moment("created_at"),
    # When somebody last changed what they may, a removal included.
    moment("changed_at"),
    UniqueConstraint("email"),
    CheckConstraint("role IN (" + ", ".join(f"'{role}'" for role in Role) + ")", name="role_known"),
)

person_clients = app_table(
    "person_clients",
    own_id(),
    ref("person_id", "people.id"),
    ref("client_id", "clients.id"),
    UniqueConstraint("person_id", "client_id"),
)
