"""What home says first: whose desk it is, what day it is, and the one thing to do next (F157)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lib.domain.states import AccountStatus
from lib.domain.tasks import OPEN, Task, TaskSeverity
from lib.services.running.overview import Overview, WaitingLoad
from lib.ui.parts.connector_badges import age
from lib.ui.parts.notebook import next_line
from lib.ui.parts.words import counted, plain, sentence

_CLIMBING = (AccountStatus.SETUP, AccountStatus.NEEDS_REVIEW)


def today_in_words(now: datetime) -> str:
    """`Saturday 21 November 2026, 09:14 UTC`."""
    return f"{now:%A} {now.day} {now:%B %Y, %H:%M} UTC"


def context(seen: Overview) -> str:
    """Whose connectors these are."""
    names = dict.fromkeys(item.client_name for item in seen.accounts)
    return next(iter(names)) if len(names) == 1 else "Every client you may see"


def next_step(seen: Overview, tasks: Sequence[Task] = ()) -> None:
    """The one thing to do next on this desk: what clients notice comes first, then what holds a number back."""
    incident = next((task for task in tasks if task.status == OPEN and task.severity is TaskSeverity.INCIDENT), None)
    if incident is not None:
        next_line(
            f"{incident.words}.", sentence(incident.sentence), go="Look at it", to=incident.page, **incident.address
        )
        return
    # A test import is reviewed too, but it holds no number back.
    loads = sorted(seen.loads, key=lambda load: load.is_test)
    unmapped = [item for item in seen.accounts if not item.has_approved_map]
    untried = [item for item in seen.accounts if item.last_load is None and item.has_approved_map]
    if loads and not loads[0].is_test:
        more = len([load for load in loads if not load.is_test]) - 1
        rest = f", and {counted(more, 'load')} after it" if more else ""
        next_line("Decide on the oldest load.", f"{load_words(loads[0])}{rest}.", **_review(loads[0].id))
    elif seen.maps:
        item = seen.maps[0]
        next_line(
            "Approve a map.",
            f"Version {item.version} of {plain(item.source_label)}, {noun(item.object)}, was submitted by "
            f"{plain(item.submitted_by)}; nothing is imported through it before that.",
            go=f"Look at version {item.version}",
            to="field_maps",
            account=item.account_key,
            object=item.object,
            version=item.version,
        )
    elif unmapped:
        key = unmapped[0].key
        next_line(
            f"Map the fields of {plain(unmapped[0].source_label)}.",
            "It has no approved map yet, so nothing of it can be imported.",
            go="Map its fields",
            to="field_maps",
            account=key,
        )
    elif loads:
        next_line(
            "Look at a test import.", f"{load_words(loads[0])}. Nothing of it is counted.", **_review(loads[0].id)
        )
    elif untried:
        next_line(
            f"Import a first file of {plain(untried[0].source_label)}.",
            "Its map is approved, and nothing has arrived yet.",
            go="Import a file",
            to="import_review",
            account=untried[0].key,
        )
    elif stale := [item for item in seen.accounts if item.is_stale]:
        next_line(
            f"Find out why {plain(stale[0].source_label)} has sent nothing.",
            f"Its newest delivery is {age(stale[0].age_hours or 0)} old; {age(stale[0].freshness_hours)} are allowed.",
            go="Look at what is known",
            to="operations",
            incident=stale[0].key,
        )
    elif climbing := [item for item in seen.accounts if item.status in _CLIMBING]:
        highest = max(climbing, key=lambda item: (item.status is AccountStatus.NEEDS_REVIEW, item.rung))
        next_line(
            f"Take {plain(highest.source_label)} further up its ladder.",
            f"It is on rung {highest.rung} of 6, and nothing of it is published before it is live.",
            go="See what is missing",
            to="provider_setup",
            account=highest.key,
        )
    else:
        next_line("Nothing waits for you.", "Every load is decided on, and every connector that runs is live.")


def load_words(load: WaitingLoad, *, with_number: bool = True) -> str:
    """A load in a phrase: whose, how many rows, how many of them would come in."""
    number = f" load {load.id}" if with_number else ""
    return (
        f"{plain(load.source_label)}{number}, {counted(load.row_count, 'row')} ({noun(load.object)}): "
        f"{load.in_count:,} in, {load.left_out:,} left out"
    )


def noun(name: str) -> str:
    """The name of an object as a sentence says it."""
    return plain(name.replace("_", " "))


def _review(load_id: int) -> dict[str, str]:
    return {"go": f"Review load {load_id}", "to": "import_review", "load": str(load_id)}
