"""How much of a file a map answers for, said aloud; and what may be used where nobody looks (F18, F33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain.maps import UNPLACED, Band, FieldMap
from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.mapping.scoring import band

# Fewer columns than this, or than this share of them, is a file that was hardly understood: the wrong object, or no head.
FEWEST, FEWEST_SHARE = 3, 0.25
_NAMED = 12


@dataclass(frozen=True)
class Placement:
    """Of `total` columns of a file, how many a map places, leaves out on purpose, and the names it has no place for."""

    total: int
    placed: int
    left_out: int
    rest: tuple[str, ...]

    @property
    def is_too_few(self) -> bool:
        """Whether so little is answered for that the file was hardly understood."""
        answered = self.placed + self.left_out
        return answered < min(FEWEST, self.total) or answered < FEWEST_SHARE * self.total

    @property
    def sentence(self) -> str:
        """What was placed and what not, by name; '' where everything is answered for."""
        if not self.rest:
            return ""
        names = ", ".join(self.rest[:_NAMED])
        more = f" and {len(self.rest) - _NAMED} more" if len(self.rest) > _NAMED else ""
        if self.is_too_few:
            return f"Only {self.placed} of {self.total} columns found a place. Nothing fits {names}{more}."
        return f"Nothing fits {len(self.rest)} of {self.total} columns: {names}{more}."


def placement(field_map: FieldMap, headers: Sequence[str]) -> Placement:
    """How the columns of a file stand in a map; a header that the map does not know has no place either."""
    mapped = {rule.source for rule in field_map.fields} | set(_read_beside(field_map))
    decided = {item.source for item in field_map.ignored if item.reason != UNPLACED} - mapped
    rest = tuple(header for header in headers if header not in mapped | decided)
    placed = sum(header in mapped for header in headers)
    return Placement(len(headers), placed, len(headers) - placed - len(rest), rest)


def require_unattended(field_map: FieldMap, headers: Sequence[str]) -> None:
    """Refuse a suggested map that nobody looked at unless it is sure of itself.

    DeskError `map_unsure` where a required column is below `strong` or empty, `map_places_too_few` where too little of
    the file is placed, `map_unplaced` where any column was left out only because nothing fits.
    """
    for column in object_type(field_map.object).columns:
        rule = field_map.rule_for(column.name)
        if column.is_required and (rule is None or band(rule.confidence) not in {Band.CERTAIN, Band.STRONG}):
            what = f"{rule.source} fills it, and that is to be checked: {rule.reason}" if rule else "nothing fills it"
            raise DeskError(
                "map_unsure",
                f"A suggested map is used unattended only where it is sure of {column.name}, and here {what}.",
                "Let a person look at the map and approve it.",
            )
    found = placement(field_map, headers)
    if found.rest:
        raise DeskError(
            "map_places_too_few" if found.is_too_few else "map_unplaced",
            found.sentence,
            "Let a person place the rest or leave it out with a reason, and approve the map.",
        )


def _read_beside(field_map: FieldMap) -> list[str]:
    """Columns that are read together with another: joined to it, or taken where it is blank."""
    steps = [step for rule in field_map.fields for step in rule.transforms]
    return [str(source) for step in steps for source in step.options.get("sources", ())]
