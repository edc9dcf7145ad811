"""Measure how good the suggestions are, on the labelled header sets and with the templates the desk has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lib.mapping.labelled_sets import LabelledSet, labelled_sets
from lib.mapping.suggestion_quality import BANDS, Figures, Judged, figures, judged, misses
from lib.providers import template

__all__ = ["Judged", "PartMeasured", "measure_suggestions"]

# Whether the sets of a part were looked at while names and scoring were mended, or never.
_PARTS = {"tuned on": False, "held out, not looked at while tuning": True}


@dataclass(frozen=True)
class PartMeasured:
    """The figures of one part of the sets by band, and what was missed there."""

    name: str
    is_held_out: bool
    sets: int
    headers: int
    by_band: dict[str, Figures]
    misses: tuple[Judged, ...]

    def shown(self, *, names_held_out: bool) -> tuple[Judged, ...]:
        """The misses to be named: those of held-out sets on request only, since a miss that was seen is soon mended."""
        return self.misses if names_held_out or not self.is_held_out else ()

    def as_dict(self, *, names_held_out: bool = False) -> dict[str, Any]:
        """The part as plain values; shares are from 0 to 1."""
        bands = {
            name: {"suggested": found.suggested, "precision": found.precision, "recall": found.recall}
            for name, found in self.by_band.items()
        }
        return {
            "part": self.name,
            "sets": self.sets,
            "headers": self.headers,
            "bands": bands,
            "misses": [_miss(item) for item in self.shown(names_held_out=names_held_out)],
        }


def measure_suggestions() -> tuple[PartMeasured, ...]:
    """Precision and recall by band for each part of the labelled sets; without any memory, on the templates alone."""
    sets = labelled_sets()
    return tuple(
        _measured(name, is_held, [item for item in sets if item.is_held_out == is_held])
        for name, is_held in _PARTS.items()
    )


def _measured(name: str, is_held_out: bool, sets: list[LabelledSet]) -> PartMeasured:
    found = judged(sets, lambda provider, kind: template(provider).object(kind))
    by_band = {band: figures(found, inside) for band, inside in BANDS.items()}
    return PartMeasured(name, is_held_out, len(sets), len(found), by_band, misses(found))


def _miss(item: Judged) -> dict[str, Any]:
    return {
        "set": item.set.name,
        "header": item.header.header,
        "right": sorted(item.header.right),
        "suggested": item.suggested,
        "band": item.band.value,
        "reason": item.reason,
    }
