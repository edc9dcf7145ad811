"""A file too large for the uploader is streamed, watched, reviewed, approved and undone, and the page's process stays flat."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.db.unit_of_work import Desk
from lib.pipeline.opening import open_desk
from tests.bench import messy_file as messy
from tests.browser.conftest import DeskServer, Screenshot
from tests.builders import a_csv, a_lead, a_lead_account, an_account, an_approved_map, import_file, settings_on
from tests.serving import ServedDesk

_ROWS = 1_000_000
# What a million rows may add to the process that serves the page: less than two of their batches.
_MAY_GROW_MB = 100


def prepared(served: ServedDesk, prepare: Callable[[Desk], object]) -> None:
    with closing(open_desk(settings_on(served.urls, served.home))) as desk:
        prepare(desk)


def streamed(page: Page, served: ServedDesk, file: Path, name: str) -> None:
    """Choose a large file; the page then shows its job."""
    page.goto(f"{served.url}/import_review?account=site&object={name}")
    page.get_by_text("The file has more than 50 MB").click()
    page.get_by_label("A large file").set_input_files(file)


def in_review(page: Page, seconds: float) -> int:
    """Wait until the load is there; its number."""
    page.wait_for_url(re.compile(r"[?&]load=\d+"), timeout=seconds * 1000)
    found = re.search(r"[?&]load=(\d+)", page.url)
    assert found
    return int(found[1])


def approved_and_undone(page: Page, load: int, written: int, seconds: float) -> dict[str, float]:
    """Approve the load, work out what an undo does, undo it; the seconds that the worker took for each."""
    took = {}
    approve = page.get_by_role("button", name=re.compile(f"^Approve {written:,} rows"))
    expect(approve).to_be_enabled(timeout=60_000)
    began = time.monotonic()
    approve.click()
    expect(page.get_by_text(f"Approving load {load}.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(f"{written:,} rows are in")).to_be_visible(timeout=seconds * 1000)
    took["approve"] = time.monotonic() - began
    began = time.monotonic()
    page.get_by_role("button", name=f"Work out what undoing {written:,} rows does").click()
    undo = page.get_by_role("button", name=f"Undo load {load}: reverse {written:,}, keep 0, report 0")
    expect(undo).to_be_visible(timeout=seconds * 1000)
    took["preview"] = time.monotonic() - began
    reason = page.get_by_label("Why it has to go back", exact=True)
    reason.fill("Sent twice")
    reason.press("Tab")
    expect(undo).to_be_enabled()
    began = time.monotonic()
    undo.click()
    expect(page.get_by_text(f"{written:,} reversed, 0 kept, 0 could not.")).to_be_visible(timeout=seconds * 1000)
    took["undo"] = time.monotonic() - began
    return took


def test_a_large_file_is_streamed_and_the_worker_approves_and_undoes_it(
    desk_server: DeskServer,
    browser_page: Page,
    tmp_path: Path,
    screenshot: Screenshot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESK_LARGE_ROWS", "1000")
    served, page = desk_server("sqlite"), browser_page
    prepared(served, a_lead_account)
    file = tmp_path / "leads of march.csv"
    file.write_bytes(a_csv([a_lead(number) for number in range(2000)]))
    streamed(page, served, file, "lead")
    load = in_review(page, 60)
    screenshot(page, "large-file")
    approved_and_undone(page, load, 2000, 60)
    assert _bugs(served) == []


@pytest.mark.prove
def test_a_million_rows_go_through_the_browser_and_the_pages_process_stays_flat(
    desk_server: DeskServer, browser_page: Page, tmp_path: Path, screenshot: Screenshot
) -> None:
    served, page = desk_server("mariadb"), browser_page
    file = tmp_path / "a million.csv"
    planted = messy.messy_file(file, _ROWS)

    def account(desk: Desk) -> None:
        an_account(desk, provider=messy.PROVIDER, timezone=messy.ZONE)
        an_approved_map(desk, "site", messy.field_map())
        small = tmp_path / "small.csv"
        messy.messy_file(small, 500, seed=1)
        import_file(desk, small.read_bytes(), name=messy.OBJECT)

    prepared(served, account)
    before = _warm_rss(page, served)
    began = time.monotonic()
    streamed(page, served, file, messy.OBJECT)
    page.wait_for_url(re.compile(r"[?&]job=1"), timeout=300_000)
    sent = time.monotonic() - began
    # Watched, stopped in the middle, and gone on with.
    expect(
        page.get_by_text(re.compile(r"[1-9][\d,]* of 1,000,000 rows · [\d,]+ rows a second · about")).first
    ).to_be_visible(timeout=300_000)
    page.get_by_role("button", name=re.compile("^Cancel job 1")).click()
    expect(page.get_by_text(re.compile("stopped at row [1-9][\\d,]* of 1,000,000")).first).to_be_visible(timeout=60_000)
    screenshot(page, "stopped")
    began = time.monotonic()
    page.get_by_role("button", name=re.compile("^Go on with the")).first.click()
    load = in_review(page, 1800)
    staged = time.monotonic() - began
    during = rss_mb(served)
    page.goto(f"{served.url}/import_review?load={load}&show=failed")
    expect(page.get_by_text("Adds up")).to_be_visible(timeout=60_000)
    took = approved_and_undone(page, load, planted.verdicts["created"], 1800)
    screenshot(page, "undone")
    after = rss_mb(served)
    print(  # noqa: T201
        f"\n1,000,000 rows ({file.stat().st_size / 1e6:,.0f} MB) through the browser: sent in {sent:.0f} s, gone on to "
        f"review in {staged:.0f} s, " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()) + "; "
        f"the page's process: {before:.0f} MB before, {during:.0f} MB in review, {after:.0f} MB after"
    )
    assert after - before < _MAY_GROW_MB
    assert _bugs(served) == []


def _bugs(served: ServedDesk) -> list[str]:
    """What broke while the page was shown, as the server's log tells it."""
    found = re.split(r"(?=unexpected error|Traceback)", served.log)[1:]
    return [bug[:4000] for bug in found]


def rss_mb(served: ServedDesk) -> float:
    """The resident memory of the process that serves the pages, in MB; its worker is another process."""
    status = Path(f"/proc/{served.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def _warm_rss(page: Page, served: ServedDesk) -> float:
    """The memory of a process that has shown each page of the walk once, with a few rows."""
    for address in ("load=1", "load=1&show=failed", "account=site"):
        page.goto(f"{served.url}/import_review?{address}")
        expect(page.get_by_text("Import review").first).to_be_visible(timeout=60_000)
        page.wait_for_load_state("networkidle")
    return rss_mb(served)
