"""A real Chromium, and the real server it visits: on SQLite or MariaDB, with or without sign-in."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.serving import PROJECT, ServedDesk, free_port, served

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
)
expect.set_options(timeout=15_000)  # as patient as the page itself

DeskServer = Callable[..., ServedDesk]
Screenshot = Callable[[Page, str], Path]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for this process; Playwright's own download is not used."""
    chromium = shutil.which("chromium")
    assert chromium, "there is no chromium on the PATH; `.ci/chromium` installs it or says what to type"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(_OPTIONS))
        yield found
        found.close()


def a_visitor(browser: Browser, *, patience: float = 15, **more: Any) -> BrowserContext:
    """A browser that was never here before, 1440 × 900, of a person who asked for less motion.

    Pictures of a movement take a quarter of the browser's work, and nobody looks at them here.
    """
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **more})
    context.set_default_timeout(patience * 1000)
    return context


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page of such a browser."""
    context = a_visitor(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk_server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[DeskServer]:
    """Starts a desk: `desk_server("sqlite" | "mariadb", secrets="…")`; `{port}` in the secrets is the desk's own port."""
    with ExitStack() as running:

        def start(database: str = "sqlite", *, secrets: str = "") -> ServedDesk:
            home = tmp_path / f"desk-{database}"
            (home / ".streamlit").mkdir(parents=True)
            port = free_port()
            if secrets:
                (home / ".streamlit" / "secrets.toml").write_text(secrets.replace("{port}", str(port)))
            urls = request.getfixturevalue("mariadb_urls") if database == "mariadb" else None
            return running.enter_context(served(home, urls, port=port, is_forked=True))

        yield start


@pytest.fixture
def screenshot(tmp_path: Path) -> Screenshot:
    """Takes a picture of the whole page into the test's own folder; the file it lies in."""

    def take(page: Page, name: str) -> Path:
        picture = tmp_path / f"{name}.png"
        page.screenshot(path=picture, full_page=True)
        return picture

    return take


@contextmanager
def openid_provider(folder: Path) -> Iterator[str]:
    """A real OpenID provider on loopback that knows four people, three of them with verified addresses; its URL."""
    port = free_port()
    claims = []
    for name in ("ana", "stranger", "analyst", "unverified"):
        email = f"{name}@example.com"
        verified = "false" if name == "unverified" else "true"
        claims += ["--user-claims", f'{{"sub": "{name}", "email": "{email}", "email_verified": {verified}}}']
    log = folder / f"provider-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *claims],
            cwd=PROJECT,
            stdout=output,
            stderr=output,
        )
    url = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + 30
        while not _answers(f"{url}/.well-known/openid-configuration"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """One such provider for a test."""
    with openid_provider(tmp_path) as url:
        yield url


@pytest.fixture
def sign_in_secrets(provider: str) -> str:
    """A secrets file whose `[auth]` names that provider, once as the only one."""
    return f"""\
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "{"a-secret-of-this-test-only-" * 2}"
client_id = "desk"
client_secret = "not-secret-in-a-test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
