"""The chart of a baseline and a current period: both lines, the usual range, what is unfinished, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Literal

import altair as alt

from lib.reporting.drawn import Drawn, DrawnChange, Frame, Point, baseline_points, placed, unfinished_words
from lib.ui.parts.chart_frame import at, x_of, y_of
from lib.ui.parts.charts import BAND, DOTTED, UNFINISHED, Place, marks, spread_apart

HEIGHT = 260
_LABEL_PIXELS = 15
_LATE, _LATE_PIXELS = 0.08, 120  # of the width; a note later than that has its words at its left
_PADDING = {"left": 0, "right": 8, "top": 4, "bottom": 4}  # a label may reach over the frame on a narrow screen

Row = dict[str, object]


@dataclass(frozen=True)
class _Label:
    """Words at the end of a line."""

    x: date
    y: float
    words: str
    place: Place


def comparison_chart(seen: Drawn, beside: str = "baseline") -> alt.LayerChart | alt.FacetChart:
    """Both sides as lines: y from zero, x the first day of each step; labels stand at the lines' ends.

    `beside` names the gray line, which is not always a sealed baseline.
    """
    baseline, current, frame = placed(seen)
    layers = [
        *_changes(seen.changes, frame),
        *_usual_range(seen, frame),
        *_baseline(seen, baseline, frame),
        *_current(current, frame, seen.unit),
        *_end_labels(seen, current, frame, beside),
    ]
    chart: alt.LayerChart | alt.FacetChart = alt.layer(*layers).properties(height=HEIGHT, padding=_PADDING)
    return chart


def comparison_in_words(seen: Drawn) -> str:
    """The chart for somebody who cannot see it: what it shows, and its sentence; the numbers are in the table below."""
    count = len(seen.current.steps)
    return (
        f"Line chart of {seen.label} from {seen.source} by {seen.step}: the baseline as a gray line, the current "
        f"period as a line of {count} points. {seen.sentence} The table below holds the same numbers."
    )


def _changes(changes: Sequence[DrawnChange], frame: Frame) -> list[Any]:
    shown = [change for change in changes if frame.first <= change.day <= frame.end]
    if not shown:
        return []
    # What happened on one day has one rule.
    days = [list(same) for _, same in groupby(shown, key=lambda change: change.day)]
    ends = [*(same[0].day for same in days[1:]), frame.end]
    whole = (frame.end - frame.first).days
    noted: list[Row] = [
        {
            "x": at(same[0].day),
            "y": frame.top,
            "words": _noted_words(same),
            "share": (end - same[0].day).days / whole,
        }
        for same, end in zip(days, ends, strict=True)
    ]
    layer = marks(noted, "note").encode(x=x_of(frame))
    # A note's words end before the next one's rule; on a narrow screen little more than its number is left.
    room = alt.ExprRef("max(14, width * datum.share - 14)")
    layers = [layer.mark_rule(strokeDash=DOTTED, strokeWidth=1.25)]
    early = [row for row, same in zip(noted, days, strict=True) if not _is_late(same[0].day, frame)]
    if early:
        words = marks(early, "note").encode(x=x_of(frame), y=y_of(frame), text="words:N")
        layers.append(words.mark_text(dx=5, dy=6, limit=room))
    if len(early) < len(noted):
        # Right of the last rule there may be no room, so its words stand on its other side.
        late = marks(noted[len(early) :], "note").encode(x=x_of(frame), y=y_of(frame), text="words:N")
        layers.append(late.mark_text(dx=-5, dy=6, align="right", limit=_LATE_PIXELS))
    return layers


def _is_late(day: date, frame: Frame) -> bool:
    return (frame.end - day).days < (frame.end - frame.first).days * _LATE


def _noted_words(same: Sequence[DrawnChange]) -> str:
    """`1 Form shortened`, and `2 to 4` where several things happened on one day: those are listed below the chart."""
    first, last = same[0], same[-1]
    return f"{first.number} {first.note}" if first is last else f"{first.number} to {last.number}"


def _usual_range(seen: Drawn, frame: Frame) -> list[Any]:
    if seen.usual is None:
        return []
    low, high = seen.usual
    words = f"usual range {_number(low)} to {_number(high)}"
    rows: list[Row] = [{"x": at(frame.first), "x2": at(frame.last), "y": float(low), "y2": float(high), "words": words}]
    layer = marks(rows, "baseline")
    return [
        layer.mark_rect(opacity=BAND).encode(x=x_of(frame), x2="x2:T", y=y_of(frame), y2="y2:Q"),
        layer.mark_text(dx=4, dy=-8).encode(x=x_of(frame), y=y_of(frame, field="y2"), text="words:N"),
    ]


def _number(value: Decimal) -> str:
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


def _baseline(seen: Drawn, points: list[Point], frame: Frame) -> list[Any]:
    layers = []
    if seen.baseline.level is not None:
        middle: Row = {"x": at(frame.first), "x2": at(frame.last), "y": float(seen.baseline.level)}
        layers.append(
            marks([middle], "baseline").mark_rule(strokeWidth=1.5).encode(x=x_of(frame), x2="x2:T", y=y_of(frame))
        )
    if points:
        base = marks(_rows(points), "baseline").encode(x=x_of(frame), y=y_of(frame, seen.unit))
        layers.append(base.mark_line(strokeWidth=1.5, opacity=0.75).encode(detail="run:N"))
        # Nothing to see, but something to point at.
        layers.append(base.mark_point(opacity=0, size=120).encode(tooltip=_TOOLTIP))
    every = baseline_points(seen)
    open_ = [point for point in every if not point.step.is_whole]
    return [*layers, *(_dashed(every, open_, "baseline", frame, seen.unit) if open_ else [])]


def _dashed(every: list[Point], open_: list[Point], place: Place, frame: Frame, unit: str) -> list[Any]:
    """What is not whole: dashed to and from a hollow point, on either line."""
    x, y = x_of(frame), y_of(frame, unit)
    line = marks(_unfinished(every), place).encode(x=x, y=y, detail="piece:N")
    hollow = marks(_rows(open_), place).encode(x=x, y=y, tooltip=_TOOLTIP)
    return [
        line.mark_line(strokeWidth=1.75 if place == "current" else 1.25, strokeDash=UNFINISHED),
        hollow.mark_point(filled=False, size=42, strokeWidth=1.5, opacity=1),
    ]


def _current(points: list[Point], frame: Frame, unit: str) -> list[Any]:
    whole = [point for point in points if point.step.is_whole]
    open_ = [point for point in points if not point.step.is_whole]
    layers = []
    if whole:
        line = marks(_rows(points), "current").transform_filter("datum.is_whole")
        line = line.encode(x=x_of(frame), y=y_of(frame, unit))
        layers.append(line.mark_line(strokeWidth=2.25, strokeCap="round").encode(detail="run:N"))
        layers.append(line.mark_point(filled=True, size=34, opacity=1).encode(tooltip=_TOOLTIP))
    if open_:
        layers += _dashed(points, open_, "current", frame, unit)
    return layers


_TOOLTIP = [alt.Tooltip("days:N", title="Days"), alt.Tooltip("words:N", title="Value"), alt.Tooltip("how:N", title=" ")]


def _rows(points: Sequence[Point]) -> list[Row]:
    """Points as data; `run` changes where a step lies between that has no value or is not whole, so the line breaks."""
    rows: list[Row] = []
    run, before = 0, None
    for point in points:
        if before is not None and (before.step.range.last + timedelta(days=1) != point.step.range.first):
            run += 1
        if not point.step.is_whole:
            run += 1
        rows.append(
            {
                "x": at(point.x),
                "y": point.y,
                "run": run,
                "is_whole": point.step.is_whole,
                "days": f"{point.step.range.first.isoformat()} to {point.step.range.last.isoformat()}",
                "words": point.step.words,
                "how": "whole" if point.step.is_whole else unfinished_words(point.step),
            }
        )
        before = point
    return rows


def _unfinished(points: Sequence[Point]) -> list[Row]:
    """The pieces of the line that lead to or from a step that is not whole, two rows each."""
    rows: list[Row] = []
    for piece, (one, other) in enumerate(pairwise(points)):
        if not (one.step.is_whole and other.step.is_whole):
            rows += [{"x": at(end.x), "y": end.y, "piece": piece} for end in (one, other)]
    return rows or [{"x": at(points[0].x), "y": points[0].y, "piece": 0}]


def _end_labels(seen: Drawn, current: list[Point], frame: Frame, beside: str) -> list[Any]:
    """Each line named at its end, so that nobody looks up a legend; labels that would touch are moved apart."""
    whole = [point for point in current if point.step.is_whole]
    open_ = current[-1] if current and not current[-1].step.is_whole else None
    labels: list[_Label] = []
    if seen.baseline.level is not None:
        words = f"{beside.capitalize()} {seen.baseline.level_words}"
        labels.append(_Label(frame.last, float(seen.baseline.level), words, "baseline"))
    if open_ is not None:
        labels.append(_Label(open_.x, open_.y, unfinished_words(open_.step), "note"))
    words = f"Current {seen.current.level_words}"
    if whole and open_ is None:
        labels.append(_Label(whole[-1].x, whole[-1].y, words, "current"))
    heights = spread_apart([label.y for label in labels], frame.top * _LABEL_PIXELS / HEIGHT)
    layers = [_label(label, height, frame) for label, height in zip(labels, heights, strict=True)]
    if whole and open_ is not None:
        # The dashed piece leaves the last whole point where its label would stand, so that stands on the other side.
        above = open_.y <= whole[-1].y
        label = _Label(whole[-1].x, whole[-1].y, words, "current")
        layers.append(_label(label, label.y, frame, dx=-2, dy=-13 if above else 15))
    return layers


def _label(label: _Label, height: float, frame: Frame, dx: int = 9, dy: int = 0) -> alt.Chart:
    layer = marks([{"x": at(label.x), "y": height, "words": label.words}], label.place)
    weight: Literal["bold", "normal"] = "bold" if label.place == "current" else "normal"
    named: alt.Chart = layer.mark_text(dx=dx, dy=dy, fontWeight=weight).encode(
        x=x_of(frame), y=y_of(frame), text="words:N"
    )
    return named
