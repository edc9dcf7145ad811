"""What home says first: whose desk it is, what day it is, and the one thing to do next (F157)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lib.domain.states import AccountStatus
from lib.domain.tasks import OPEN, Task, TaskSeverity
from lib.services.running.overview import Overview, WaitingLoad
from lib.ui.parts.connector_badges import age
from lib.ui.parts.notebook import next_line
from lib.ui.parts.words import counted, plain, sentence

_ON_THEIR_WAY = (AccountStatus.SETUP, AccountStatus.NEEDS_REVIEW)


def today_in_words(now: datetime) -> str:
    """`Saturday 21 November 2026, 09:14 UTC`."""
    return f"{now:%A} {now.day} {now:%B %Y, %H:%M} UTC"


def context(seen: Overview) -> str:
    """Whose connectors these are."""
    names = dict.fromkeys(item.client_name for item in seen.accounts)
    return next(iter(names)) if len(names) == 1 else "Every client you may see"


@dataclass(frozen=True)
class Step:
    """One thing to do: what, why, and the page where it is done with what stands in its address."""

    title: str
    why: str
    go: str = ""
    to: str = ""
    address: Mapping[str, object] = field(default_factory=dict)


def next_step(seen: Overview, tasks: Sequence[Task] = ()) -> None:
    """Show the one thing to do next on this desk."""
    step = step_of(seen, tasks)
    next_line(step.title, step.why, go=step.go, to=step.to, **step.address)


def step_of(seen: Overview, tasks: Sequence[Task] = ()) -> Step:
    """The one thing to do next: what clients notice comes first, then what holds a number back."""
    return _incident(tasks) or next((step for find in _IN_THIS_ORDER if (step := find(seen))), _NOTHING)


_NOTHING = Step("Nothing waits for you.", "Every load is decided on, and every connector that runs is live.")


def _incident(tasks: Sequence[Task]) -> Step | None:
    for task in tasks:
        if task.status == OPEN and task.severity is TaskSeverity.INCIDENT:
            return Step(f"{task.words}.", sentence(task.sentence), "Look at it", task.page, task.address)
    return None


def _waiting_load(seen: Overview) -> Step | None:
    # A test import is reviewed too, but it holds no number back.
    loads = [load for load in seen.loads if not load.is_test]
    if not loads:
        return None
    rest = f", and {counted(len(loads) - 1, 'load')} after it" if len(loads) > 1 else ""
    return _reviewed("Decide on the oldest load.", f"{_load_words(loads[0])}{rest}.", loads[0])


def _waiting_map(seen: Overview) -> Step | None:
    for item in seen.maps:
        return Step(
            "Approve a map.",
            f"Version {item.version} of {plain(item.source_label)}, {_noun(item.object)}, was submitted by "
            f"{plain(item.submitted_by)}; nothing is imported through it before that.",
            f"Look at version {item.version}",
            "field_maps",
            {"account": item.account_key, "object": item.object, "version": item.version},
        )
    return None


def _unmapped(seen: Overview) -> Step | None:
    for item in seen.accounts:
        if not item.has_approved_map:
            title = f"Map the fields of {plain(item.source_label)}."
            why = "It has no approved map yet, so nothing of it can be imported."
            return Step(title, why, "Map its fields", "field_maps", {"account": item.key})
    return None


def _test_import(seen: Overview) -> Step | None:
    for load in seen.loads:
        if load.is_test:
            return _reviewed("Look at a test import.", f"{_load_words(load)}. Nothing of it is counted.", load)
    return None


def _untried(seen: Overview) -> Step | None:
    for item in seen.accounts:
        if item.last_load is None:
            title = f"Import a first file of {plain(item.source_label)}."
            why = "Its map is approved, and nothing has arrived yet."
            return Step(title, why, "Import a file", "import_review", {"account": item.key})
    return None


def _stale(seen: Overview) -> Step | None:
    for item in seen.accounts:
        if item.is_stale:
            title = f"Find out why {plain(item.source_label)} has sent nothing."
            why = f"Its newest delivery is {age(item.age_hours or 0)} old; {age(item.freshness_hours)} are allowed."
            return Step(title, why, "Look at what is known", "operations", {"incident": item.key})
    return None


def _climbing(seen: Overview) -> Step | None:
    climbing = [item for item in seen.accounts if item.status in _ON_THEIR_WAY]
    if not climbing:
        return None
    highest = max(climbing, key=lambda item: (item.status is AccountStatus.NEEDS_REVIEW, item.rung))
    title = f"Take {plain(highest.source_label)} further up its ladder."
    why = f"It is on rung {highest.rung} of 6, and nothing of it is published before it is live."
    return Step(title, why, "See what is missing", "provider_setup", {"account": highest.key})


_IN_THIS_ORDER: tuple[Callable[[Overview], Step | None], ...] = (
    _waiting_load,
    _waiting_map,
    _unmapped,
    _test_import,
    _untried,
    _stale,
    _climbing,
)


def _load_words(load: WaitingLoad) -> str:
    """A load in a phrase: whose, how many rows, how many of them would come in."""
    return (
        f"{plain(load.source_label)} load {load.id}, {counted(load.row_count, 'row')} ({_noun(load.object)}): "
        f"{load.in_count:,} in, {load.left_out:,} left out"
    )


def _noun(name: str) -> str:
    """The name of an object as a sentence says it."""
    return plain(name.replace("_", " "))


def _reviewed(title: str, why: str, load: WaitingLoad) -> Step:
    return Step(title, why, f"Review load {load.id}", "import_review", {"load": load.id})
