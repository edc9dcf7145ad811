"""What stands in the address of the audit page: whose lines, of which action and days, and where the page begins."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from lib.services.running.audit_lines import Filters
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address, number_from_address, to_address

PERSON, ACTION, FIRST, LAST = "who", "action", "from", "to"
BEFORE, AFTER = "before", "after"
_KEPT = (PERSON, ACTION, FIRST, LAST)


def filters_asked() -> Filters:
    """What the log is narrowed to; a day that is none narrows nothing."""
    return Filters(from_address(CLIENT), from_address(PERSON), from_address(ACTION), day_asked(FIRST), day_asked(LAST))


def day_asked(name: str) -> date | None:
    """A day in the address; None where there is none."""
    try:
        return date.fromisoformat(from_address(name))
    except ValueError:
        return None


def place_asked() -> tuple[int | None, int | None]:
    """Before or after which position the page lies; neither for the newest."""
    before, after = number_from_address(BEFORE), number_from_address(AFTER)
    return (None if after is not None else before), after


def kept(**changes: object) -> dict[str, Any]:
    """The filters as they stand, for a link to another page of the lines."""
    return {**{name: from_address(name) for name in _KEPT}, **changes}


def narrowed(name: str, key: str) -> None:
    """A filter was changed: it goes into the address, and the page begins anew with the newest line."""
    value = st.session_state[key]
    to_address(**{name: value.isoformat() if isinstance(value, date) else value}, before="", after="")
