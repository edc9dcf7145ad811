"""Finds days without any row inside a delivery's range, where such a weekday nearly always had some."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

_WEEKS_LOOKED_AT = 12
_FEWEST_SEEN = 4  # so many Mondays are known before a Monday without rows says anything
_NEARLY_ALWAYS = 0.9


def silent_days(
    days: npt.NDArray[np.datetime64],
    history: npt.NDArray[np.datetime64],
    first: date,
    last: date,
    until: date | None = None,
) -> list[date]:
    """The days from `first` to `last` (both included, but before `until`) on which a row was to be expected and none is.

    `days` are those of the delivery's rows and `history` those of all others, datetime64[D]; what history says of the
    range itself is not asked. A business that is shut on Sundays has no rows then, so each weekday is judged by its own
    past.
    """
    end = last if until is None else min(last, until - timedelta(days=1))
    usual = _usual_weekdays(_distinct(history), first, last)
    seen = set(_distinct(days))
    span = (first + timedelta(days=offset) for offset in range((end - first).days + 1))
    return [day for day in span if day.weekday() in usual and day not in seen]


def _usual_weekdays(history: list[date], first: date, last: date) -> set[int]:
    """The weekdays on which nearly always something came, in the last weeks known outside the range."""
    if not history:
        return set()
    start = max(history[0], history[-1] - timedelta(weeks=_WEEKS_LOOKED_AT) + timedelta(days=1))
    span = [start + timedelta(days=offset) for offset in range((history[-1] - start).days + 1)]
    asked = [day for day in span if not first <= day <= last]
    filled, usual = set(history), set()
    for weekday in range(7):
        same = [day for day in asked if day.weekday() == weekday]
        if len(same) >= _FEWEST_SEEN and sum(day in filled for day in same) >= _NEARLY_ALWAYS * len(same):
            usual.add(weekday)
    return usual


def _distinct(days: npt.NDArray[np.datetime64]) -> list[date]:
    found = np.unique(days[~np.isnat(days)]).astype("datetime64[D]")
    return [day for day in found.tolist() if day is not None]
