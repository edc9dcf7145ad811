"""The monthly report note of a client: the portal's cards on one page, as a PDF and as an HTML e-mail (R22).

Both are set from the same words as the portal page (`portal_words`), so no number can differ from it and none is added.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import orjson
import typst

from lib.domain.imports import DateRange
from lib.reporting.chart_picture import FONTS, chart_png, chart_svg
from lib.reporting.drawn_card import chart_in_words, has_chart
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import CardFreshness, Portal, PortalCard
from lib.reporting.portal_words import (
    NEVER_ADDED,
    CardWords,
    card_words,
    day_in_words,
    late_words,
    summary,
    withdrawn_words,
)

_HERE = Path(__file__).parent
_CHART = (300, 92)
_WIDE_CHART = (620, 190)
# Drawn smaller than it is shown, so that its words can still be read on a phone.
_MAIL_CHART, _MAIL_WIDTH = (400, 135), 520
_TIGHTEST = 2
Shown = tuple[PortalCard, CardFreshness]


@dataclass(frozen=True)
class NoteAsides:
    """What stands around the cards: the month it is for, what of that is missing, and the way to the page and out."""

    month: DateRange | None = None
    missing: tuple[str, ...] = ()
    portal_url: str = ""
    ways_out: str = ""


def report_pdf(portal: Portal, as_of: date, asides: NoteAsides = NoteAsides()) -> bytes:
    """The note as a PDF, tagged for screen readers; one A4 page for up to six cards."""
    size = _WIDE_CHART if len(portal.cards) == 1 else _CHART
    return _typeset(note_head(portal, as_of, asides), portal.cards, size)


def card_pdf(card: PortalCard, freshness: CardFreshness) -> bytes:
    """One card alone on a page, with its chart large."""
    head = {"title": card.label, "context": card.source, "aside": f"Published {day_in_words(card.published_on)}"}
    return _typeset(head, [(card, freshness)], _WIDE_CHART)


def report_html(
    portal: Portal,
    as_of: date,
    asides: NoteAsides = NoteAsides(),
    image: Callable[[PortalCard], str] | None = None,
) -> str:
    """The note as one HTML page that any mail program shows: tables and inline styles, no script, nothing fetched.

    `image` gives the address of a card's chart, such as `cid:…`; by default the picture is in the page itself.
    """
    cards = [
        {
            **card_plain(card_words(card, freshness)),
            "image": (image or chart_data_url)(card) if has_chart(card) else "",
            "says": chart_in_words(card),
        }
        for card, freshness in portal.cards
    ]
    return _template().render(**note_head(portal, as_of, asides), cards=cards, width=_MAIL_WIDTH)


def report_text(portal: Portal, as_of: date, asides: NoteAsides = NoteAsides()) -> str:
    """The note as plain text, for who reads mail without pictures."""
    head = note_head(portal, as_of, asides)
    blocks = [f"{head['title']}\n{head['context']}", head["summary"], *head["late"], *head["missing"]]
    for card, freshness in portal.cards:
        words = card_words(card, freshness)
        compared = f"Current: {words.current}. Baseline: {words.baseline}. Movement: {words.movement}"
        blocks.append(
            "\n".join(
                (
                    f"{words.label} ({words.about})",
                    words.sentence,
                    f"{compared} {f'({words.interval})' if words.interval else ''}".rstrip() + ".",
                    f"{words.status}. Next: {words.next_action} {words.next_by}".rstrip(),
                    f"{words.left_out} {words.freshness}.".strip(),
                    *words.corrections,
                )
            )
        )
    blocks += [*head["withdrawn"], head["foot"], head["portal_url"], head["ways_out"]]
    return "\n\n".join(each for each in blocks if each) + "\n"


def chart_for_mail(card: PortalCard) -> bytes:
    """The chart as the e-mail shows it, a PNG."""
    return chart_png(card, *_MAIL_CHART)


def note_head(portal: Portal, as_of: date, asides: NoteAsides) -> dict[str, Any]:
    """What stands around the cards, in words, for a template."""
    about = f"Report note for {range_in_words(asides.month)}" if asides.month else "Report note"
    return {
        "title": portal.client_name,
        "context": about,
        "aside": f"As of {day_in_words(as_of)}",
        "summary": summary(portal),
        "late": late_words(portal),
        "missing": asides.missing,
        "withdrawn": [withdrawn_words(gone) for gone in portal.withdrawn],
        "foot": NEVER_ADDED,
        "portal_url": asides.portal_url,
        "ways_out": asides.ways_out,
    }


def _typeset(head: dict[str, Any], cards: Sequence[Shown], size: tuple[int, int]) -> bytes:
    """Set the page with Typst, tighter where it would not fit on one.

    What it says is handed over as data, so that no word of it is taken for markup.
    """
    told = {
        "late": [],
        "missing": [],
        "withdrawn": [],
        "foot": "",
        "summary": "",
        **head,
        "cards": [
            {
                **card_plain(card_words(card, freshness)),
                "chart": chart_svg(card, *size).decode() if has_chart(card) else "",
                "says": chart_in_words(card),
            }
            for card, freshness in cards
        ],
    }
    page = (_HERE / "report_note.typ").read_bytes()
    for tightness in range(_TIGHTEST + 1):
        inputs = {"note": orjson.dumps(told).decode(), "tightness": str(tightness)}
        paper = typst.Compiler(page, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)
        if orjson.loads(paper.query("<pages>", field="value", one=True)) == 1:
            break
    # A question makes the compiler forget what it was asked about, so it is told again.
    made = paper.compile(page, format="pdf")
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _template() -> jinja2.Template:
    around = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return around.get_template("report_note.html.jinja")


def card_plain(words: CardWords) -> dict[str, Any]:
    """A card's words for a template; its sentence in two, as `first` and `rest`."""
    first, rest = words.told_first
    return {**{name: getattr(words, name) for name in CardWords.__dataclass_fields__}, "first": first, "rest": rest}


def chart_data_url(card: PortalCard) -> str:
    """The chart as the e-mail shows it, in an address of its own."""
    return f"data:image/png;base64,{base64.b64encode(chart_for_mail(card)).decode()}"
