"""A card as plain values that JSON holds, so that what was approved is what a client reads, and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lib.domain.imports import DateRange
from lib.domain.signals import Paid, Signal
from lib.reporting.portal_card import NotedChange, PortalCard, PublishedNumber
from lib.reporting.step_series import Series, SeriesStep

_WORDS = (
    "metric", "label", "source", "unit", "meaning", "current", "baseline", "movement", "interval", "finding", "status",
    "sentence", "next_action", "next_owner", "left_out", "step",
)  # fmt: skip


def record_of(card: PortalCard) -> dict[str, Any]:
    """Everything of a card that is frozen: not its statement, its place, the day it was published, its corrections."""
    return {
        **{name: getattr(card, name) for name in _WORDS},
        "signal": str(card.signal),
        "paid": str(card.paid),
        "period": card.period.as_dict(),
        "baseline_period": card.baseline_period.as_dict(),
        "numbers": [[each.words, each.metric, each.range.as_dict(), each.is_baseline] for each in card.numbers],
        "next_due": _day(card.next_due),
        "baseline_series": _series(card.baseline_series),
        "current_series": _series(card.current_series),
        "usual": [str(end) for end in card.usual] if card.usual else None,
        "changes": [[each.number, each.day.isoformat(), each.kind, each.note] for each in card.changes],
    }


def card_from(
    record: dict[str, Any],
    *,
    statement_id: int = 0,
    position: int = 0,
    published_on: date = date.min,
    corrections: tuple[str, ...] = (),
) -> PortalCard:
    """The card that `record_of` wrote down."""
    usual = record["usual"]
    return PortalCard(
        **{name: record[name] for name in _WORDS},
        statement_id=statement_id,
        position=position,
        signal=Signal(record["signal"]),
        paid=Paid(record["paid"]),
        period=_range(record["period"]),
        baseline_period=_range(record["baseline_period"]),
        numbers=tuple(
            PublishedNumber(words, metric, _range(days), is_baseline)
            for words, metric, days, is_baseline in record["numbers"]
        ),
        next_due=_date(record["next_due"]),
        baseline_series=_series_from(record["baseline_series"]),
        current_series=_series_from(record["current_series"]),
        usual=(Decimal(usual[0]), Decimal(usual[1])) if usual else None,
        changes=tuple(
            NotedChange(number, date.fromisoformat(day), kind, note, "")
            for number, day, kind, note in record["changes"]
        ),
        published_on=published_on,
        corrections=corrections,
    )


def _series(series: Series) -> dict[str, Any]:
    return {
        "range": series.range.as_dict(),
        "level": _text(series.level),
        "level_words": series.level_words,
        "missing_days": series.missing_days,
        "left_out": series.left_out,
        "steps": [
            [
                step.range.as_dict(), _text(step.value), step.words, step.known_days, step.full_days, step.is_whole,
                step.is_cut, step.left_out,
            ]
            for step in series.steps
        ],
    }  # fmt: skip


def _series_from(record: dict[str, Any]) -> Series:
    return Series(
        range=_range(record["range"]),
        steps=tuple(SeriesStep(_range(days), _decimal(value), *rest) for days, value, *rest in record["steps"]),
        level=_decimal(record["level"]),
        level_words=record["level_words"],
        missing_days=record["missing_days"],
        left_out=record["left_out"],
    )


def _range(record: dict[str, str]) -> DateRange:
    return DateRange(date.fromisoformat(record["from"]), date.fromisoformat(record["to"]))


def _text(value: Decimal | None) -> str | None:
    # 28, 28.0 and 28.00 are one number, whatever scale a database gives it back with.
    return None if value is None else format(value.normalize() + 0, "f")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
