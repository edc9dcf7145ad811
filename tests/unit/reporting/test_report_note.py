"""The report note says exactly what the portal says: every number of its cards, and no other."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from lib.domain.imports import DateRange
from lib.reporting.chart_picture import chart_png, chart_spec, chart_svg
from lib.reporting.note_due import is_due, missing_of
from lib.reporting.portal_card import CardFreshness, Portal
from lib.reporting.portal_words import card_words, summary
from lib.reporting.report_note import NoteAsides, card_pdf, report_html, report_pdf, report_text
from tests.unit.reporting.portals import (
    FRESH,
    LATE,
    OCTOBER,
    SEPTEMBER,
    TAKEN_BACK,
    a_card,
    a_portal,
    ordinary,
    three_cards,
    unsaid,
)

AS_OF = date(2026, 11, 20)
ALL = replace(three_cards(), withdrawn=(TAKEN_BACK,))
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def pdf_text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def html_text(content: str) -> str:
    shown = re.sub(r"<style.*?</style>|<[^>]+>", " ", content, flags=re.DOTALL)
    return " ".join(html.unescape(shown).split())


def said_by(portal: Portal) -> list[str]:
    """Everything the portal page says in words, card by card, and what the cards themselves hold."""
    words = [card_words(card, freshness) for card, freshness in portal.cards]
    cells = [getattr(each, name) for each in words for name in type(each).__dataclass_fields__ if name != "finding"]
    texts = [text for cell in cells for text in (cell if isinstance(cell, tuple) else [cell]) if isinstance(text, str)]
    held = ("label", "source", "current", "baseline", "movement", "interval", "sentence", "status", "next_action")
    texts += [getattr(card, name) for card, _ in portal.cards for name in (*held, "next_owner", "left_out")]
    return [text for text in texts if text]


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


@pytest.mark.parametrize("form", ["html", "text", "pdf"])
def test_the_note_has_every_word_of_the_portal(form: str) -> None:
    texts = {
        "html": lambda: html_text(report_html(ALL, AS_OF)),
        "text": lambda: " ".join(report_text(ALL, AS_OF).split()),
        "pdf": lambda: pdf_text(report_pdf(ALL, AS_OF)),
    }
    text = texts[form]()
    left_to_the_page = ("Published", "October 2026", "September 2026") if form == "text" else ()
    for told in [*said_by(ALL), summary(ALL), "Calls of another number were counted."]:
        if not told.startswith(left_to_the_page) or not left_to_the_page:
            # A line may break anywhere on paper.
            assert told.replace(" ", "") in text.replace(" ", ""), told


def test_no_number_differs_and_none_is_added() -> None:
    mine = numbers(" ".join(said_by(ALL))) | numbers("as of 20 November 2026, taken back on 12 November 2026")
    assert numbers(html_text(report_html(ALL, AS_OF))) <= mine
    assert numbers(report_text(ALL, AS_OF)) <= mine
    # The pictures have axes of their own; without them the same holds on paper.
    bare = replace(ALL, cards=tuple((without_chart(card), freshness) for card, freshness in ALL.cards))
    assert numbers(pdf_text(report_pdf(bare, AS_OF))) == numbers(html_text(report_html(bare, AS_OF)))


def without_chart(card):  # type: ignore[no-untyped-def]
    empty = replace(card.current_series, steps=())
    return replace(card, current_series=empty)


def test_a_changed_number_changes_the_note() -> None:
    other = a_portal((a_card(current="62 quote requests"), FRESH))
    assert "62 quote requests" in pdf_text(report_pdf(other, AS_OF))
    assert "61 quote requests" not in pdf_text(report_pdf(other, AS_OF))


def test_six_cards_stand_on_one_page_and_one_card_on_its_own() -> None:
    more = " The baseline has 30 days and the current period 31 days. 3 test and 4 spam entries were left out." * 2
    long = [(replace(card, sentence=card.sentence + more), freshness) for card, freshness in ALL.cards]
    six = a_portal(*long, *long)
    assert len(pypdf.PdfReader(io.BytesIO(report_pdf(six, AS_OF))).pages) == 1
    alone = card_pdf(a_card(), LATE)
    assert len(pypdf.PdfReader(io.BytesIO(alone)).pages) == 1
    assert "13 more (27.1 %)" in pdf_text(alone)
    assert "Shown to Tuesday 3 November" in pdf_text(alone)


def test_words_are_never_taken_for_markup() -> None:
    rude = a_card(label="#panic() *Leads* <b>$x$", sentence="Leads <script>alert(1)</script> #1 [a](b) \\ $5 “q”.")
    page = report_html(a_portal((rude, FRESH)), AS_OF)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "#panic() *Leads* <b>$x$" in pdf_text(report_pdf(a_portal((rude, FRESH)), AS_OF))


def test_the_mail_fetches_nothing() -> None:
    page = report_html(ALL, AS_OF, NoteAsides(OCTOBER), lambda card: f"cid:{card.metric}")
    assert re.findall(r'src="([^:"]+):', page) == ["cid"] * 3
    assert "http" not in page


def test_late_data_and_what_is_missing_are_said_on_the_note() -> None:
    asides = NoteAsides(OCTOBER, missing_of(ALL, OCTOBER), "https://desk.example/client_portal?client=harbor", "Stop.")
    for text in (html_text(report_html(ALL, AS_OF, asides)), pdf_text(report_pdf(ALL, AS_OF, asides))):
        assert "Report note for October 2026" in text
        assert "Booked jobs from ServiceTitan: shown to Tuesday 3 November." in text
    assert "https://desk.example/client_portal?client=harbor" in report_html(ALL, AS_OF, asides)


def test_a_note_goes_out_when_the_month_is_complete_or_on_the_fifth() -> None:
    first, fifth = date(2026, 11, 1), date(2026, 11, 5)
    assert is_due(a_portal((a_card(), FRESH)), OCTOBER, first)
    behind = a_portal((a_card(), FRESH), (ordinary(), CardFreshness(date(2026, 10, 28), is_stale=True, words="…")))
    assert not is_due(behind, OCTOBER, first)
    assert is_due(behind, OCTOBER, fifth)
    assert missing_of(behind, OCTOBER) == ("Paid leads from Angi: the data of October 2026 is not complete.",)
    old = a_portal((a_card(period=SEPTEMBER), FRESH))
    assert not is_due(old, OCTOBER, date(2026, 11, 4))
    (lacks,) = missing_of(old, OCTOBER)
    assert lacks == (
        "Quote requests from Website form: October 2026 is not published yet; the card is of September 2026."
    )
    assert is_due(old, DateRange(date(2026, 12, 1), date(2026, 12, 31)), date(2027, 1, 5))
    assert not is_due(a_portal(), OCTOBER, fifth), "nothing published is nothing sent"


def test_a_chart_is_a_picture_with_the_points_of_the_card_only() -> None:
    card = unsaid()
    values = {row["y"] for layer in chart_spec(card, 300, 90)["layer"] for row in layer["data"]["values"] if "y" in row}
    known = [step.value for series in (card.baseline_series, card.current_series) for step in series.steps]
    mine = {float(value) for value in known if value is not None} | {float(card.baseline_series.level or 0)}
    assert values <= mine
    assert chart_png(card, 120, 60).startswith(b"\x89PNG")
    svg = chart_svg(card, 120, 60)
    assert svg.startswith(b"<svg")
    assert b"http://www.w3.org" in svg
    assert b"<image" not in svg
