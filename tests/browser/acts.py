"""What a person does on a page: press, type, choose."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def press(page: Page, words: str | re.Pattern[str], *, place: Locator | None = None) -> None:
    """Press the one button of these words once it can be pressed."""
    button = (place or page).get_by_role("button", name=words)
    expect(button).to_be_enabled()
    button.click()


def type_in(page: Page, label: str, words: str) -> None:
    """Type into the field of this label, and leave it, so that the page takes it over."""
    field = page.get_by_label(label, exact=True)
    field.fill(words)
    field.press("Tab")


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    """Choose an option of the select box of this label."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()


def step(page: Page, number: int) -> Locator:
    """A numbered step of the page."""
    return page.locator(f".st-key-cell-{number}")
