"""The page behind a link: its words are the portal's, whatever is written in them stays text, and it needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from lib.domain.imports import DateRange
from lib.reporting.portal_words import card_words
from lib.reporting.report_note import NoteAsides
from lib.reporting.shared_note import NOTHING_HERE, POLICY, nothing_here_html, shared_note_html
from tests.unit.reporting.portals import three_cards

OCTOBER = DateRange(date(2026, 10, 1), date(2026, 10, 31))
TRAP = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}'


class Read(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def page(**changed: str) -> str:
    portal = replace(three_cards(), **changed)  # type: ignore[arg-type]
    return shared_note_html(portal, date(2026, 11, 2), NoteAsides(OCTOBER), date(2026, 11, 16))


def test_it_says_of_each_card_what_the_portal_says() -> None:
    text = re.sub(r"\s+", " ", Read(page()).text)
    for card, freshness in three_cards().cards:
        words = card_words(card, freshness)
        for said in (words.label, words.sentence, words.current, words.baseline, words.movement, words.status):
            assert said in text
    assert "Report note for October 2026" in text
    assert "until 16 November 2026" in text


def test_what_is_written_in_a_name_stays_text() -> None:
    found = Read(page(client_name=TRAP))
    assert TRAP in found.text
    assert "script" not in found.tags
    assert found.tags.count("img") == 3
    assert not {name for name in found.attributes if name.startswith("on") or name in ("style", "href")}


def test_the_policy_lets_the_pages_own_style_and_pictures_in_and_nothing_else() -> None:
    for each in (page(), nothing_here_html()):
        (style,) = re.findall(r"<style>(.*?)</style>", each, re.DOTALL)
        mark = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{mark}'" in POLICY
    assert POLICY.startswith("default-src 'none';")
    assert "script-src" not in POLICY
    assert "'self'" not in POLICY


def test_what_opens_nothing_says_so_calmly() -> None:
    text = Read(nothing_here_html()).text
    assert all(sentence in text for sentence in NOTHING_HERE)
