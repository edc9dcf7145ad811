"""A file and a link leave the desk as a person takes them: by a button on the page, and in a browser that was never here."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from lib.pipeline.opening import open_desk
from lib.reporting.shared_note import NOTHING_HERE
from lib.settings import load_settings
from tests.browser.conftest import DeskServer, a_visitor
from tests.browser.test_portal import METRIC, a_published_number


def test_files_and_links_leave_by_their_own_addresses(
    desk_server: DeskServer, browser: Browser, browser_page: Page
) -> None:
    served, page = desk_server(), browser_page
    page.set_default_timeout(60_000)
    desk = open_desk(load_settings({"DESK_HOME": str(served.home)}))
    a_published_number(desk)
    desk.close()

    page.goto(f"{served.url}/baseline_vs_current?client=acme&metric={METRIC}&from=2025-04-01&to=2025-04-30")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Chart as PNG").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"\x89PNG")
    # The page stays where it is, and the address is used up.
    assert "baseline_vs_current" in page.url
    assert page.request.get(taken.value.url).status == 403

    page.goto(f"{served.url}/client_portal?client=acme")
    page.get_by_text("Links for people without an account").click()
    page.get_by_label("Who is it for").fill("Rosa")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_test_id("stCode").inner_text().strip()

    elsewhere = a_visitor(browser, viewport={"width": 390, "height": 844}, color_scheme="dark")
    guest = elsewhere.new_page()
    said: list[str] = []
    guest.on("console", lambda message: said.append(message.text))
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url))
    assert guest.goto(served.url + link).status == 200  # type: ignore[union-attr]
    expect(guest.get_by_text("stood at 30 leads in April 2025")).to_be_visible()
    # One request, its own style and pictures in place, and no policy of the browser's against any of it.
    assert [address for address in asked if not address.startswith("data:")] == [served.url + link]
    assert said == []
    assert guest.locator("img").evaluate("picture => picture.naturalWidth") > 0
    assert guest.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 21, 23)"
    assert guest.evaluate("document.documentElement.scrollWidth") <= 390
    assert elsewhere.cookies() == []

    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("opens nothing any more")).to_be_visible()
    assert guest.reload().status == 404  # type: ignore[union-attr]
    expect(guest.get_by_text(NOTHING_HERE[0])).to_be_visible()
    elsewhere.close()
