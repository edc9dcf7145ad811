"""A link on a server that is run with the least rights: the portal's user reads it, and the running user keeps its visits."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.domain.access.share_links import ShareAnswer, guest_of
from lib.domain.imports import DateRange
from lib.pipeline.opening import open_desk
from lib.pipeline.publishing.share_links import shared_page
from lib.services.publishing import portal, share_links
from lib.services.setup import clients
from tests.builders import admin
from tests.integration.data_layer.three_users import three_users
from tests.published import at_day, published, two_fortnights

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))


def test_a_link_lives_and_ends_under_the_least_rights(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    with three_users(mariadb_urls, tmp_path) as users:
        desk = at_day(open_desk(users.settings), date(2026, 4, 2))
        boss = admin(desk)
        published(desk, two_fortnights(desk))
        link = desk.do(boss, share_links.share, "acme", MARCH, "Rosa", desk.hash_key)
        page = shared_page(desk, link.token, "203.0.113.77")
        assert page is not None
        assert "83 leads" in page
        guest = guest_of(link.token, desk.hash_key)
        assert guest is not None
        # Whatever a guest asks runs on the portal's connection; and their token is for its own client.
        with pytest.raises(Exception) as refused:
            desk.ask(guest.actor, lambda tx: tx.share_links.newest_links(9))
        assert "denied" in str(refused.value) or getattr(refused.value, "code", "") == "not_granted"
        desk.do(boss, clients.add_client, "bolt", "Bolt", "UTC")
        elsewhere = dataclasses.replace(guest.actor, client_ids=frozenset({link.link.client_id + 1}))
        assert desk.ask(elsewhere, portal.shared, guest.token_hash) is None
        desk.do(boss, share_links.revoke, link.link.id)
        assert shared_page(desk, link.token, "203.0.113.77") is None
        (line,) = desk.ask(boss, share_links.links, "acme")
        assert (line.answer, line.visits, line.shown) == (ShareAnswer.REVOKED, 2, 1)
        for changed in (
            "share_visits SET network = ''",
            "share_links SET token_hash = ''",
            "share_link_cards SET place = 9",
        ):
            with pytest.raises(DBAPIError) as met, desk.app.begin() as connection:
                connection.execute(text(f"UPDATE {changed}"))
            assert failure_of(met.value) is Failure.NOT_GRANTED, changed
        desk.close()
