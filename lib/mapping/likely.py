"""The targets of one column in the order in which they fit it, for whoever places it by hand (F32)."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain.mapping.learned import Learned
from lib.domain.objects import ObjectType
from lib.domain.providers import ObjectTemplate
from lib.mapping.profile import ColumnProfile
from lib.mapping.remembered import REMEMBERED, in_words
from lib.mapping.scoring import fit_of, score


@dataclass(frozen=True)
class LikelyTarget:
    """One target for a column: how sure its name makes it (0 where it says nothing), how well its values fit, and why."""

    target: str
    confidence: float
    fit: float
    reason: str

    @property
    def fits(self) -> bool:
        """Whether the values are not of another kind."""
        return self.fit > 0


def likely_targets(
    column: ColumnProfile,
    object_type: ObjectType,
    template: ObjectTemplate | None,
    remembered: Learned | None = None,
) -> tuple[LikelyTarget, ...]:
    """Every target of the object, the likeliest first: by name and memory, then by the values, then in their own order.

    Targets whose kind the values contradict come last; they may still be chosen, since a person may know better.
    """
    found = []
    for target in object_type.columns:
        fit = fit_of(column, target)
        named = score(column, target, object_type.name, template)
        confidence, reason = named.confidence, named.reason
        if remembered is not None and remembered.target == target.name and fit > 0:
            confidence, reason = max(confidence, REMEMBERED[remembered.level]), in_words(remembered)
        found.append(LikelyTarget(target.name, confidence, fit, reason))
    return tuple(sorted(found, key=lambda item: (-item.confidence, -item.fit)))
