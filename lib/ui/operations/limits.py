"""Limits and errors: the share of failed runs against what may fail, and how much a provider still lets the desk ask."""

from __future__ import annotations

from collections.abc import Sequence

from lib.services.setup.account_watch import BUDGET_DAYS, BUDGET_PERCENT, Watched
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

# A clock that is off by less is a slow network.
_SKEW = 5


def limits_cell(number: int, seen: Sequence[Watched]) -> None:
    """One line an account that had runs or is pulled, with what its provider last said of its limits and its clock."""
    had = [item for item in seen if item.budget.runs or item.cursors]
    spent = [item for item in had if item.budget.is_spent]
    with cell(
        number,
        "Limits and errors",
        why=(
            f"Runs that were refused, stopped half way or brought nothing, of all in {BUDGET_DAYS} days; "
            f"{BUDGET_PERCENT:g} % may fail. Rows that fail a check are not among them."
        ),
        result=_result(had, spent),
    ):
        if not had:
            reading_table([{"Account": ":gray[No run in this time.]", "Runs": "–", "Failed": "–"}])
            return
        ordered = sorted(had, key=lambda item: -item.budget.percent)
        reading_table(
            [
                {
                    "Account": plain(item.account.source_label),
                    "Runs": f"{item.budget.runs:,}",
                    "Failed": f"{item.budget.failed:,}",
                    "Share that failed": _budget(item),
                    "Calls left": _room(item),
                    "Its clock": _clock(item),
                }
                for item in ordered
            ]
        )


def _result(had: Sequence[Watched], spent: Sequence[Watched]) -> str:
    if not had:
        return badge("No runs yet", NOTHING)
    if spent:
        return badge(f"{counted(len(spent), 'account')} over", STOPPED)
    return badge("Within budget", GOOD)


def _budget(item: Watched) -> str:
    used = f"{item.budget.percent:.1f} %"
    return badge(f"{used}, over {BUDGET_PERCENT:g} %", STOPPED) if item.budget.is_spent else badge(used, GOOD)


def _room(item: Watched) -> str:
    told = [cursor for cursor in item.cursors if cursor.limit_left is not None]
    if not told:
        return ":gray[not told]"
    least = min(told, key=lambda cursor: (cursor.limit_left or 0) / (cursor.limit_of or 1))
    words = f"{least.limit_left:,} of {least.limit_of:,}" if least.limit_of else f"{least.limit_left:,}"
    is_short = bool(least.limit_of) and (least.limit_left or 0) * 10 < (least.limit_of or 0)
    asked = f" :gray[{least.asked_at.day} {least.asked_at:%b %H:%M}]" if least.asked_at else ""
    return (badge(words, ATTENTION) if is_short else plain(words)) + asked


def _clock(item: Watched) -> str:
    skew = max((cursor.clock_skew_seconds for cursor in item.cursors), key=abs, default=0)
    if not item.cursors:
        return ":gray[–]"
    if abs(skew) < _SKEW:
        return "right"
    return badge(f"{counted(abs(skew), 'second')} {'ahead' if skew > 0 else 'behind'}", ATTENTION)
