"""What holds for the whole desk and is said by its admin; the newest line of a name counts, the others are its history."""

from __future__ import annotations

from sqlalchemy import Column, Index

from lib.db.tables.metadata import app_table, moment, own_id, ref
from lib.db.types import text

desk_settings = app_table(
    "desk_settings",
    own_id(),
    Column("name", text(60), nullable=False),
    Column("value", text(200), nullable=False),
    ref("person_id", "people.id"),
    moment("at"),
    Index("ix_desk_settings_name_id", "name", "id"),
)
