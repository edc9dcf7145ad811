"""Create portal_clients."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0065"
down_revision = "0064"

_QUERY = """
SELECT clients.id AS client_id, clients.key AS client_key, clients.name AS client_name,
clients.timezone AS timezone FROM clients
"""


def upgrade() -> None:
    create_view("portal_clients", " ".join(_QUERY.split()))
