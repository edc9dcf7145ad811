"""Places that no name told: the one column whose values can be nothing else, for a person to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lib.domain.objects import Column, Kind
from lib.mapping.profile import ColumnProfile, Guess
from lib.mapping.scoring import Score, fit_of

# The only column that can be it may well be it, but a person should look.
ONLY_ONE = 0.7
_CONTACTS = {Kind.EMAIL: ("e-mail addresses", Guess.EMAIL), Kind.PHONE: ("phone numbers", Guess.PHONE)}
_DATES = "no name tells the date; this is the only unplaced column of dates that is always filled"


def told_by_values(
    columns: Sequence[ColumnProfile], targets: Sequence[Column], required: str
) -> Iterator[tuple[ColumnProfile, Column, Score]]:
    """(column, target, score) for the required date and the contacts, where one unplaced column alone could be it.

    `columns` and `targets` are those that are not placed yet; several columns of e-mail addresses say nothing.
    """
    for target in targets:
        if target.name == required:
            dates = [item for item in columns if item.guess in {Guess.TIMESTAMP, Guess.DATE}]
            possible, why = [item for item in dates if fit_of(item, target) == 1.0], _DATES
        elif target.name == target.kind.value and target.kind in _CONTACTS:
            what, guess = _CONTACTS[target.kind]
            possible = [item for item in columns if item.guess is guess]
            why = f"no name tells it; this is the only unplaced column of {what}"
        else:
            continue
        if len(possible) == 1:
            yield possible[0], target, Score(ONLY_ONE, why)
