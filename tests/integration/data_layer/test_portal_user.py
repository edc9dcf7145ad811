"""The portal is read by a connection that can read its views and nothing else, on a server and here (R12, R19)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.migrations.history import APP, TRAFFIC
from lib.db.tables.portal_views import PORTAL_VIEWS
from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from lib.services.publishing import portal, report_notes
from tests.builders import a_person, admin, at, settings_on
from tests.integration.data_layer.test_scope import QUESTIONS, World, a_world
from tests.integration.data_layer.three_users import three_users
from tests.ready_made import made_ready
from tests.servers import drop_databases, fresh_databases, mariadb_server


@dataclass(frozen=True)
class Scene:
    """A desk of one client under the least rights, and that client's own person."""

    desk: Desk
    world: World
    sam: Actor


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Made once for the module: what is tried here changes nothing."""
    home: Path = tmp_path_factory.mktemp("portal")
    if request.param == "sqlite":
        settings = settings_on((f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db"), home)
        made_ready(settings)
        yield from _filled(open_desk(settings))
        return
    urls = fresh_databases(mariadb_server())
    with three_users(urls, home) as users:
        yield from _filled(open_desk(users.settings))
    drop_databases(mariadb_server(), *urls)


def _filled(desk: Desk) -> Iterator[Scene]:
    yield Scene(desk, a_world(desk, "acme"), a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    desk.close()


def refusal(scene: Scene, statement: str) -> Failure:
    """How the portal's connection refuses a statement, whoever wrote it."""
    with pytest.raises((DBAPIError, DeskError)) as met, scene.desk.portal.connect() as connection:
        connection.execute(text(statement)).all()
    if isinstance(met.value, DeskError):
        assert met.value.code == "not_granted"
        return Failure.NOT_GRANTED
    return failure_of(met.value)


def test_the_portals_connection_reads_every_view_of_its_own(scene: Scene) -> None:
    with scene.desk.portal.connect() as connection:
        for view in PORTAL_VIEWS:
            columns = ", ".join(view.table.columns.keys())
            connection.execute(text(f"SELECT {columns} FROM {view.name}")).all()


def test_the_portals_connection_reads_no_table(scene: Scene) -> None:
    for name in sorted([*APP.metadata.tables, APP.version_table]):
        for statement in (f"SELECT * FROM {name}", f"SELECT 1 FROM {name}", f"SELECT COUNT(*) FROM {name}"):
            assert refusal(scene, statement) is Failure.NOT_GRANTED, statement


WAYS_AROUND = {
    "a value": "SELECT client_key, (SELECT MAX(email) FROM people) FROM portal_clients",
    "a condition": "SELECT client_key FROM portal_clients WHERE EXISTS (SELECT 1 FROM people WHERE email LIKE 'a%')",
    "an order": "SELECT client_key FROM portal_clients ORDER BY (SELECT MAX(email) FROM people)",
    "a union": "SELECT client_key FROM portal_clients UNION SELECT email FROM people",
    "an alias": "SELECT email FROM people AS portal_clients",
    "an alias of a query": "SELECT portal_clients.email FROM (SELECT email FROM people) AS portal_clients",
    "a view's name": "WITH portal_clients AS (SELECT email FROM people) SELECT email FROM portal_clients",
    "an update": "UPDATE clients SET name = 'x'",
    "a delete": "DELETE FROM report_note_subscriptions",
    "an insert": "INSERT INTO report_note_subscriptions (client_id, person_id, is_on) VALUES (1, 1, 1)",
    "a drop": "DROP VIEW portal_clients",
    "a table": "CREATE TABLE sneaked (id INTEGER)",
}
EMBEDDED_WAYS_AROUND = (
    "SELECT sql FROM sqlite_master",
    "SELECT name FROM pragma_table_info('people')",
    "PRAGMA table_info(people)",
    "ATTACH DATABASE ':memory:' AS other",
    "CREATE TEMP VIEW portal_sneaked AS SELECT * FROM people",
    "SELECT load_extension('x')",
)


@pytest.mark.parametrize("way", WAYS_AROUND)
def test_no_statement_of_the_portals_connection_gets_around_its_views(scene: Scene, way: str) -> None:
    assert refusal(scene, WAYS_AROUND[way]) is Failure.NOT_GRANTED


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_nothing_of_the_embedded_database_itself_is_told(scene: Scene) -> None:
    for statement in EMBEDDED_WAYS_AROUND:
        # To SQLite a function, or a table of its own making, that is not allowed is an error like any other.
        assert refusal(scene, statement) in (Failure.NOT_GRANTED, Failure.OTHER), statement


def test_a_clients_person_asks_nothing_but_the_portal_even_where_nobody_checks(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a page or a service asks in their name, it is the database that refuses: every check is taken out."""
    for check in ("require", "may", "may_see"):
        monkeypatch.setattr(Actor, check, lambda *_: True)
    answered = set()
    for name, question in QUESTIONS.items():
        try:
            scene.desk.ask(scene.sam, question, scene.world)
            answered.add(name)
        except DeskError as refused:
            assert refused.code == ("not_allowed" if name.startswith("traffic.") else "not_granted"), name
    assert answered == {name for name in QUESTIONS if name.startswith("portal.")}


def test_what_a_clients_person_writes_is_their_own_and_goes_one_way(scene: Scene) -> None:
    desk, sam = scene.desk, scene.sam
    assert not desk.ask(sam, report_notes.subscription, "acme").is_on
    with pytest.raises(DeskError) as refused:
        desk.do(sam, report_notes.subscribe, "acme", is_on=True)
    assert refused.value.code == "not_granted"
    with pytest.raises(DeskError) as written:
        desk.do(sam, lambda tx: tx.clients.add_client("mine", "Mine", "UTC"))
    assert written.value.code == "not_granted"
    assert desk.do_own(sam, report_notes.subscribe, "acme", is_on=True).is_on
    assert desk.ask(sam, report_notes.subscription, "acme").is_on
    other = a_person(desk, "kim@acme.example", Role.STAKEHOLDER, "acme")
    assert not desk.ask(other, report_notes.subscription, "acme").is_on
    desk.do_own(sam, report_notes.subscribe, "acme", is_on=False)
    assert not desk.ask(sam, report_notes.subscription, "acme").is_on


def test_the_portal_shows_a_client_and_whoever_previews_it_the_same(scene: Scene) -> None:
    now = scene.desk.clock()
    desk = at(scene.desk, lambda: now)
    found = desk.ask(scene.sam, portal.portal, "acme")
    assert found.cards
    assert found == desk.ask(admin(desk), portal.portal, "acme")


def test_no_view_of_the_portal_holds_more_than_a_client_may_see() -> None:
    """Whoever adds a column to a view adds it here too, and thinks twice."""
    columns = {view.name: set(view.table.columns.keys()) for view in PORTAL_VIEWS}
    account = {"client_id", "account_id"}
    card = account | {"statement_id", "metric_key", "place", "published_at", "card"}
    link = {"link_id", "token_hash", "note_month", "expires_at", "revoked_at", "card_count"}
    client = {"client_id", "client_key", "client_name", "timezone"}
    assert columns == {
        "portal_clients": client,
        "portal_cards_published": card,
        "portal_corrections": account | {"correction_id", "metric_key", "label", "source", "said", "corrected_at"},
        "portal_freshness": account | {"object_name", "reaches_to", "received_at", "freshness_hours"},
        "portal_checks": account | {"said", "since"},
        "portal_note_subscriptions": {"client_id", "person_id", "is_on"},
        "portal_shares": client | link,
        "portal_shared_cards": card | {"link_id"},
    }


def test_no_view_of_the_portal_is_over_the_traffic_database() -> None:
    assert TRAFFIC.views == ()
