"""Create portal_cards_published."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0066"
down_revision = "0065"

_QUERY = """
SELECT statements.id AS statement_id, portal_cards.client_id AS client_id, portal_cards.account_id
AS account_id, portal_cards.metric_key AS metric_key, portal_cards.position AS place,
statements.published_at AS published_at, statements.card AS card FROM portal_cards JOIN statements
ON statements.id = portal_cards.statement_id WHERE portal_cards.is_shown = 1 AND statements.status =
'published'
"""


def upgrade() -> None:
    create_view("portal_cards_published", " ".join(_QUERY.split()))
