"""What a value nobody has decided about probably means: by the provider's own list, else by one that is written alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

# Written as much alike as Cancelled and Canceled (94), not as Booked and Looked (83).
_LEAST = 88
# Comparing each with each is for lists of states; nobody writes hundreds of them.
_MOST_ASKED, _MOST_KNOWN = 500, 500
_NOT_WORD, _DIGITS = re.compile(r"[\W_]+"), re.compile(r"\d+")


@dataclass(frozen=True)
class ValueSuggestion:
    """What a value would become, and why that is thought."""

    becomes: str
    because: str


def suggested_values(
    undecided: Sequence[str], decided: Mapping[str, str], offered: Mapping[str, str]
) -> dict[str, ValueSuggestion]:
    """Suggestions for undecided values, the most frequent first; a value that nothing is like has none.

    `decided` is the map's own table, `offered` the provider's list; both {theirs: ours}.
    """
    exact: dict[str, ValueSuggestion] = {}
    for ours in (*decided.values(), *offered.values()):
        exact.setdefault(_bare(ours), ValueSuggestion(ours, "it is one of our own words"))
    for theirs, ours in decided.items():
        exact[_bare(theirs)] = ValueSuggestion(ours, f"the map has “{theirs}”")
    for theirs, ours in offered.items():
        exact[_bare(theirs)] = ValueSuggestion(ours, f"the provider's list has “{theirs}”")
    exact.pop("", None)
    found = {value: exact[_bare(value)] for value in undecided if _bare(value) in exact}
    rest = [value for value in undecided if value not in found]
    if len(rest) <= _MOST_ASKED and len(exact) <= _MOST_KNOWN:
        found.update({value: known for value in rest if (known := _alike(_bare(value), exact)) is not None})
    return found


def _alike(bare: str, exact: Mapping[str, ValueSuggestion]) -> ValueSuggestion | None:
    nearest = process.extractOne(bare, list(exact), scorer=fuzz.ratio, score_cutoff=_LEAST)
    # Stage 1 and Stage 2 are written alike and mean two things.
    if nearest is None or _DIGITS.findall(bare) != _DIGITS.findall(nearest[0]):
        return None
    return ValueSuggestion(exact[nearest[0]].becomes, f"it is written like “{nearest[0]}”")


def _bare(text: str) -> str:
    """Letters and digits, whatever their case, with one blank between words."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()
