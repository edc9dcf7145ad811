"""A rule tried on past deliveries before it is switched on: what it would have refused, held, blanked or classed otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.domain.rows.impact import Change
from lib.services.reviewing import impact
from lib.ui.controls.impact_tables import ask_for_impact, show_impact
from lib.ui.entry.guard import Visit


def dry_run(visit: Visit, account: str, change: Change, *, key: str) -> None:
    """What was foretold of a change of rules, and the button that asks the worker for it."""
    view = visit.read(impact.impact_of, account, change)
    show_impact(view, {})
    ask_for_impact(visit, account, view.change, key=key, words="Try it on past deliveries")


def of_setting(name: str, text: str) -> Change:
    """A setting of an account as a change to be tried."""
    return Change(settings={name: text})


def of_rule(rule: Mapping[str, Any]) -> Change:
    """A class rule to be added, as it is stored."""
    return Change(adds=(rule,))


def without_rule(number: int) -> Change:
    """A class rule to be taken away."""
    return Change(removes=(number,))
