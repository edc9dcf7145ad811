"""The traffic database: clicks, impressions, cost and conversions by day, one row a version.

The two databases do not commit together (settled question 6). A row is written under its load before the app side says
`committed`, and is seen only through committed loads: the newest of them that holds the key gives the value, so an undo
needs no before-image and an orphan is never visible.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint

from lib.db.tables.metadata import moment, traffic_table
from lib.db.tables.records import canonical_columns
from lib.db.types import Id, text
from lib.domain.objects import OBJECTS

traffic_days = traffic_table(
    "traffic_days",
    Column("load_id", Id, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("record_id", Id, nullable=False),
    Column("client_id", Id, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("object", text(40), nullable=False),
    Column("external_id", text(190), nullable=False),
    Column("row_class", text(24), nullable=False),
    *canonical_columns(OBJECTS["traffic_day"]),
    moment("written_at"),
    PrimaryKeyConstraint("load_id", "row_no"),
    Index("ix_traffic_days_account_id_day", "account_id", "day"),
    Index("ix_traffic_days_account_id_external_id", "account_id", "external_id"),
)
