"""Create portal_corrections."""

from __future__ import annotations

from lib.db.migrations.steps import create_view

revision = "0067"
down_revision = "0066"

_QUERY = """
SELECT corrections.id AS correction_id, corrections.client_id AS client_id, corrections.account_id
AS account_id, corrections.metric_key AS metric_key, corrections.label AS label, corrections.source
AS source, corrections.said AS said, corrections.corrected_at AS corrected_at FROM corrections
"""


def upgrade() -> None:
    create_view("portal_corrections", " ".join(_QUERY.split()))
