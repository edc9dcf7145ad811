"""A card's chart as a picture, for paper and e-mail, where no browser draws it.

The chart on the page is Altair's and follows the reader's theme; Altair stands beside Streamlit in lib/ui, which neither
the worker nor the command line may reach. A picture has one theme and no interaction, so it is a plain Vega-Lite
description made here, from the same points (`lib.reporting.drawn`), rendered by vl-convert without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import vl_convert

from lib.reporting.drawn import Frame, Point, number_format, placed
from lib.reporting.drawn_card import DrawnCard, drawn_card
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import PortalCard

FONTS = Path(__file__).parent / "fonts"
_BLUE, _GRAY, _MUTED, _LINE = "#2F45B8", "#6B6F77", "#5A5E66", "#E3E3DE"
_TEXT = 10.5
_SCALE = 2.0  # pixels of a picture for one of the page, so that it stays sharp on a phone
# One note goes to several people; its pictures are drawn once.
_KEPT = 32
Spec = dict[str, Any]


@lru_cache(maxsize=_KEPT)
def chart_svg(card: PortalCard, width: int = 560, height: int = 150, *, is_alone: bool = False) -> bytes:
    """The chart as SVG, text as text; one that `is_alone` says itself what it is of."""
    _fonts()
    spec = chart_spec(card, width, height, is_alone=is_alone)
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()


@lru_cache(maxsize=_KEPT)
def chart_png(card: PortalCard, width: int = 560, height: int = 150, *, is_alone: bool = False) -> bytes:
    """The chart as PNG, of twice as many pixels as it is wide; one that `is_alone` says itself what it is of."""
    _fonts()
    spec = chart_spec(card, width, height, is_alone=is_alone)
    return vl_convert.vegalite_to_png(spec, scale=_SCALE, allowed_base_urls=[])


def chart_spec(card: PortalCard, width: int, height: int, *, is_alone: bool = False) -> Spec:
    """The chart as Vega-Lite: both lines from zero, the usual range, what is unfinished dashed, changes numbered.

    A picture that goes out without a card around it has a ground of its own, and its source above it (R1).
    """
    seen = drawn_card(card)
    baseline, current, frame = placed(seen)
    layers = [
        *_changes(seen, frame),
        *_usual(seen, frame),
        *_baseline(seen, baseline, frame),
        *_current(current),
        *_ends(seen, current, frame, height),
    ]
    axis = {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelFontSize": _TEXT,
        "labelColor": _MUTED,
        "labelPadding": 7,
    }
    x: Spec = {"field": "x", "type": "temporal", "axis": {**axis, **_ticks(frame)}}
    x["scale"] = {"domain": [_at(frame.first), _at(frame.end)], "nice": False, "padding": 8}
    grid = {"grid": True, "gridColor": _LINE, "tickCount": 3, "format": number_format(card.unit)}
    y: Spec = {"field": "y", "type": "quantitative", "axis": {**axis, **grid}}
    y["scale"] = {"domain": [frame.bottom, frame.top], "nice": False}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": "#FFFFFF" if is_alone else None,
        **({"title": _title(card)} if is_alone else {}),
        "padding": {"left": 0, "right": 6, "top": 4, "bottom": 0},
        "autosize": {"type": "fit", "contains": "padding"},
        "encoding": {"x": x, "y": y},
        "layer": layers,
        "config": {"font": "Inter Desk", "view": {"stroke": None}, "text": {"fontSize": _TEXT, "baseline": "middle"}},
    }


def _title(card: PortalCard) -> Spec:
    periods = (f"Current, {range_in_words(card.period)}: {card.current}", _baseline_words(card))
    return {
        "text": f"{card.label} from {card.source}, by {card.step}",
        "subtitle": "; ".join(periods),
        "anchor": "start",
        "fontSize": 13,
        "fontWeight": 600,
        "subtitleFontSize": _TEXT,
        "subtitleColor": _MUTED,
        "subtitlePadding": 5,
        "offset": 14,
    }


def _baseline_words(card: PortalCard) -> str:
    return f"baseline, {range_in_words(card.baseline_period)}: {card.baseline}"


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))


def _layer(mark: Spec, rows: Sequence[Spec], **encoding: Spec) -> Spec:
    return {"mark": mark, "data": {"values": list(rows)}, "encoding": encoding}


def _at(day: date) -> str:
    return datetime.combine(day, time.min).isoformat()


def _ticks(frame: Frame) -> Spec:
    # A picture is narrower than the page; labels that would touch are left out by the renderer.
    return {"grid": False, "format": "%-d %b", "values": [_at(day) for day in frame.ticks], "labelOverlap": "parity"}


def _changes(seen: DrawnCard, frame: Frame) -> list[Spec]:
    rows = [
        {"x": _at(change.day), "y": frame.top, "words": str(change.number)}
        for change in seen.changes
        if frame.first <= change.day <= frame.end
    ]
    if not rows:
        return []
    rule = _layer({"type": "rule", "color": _MUTED, "strokeDash": [1, 3]}, rows, y={"value": 0}, y2={"value": "height"})
    mark = {"type": "text", "color": _MUTED, "align": "left", "dx": 4, "dy": 5}
    return [rule, _layer(mark, rows, text={"field": "words"})]


def _usual(seen: DrawnCard, frame: Frame) -> list[Spec]:
    if seen.usual is None:
        return []
    low, high = seen.usual
    row = {"x": _at(frame.first), "x2": _at(frame.last), "y": float(low), "y2": float(high)}
    band = {"type": "rect", "color": _GRAY, "opacity": 0.1}
    return [_layer(band, [row], x2={"field": "x2"}, y2={"field": "y2"})]


def _baseline(seen: DrawnCard, points: Sequence[Point], frame: Frame) -> list[Spec]:
    layers = []
    if seen.baseline.level is not None:
        row = {"x": _at(frame.first), "x2": _at(frame.last), "y": float(seen.baseline.level)}
        layers.append(_layer({"type": "rule", "color": _GRAY, "strokeWidth": 1.25}, [row], x2={"field": "x2"}))
    if points:
        layers.append(_layer({"type": "line", "color": _GRAY, "strokeWidth": 1.25}, [_row(point) for point in points]))
    return layers


def _current(points: Sequence[Point]) -> list[Spec]:
    layers = []
    whole = [_row(point) for point in points if point.step.is_whole]
    if whole:
        line = {"type": "line", "color": _BLUE, "strokeWidth": 2, "strokeCap": "round"}
        layers += [
            _layer(line, whole),
            _layer({"type": "point", "filled": True, "size": 22, "opacity": 1, "color": _BLUE}, whole),
        ]
    for one, other in pairwise(points):
        if not (one.step.is_whole and other.step.is_whole):
            dashed = {"type": "line", "color": _BLUE, "strokeWidth": 1.5, "strokeDash": [4, 4]}
            layers.append(_layer(dashed, [_row(one), _row(other)]))
    open_ = [_row(point) for point in points if not point.step.is_whole]
    if open_:
        hollow = {"type": "point", "filled": False, "size": 30, "strokeWidth": 1.25, "opacity": 1, "color": _BLUE}
        layers.append(_layer(hollow, open_))
    return layers


def _row(point: Point) -> Spec:
    return {"x": _at(point.x), "y": point.y}


def _ends(seen: DrawnCard, current: Sequence[Point], frame: Frame, height: int) -> list[Spec]:
    """Each line named at its end; two names that would touch are moved apart."""
    level, last = seen.baseline.level, current[-1] if current else None
    layers, gap = [], frame.top * 17 / height
    at = last.y if last else 0.0
    if last is not None:
        words = "current" if last.step.is_whole else f"{last.step.known_days} of {last.step.full_days} days"
        layers.append(_end(last.x, at, words, _BLUE))
    if level is not None:
        base = float(level)
        if last is not None and abs(base - at) < gap:
            base = at - gap if base <= at and at - gap > frame.bottom else at + gap
        layers.append(_end(frame.last, base, "baseline", _GRAY))
    return layers


def _end(day: date, height: float, words: str, colour: str) -> Spec:
    mark = {"type": "text", "color": colour, "align": "left", "dx": 7}
    return _layer(mark, [{"x": _at(day), "y": height, "words": words}], text={"field": "words"})
