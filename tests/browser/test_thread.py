"""The thread, by hand: from the card a client reads to the raw cell an analyst finds; and no client takes that way."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from tests.browser.acts import press, step
from tests.browser.conftest import DeskServer, a_visitor
from tests.browser.test_portal import METRIC, served_portal
from tests.browser.test_signing_in import sign_in
from tests.builders import a_person
from tests.serving import ServedDesk


def with_an_analyst(desk: ServedDesk) -> None:
    opened = open_desk(load_settings({"DESK_HOME": str(desk.home)}))
    a_person(opened, "ana@example.com", Role.ANALYST)
    opened.close()


def walked_to_the_cell(page: Page) -> list[str]:
    """From the card to the raw cell, each step showing the number of the step before it; the addresses on the way."""
    expect(page.get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    page.get_by_role("link", name="Comparison").click()
    expect(page.get_by_role("heading", name="Baseline and current").first).to_be_visible()
    expect(step(page, 3).get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    addresses = [page.url]
    press(page, re.compile("^30 leads$"))
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile(r" = 30 leads"))).to_be_visible()
    expect(page).to_have_url(re.compile("trace=current"))
    addresses.append(page.url)
    drawer.get_by_role("button", name=re.compile("^[0-9]+ leads?$")).first.click()
    expect(drawer.get_by_text(re.compile("^[0-9]+ records? come"))).to_be_visible()
    addresses.append(page.url)
    drawer.get_by_role("button", name=re.compile("^L[0-9]+$")).first.click()
    expect(drawer.get_by_text("Raw cell")).to_be_visible()
    expect(drawer.get_by_text("date = 2025-04")).to_be_visible()
    expect(drawer.get_by_text("Approved by admin@localhost")).to_be_visible()
    expect(page).to_have_url(re.compile("record="))
    return [*addresses, page.url]


def test_the_number_on_a_clients_card_is_followed_to_its_raw_cell_and_never_by_the_client(
    desk_server: DeskServer, sign_in_secrets: str, browser: Browser, browser_page: Page
) -> None:
    desk = served_portal(desk_server, sign_in_secrets)
    with_an_analyst(desk)
    client = browser_page
    client.goto(f"{desk.url}/client_portal?client=acme")
    sign_in(client, "analyst")
    expect(client.get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    for way in ("Comparison", "Trace"):
        expect(client.get_by_role("link", name=way)).to_have_count(0)

    context = a_visitor(browser)
    analyst = context.new_page()
    analyst.goto(f"{desk.url}/client_portal?client=acme")
    sign_in(analyst, "ana")
    addresses = walked_to_the_cell(analyst)

    # An address of the way, opened anew, leads to the same step; the drawer's way back and its end are in the page.
    analyst.goto(addresses[-1])
    drawer = analyst.get_by_role("dialog")
    expect(drawer.get_by_text("Raw cell")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("April 2025$")).click()
    expect(drawer.get_by_text(re.compile("^[0-9]+ records? come"))).to_be_visible()
    analyst.keyboard.press("Escape")
    expect(analyst.get_by_role("dialog")).to_have_count(0)
    expect(analyst).not_to_have_url(re.compile("trace="))
    context.close()

    for address in [*addresses, f"{desk.url}/records?metric={METRIC}&day=2025-04-01", f"{desk.url}/records?on=1"]:
        client.goto(address)
        expect(client.get_by_text("There is nothing at this address.")).to_be_visible()
        for inside in ("Raw cell", "30 leads", "2025-04"):
            expect(client.get_by_text(inside)).to_have_count(0)
