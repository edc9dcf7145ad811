"""Signing in through a real OpenID provider: who gets in, where they arrive, and how it ends."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import DeskServer
from tests.serving import ServedDesk, environment_of, run_command


def a_desk(desk_server: DeskServer, secrets: str, database: str = "sqlite") -> ServedDesk:
    """A desk with sign-in, of one owner and one analyst."""
    desk = desk_server(database, secrets=secrets)
    environment = environment_of(desk.home, desk.urls)
    run_command(environment, "user", "add", "ana@example.com", "--role", "admin")
    run_command(environment, "user", "add", "analyst@example.com", "--role", "analyst")
    run_command(environment, "client", "add", "harbor", "--name", "Harbor Roofing", "--timezone", "America/New_York")
    return desk


def sign_in(page: Page, name: str) -> None:
    """Press the desk's button and say at the provider who this is."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()


def test_a_person_signs_in_and_out_and_a_copied_cookie_is_worthless(
    desk_server: DeskServer, sign_in_secrets: str, browser_page: Page
) -> None:
    desk = a_desk(desk_server, sign_in_secrets)
    page = browser_page
    page.goto(desk.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, "ana")
    expect(page.get_by_text("Signed in as Ana, admin")).to_be_visible()
    cookies = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider asks too
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto(desk.url)
    expect(page.get_by_text("was signed out")).to_be_visible()
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_a_link_survives_signing_in(desk_server: DeskServer, sign_in_secrets: str, browser_page: Page) -> None:
    desk = a_desk(desk_server, sign_in_secrets)
    browser_page.goto(f"{desk.url}/provider_setup?client=harbor&find=L12")
    expect(browser_page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(browser_page, "analyst")
    expect(browser_page.get_by_text("Signed in as Analyst, analyst")).to_be_visible()
    assert browser_page.url == f"{desk.url}/provider_setup?client=harbor&find=L12"


def test_somebody_who_is_not_on_the_desk_is_told_so_and_sees_nothing(
    desk_server: DeskServer, sign_in_secrets: str, browser_page: Page
) -> None:
    desk = a_desk(desk_server, sign_in_secrets)
    browser_page.goto(desk.url)
    sign_in(browser_page, "stranger")
    expect(browser_page.get_by_role("heading", name="You are not on this desk")).to_be_visible()
    expect(browser_page.get_by_text("stranger@example.com")).to_be_visible()
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(browser_page.get_by_text("Signed in as", exact=False).filter(has_text="Stranger,")).to_have_count(0)


def test_an_address_that_the_provider_never_checked_is_nobody(
    desk_server: DeskServer, sign_in_secrets: str, browser_page: Page
) -> None:
    desk = a_desk(desk_server, sign_in_secrets)
    run_command(environment_of(desk.home, desk.urls), "user", "add", "unverified@example.com", "--role", "owner")
    browser_page.goto(desk.url)
    sign_in(browser_page, "unverified")
    expect(browser_page.get_by_role("heading", name="You are not on this desk")).to_be_visible()
