"""On a server the portal is read as a database user that can read its views and nothing else (R12, R19)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.db.engine import open_engine
from lib.db.failures import Failure, failure_of
from lib.db.migrations.history import APP
from lib.db.tables.portal_views import PORTAL_VIEWS
from lib.pipeline import open_desk
from lib.services.publishing import portal
from tests.builders import admin, desk_on
from tests.integration.data_layer.watching import a_user, on_server
from tests.published import published, two_fortnights
from tests.servers import database_of, mariadb_server


def test_the_portals_own_user_reads_its_views_and_no_table(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    server, name = mariadb_server(), database_of(mariadb_urls[0])
    with desk_on(mariadb_urls, tmp_path) as desk, a_user(server) as reading:
        published(desk, two_fortnights(desk))
        grants = [f"GRANT SELECT ON {name}.{view.name} TO {reading.user}@'%'" for view in PORTAL_VIEWS]
        on_server(server, *grants)
        asked = open_desk(dataclasses.replace(desk.settings, portal_url=reading.url(name)))
        try:
            assert asked.portal is not None
            found = asked.ask(admin(asked), portal.portal, "acme")
            assert found == desk.ask(admin(desk), portal.portal, "acme")
            assert [card.current for card, _ in found.cards] == ["83 leads"]
        finally:
            asked.close()
        engine = open_engine(reading.url(name))
        for table in APP.metadata.tables:
            with pytest.raises(DBAPIError) as met, engine.connect() as connection:
                connection.execute(text(f"SELECT 1 FROM {table}"))
            assert failure_of(met.value) is Failure.NOT_GRANTED, table
        with pytest.raises(DBAPIError) as written, engine.begin() as connection:
            connection.execute(text("UPDATE portal_clients SET client_name = 'x'"))
        assert failure_of(written.value) is Failure.NOT_GRANTED
        engine.dispose()


def test_no_view_of_the_portal_holds_more_than_a_client_may_see() -> None:
    """Whoever adds a column to a view adds it here too, and thinks twice."""
    columns = {view.name: set(view.table.columns.keys()) for view in PORTAL_VIEWS}
    account = {"client_id", "account_id"}
    assert columns == {
        "portal_clients": {"client_id", "client_key", "client_name", "timezone"},
        "portal_cards_published": account | {"statement_id", "metric_key", "place", "published_at", "card"},
        "portal_corrections": account | {"correction_id", "metric_key", "label", "source", "said", "corrected_at"},
        "portal_freshness": account | {"object_name", "reaches_to", "received_at", "freshness_hours"},
        "portal_checks": account | {"said", "since"},
    }
