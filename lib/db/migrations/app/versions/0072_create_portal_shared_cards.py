"""Create portal_shared_cards."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0072"
down_revision = "0071"

_QUERY = """
SELECT share_link_cards.share_link_id AS link_id, share_link_cards.client_id AS client_id,
statements.account_id AS account_id, statements.metric_key AS metric_key, statements.id AS
statement_id, share_link_cards.place AS place, statements.published_at AS published_at,
statements.card AS card FROM share_link_cards JOIN share_links ON share_links.id =
share_link_cards.share_link_id AND share_links.revoked_at IS NULL JOIN statements ON statements.id =
share_link_cards.statement_id JOIN portal_cards ON portal_cards.account_id = statements.account_id
AND portal_cards.metric_key = statements.metric_key WHERE portal_cards.is_shown = 1 AND
statements.status IN ('published', 'replaced') AND NOT EXISTS (SELECT 1 FROM corrections WHERE
corrections.statement_id = statements.id) AND NOT EXISTS (SELECT 1 FROM statements newer WHERE
newer.account_id = statements.account_id AND newer.metric_key = statements.metric_key AND
newer.range_from = statements.range_from AND newer.range_to = statements.range_to AND newer.version
> statements.version AND newer.published_at IS NOT NULL)
"""


def upgrade() -> None:
    create_view("portal_shared_cards", " ".join(_QUERY.split()))
