"""Signed in without the right, and with a page's address as the first thing after a start: nothing is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.domain.people import Role
from lib.services.setup import clients
from tests.browser.test_signing_in import sign_in
from tests.builders import a_person, admin, desk_on
from tests.serving import PROJECT, free_port, served

SECRET = "Somebody Elses Client"


def shut_to_a_stakeholder() -> list[str]:
    """Every page but the client's own."""
    return sorted({page.stem for page in (PROJECT / "pages").glob("*.py")} - {"client_portal"})


# A server for each page, as only the first visit after a start goes another way; every page in `make prove`.
@pytest.mark.parametrize(
    "pages", [["records"], pytest.param(shut_to_a_stakeholder(), marks=pytest.mark.prove)], ids=["one", "every"]
)
def test_a_page_visited_first_thing_without_the_right_shows_the_refusal_and_nothing_else(
    tmp_path: Path, sign_in_secrets: str, browser_page: Page, pages: list[str]
) -> None:
    home, port = tmp_path / "desk", free_port()
    (home / ".streamlit").mkdir(parents=True)
    (home / ".streamlit" / "secrets.toml").write_text(sign_in_secrets.replace("{port}", str(port)))
    with served(home, port=port, is_forked=True) as desk:
        with desk_on(desk.urls, home) as behind:
            for key, name in (("acme", "Acme"), ("secret", SECRET)):
                behind.do(admin(behind), clients.add_client, key, name, "UTC")
            a_person(behind, "analyst@example.com", Role.STAKEHOLDER, "acme")
        browser_page.goto(desk.url)
        sign_in(browser_page, "analyst")
        expect(browser_page.get_by_text("Signed in as Analyst, client")).to_be_visible()
        expect(browser_page.get_by_text(SECRET)).to_have_count(0)
    for page in pages:
        with served(home, port=port, is_forked=True) as desk:
            browser_page.goto(f"{desk.url}/{page}?client=secret")
            expect(browser_page.get_by_text("Signed in as Analyst, client")).to_be_visible()
            expect(browser_page.get_by_text("There is nothing at this address.")).to_be_visible()
            expect(browser_page.get_by_role("heading")).to_have_count(0)
            for inside in (SECRET, "Every client", "st.exception", "Something broke"):
                expect(browser_page.get_by_text(inside)).to_have_count(0)
