"""The charts keep the one look: no literal colour in a mark, zero at the bottom, whole apart from unfinished."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from lib.domain.imports import DateRange
from lib.reporting.drawn import is_laid_under, number_format
from lib.reporting.portal_card import NotedChange
from lib.reporting.step_series import Series, series_of
from lib.reporting.steps import step_values, usual_range
from lib.services.counting.comparison_series import ComparisonSeries
from lib.ui.parts.chart_comparison import comparison_chart, comparison_in_words
from lib.ui.parts.chart_zoom import brushable_chart, brushed_days, days_in_address, zoomed
from lib.ui.parts.charts import PLACES, desk_theme, spread_apart
from tests.unit.reporting.builders import days_from, metric, side

PROJECT = Path(__file__).resolve().parents[3]
BEFORE = days_from(date(2026, 8, 3), 56)
NOW = days_from(date(2026, 9, 28), 47)  # six whole weeks and five days


def a_side(period: DateRange, values: list[int]) -> Series:
    steps = step_values(metric(), side(period, values), "week")
    return series_of(metric(), side(period, values), steps[0].value, steps, "week")


def seen(before: DateRange = BEFORE, now: DateRange = NOW) -> ComparisonSeries:
    return ComparisonSeries(
        metric="site.leads",
        label="Form leads",
        source="Quote Request",
        unit="leads",
        step="week",
        account="site",
        baseline_id=12,
        beside="baseline",
        asked=now,
        baseline=a_side(before, [6, 7, 7]),
        current=a_side(now, [8, 9, 9]),
        usual=usual_range(metric(), step_values(metric(), side(before, [6, 7, 7]), "week")),
        sentence="Form leads stood at 400 leads.",
        status="Within ordinary variation",
        next_action="Keep watching.",
        is_comparable=True,
        is_complete=True,
        has_enough_data=True,
        has_interval=True,
        current_words="400 leads",
        baseline_words="360 leads",
        change_words="40 more",
        interval_words="Likely between 3 fewer and 83 more",
        left_out="",
        changes=(NotedChange(1, date(2026, 10, 12), "website_form", "Form shortened", "Ana"),),
    )


def drawn(what: ComparisonSeries) -> dict[str, Any]:
    return comparison_chart(what).to_dict()


def layers(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def rows(spec: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["datasets"][layer["data"]["name"]]
    return found


def words(spec: dict[str, Any]) -> list[str]:
    return [row["words"] for layer in layers(spec, "text") for row in rows(spec, layer)]


def every_value(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        for value in node.values():
            yield from every_value(value)
    elif isinstance(node, list):
        for value in node:
            yield from every_value(value)
    else:
        yield node


def test_no_mark_has_a_literal_colour() -> None:
    spec = drawn(seen())
    for layer in spec["layer"]:
        assert not {"color", "fill", "stroke"} & set(layer["mark"])
        assert layer["encoding"]["color"]["field"] == "place"
        assert layer["encoding"]["color"]["scale"] == {"domain": list(PLACES)}
        assert layer["encoding"]["color"]["legend"] is None
    assert not [value for value in every_value(spec["layer"]) if isinstance(value, str) and value.startswith("#")]


def test_a_place_in_the_palette_is_a_colour_of_both_themes() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
    for kind in ("light", "dark"):
        assert len(theme[kind]["chartCategoricalColors"]) == len(PLACES)


def test_the_theme_is_the_desks_and_has_a_horizontal_grid_only() -> None:
    assert alt.theme.active == "desk"
    config = desk_theme()["config"]
    assert config["axisX"]["grid"] is False
    assert config["axisY"]["grid"] is True
    assert config["axisX"]["title"] is None
    assert config["axisX"]["labelFontSize"] == 11.5
    assert config["background"] == "transparent"


def test_heights_begin_at_zero() -> None:
    for layer in drawn(seen())["layer"]:
        if "y" in layer["encoding"]:
            assert layer["encoding"]["y"]["scale"]["domain"][0] == 0


def test_the_unfinished_week_is_dashed_to_a_hollow_point_and_named() -> None:
    spec = drawn(seen())
    (dashed,) = [layer for layer in layers(spec, "line") if layer["mark"].get("strokeDash")]
    assert dashed["mark"]["strokeDash"] == [4, 4]
    assert [row["x"] for row in rows(spec, dashed)] == ["2026-11-02T00:00:00", "2026-11-09T00:00:00"]
    (hollow,) = [layer for layer in layers(spec, "point") if layer["mark"].get("filled") is False]
    assert [row["x"] for row in rows(spec, hollow)] == ["2026-11-09T00:00:00"]
    assert "Cut by the period, 5 of 7 days" in words(spec)


def test_the_solid_line_holds_whole_weeks_only_and_has_the_weight_of_the_current() -> None:
    spec = drawn(seen())
    (solid,) = [layer for layer in layers(spec, "line") if layer["mark"]["strokeWidth"] == 2.25]
    assert solid["transform"] == [{"filter": "datum.is_whole"}]
    (gray,) = [layer for layer in layers(spec, "line") if layer["mark"]["strokeWidth"] == 1.5]
    assert {row["place"] for row in rows(spec, gray)} == {"baseline"}


def test_a_period_that_is_whole_has_nothing_dashed() -> None:
    spec = drawn(seen(now=days_from(date(2026, 9, 28), 42)))
    assert not [layer for layer in layers(spec, "line") if layer["mark"].get("strokeDash")]
    assert not [text for text in words(spec) if "of 7 days" in text]


def test_lines_are_named_at_their_ends_and_changes_by_their_number() -> None:
    said = words(drawn(seen()))
    assert "Baseline 47 a week" in said
    assert "Current 61 a week" in said
    assert "1 Form shortened" in said
    (dotted,) = [layer for layer in layers(drawn(seen()), "rule") if layer["mark"].get("strokeDash")]
    assert dotted["mark"]["strokeDash"] == [1, 3]


def test_the_usual_range_is_a_band_of_nine_percent() -> None:
    (band,) = layers(drawn(seen()), "rect")
    assert band["mark"]["opacity"] == 0.09
    assert not layers(drawn(replace(seen(), usual=None)), "rect")


def test_a_baseline_of_a_year_ago_lies_under_the_current_period_week_under_week() -> None:
    year_ago = seen(before=days_from(date(2025, 9, 29), 47))
    assert is_laid_under(year_ago)
    assert not is_laid_under(seen())
    spec = drawn(year_ago)
    (gray,) = [layer for layer in layers(spec, "line") if layer["mark"]["strokeWidth"] == 1.5]
    assert rows(spec, gray)[0]["x"] == "2026-09-28T00:00:00"


def test_nothing_known_of_the_current_period_is_drawn_as_nothing() -> None:
    unknown = side(NOW, [1], missing=[NOW.first])
    steps = step_values(
        metric(), replace(unknown, series=replace(unknown.series, days={}, covered=frozenset())), "week"
    )
    empty = series_of(metric(), replace(unknown, series=type(unknown.series)()), steps[0].value, steps, "week")
    spec = drawn(replace(seen(), current=empty))
    assert not [text for text in words(spec) if text.startswith("Current")]


def test_who_cannot_see_the_chart_is_told_what_it_says() -> None:
    said = comparison_in_words(seen())
    assert "Form leads from Quote Request by week" in said
    assert "Form leads stood at 400 leads." in said
    assert "table below" in said


@pytest.mark.parametrize(
    ("heights", "apart"),
    [([10.0, 50.0], [10.0, 50.0]), ([10.0, 12.0], [10.0, 15.0]), ([12.0, 10.0, 11.0], [20.0, 10.0, 15.0]), ([], [])],
)
def test_labels_that_would_touch_are_moved_apart(heights: list[float], apart: list[float]) -> None:
    assert spread_apart(heights, 5) == apart


def test_dollars_stand_on_the_axis_of_money() -> None:
    assert number_format("USD per lead").startswith("$")
    assert not number_format("leads").startswith("$")


def test_an_unfinished_step_is_dashed_on_the_baseline_too() -> None:
    spec = drawn(seen(before=days_from(date(2026, 8, 3), 45)))
    dashed = [layer for layer in layers(spec, "line") if layer["mark"].get("strokeDash")]
    assert [rows(spec, layer)[0]["place"] for layer in dashed] == ["baseline", "current"]
    assert [row["x"] for row in rows(spec, dashed[0])] == ["2026-09-07T00:00:00", "2026-09-14T00:00:00"]


def test_what_happened_on_one_day_has_one_rule_and_all_its_numbers() -> None:
    one, other = (
        NotedChange(2, date(2026, 10, 20), "import", "a", ""),
        NotedChange(3, date(2026, 10, 20), "undo", "b", ""),
    )
    spec = drawn(replace(seen(), changes=(*seen().changes, one, other)))
    said = words(spec)
    assert "1 Form shortened" in said
    assert "2 to 3" in said


def test_a_period_that_is_no_baseline_is_not_called_one() -> None:
    spec = comparison_chart(seen(), "earlier period").to_dict()
    assert "Earlier period 47 a week" in words(spec)
    assert not [text for text in words(spec) if "Baseline" in text]


def test_a_brush_shows_the_steps_that_stand_on_its_days_of_either_line() -> None:
    whole = seen()
    closer = zoomed(whole, DateRange(date(2026, 9, 14), date(2026, 10, 6)))
    assert [step.range.first.day for step in closer.baseline.steps] == [14, 21]
    assert [step.range.first.day for step in closer.current.steps] == [28, 5]
    assert closer.sentence == whole.sentence
    laid_under = seen(before=days_from(date(2025, 9, 29), 47))
    closer = zoomed(laid_under, DateRange(date(2026, 10, 1), date(2026, 10, 20)))
    assert [step.range.first for step in closer.baseline.steps] == [date(2025, 10, day) for day in (6, 13, 20)]
    assert zoomed(whole, None) is whole
    assert zoomed(whole, DateRange(date(2031, 1, 1), date(2031, 2, 1))) is whole


def test_a_brush_is_read_as_the_calendar_days_of_whoever_drew_it() -> None:
    days = DateRange(date(2026, 9, 14), date(2026, 10, 6))
    for hours in (-10, 0, 11):
        ends = [
            datetime.combine(day, time.min, UTC).timestamp() * 1000 - hours * 3_600_000
            for day in (days.last, days.first)
        ]
        assert brushed_days({"days": {"x": ends}}) == days
    for nonsense in ({}, {"days": {}}, {"days": {"x": [1]}}, {"days": {"x": ["a", "b"]}}, {"days": {"x": [1e300, 0]}}):
        assert brushed_days(nonsense) is None
    assert days_in_address("2026-09-14..2026-10-06") == days
    assert days_in_address("2026-10-06..2026-09-14") == days
    for text in ("", "2026-09-14", "a..b", "1..2..3"):
        assert days_in_address(text) is None
    assert brushable_chart(seen(), "baseline").to_dict()["params"][0]["name"] == "days"


def test_words_of_a_change_at_the_right_edge_stand_at_its_left() -> None:
    last = NotedChange(2, date(2026, 11, 28), "import", "Load 9", "Ana")
    spec = drawn(replace(seen(), changes=(*seen().changes, last)))
    sides = {rows(spec, layer)[0]["words"]: layer["mark"].get("align") for layer in layers(spec, "text")}
    assert (sides["1 Form shortened"], sides["2 Load 9"]) == (None, "right")
