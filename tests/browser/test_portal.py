"""A client's person signs in and finds their numbers: on a phone too, at an address they were sent, and nothing else."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.counting import baseline
from lib.services.publishing import statements
from lib.settings import load_settings
from tests.browser.conftest import DeskServer
from tests.browser.test_signing_in import sign_in
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, committed
from tests.serving import ServedDesk

MARCH, APRIL = DateRange(date(2025, 3, 1), date(2025, 3, 31)), DateRange(date(2025, 4, 1), date(2025, 4, 30))
METRIC = "site.leads"
PHONE = {"width": 390, "height": 844}


def a_published_number(desk: Desk) -> None:
    """Acme's leads of April against March, shown to its person; and a client beside it."""
    a_lead_account(desk)
    an_account(desk, "theirs", client="zeta")
    leads = [a_lead(n, f"2025-0{3 + n % 2}-{1 + n % 28:02d}") for n in range(60)]
    committed(desk, a_csv(leads), days=DateRange(MARCH.first, APRIL.last))
    made = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, MARCH, "before the change")
    asked = ("acme", METRIC, int(made["baseline"]), APRIL, "week")
    said = desk.ask(admin(desk), statements.draft_for, *asked).template  # type: ignore[arg-type]
    written = desk.do(admin(desk), statements.write, *asked, sentence=said)  # type: ignore[arg-type]
    desk.do(admin(desk), statements.review, written.id)
    desk.do(admin(desk), statements.publish, written.id, "to see it work")
    a_person(desk, "analyst@example.com", Role.STAKEHOLDER, "acme")


def served_portal(desk_server: DeskServer, secrets: str) -> ServedDesk:
    running = desk_server("sqlite", secrets=secrets)
    desk = open_desk(load_settings({"DESK_HOME": str(running.home)}))
    a_published_number(desk)
    desk.close()
    return running


def width_of(page: Page) -> int:
    return int(
        page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"
        )
    )


def test_a_client_reads_their_numbers_at_the_address_they_were_sent_and_nothing_else_is_there(
    desk_server: DeskServer, sign_in_secrets: str, browser_page: Page
) -> None:
    desk, page = served_portal(desk_server, sign_in_secrets), browser_page
    page.goto(f"{desk.url}/client_portal?client=acme&card={METRIC}")
    sign_in(page, "analyst")
    expect(page.get_by_text("Signed in as Analyst, client")).to_be_visible()
    assert page.url == f"{desk.url}/client_portal?client=acme&card={METRIC}"
    expect(page.get_by_role("heading", name="The same numbers")).to_be_visible()

    page.set_viewport_size(PHONE)
    page.goto(desk.url)
    expect(page.get_by_role("heading", name="Leads", exact=True)).to_be_visible()
    expect(page.get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    expect(page).to_have_url(f"{desk.url}/client_portal?client=acme")
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    assert width_of(page) == PHONE["width"]
    page.get_by_role("button", name="See the chart").click()
    expect(page.get_by_role("heading", name="The same numbers")).to_be_visible()
    assert width_of(page) == PHONE["width"]

    for away in ("home", "records", "baseline_vs_current?client=acme", "desk"):
        page.goto(f"{desk.url}/{away}")
        expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
        expect(page.get_by_text("leads in April 2025")).to_have_count(0)
    page.get_by_role("link", name="Your numbers").click()
    expect(page.get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    page.goto(f"{desk.url}/client_portal?client=zeta")
    expect(page.get_by_text("There is no portal zeta.")).to_be_visible()
