"""Every text of the theme can be read on its own background: WCAG AA, 4.5 to 1, computed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
THEME: dict[str, Any] = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
HUES = ("red", "orange", "yellow", "blue", "green", "violet", "gray")


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio by WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_wcags_own() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_reaches_aa_on_every_background(mode: str) -> None:
    theme = THEME[mode]
    page = theme["backgroundColor"]
    pairs = {
        "text": (theme["textColor"], page),
        "text, second surface": (theme["textColor"], theme["secondaryBackgroundColor"]),
        "text, sidebar": (theme["textColor"], theme["sidebar"]["backgroundColor"]),
        "muted text": (theme["grayTextColor"], page),
        "muted text, sidebar": (theme["grayTextColor"], theme["sidebar"]["backgroundColor"]),
        "table head": (theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]),
        "link": (theme["linkColor"], page),
        "button": ("#FFFFFF", theme["primaryColor"]),
        "code": (theme["codeTextColor"], theme["codeBackgroundColor"]),
    }
    for hue in HUES:
        pairs[f"{hue} badge"] = (theme[f"{hue}TextColor"], theme[f"{hue}BackgroundColor"])
        pairs[f"{hue} text"] = (theme[f"{hue}TextColor"], page)
    assert not {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < 4.5}
