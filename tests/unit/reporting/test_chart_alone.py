"""A chart that goes out without a card around it says itself what it is of."""

from __future__ import annotations

from lib.reporting.chart_picture import chart_spec, chart_svg
from tests.unit.reporting.portals import a_card


def test_a_picture_alone_names_its_source_its_periods_and_both_numbers() -> None:
    card = a_card()
    svg = chart_svg(card, 600, 200, is_alone=True).decode()
    for words in (f"{card.label} from {card.source}, by {card.step}", f": {card.current};", f": {card.baseline}"):
        assert words in svg
    assert chart_spec(card, 600, 200, is_alone=True)["background"] == "#FFFFFF"
    assert "title" not in chart_spec(card, 600, 200)
