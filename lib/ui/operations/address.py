"""What stands in the address of the operations page: which account, how far back, what is opened, and which page of runs."""

from __future__ import annotations

from typing import Any

from lib.services.running.run_history import SPANS
from lib.ui.parts.address import chosen, from_address, number_from_address

EVERY = "*"  # no key of an account
_KEPT = ("account", "days", "box", "page", "cause")


def kept(**changes: object) -> dict[str, Any]:
    """The address as it stands with some of it changed; an empty value is left out."""
    return {**{name: from_address(name) for name in _KEPT}, **changes}


def account_asked(keys: list[str]) -> str:
    """The key of the account whose runs are looked at; '' for all of them."""
    key = chosen([EVERY, *keys], "account")
    return "" if key == EVERY else key


def days_asked() -> int:
    """How many days back the runs are looked at."""
    asked = number_from_address("days")
    return asked if asked in SPANS else SPANS[1]


def page_asked() -> int:
    """Which page of the runs, from 1."""
    return number_from_address("page") or 1
