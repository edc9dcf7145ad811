"""A gate of the ladder: what is asked of an account, what was looked at, who accepted it, and why it no longer holds (F145)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

RUNGS = {1: "Access", 2: "Connected", 3: "Mapped", 4: "Tested", 5: "Compared", 6: "Live, and watched"}

# The gates by the rung they stand on; `map` and `test_import` stand once for each object, as `map.lead`.
GATES: dict[int, tuple[str, ...]] = {
    1: ("source_label", "owner", "auth_model", "destination", "documentation", "access"),
    2: ("credential", "setup_test", "failure_path", "manual_fallback", "rollback_note", "retry_rules", "retention"),
    3: ("map", "promise_defined"),
    4: ("test_import",),
    5: ("baseline", "comparison", "promised_cards"),
    6: ("freshness", "errors", "rate_limits", "portal", "qa", "watch_owner"),
}

# What the desk cannot see for itself: a person says what they looked at, in words or with a link, never with a bare tick.
BY_HAND = frozenset({"documentation", "access", "watch_owner"})
# What the desk reads for itself, and a person may confirm anew once it was changed after the account went live.
CONFIRMED = frozenset({"source_label", "auth_model"})
# What somebody is to know and nothing of it makes a number wrong (F7).
WARNINGS = frozenset({"rate_limits", "portal"})


@dataclass(frozen=True)
class Gate:
    """One gate as it stands.

    `key` is a word of GATES, with the object behind a dot where there is one; `what` is what is asked and `evidence`
    what was looked at and what it said, in words. `accepted_by` is an address ('' while nobody did). A gate that does
    not hold has lapsed where `stale_because` says why, and was never reached where that is empty. `is_blocking` is
    False for a warning, which keeps nothing from going live. `climb` is the sentence that says what to do about it,
    `link` the page where that is done with what stands in its address, as `field_maps?account=site&object=lead`.
    """

    key: str
    rung: int
    what: str
    holds: bool
    evidence: str
    accepted_by: str = ""
    accepted_at: datetime | None = None
    stale_because: str = ""
    is_blocking: bool = True
    climb: str = ""
    link: str = ""

    @property
    def object(self) -> str:
        """The object it is about, '' for the whole account."""
        return self.key.partition(".")[2]

    @property
    def name(self) -> str:
        """Its word without the object."""
        return self.key.partition(".")[0]

    @property
    def has_lapsed(self) -> bool:
        """Whether it held once and does so no longer."""
        return not self.holds and bool(self.stale_because)

    @property
    def takes_evidence(self) -> bool:
        """Whether a person can accept it now, with words or a link: `accept_gate` refuses every other."""
        return self.name in BY_HAND or (self.name in CONFIRMED and self.has_lapsed)

    @property
    def why(self) -> str:
        """Why it does not hold: what lapsed, or what is found instead; '' where it holds."""
        return "" if self.holds else self.stale_because or self.evidence


@dataclass(frozen=True)
class Rung:
    """One rung of the six, with its gates in their order."""

    number: int
    name: str
    gates: tuple[Gate, ...]

    @property
    def holds(self) -> bool:
        """Whether every gate holds that blocks; a warning keeps no rung from holding."""
        return all(gate.holds for gate in self.gates if gate.is_blocking)

    @property
    def lacking(self) -> tuple[Gate, ...]:
        """The blocking gates that do not hold."""
        return tuple(gate for gate in self.gates if gate.is_blocking and not gate.holds)

    @property
    def warnings(self) -> tuple[Gate, ...]:
        """The warning gates that do not hold."""
        return tuple(gate for gate in self.gates if not gate.is_blocking and not gate.holds)


def height(rungs: Iterable[Rung], *, is_live: bool) -> int:
    """The highest rung with nothing missing on it or below it; 0 when the first does not hold, 6 only while it is live."""
    reached = 0
    for rung in rungs:
        if not rung.holds:
            break
        reached = rung.number
    return reached if is_live else min(reached, 5)


def lacking(rungs: Iterable[Rung]) -> tuple[Gate, ...]:
    """Every blocking gate that does not hold, from below."""
    return tuple(gate for rung in rungs for gate in rung.lacking)


def lapsed(rungs: Iterable[Rung]) -> tuple[Gate, ...]:
    """Every blocking gate that held once and no longer does, from below: one of them ends being live (R17)."""
    return tuple(gate for gate in lacking(rungs) if gate.has_lapsed)
