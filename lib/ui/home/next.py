"""What home says first: whose desk it is, what day it is, and the one thing to do next (F157)."""

from __future__ import annotations

from datetime import datetime

from lib.services.running.overview import Overview, WaitingLoad
from lib.ui.parts.connector_badges import age
from lib.ui.parts.notebook import next_line
from lib.ui.parts.words import counted, plain


def today_in_words(now: datetime) -> str:
    """`Saturday 21 November 2026, 09:14 UTC`."""
    return f"{now:%A} {now.day} {now:%B %Y, %H:%M} UTC"


def context(seen: Overview) -> str:
    """Whose connectors these are."""
    names = dict.fromkeys(item.client_name for item in seen.accounts)
    return next(iter(names)) if len(names) == 1 else "Every client you may see"


def next_step(seen: Overview) -> None:
    """The one thing to do next on this desk: what holds a number back comes first."""
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
    else:
        next_line("Nothing waits for you.", "Every load is decided on, and every map that was submitted is approved.")


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
