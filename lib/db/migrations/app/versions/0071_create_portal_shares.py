"""Create portal_shares."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0071"
down_revision = "0070"

_QUERY = """
SELECT share_links.id AS link_id, share_links.client_id AS client_id, share_links.token_hash AS
token_hash, share_links.month AS note_month, share_links.expires_at AS expires_at,
share_links.revoked_at AS revoked_at, (SELECT COUNT(*) FROM share_link_cards WHERE
share_link_cards.share_link_id = share_links.id) AS card_count, clients.key AS client_key,
clients.name AS client_name, clients.timezone AS timezone FROM share_links JOIN clients ON
clients.id = share_links.client_id
"""


def upgrade() -> None:
    create_view("portal_shares", " ".join(_QUERY.split()))
