"""Every page without a mouse and without good eyes: each control is named, reached by Tab, and each text can be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.reporting.periods import days_of
from lib.services.counting import baseline
from tests.browser.conftest import a_visitor
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, import_file, settings_on
from tests.serving import ServedDesk, served

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
APRIL = DateRange(date(2026, 4, 1), date(2026, 4, 30))

# Every page, in each state that has controls of its own.
ADDRESSES = (
    "",
    "provider_setup",
    "provider_setup?provider=quote_request",
    "provider_setup?account=site",
    "field_maps?account=site&object=lead",
    "import_review?account=site&object=lead",
    "import_review?load=1",
    "import_review?load=3",
    "baseline_vs_current?client=acme",
    "records?find=L1",
    "records?table=crm_leads&record=1",
    "operations",
    "operations?box=valid",
    "operations?incident=site",
    "desk",
)

# What Streamlit takes out of the Tab order, by the selector that finds it, and how a keyboard does the same.
BESIDE_TAB = {
    "[data-testid=stNumberInputStepDown], [data-testid=stNumberInputStepUp]": "the arrow keys in the field",
    "[data-testid=stSelectbox] button, [data-testid=stMultiSelect] button": "the arrow keys in the field open the same list",
    "[data-testid=stSidebarCollapseButton] button": "it shows under the mouse only; the page's pane stays as it is",
}

# What can hold the focus and is nothing to operate: the page, its frame, and the cells a grid tells of itself, which
# are empty where the data is.
_NO_CONTROLS = {"RootWebArea", "main", "generic", "group", "none", "cell", "gridcell", "columnheader", "Canvas"}

_MARK_REACHED = """document.addEventListener('focusin', event => {
  if (event.target === window.firstStop) window.hasComeRound = true;
  window.firstStop ??= event.target;
  event.target.setAttribute('data-reached', '1');
})"""

_UNNAMED_GRIDS = """() => [...document.querySelectorAll('canvas[tabindex]')]
  .filter(grid => !grid.closest('[role=region][aria-label]')).map(grid => grid.parentElement.outerHTML.slice(0, 240))"""

# Visible, usable controls that Tab did not come to. Of a group with one stop (radios, segments) any member counts.
_NOT_REACHED = """(besides) => {
  const kinds = 'button, a[href], input, select, textarea, summary, canvas, [role=button], [role=combobox], ' +
    '[role=switch], [role=checkbox], [role=radio], [role=spinbutton], [role=slider], [role=tab]';
  const seen = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true}) &&
    element.getBoundingClientRect().width > 1 && !element.closest('[aria-hidden=true], [hidden], [inert]');
  const able = element => !element.disabled && !element.closest('[aria-disabled=true], fieldset[disabled]');
  const group = '[role=radiogroup], [role=group][aria-label], [data-testid=stButtonGroup], [data-testid=stDataFrame]';
  const reached = element => element.matches('[data-reached]') || element.querySelector('[data-reached]') ||
    (element.closest(group) && element.closest(group).querySelector('[data-reached]'));
  const roots = '[data-testid=stMain], [data-testid=stSidebar], [data-testid=stBottom]';
  return [...document.querySelectorAll(kinds)].filter(element => element.closest(roots) && seen(element) &&
    able(element) && !reached(element) && !besides.some(way => element.closest(way)))
    .map(element => element.outerHTML.slice(0, 240));
}"""

# Text against what is painted behind it, by WCAG 2.2; `needed` is 3 for large text and for icons, 4.5 otherwise.
_TOO_FAINT = """(besides) => {
  const dot = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
    .getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const colour = text => {
    if (!known.has(text)) {
      dot.clearRect(0, 0, 1, 1); dot.fillStyle = text; dot.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = dot.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const painted = colour(getComputedStyle(at).backgroundColor);
      if (painted[3] > 0) layers.push(painted);
      if (painted[3] > 0.99) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const fade = element => {
    let all = 1;
    for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  let looked = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, words = texts.currentNode.data.trim();
    if (!words || element.closest('script, style, noscript, title, desc') || besides.some(way => element.closest(way)))
      continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    looked += 1;
    const style = getComputedStyle(element), below = behind(element);
    const own = colour(element instanceof SVGElement ? style.fill : style.color);
    const front = over([own[0], own[1], own[2], own[3] * fade(element)], below);
    const [dark, bright] = [light(front), light(below)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05), size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const needed = isLarge || style.fontFamily.includes('Material Symbols') ? 3 : 4.5;
    if (ratio < needed) found.push(`${ratio.toFixed(2)} of ${needed}: ${words.slice(0, 40)} ` +
      `(${front.slice(0, 3).map(Math.round)} on ${below.slice(0, 3).map(Math.round)}) ${element.outerHTML.slice(0, 120)}`);
  }
  return {looked, found};
}"""

# Texts that WCAG asks no contrast of (a control that cannot be used), or that are no text of the page yet.
FAINT_BY_RIGHT = {
    "[disabled], [aria-disabled=true], :disabled": "it cannot be used (WCAG 1.4.3 leaves inactive controls out)",
    "[data-placeholder]": "the letters of an empty date field, which say only the order of its parts",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    """A desk with people, two committed loads, one in review with failures, and a baseline; made once for all pages."""
    home = tmp_path_factory.mktemp("desk")
    with served(home, is_forked=True) as running:
        _fill(running.urls, home)
        yield running


def _fill(urls: tuple[str, str], home: Path) -> None:
    desk = open_desk(settings_on(urls, home))
    a_lead_account(desk)
    a_person(desk, "owner@example.com", Role.OWNER)
    for days, more in ((MARCH, 1), (APRIL, 2)):
        rows = [a_lead(100 * more + n, day.isoformat()) for n, day in enumerate(days_of(days))]
        committed(desk, a_csv([*rows, a_lead(more, name="Test Person", email="test@example.com")]), days=days)
    import_file(desk, a_csv([a_lead(500 + n, "2026-05-02" if n else "no day") for n in range(60)]))
    desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "before the form changed")
    desk.close()


# One page goes from address to address: each begins anew there, and the desk's scripts are read and compiled once.
@pytest.fixture(scope="module")
def by_day(browser: Browser) -> Iterator[Page]:
    """The page of somebody who sees it light."""
    yield from _a_page(browser, "light")


@pytest.fixture(scope="module")
def by_night(browser: Browser) -> Iterator[Page]:
    """The page of somebody who sees it dark."""
    yield from _a_page(browser, "dark")


def _a_page(browser: Browser, theme: Literal["light", "dark"]) -> Iterator[Page]:
    context = a_visitor(browser, patience=20, color_scheme=theme)
    page = context.new_page()
    page.add_init_script(_MARK_REACHED)
    yield page
    context.close()


def opened(page: Page, desk: ServedDesk, address: str) -> Page:
    """The page, once it has run to its end and has drawn its grids and charts."""
    page.goto(f"{desk.url}/{address}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    page.locator("[data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=20_000)
    assert not page.get_by_test_id("stAlertContentError").count(), page.get_by_test_id("stMain").inner_text()
    return page


def unnamed(page: Page) -> list[str]:
    """The controls that a screen reader is told no name of, as Chromium's own accessibility tree has them.

    Streamlit names not a grid's canvas but the region around it, so that is looked at instead.
    """
    session = page.context.new_cdp_session(page)
    session.send("DOM.getDocument")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if _is_control(node) and not node.get("name", {}).get("value", "").strip()]
    told = [_html(session, node) for node in found] + list(page.evaluate(_UNNAMED_GRIDS))
    # Else the tree is kept up with every press of a key to come.
    session.send("Accessibility.disable")
    session.detach()
    return told


def _is_control(node: dict[str, Any]) -> bool:
    role = node.get("role", {}).get("value", "")
    is_focusable = any(item["name"] == "focusable" and item["value"]["value"] for item in node.get("properties", ()))
    return is_focusable and not node["ignored"] and role not in _NO_CONTROLS


def _html(session: Any, node: dict[str, Any]) -> str:
    html = session.send("DOM.getOuterHTML", {"backendNodeId": node["backendDOMNodeId"]})["outerHTML"]
    return f"{node['role']['value']}: {html[:240]}"


def too_faint(page: Page) -> list[str]:
    """The texts that do not stand out enough, each with its ratio."""
    seen = page.evaluate(_TOO_FAINT, list(FAINT_BY_RIGHT))
    assert seen["looked"] > 20
    return list(seen["found"])


def not_reached(page: Page) -> list[str]:
    """The controls that Tab never comes to, pressed until it has been everywhere: back where it began, at the latest."""
    stops = page.locator("button, a[href], input, textarea, summary, canvas, [role=spinbutton]").count()
    for presses in range(stops + 20):
        page.keyboard.press("Tab")
        if presses % 5 == 0 and page.evaluate("window.hasComeRound"):
            break
    assert page.locator("[data-reached]").count() > 8
    return list(page.evaluate(_NOT_REACHED, list(BESIDE_TAB)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_control_is_named_and_reached_and_every_text_can_be_read(
    address: str, by_day: Page, desk: ServedDesk
) -> None:
    page = opened(by_day, desk, address)
    assert {"unnamed": unnamed(page), "faint": too_faint(page), "not reached": not_reached(page)} == {
        "unnamed": [],
        "faint": [],
        "not reached": [],
    }


@pytest.mark.prove
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_text_can_be_read_in_the_dark_too(address: str, by_night: Page, desk: ServedDesk) -> None:
    assert too_faint(opened(by_night, desk, address)) == []
