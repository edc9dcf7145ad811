"""Two people edit one draft of a map in two browsers: both edits stand, and a line both changed shows both answers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NothingCame

from tests.browser.conftest import DeskServer, a_visitor
from tests.builders import a_csv, an_account, desk_on
from tests.serving import ServedDesk

SAMPLE = a_csv([{"id": n, "date": "2026-03-04", "mood": "calm", "tone": "low"} for n in range(3)])
# The grid's first row of cells under its head; its rows are 30 pixels high.
_HEAD, _ROW, _TARGET = 30, 30, 240


def a_draft(page: Page, served: ServedDesk, sample: Path) -> None:
    page.goto(f"{served.url}/field_maps?account=site&object=lead")
    page.locator("input[type=file]").first.set_input_files(sample)
    page.get_by_role("button", name="Take the suggestion").click()
    expect(page.get_by_text("2 settled")).to_be_visible()


def retarget(page: Page, row: int, target: str) -> None:
    """Give the field in this row of the grid another target, by keyboard.

    News of the other editor may move the grid under the pointer at that very moment; a person clicks once more then.
    """
    grid = page.locator(".st-key-cell-2 [data-testid=stDataFrame]").first
    for _ in range(3):
        grid.evaluate("grid => grid.scrollIntoView({block: 'center'})")
        grid.click(position={"x": _TARGET, "y": _HEAD + _ROW * row + 15}, force=True)
        page.keyboard.press("Enter")
        with suppress(NothingCame):
            page.get_by_role("option").first.wait_for(timeout=5_000)
            break
        page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type(target)
    page.keyboard.press("Enter")


def expect_target(page: Page, row: int, target: str) -> None:
    """What a row of the grid has as its target, as a reader of the screen is told it."""
    cell = page.locator(f".st-key-cell-2 canvas [id=glide-cell-1-{row}]").first
    expect(cell).to_have_text(target, timeout=30_000)


# What the database does with two writers is proven where drafts are kept; here are the two pages, MariaDB's in `make prove`.
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)])
def test_two_editors_of_one_draft_overwrite_nothing_in_silence(
    database: str, desk_server: DeskServer, browser: Browser, tmp_path: Path
) -> None:
    sample = tmp_path / "leads.csv"
    sample.write_bytes(SAMPLE)
    served = desk_server(database)
    with desk_on(served.urls, served.home) as desk:
        an_account(desk, "site")
    mine, theirs = (a_visitor(browser, patience=30).new_page() for _ in range(2))
    a_draft(mine, served, sample)
    theirs.goto(f"{served.url}/field_maps?account=site&object=lead")
    expect_target(theirs, 2, "left out")

    retarget(mine, 2, "category")
    expect(mine.get_by_text("3 settled")).to_be_visible(timeout=30_000)
    retarget(theirs, 3, "service")  # another line, upon what the first one did
    # While the page is drawn anew, what it said before may stand beside what it says; in the end it is said once.
    expect(theirs.get_by_text("It is taken in below.")).to_have_count(1, timeout=30_000)
    expect_target(theirs, 2, "category")

    retarget(theirs, 2, "source")
    expect_target(theirs, 2, "source")
    retarget(mine, 2, "campaign")  # the same line, which the other changed after this page was read
    expect(mine.get_by_text("was not changed.")).to_have_count(1, timeout=30_000)
    expect_target(mine, 2, "source")
    mine.get_by_role("button", name="Put mine: target campaign").click()
    expect_target(mine, 2, "campaign")
    expect_target(mine, 3, "service")
    for page in (mine, theirs):
        page.context.close()
    assert "unexpected error" not in served.log
