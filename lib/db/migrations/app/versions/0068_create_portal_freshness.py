"""Create portal_freshness."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0068"
down_revision = "0067"

_QUERY = """
SELECT data_import_batches.client_id AS client_id, data_import_batches.account_id AS account_id,
data_import_batches.object AS object_name, integration_import_batches.range_to AS reaches_to,
integration_import_batches.received_at AS received_at, integration_provider_accounts.freshness_hours
AS freshness_hours FROM data_import_batches JOIN integration_import_batches ON
integration_import_batches.id = data_import_batches.delivery_id JOIN integration_provider_accounts
ON integration_provider_accounts.id = data_import_batches.account_id WHERE
data_import_batches.status = 'committed' AND data_import_batches.is_test = 0 AND
integration_import_batches.is_partial = 0 AND integration_import_batches.range_to IS NOT NULL AND
data_import_batches.account_id IN (SELECT portal_cards.account_id FROM portal_cards)
"""


def upgrade() -> None:
    create_view("portal_freshness", " ".join(_QUERY.split()))
