"""A report note as a page of its own, for somebody with a link: no script, nothing fetched, no way anywhere else."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from lib.reporting.drawn_card import chart_in_words, has_chart
from lib.reporting.portal_card import Portal
from lib.reporting.portal_words import card_words, day_in_words
from lib.reporting.report_note import NoteAsides, card_plain, chart_data_url, note_head

_HERE = Path(__file__).parent
_STYLE = (_HERE / "shared_note.css").read_text(encoding="utf-8")
_GLYPHS = {"more_than_ordinary": "↕", "ordinary": "≈", "not_enough": "–", "incomplete": "△", "not_comparable": "≠"}
NOTHING_HERE = (
    "There is nothing to read at this address.",
    "The link may have ended, or it may be misspelt. Ask whoever gave it to you for a new one.",
)
# The page's only style is known by its hash and its pictures are in it, so whatever else got into it would do nothing.
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)


def shared_note_html(portal: Portal, as_of: date, asides: NoteAsides, expires_on: date) -> str:
    """The note as it is read in a browser, light or dark, on paper too; its words are those of the portal."""
    cards = [
        {
            **card_plain(words),
            "glyph": _GLYPHS[words.finding],
            "three": (
                ("Current", words.current, words.period),
                ("Baseline", words.baseline, words.compared),
                ("Movement", words.movement, words.interval),
            ),
            "image": chart_data_url(card) if has_chart(card) else "",
            "says": chart_in_words(card),
        }
        for card, freshness in portal.cards
        for words in [card_words(card, freshness)]
    ]
    return _page(**note_head(portal, as_of, asides), cards=cards, until=day_in_words(expires_on))


def nothing_here_html() -> str:
    """What every link answers that opens nothing: one word for all, so that nobody learns which it was."""
    sentence, hint = NOTHING_HERE
    return _page(title=sentence, hint=hint, cards=None)


def _page(**told: Any) -> str:
    return _template().render(**told, style=_STYLE)


@cache
def _template() -> jinja2.Template:
    around = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return around.get_template("shared_note.html.jinja")
