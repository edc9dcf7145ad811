"""The newcomer's path: from an empty desk through the four pages to a compared number, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import choose, press, step, type_in
from tests.browser.conftest import DeskServer, Screenshot
from tests.builders import a_csv

expect.set_options(timeout=15_000)  # as patient as the page itself

CLIENT, SOURCE = "Harbor Roofing", "Website quote requests"
STATUSES = ("new", "contacted", "quoted", "accepted")


def a_request(number: int, day: date, **more: object) -> dict[str, object]:
    """One line of a website's own export."""
    return {
        "id": f"QR-{number}",
        "date": f"{day} {9 + number % 9:02}:30",
        "name": f"Person {number}",
        "phone": f"(303) 555-{number:04}",
        "e-mail": f"person{number}@mail.example",
        "status": STATUSES[number % len(STATUSES)],
        **more,
    }


def requests_of(first: date, days: int, genuine: int, start: int) -> list[dict[str, object]]:
    """`genuine` requests spread over the days, then one that somebody sent as a test, and one that is spam."""
    rows = [a_request(start + place, first + timedelta(days=place % days)) for place in range(genuine)]
    rows.append(a_request(start + genuine, first, name="Test Person"))
    rows.append(a_request(start + genuine + 1, first, status="spam"))
    return rows


def file_of(folder: Path, name: str, rows: Sequence[dict[str, object]]) -> Path:
    file = folder / name
    file.write_bytes(a_csv(rows))
    return file


def connect_a_provider(page: Page) -> None:
    expect(page.get_by_text("This desk is empty.")).to_be_visible()
    expect(page.get_by_role("button", name="Load the demo workspace")).to_be_enabled()
    page.get_by_role("link", name="Connect a provider").click()
    press(page, "Choose Quote Request")
    type_in(page, "Client's name", CLIENT)
    expect(page.get_by_role("button", name=f"Connect Quote Request for {CLIENT}")).to_be_disabled()  # no reason yet
    choose(page, "Time zone", "America/Denver")
    type_in(page, "Why is it connected?", "To see which requests become jobs")
    press(page, f"Connect Quote Request for {CLIENT}")
    expect(page.get_by_text(f"{CLIENT} / {SOURCE}")).to_be_visible()
    assert page.url.endswith("provider_setup?account=harbor_roofing_quote_request")
    press(page, f"Resume {SOURCE}")  # it is made paused
    expect(page.get_by_role("button", name=f"Pause {SOURCE}, refuse its imports")).to_be_visible()


def map_its_fields(page: Page, sample: Path) -> None:
    page.get_by_role("link", name="Map its fields").first.click()
    expect(page.get_by_text("Bring a sample.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(sample)
    expect(step(page, 1).get_by_text("40 rows, 6 columns")).to_be_visible()
    press(page, "Take the suggestion: 7 fields placed, 0 to check, 0 left out")
    expect(step(page, 2).get_by_text("7 settled")).to_be_visible()
    expect(step(page, 3).get_by_text("5 decided")).to_be_visible()  # five words of status, each with its meaning
    preview = step(page, 4)
    expect(preview.get_by_text("Of 40 rows read, an import would say: + 40 created")).to_be_visible()
    expect(preview.get_by_text("● 38 genuine · ○ 1 test · ○ 1 spam")).to_be_visible()
    press(page, "Submit map 1 for approval")
    expect(page.get_by_text("Map 1 waits for approval.")).to_be_visible()
    press(page, "Approve map 1, 7 fields")
    expect(page.get_by_text("Map 1 is in use.")).to_be_visible()


def bring(page: Page, file: Path, first: date, last: date) -> None:
    """Bring a file to review, saying which days it is about."""
    page.locator("input[type=file]").set_input_files(file)
    for label, day in (("First day", first), ("Last day", last)):
        page.get_by_role("spinbutton", name=f"year, {label}").click()
        page.keyboard.type(f"{day:%Y%m%d}")
        page.keyboard.press("Escape")  # the calendar that opens beside it
        expect(page.get_by_role("spinbutton", name=f"day, {label}")).to_have_text(f"{day:%d}")
    press(page, f"Read {file.stat().st_size:,} bytes of {file.name} and bring it to review")


def expect_funnel(page: Page, *numbers: int) -> None:
    """The numbers of the six boxes from file to table."""
    expect(page.locator(".st-key-boxes-funnel h3")).to_have_text([str(number) for number in numbers])


def counts(page: Page, name: str) -> dict[str, int]:
    """A small table of counts: verdicts or classes."""
    rows = page.locator(f".st-key-narrow-{name} tbody tr")
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    return {words[0].strip().lstrip("+~=×–●○ "): int(words[1]) for words in cells if int(words[1])}


def approve_what_is_in_review(page: Page, load: int, genuine: int) -> None:
    rows = genuine + 2
    expect(page.get_by_text(f"Load {load}, map 1")).to_be_visible()
    expect(page.get_by_role("button", name=f"Approve {rows} rows")).to_be_enabled()
    expect_funnel(page, *[rows] * 5, 0)
    expect(step(page, 6).get_by_text(f"{genuine} of the {rows} count; 1 spam, 1 test are kept")).to_be_visible()
    assert counts(page, "verdicts") == {"created": rows}
    assert counts(page, "classes") == {"genuine": genuine, "test": 1, "spam": 1}
    press(page, f"Approve {rows} rows")
    expect(page.get_by_text(f"{rows} rows are in, 0 held, 0 left out.")).to_be_visible()
    expect_funnel(page, *[rows] * 6)


def compare(page: Page) -> str:
    """Capture March, and see April beside it; the address that shows it."""
    expect(page.get_by_text("No baseline of this number yet.")).to_be_visible()
    expect(page.get_by_text("All 31 days are complete.")).to_be_visible()
    page.get_by_label("Reason", exact=True).fill("Before the quote form is shortened")
    press(page, "Capture 1 to 31 March 2026: 38 requests")
    expect(page.get_by_text("Baseline 1, captured")).to_be_visible()
    chart = page.locator("[role=graphics-document]").first
    expect(chart).to_be_visible()
    expect(step(page, 2).get_by_text(f"Source: {SOURCE}; Quote requests in requests, by week;")).to_be_visible()
    said = f"Quote requests from {SOURCE} stood at 45 requests in April 2026, against 38 requests in the baseline"
    expect(step(page, 3).get_by_text(said)).to_be_visible()
    expect(chart).to_have_attribute("aria-label", re.compile(re.escape(said)))
    columns = zip(
        *[row.locator("td").all_inner_texts() for row in step(page, 4).locator("tbody tr").all()], strict=True
    )
    numbers = [[int(word.split()[0]) for word in words] for words in list(columns)[2:6:3]]
    assert numbers == [[14, 7, 7, 7, 3], [14, 14, 8, 7, 2]]
    assert [sum(side) for side in numbers] == [38, 45]
    return page.url


def undo(page: Page, load: int, rows: int) -> None:
    page.get_by_role("link", name="Import review").click()
    page.get_by_role("button", name=f"Load {load}", exact=True).click()
    expect(step(page, 6).get_by_text(f"{rows} = {rows} + 0 + 0")).to_be_visible()
    expect(page.locator(".st-key-boxes-undo h3")).to_have_text([str(rows), "0", "0"])
    type_in(page, "Why it has to go back", "The website sent April twice")
    press(page, f"Undo load {load}: reverse {rows}, keep 0, report 0")
    expect(page.get_by_text(f"{rows} reversed, 0 kept, 0 could not.")).to_be_visible()
    expect(page.locator(".st-key-boxes-funnel").get_by_text("Undone")).to_be_visible()
    expect_funnel(page, *[rows] * 5, 0)


# The road from a file to a number is walked on both databases in tests/integration; MariaDB's pages in `make prove`.
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)])
def test_a_newcomer_walks_from_an_empty_desk_to_a_compared_number_and_back(
    database: str, desk_server: DeskServer, browser_page: Page, tmp_path: Path, screenshot: Screenshot
) -> None:
    march = file_of(tmp_path, "march.csv", requests_of(date(2026, 3, 1), 31, 38, start=1))
    april = file_of(tmp_path, "april.csv", requests_of(date(2026, 4, 1), 30, 45, start=101))
    served, page = desk_server(database), browser_page
    page.goto(served.url)
    connect_a_provider(page)
    map_its_fields(page, march)

    page.get_by_role("link", name="Import a file").click()
    expect(page.get_by_text("Read through map 1, the approved one.")).to_be_visible()
    bring(page, march, date(2026, 3, 1), date(2026, 3, 31))
    approve_what_is_in_review(page, 1, genuine=38)
    press(page, "All loads, or bring another file")
    bring(page, april, date(2026, 4, 1), date(2026, 4, 30))
    approve_what_is_in_review(page, 2, genuine=45)

    page.get_by_role("link", name="Compare with a baseline").click()
    comparison = compare(page)
    screenshot(page, "compared")
    undo(page, 2, rows=47)
    page.goto(comparison)
    expect(step(page, 3).get_by_text("38 requests").first).to_be_visible()
    expect(page.get_by_text("45 requests")).to_have_count(0)
    assert "unexpected error" not in served.log
