"""Measures the suggestions on labelled header sets: precision and recall by band, and every miss by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lib.domain.maps import Band
from lib.domain.objects import object_type
from lib.domain.providers import ObjectTemplate
from lib.mapping.labelled_sets import LEFT_OUT, LabelledHeader, LabelledSet
from lib.mapping.scoring import band
from lib.mapping.suggest import suggest

SURE = frozenset({Band.CERTAIN, Band.STRONG})
BANDS: dict[str, frozenset[Band]] = {
    "certain": frozenset({Band.CERTAIN}),
    "strong": frozenset({Band.STRONG}),
    "check": frozenset({Band.CHECK}),
    "certain and strong": SURE,
    "all": SURE | {Band.CHECK},
}


@dataclass(frozen=True)
class Judged:
    """What was suggested for one header of a set (LEFT_OUT for nothing), how surely, and what is right."""

    set: LabelledSet
    header: LabelledHeader
    suggested: str
    band: Band
    reason: str

    @property
    def is_right(self) -> bool:
        """Whether the suggestion, or leaving the header out, is one of the right answers."""
        return self.suggested in self.header.right


@dataclass(frozen=True)
class Figures:
    """Of some bands: `suggested` headers, `right` of them; `found` of the `wanted` headers that must be placed."""

    suggested: int
    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """The share of the suggestions that is right, 0 to 1; 1 where nothing was suggested."""
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def recall(self) -> float:
        """The share of the headers to be placed that is placed rightly, 0 to 1; 1 where there are none."""
        return self.found / self.wanted if self.wanted else 1.0


def judged(sets: Iterable[LabelledSet], template_of: Callable[[str, str], ObjectTemplate]) -> tuple[Judged, ...]:
    """Every header of the sets with what the desk suggests for it; `template_of(provider, object)` gives the template."""
    return tuple(item for labelled in sets for item in _judged(labelled, template_of))


def figures(found: Sequence[Judged], bands: frozenset[Band]) -> Figures:
    """Precision and recall of the suggestions in these bands."""
    inside = [item for item in found if item.band in bands and item.suggested != LEFT_OUT]
    right = [item for item in inside if item.is_right]
    wanted = sum(item.header.must_be_placed for item in found)
    return Figures(len(inside), len(right), sum(item.header.must_be_placed for item in right), wanted)


def misses(found: Sequence[Judged]) -> tuple[Judged, ...]:
    """What was placed wrongly, or left out and should not have been, or placed too timidly to be used unattended."""
    return tuple(item for item in found if not item.is_right or (item.band not in SURE and item.header.must_be_placed))


def _judged(labelled: LabelledSet, template_of: Callable[[str, str], ObjectTemplate]) -> list[Judged]:
    offered = template_of(labelled.provider, labelled.object)
    field_map = suggest(
        labelled.frame, object_type(labelled.object), offered, owner="owner@example.com", timezone="America/Denver"
    )
    # A status that is translated beside fills two columns; its own one stands first.
    rules = {rule.source: rule for rule in reversed(field_map.fields)}
    result = []
    for header in labelled.headers:
        rule = rules.get(header.header)
        if rule is None:
            result.append(Judged(labelled, header, LEFT_OUT, Band.NONE, ""))
        else:
            result.append(Judged(labelled, header, rule.target, band(rule.confidence), rule.reason))
    return result
