"""Signing in through two real OpenID providers: who gets in, where they arrive, and how it ends. One server for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.people import removing, roles
from lib.services.people import sign_in as signing
from lib.services.setup import clients
from lib.settings import load_settings
from tests.browser.conftest import a_visitor, openid_provider
from tests.builders import a_person, admin
from tests.serving import ServedDesk, free_port, served

ANALYST = "analyst@example.com"
_SECRETS = """\
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "{secret}"
[auth.first]
client_id = "desk"
client_secret = "not-secret-in-a-test"
server_metadata_url = "{first}/.well-known/openid-configuration"
[auth.second]
client_id = "desk"
client_secret = "not-secret-in-a-test"
server_metadata_url = "{second}/.well-known/openid-configuration"
"""


@dataclass(frozen=True)
class SigningDesk:
    """A desk with two providers as it is served, and the desk behind it."""

    served: ServedDesk
    desk: Desk

    @property
    def url(self) -> str:
        return self.served.url


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SigningDesk]:
    home, port = tmp_path_factory.mktemp("desk"), free_port()
    (home / ".streamlit").mkdir()
    with openid_provider(home) as first, openid_provider(home) as second:
        said = {"port": port, "secret": "a-secret-of-this-test-only-" * 2, "first": first, "second": second}
        (home / ".streamlit" / "secrets.toml").write_text(_SECRETS.format_map(said))
        with served(home, port=port, is_forked=True) as server:
            desk = open_desk(load_settings({"DESK_HOME": str(home)}))
            desk.do(admin(desk), clients.add_client, "harbor", "Harbor Roofing", "America/New_York")
            for name, role in (("ana", Role.ADMIN), ("analyst", Role.ANALYST), ("unverified", Role.OWNER)):
                a_person(desk, f"{name}@example.com", role)
            yield SigningDesk(server, desk)
            desk.close()


@pytest.fixture
def desk(shared: SigningDesk) -> SigningDesk:
    """That desk, with the analyst as they were at first."""
    behind = shared.desk
    if behind.ask(admin(behind), lambda tx: tx.people.by_email(ANALYST)) is None:
        behind.do(admin(behind), removing.put_person_back, ANALYST)
    behind.do(admin(behind), roles.change_person, ANALYST, {"role": "analyst", "clients": "every"})
    return shared


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One browser for all of it, so that it reads the desk's scripts once."""
    context = a_visitor(browser)
    yield context
    context.close()


@pytest.fixture
def browser_page(visitor: BrowserContext) -> Iterator[Page]:
    """A page of it, for somebody who is signed in nowhere."""
    visitor.clear_cookies()
    page = visitor.new_page()
    yield page
    page.close()


def sign_in(page: Page, name: str, provider: str = "") -> None:
    """Press the desk's button, that of a provider where there are several, and say there who this is."""
    words = f"Sign in with {provider}" if provider else "Sign in"
    page.get_by_role("button", name=words, exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()


def click_on(page: Page) -> None:
    """Some click of an ordinary day: to another page."""
    page.get_by_role("link", name="Operations").click()


def test_a_link_survives_signing_in_at_either_provider(desk: SigningDesk, browser_page: Page) -> None:
    address = f"{desk.url}/provider_setup?client=harbor&find=L12"
    for provider in ("First", "Second"):
        browser_page.context.clear_cookies()
        browser_page.goto(address)
        expect(browser_page.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(browser_page, "analyst", provider)
        expect(browser_page.get_by_text("Signed in as Analyst, analyst")).to_be_visible()
        assert browser_page.url == address


def test_a_person_signs_out_and_a_copied_cookie_is_worthless(desk: SigningDesk, browser_page: Page) -> None:
    page = browser_page
    page.goto(desk.url)
    sign_in(page, "ana", "First")
    expect(page.get_by_text("Signed in as Ana, admin")).to_be_visible()
    cookies = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider asks too
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto(desk.url)
    expect(page.get_by_text("was signed out")).to_be_visible()
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_a_role_change_a_sign_out_and_a_removal_are_seen_with_the_next_click(
    desk: SigningDesk, browser_page: Page
) -> None:
    page, behind = browser_page, desk.desk
    page.goto(desk.url)
    sign_in(page, "analyst", "First")
    expect(page.get_by_text("Signed in as Analyst, analyst")).to_be_visible()
    behind.do(admin(behind), roles.change_person, ANALYST, {"role": "owner"})
    click_on(page)
    expect(page.get_by_text("Signed in as Analyst, data owner")).to_be_visible()
    behind.do(admin(behind), roles.change_person, ANALYST, {"role": "stakeholder", "clients": "harbor"})
    page.get_by_role("link", name="Records").click()
    expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
    expect(page.get_by_role("link", name="Records")).to_have_count(0)
    behind.do(admin(behind), signing.sign_out_everywhere, ANALYST)
    page.get_by_role("link", name="Your numbers").click()
    expect(page.get_by_text("was signed out")).to_be_visible()
    page.wait_for_timeout(1100)  # a provider dates a sign-in by the second, and one of the second of a sign-out is over
    sign_in(page, "analyst", "Second")
    expect(page.get_by_text("Signed in as Analyst, client")).to_be_visible()
    behind.do(admin(behind), removing.remove_person, ANALYST)
    page.reload()
    expect(page.get_by_role("heading", name="You are not on this desk")).to_be_visible()
    expect(page.get_by_text("Harbor Roofing")).to_have_count(0)


@pytest.mark.parametrize("name", ["stranger", "unverified"])
def test_whoever_is_not_of_this_desk_or_was_never_checked_sees_nothing(
    desk: SigningDesk, browser_page: Page, name: str
) -> None:
    browser_page.goto(desk.url)
    sign_in(browser_page, name, "Second")
    expect(browser_page.get_by_role("heading", name="You are not on this desk")).to_be_visible()
    expect(browser_page.get_by_text(f"{name}@example.com")).to_be_visible()
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(browser_page.get_by_text("Signed in as", exact=True)).to_have_count(0)
