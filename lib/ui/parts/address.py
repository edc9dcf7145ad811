"""State that matters lives in the page's address, so that a page can be sent to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st


def from_address(name: str, default: str = "") -> str:
    """What the address says under `name`."""
    return str(st.query_params.get(name, default))


def number_from_address(name: str) -> int | None:
    """A whole number in the address; None where there is none, or something else stands there."""
    text = from_address(name)
    return int(text) if text.isdecimal() and len(text) < 16 else None


def day_from_address(name: str, default: date) -> date:
    """A day in the address, as 2026-01-31; the default where there is none or nonsense."""
    try:
        return date.fromisoformat(from_address(name))
    except ValueError:
        return default


def to_address(**values: object) -> None:
    """Put values into the address; an empty one is taken out."""
    for name, value in values.items():
        if value in (None, ""):
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def choice(
    label: str, options: Sequence[str], name: str, *, names: dict[str, str] | None = None, hint: str = ""
) -> str:
    """A select box tied to the address under `name`; what stands in the address comes first if it is an option.

    `names` says what a person reads for each option. Returns the empty text where there is nothing to choose from.
    """
    if not options:
        return ""
    said = from_address(name)
    place = list(options).index(said) if said in options else 0
    chosen = st.selectbox(
        label,
        options,
        index=place,
        key=f"choice-{name}",
        format_func=lambda option: (names or {}).get(option, option),
        help=hint or None,
    )
    to_address(**{name: chosen})
    return str(chosen)


def chosen(options: Sequence[str], name: str) -> str:
    """What `choice` under this name is about to say, for whatever stands above it on the page; '' without options."""
    said = [str(st.session_state.get(f"choice-{name}", "")), from_address(name), *options[:1]]
    return next((text for text in said if text in options), "")
