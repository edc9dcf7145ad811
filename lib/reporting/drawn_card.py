"""A portal card as something to draw: the same shape that the comparison's chart takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lib.reporting.portal_card import NotedChange, PortalCard
from lib.reporting.step_series import Series
from lib.reporting.steps import Step


@dataclass(frozen=True)
class DrawnCard:
    """Both sides of a card, step by step, with what was changed on the way."""

    label: str
    source: str
    unit: str
    step: Step
    baseline: Series
    current: Series
    usual: tuple[Decimal, Decimal] | None
    sentence: str
    changes: tuple[NotedChange, ...]


def drawn_card(card: PortalCard) -> DrawnCard:
    """What there is to draw of a card."""
    return DrawnCard(
        label=card.label,
        source=card.source,
        unit=card.unit,
        step=card.step,
        baseline=card.baseline_series,
        current=card.current_series,
        usual=card.usual,
        sentence=card.sentence,
        changes=card.changes,
    )


def has_chart(card: PortalCard) -> bool:
    """Whether there is a point to draw on the current side."""
    return any(step.value is not None for step in card.current_series.steps)


def chart_in_words(card: PortalCard) -> str:
    """The chart for somebody who cannot see it."""
    return (
        f"Line chart of {card.label} from {card.source} by {card.step}: the baseline as a gray line, "
        f"the current period as a blue line. {card.sentence}"
    )
