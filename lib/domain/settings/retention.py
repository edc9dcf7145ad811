"""How long an account keeps payloads, when their time is over, and what is said of those that are gone (R11).

What goes is the file, the rows as they came and as they were read, what updates replaced, the texts that people put
over cells, and the cells quoted in a reading's notes. What stays is the record of it: the hash of the file, counts,
verdicts, reasons, keyed hashes, and who decided what.

- A delivery's time is over so many days after its first byte was kept; all of it goes at once.
- What an update replaced is kept so many days after the commit that replaced it. An undo needs it: later, those rows
  can no longer be reversed.
- What is kept not at all is there until its load is decided on, and goes in that very transaction.
- A load that nobody has decided on may wait for `WAITS_DAYS`, whatever the policy says. Then it fails with a note, since
  a load without its rows could not be reviewed; the same file may be imported again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lib.errors import DeskError

NOT_AT_ALL, FOR_GOOD = 0, -1
WAITS_DAYS = 7
# Of these notes of a reading some quote a cell; the rest speak of lines, counts and column names only.
_QUOTES = (
    (re.compile(r"^Group line: .*$", re.DOTALL), "Group line."),
    (re.compile(r"holds '[^']*'"), "holds cut codes"),
)


def is_kept(days: int) -> bool:
    """Whether anything is kept beyond the decision on its load."""
    return days != NOT_AT_ALL


def kept_since(days: int, now: datetime) -> datetime | None:
    """Whatever was written before this moment has had its time; None where it is kept for good."""
    return None if days == FOR_GOOD else now - timedelta(days=days)


def waited_since(now: datetime) -> datetime:
    """A load that nobody has touched since before this moment has waited long enough."""
    return now - timedelta(days=WAITS_DAYS)


def in_words(days: int) -> str:
    """The policy as a person reads it: `not at all`, `for good`, `1 day`, `30 days`."""
    if days in (NOT_AT_ALL, FOR_GOOD):
        return "for good" if days == FOR_GOOD else "not at all"
    return "1 day" if days == 1 else f"{days:,} days"


def no_longer_kept(days: int) -> str:
    """What stands where a payload was; the policy is today's, which may be longer than the one that let it go."""
    return f"no longer kept (policy: {in_words(days)})"


def payload_gone(what: str, days: int, mend: str, so: str = "") -> DeskError:
    """The refusal where a payload is wanted that is gone: `what` with its verb, the policy of today, `so` what follows."""
    return DeskError("payload_gone", f"{what} {no_longer_kept(days)}{so}.", mend)


def without_cells(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a reading with no cell of the file left in their notes; lines, reasons and counts stay."""
    return {
        name: _notes(value) if name in ("skipped", "rejected", "flagged") else value for name, value in facts.items()
    }


def _notes(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**note, "why": _unquoted(note["why"]), "cells": []} for note in notes]


def _unquoted(why: str) -> str:
    for pattern, words in _QUOTES:
        why = pattern.sub(words, why)
    return why
