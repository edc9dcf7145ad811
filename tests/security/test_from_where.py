"""What is done through the browser is logged with the address it came from, by the page and by the desk's own routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.access.audit import SEEN, Asked
from lib.domain.people import Role
from lib.pipeline.leaving.audit import audit_wanted
from lib.services.people import download_tickets
from lib.services.people.people import known_person
from lib.services.running.audit_lines import Filters
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, committed
from tests.stream import Server, streaming

ANA, BO, THERE = "ana@acme.example", "bo@bolt.example", "203.0.113.9"
MARK = "MARK-OF-ACME"


def two_clients(desk: Desk) -> None:
    a_lead_account(desk, "site")
    committed(desk, a_csv([a_lead(1)]))
    client = desk.ask(admin(desk), lambda tx: tx.clients.by_key("acme").id)
    desk.do(admin(desk), lambda tx: tx.audit.note("tried", "client", client, client, said=MARK))
    an_account(desk, "other", client="bolt")
    a_person(desk, ANA, Role.OWNER, "acme")
    a_person(desk, BO, Role.OWNER, "bolt")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with streaming(tmp_path_factory.mktemp("desk"), client=THERE, set_up=two_clients) as serving:
        yield serving


def newest(server: Server, action: str) -> tuple[str, str, str]:
    asked = Asked(action=action)
    line = server.desk.ask(admin(server.desk), lambda tx: tx.audit.lines(asked, 1))[0]
    return line.email, line.door, line.address


def test_rows_seen_on_a_page_are_logged_with_the_browsers_address(server: Server) -> None:
    with server.tab(ANA) as tab:
        assert tab.open("import_review", "load=1").holds("L1")
    assert newest(server, SEEN) == (ANA, "page", THERE)


def test_a_file_is_logged_with_the_address_it_went_to_and_holds_the_takers_clients_only(server: Server) -> None:
    desk = server.desk
    ana = desk.ask(admin(desk), known_person, ANA)
    ticket = desk.do(ana, download_tickets.issue_ticket, audit_wanted(Filters()), desk.hash_key)
    assert server.get(f"/downloads/{ticket}", BO).status_code == 403
    answered = server.get(f"/downloads/{ticket}", ANA)
    assert answered.status_code == 200
    assert "acme" in answered.text
    assert "bolt" not in answered.text
    assert newest(server, "audit log taken out") == (ANA, "download", THERE)


def test_an_owner_reads_no_line_of_another_client_whatever_the_address_asks_for(server: Server) -> None:
    with server.tab(ANA) as tab:
        assert tab.open("audit").holds(MARK)
    with server.tab(BO) as tab:
        assert tab.open("audit").holds("account added")
        for query in ("action=tried", "after=0&from=2001-01-01", "client=acme"):
            run = tab.open("audit", query)
            assert not run.holds(MARK), query
            assert not run.holds("Acme"), query
