"""Create portal_note_subscriptions."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0070"
down_revision = "0069"

_QUERY = """
SELECT report_note_subscriptions.client_id AS client_id, report_note_subscriptions.person_id AS
person_id, report_note_subscriptions.is_on AS is_on FROM report_note_subscriptions
"""


def upgrade() -> None:
    create_view("portal_note_subscriptions", " ".join(_QUERY.split()))
