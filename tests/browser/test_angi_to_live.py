"""Angi from an empty desk to live, by clicks alone: each gate of the ladder is climbed where the page says it is."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.clock import utc_now
from lib.providers import TEMPLATES
from tests.browser.acts import choose, press, step, type_in
from tests.browser.conftest import DeskServer, Screenshot
from tests.integration.test_nothing_to_live import a_file

expect.set_options(timeout=15_000)

LEAD = TEMPLATES["angi"].object("lead")
PROMISE = "Every Angi lead, counted by the day it came in, tests and resold leads left out."
# Where the cells of the setup page stand.
LADDER, PROMOTE, RECORD, PLAN, QA = 1, 2, 4, 6, 10


def connected(page: Page) -> None:
    page.get_by_role("link", name="Connect a provider").click()
    press(page, "Choose Angi")
    type_in(page, "Client's name", "Harbor Roofing")
    choose(page, "Time zone", "America/Denver")
    type_in(page, "Why is it connected?", "To see which paid leads become jobs")
    press(page, re.compile("^Connect Angi for Harbor Roofing$"))
    expect(page).to_have_url(re.compile("account=harbor_roofing_angi$"))
    expect(page.get_by_text("It is paused.", exact=True)).to_be_visible()
    press(page, re.compile("^Resume "))
    expect(page.get_by_role("button", name=re.compile("^Pause "))).to_be_visible()


def written(page: Page) -> None:
    """The plan as the template proposes it, and what the client is promised."""
    plan, record = step(page, PLAN), step(page, RECORD)
    press(page, re.compile("^Fill in what the template proposes"), place=plan)
    press(page, "Save the plan", place=plan)
    expect(plan.get_by_text(re.compile("Written$"))).to_be_visible()
    type_in(page, "Public promise", PROMISE)
    choose(page, "Metrics it promises", "Paid leads")
    page.keyboard.press("Escape")
    press(page, "Save what it is", place=record)
    expect(record.get_by_text("Settings, version")).to_be_visible()


def accepted(page: Page, gate: str, text: str) -> None:
    """A gate that only a person can confirm, with what they looked at."""
    form = page.locator("form, [data-testid=stForm]").filter(has_text=re.compile(f"Accept {gate}", re.IGNORECASE))
    type_in_form = form.get_by_label("What was looked at")
    type_in_form.fill(text)
    press(page, re.compile(f"^Accept {gate}", re.IGNORECASE), place=form)
    expect(page.get_by_text(re.compile(f"{gate}.*: accepted by admin@localhost", re.IGNORECASE))).to_be_visible()


def mapped(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Map its fields").first.click()
    page.locator("input[type=file]").first.set_input_files(file)
    press(page, re.compile("^Take the suggestion"))
    press(page, re.compile("^Submit map 1"))
    press(page, re.compile("^Approve map 1"))
    expect(page.get_by_text("Map 1 is in use.")).to_be_visible()


def imported(page: Page, file: Path, *, is_test: bool) -> None:
    expect(page.get_by_text("Read through map 1, the approved one.")).to_be_visible()
    if is_test:
        page.get_by_text("Test import", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(file)
    press(page, re.compile("^Read .* and bring it to review$"))
    press(page, re.compile("^(Approve|Accept) "))
    done = "The test was accepted." if is_test else re.compile("rows are in, 0 held")
    expect(page.get_by_text(done)).to_be_visible()


def explained(page: Page) -> None:
    """A baseline as it is suggested, and a reviewed sentence on what came since."""
    type_in(page, "Reason", "Before the first report")
    press(page, re.compile("^Capture .*leads"))
    press(page, re.compile("^Write version 1"))
    press(page, re.compile("Version 1 reads well and is right$"))
    expect(page.get_by_text("Version 1 is reviewed now.")).to_be_visible()


def compared_by_eye(page: Page) -> None:
    press(page, "Draw rows to compare")
    same = step(page, QA).get_by_text("The same there")
    expect(same).to_have_count(5)
    for place in range(5):
        same.nth(place).click()
    press(page, re.compile("^Keep what 5 rows show"))
    expect(page.get_by_text("Kept: 5 of 5 rows agree.")).to_be_visible()


# The long walk; `make test` has the newcomer's, the gates' own cells (tests/pages/test_setup_checks.py), and each way in
# taken from nothing to live by commands (tests/integration/test_nothing_to_live.py).
@pytest.mark.prove
@pytest.mark.parametrize("database", ["sqlite"])
def test_angi_is_taken_from_nothing_to_live_by_clicks(
    database: str, desk_server: DeskServer, browser_page: Page, tmp_path: Path, screenshot: Screenshot
) -> None:
    today = utc_now().date()
    # Two whole months at least: the baseline is the first, and what is told the last.
    days = [today - timedelta(days=back) for back in range(95, 1, -1)]
    few, whole = a_file(tmp_path, "angi_test", LEAD, days[:4]), a_file(tmp_path, "angi", LEAD, days)
    page = browser_page
    served = desk_server(database)
    page.goto(served.url)
    setup = f"{served.url}/provider_setup?account=harbor_roofing_angi"
    connected(page)
    written(page)
    accepted(page, "Provider documentation", "https://office.angi.com, the page on lead delivery")
    accepted(page, "Account access", "Ana signed in and saw the list of leads.")
    mapped(page, few)
    page.get_by_role("link", name="Import a file").click()
    imported(page, few, is_test=True)
    page.goto(f"{served.url}/import_review?account=harbor_roofing_angi&object=lead")
    imported(page, whole, is_test=False)
    page.goto(f"{served.url}/baseline_vs_current?metric=harbor_roofing_angi.paid_leads")
    explained(page)
    page.goto(setup)
    expect(page.get_by_role("button", name="Promote Angi paid leads to live")).to_be_disabled()
    compared_by_eye(page)
    accepted(page, "Somebody who watches", "Ana gets the tasks and looks every morning.")
    screenshot(page, "ready")
    press(page, "Promote Angi paid leads to live")
    expect(page.get_by_text("Angi paid leads is live: what is reviewed of it may be published now.")).to_be_visible()
    expect(step(page, LADDER).get_by_text(re.compile("Live$")).first).to_be_visible()
    expect(step(page, PROMOTE).get_by_text("Nothing blocks")).to_be_visible()
    screenshot(page, "live")
