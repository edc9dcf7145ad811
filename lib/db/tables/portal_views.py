"""The views that the client portal reads, and nothing else: what a client may see, and no more (R6, R12).

Plain SQL that every database speaks. On a server the portal's own user is granted these views alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Date, Integer, MetaData, Table

from lib.db.types import Id, JsonText, UtcDateTime, text

# Not among the tables: a view is made by its own step of a migration, and holds nothing.
_views = MetaData()


@dataclass(frozen=True)
class View:
    """A view: its columns as a table that is only read, and the query it stands for."""

    table: Table
    query: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.table.name

    @property
    def create(self) -> str:
        """The statement that makes it."""
        return f"CREATE VIEW {self.name} AS {self.query}"


def _view(name: str, query: str, **columns: Any) -> View:
    table = Table(name, _views, *(Column(column, kind) for column, kind in columns.items()))
    return View(table, " ".join(query.split()))


CLIENTS = _view(
    "portal_clients",
    """
    SELECT clients.id AS client_id, clients.key AS client_key, clients.name AS client_name,
        clients.timezone AS timezone
    FROM clients
    """,
    client_id=Id,
    client_key=text(60),
    client_name=text(190),
    timezone=text(60),
)

CARDS = _view(
    "portal_cards_published",
    """
    SELECT statements.id AS statement_id, portal_cards.client_id AS client_id,
        portal_cards.account_id AS account_id, portal_cards.metric_key AS metric_key,
        portal_cards.position AS place, statements.published_at AS published_at, statements.card AS card
    FROM portal_cards
    JOIN statements ON statements.id = portal_cards.statement_id
    WHERE portal_cards.is_shown = 1 AND statements.status = 'published'
    """,
    statement_id=Id,
    client_id=Id,
    account_id=Id,
    metric_key=text(60),
    place=Integer,
    published_at=UtcDateTime,
    card=JsonText,
)

CORRECTIONS = _view(
    "portal_corrections",
    """
    SELECT corrections.id AS correction_id, corrections.client_id AS client_id,
        corrections.account_id AS account_id, corrections.metric_key AS metric_key, corrections.label AS label,
        corrections.source AS source, corrections.said AS said, corrections.corrected_at AS corrected_at
    FROM corrections
    """,
    correction_id=Id,
    client_id=Id,
    account_id=Id,
    metric_key=text(60),
    label=text(100),
    source=text(100),
    said=text(1000),
    corrected_at=UtcDateTime,
)

# How far committed, whole deliveries reach, of accounts that a client is shown anything of.
FRESHNESS = _view(
    "portal_freshness",
    """
    SELECT data_import_batches.client_id AS client_id, data_import_batches.account_id AS account_id,
        data_import_batches.object AS object_name, integration_import_batches.range_to AS reaches_to,
        integration_import_batches.received_at AS received_at,
        integration_provider_accounts.freshness_hours AS freshness_hours
    FROM data_import_batches
    JOIN integration_import_batches ON integration_import_batches.id = data_import_batches.delivery_id
    JOIN integration_provider_accounts ON integration_provider_accounts.id = data_import_batches.account_id
    WHERE data_import_batches.status = 'committed' AND data_import_batches.is_test = 0
        AND integration_import_batches.is_partial = 0 AND integration_import_batches.range_to IS NOT NULL
        AND data_import_batches.account_id IN (SELECT portal_cards.account_id FROM portal_cards)
    """,
    client_id=Id,
    account_id=Id,
    object_name=text(40),
    reaches_to=Date,
    received_at=UtcDateTime,
    freshness_hours=Integer,
)

# Why an account that fell from live is looked at again, and since when: until somebody promotes it anew (R17).
CHECKS = _view(
    "portal_checks",
    """
    SELECT account_lapses.client_id AS client_id, account_lapses.account_id AS account_id,
        account_lapses.said AS said, account_lapses.at AS since
    FROM account_lapses
    JOIN integration_provider_accounts ON integration_provider_accounts.id = account_lapses.account_id
    WHERE integration_provider_accounts.status = 'needs_review'
        AND account_lapses.id = (SELECT MAX(newest.id) FROM account_lapses newest
            WHERE newest.account_id = account_lapses.account_id)
        AND account_lapses.at >= (SELECT MAX(account_evidence.at) FROM account_evidence
            WHERE account_evidence.account_id = account_lapses.account_id AND account_evidence.gate = 'promotion')
    """,
    client_id=Id,
    account_id=Id,
    said=text(300),
    since=UtcDateTime,
)

# Who gets the monthly note, by number: each person asks for their own.
NOTES = _view(
    "portal_note_subscriptions",
    """
    SELECT report_note_subscriptions.client_id AS client_id, report_note_subscriptions.person_id AS person_id,
        report_note_subscriptions.is_on AS is_on
    FROM report_note_subscriptions
    """,
    client_id=Id,
    person_id=Id,
    is_on=Integer,
)

# Links that clients were given to one report note; how long each opens is told by whoever reads it.
SHARES = _view(
    "portal_shares",
    """
    SELECT share_links.id AS link_id, share_links.client_id AS client_id, share_links.token_hash AS token_hash,
        share_links.month AS note_month, share_links.expires_at AS expires_at, share_links.revoked_at AS revoked_at,
        (SELECT COUNT(*) FROM share_link_cards WHERE share_link_cards.share_link_id = share_links.id) AS card_count,
        clients.key AS client_key, clients.name AS client_name, clients.timezone AS timezone
    FROM share_links
    JOIN clients ON clients.id = share_links.client_id
    """,
    link_id=Id,
    client_id=Id,
    token_hash=text(64),
    note_month=text(7),
    expires_at=UtcDateTime,
    revoked_at=UtcDateTime,
    card_count=Integer,
    client_key=text(60),
    client_name=text(190),
    timezone=text(60),
)

# The numbers of links that may still be shown. One that stands for a later month now is what it was; one that was taken
# back, hidden, or said anew of the same days is not.
SHARED_CARDS = _view(
    "portal_shared_cards",
    """
    SELECT share_link_cards.share_link_id AS link_id, share_link_cards.client_id AS client_id,
        statements.account_id AS account_id, statements.metric_key AS metric_key, statements.id AS statement_id,
        share_link_cards.place AS place, statements.published_at AS published_at, statements.card AS card
    FROM share_link_cards
    JOIN share_links ON share_links.id = share_link_cards.share_link_id AND share_links.revoked_at IS NULL
    JOIN statements ON statements.id = share_link_cards.statement_id
    JOIN portal_cards ON portal_cards.account_id = statements.account_id
        AND portal_cards.metric_key = statements.metric_key
    WHERE portal_cards.is_shown = 1 AND statements.status IN ('published', 'replaced')
        AND NOT EXISTS (SELECT 1 FROM corrections WHERE corrections.statement_id = statements.id)
        AND NOT EXISTS (SELECT 1 FROM statements newer WHERE newer.account_id = statements.account_id
            AND newer.metric_key = statements.metric_key AND newer.range_from = statements.range_from
            AND newer.range_to = statements.range_to AND newer.version > statements.version
            AND newer.published_at IS NOT NULL)
    """,
    link_id=Id,
    client_id=Id,
    account_id=Id,
    metric_key=text(60),
    statement_id=Id,
    place=Integer,
    published_at=UtcDateTime,
    card=JsonText,
)

PORTAL_VIEWS = (CLIENTS, CARDS, CORRECTIONS, FRESHNESS, CHECKS, NOTES, SHARES, SHARED_CARDS)
