"""A file too large for the uploader is chosen on the page, streamed, and waits in review."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.pipeline import open_desk
from tests.browser.conftest import DeskServer, Screenshot
from tests.builders import a_csv, a_lead, a_lead_account, settings_on


@pytest.mark.parametrize("database", ["sqlite", "mariadb"])
def test_a_large_file_is_streamed_and_waits_in_review(
    database: str, desk_server: DeskServer, browser_page: Page, tmp_path: Path, screenshot: Screenshot
) -> None:
    served = desk_server(database)
    desk = open_desk(settings_on(served.urls, served.home))
    a_lead_account(desk)
    desk.close()
    file = tmp_path / "leads of march.csv"
    file.write_bytes(a_csv([a_lead(number) for number in range(2000)]))
    page = browser_page
    page.goto(f"{served.url}/import_review?account=site&object=lead")
    page.get_by_text("The file has more than 50 MB").click()
    page.get_by_label("A large file").set_input_files(file)
    page.wait_for_url(re.compile(r"[?&]load=1"), timeout=60_000)
    expect(page.get_by_text(re.compile("2,000")).first).to_be_visible()
    screenshot(page, "large-file")
