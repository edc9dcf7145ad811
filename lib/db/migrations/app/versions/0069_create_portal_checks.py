"""Create portal_checks."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0069"
down_revision = "0068"

_QUERY = """
SELECT account_lapses.client_id AS client_id, account_lapses.account_id AS account_id,
account_lapses.said AS said, account_lapses.at AS since FROM account_lapses JOIN
integration_provider_accounts ON integration_provider_accounts.id = account_lapses.account_id WHERE
integration_provider_accounts.status = 'needs_review' AND account_lapses.id = (SELECT MAX(newest.id)
FROM account_lapses newest WHERE newest.account_id = account_lapses.account_id) AND
account_lapses.at >= (SELECT MAX(account_evidence.at) FROM account_evidence WHERE
account_evidence.account_id = account_lapses.account_id AND account_evidence.gate = 'promotion')
"""


def upgrade() -> None:
    create_view("portal_checks", " ".join(_QUERY.split()))
