"""Which database an account's records belong in, and where its signals contradict that (R7)."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.objects import Destination, object_type
from lib.domain.signals import ObjectSignal, Signal
from lib.errors import DeskError

# Visits, clicks and impressions are counts without a person, and belong in the traffic database.
_COUNTS = frozenset({Signal.AD_CLICK, Signal.SEARCH_CLICK})
# Figures that a provider reports by the day are kept beside the records whatever they count.
_ANY_SIGNAL = frozenset({"daily_metric"})


def parse_destination(text: str) -> Destination:
    """`app` or `traffic`; DeskError `unknown_destination` for anything else."""
    try:
        return Destination(text)
    except ValueError:
        raise DeskError("unknown_destination", "That is not a database of this desk.", "Use app or traffic.") from None


def require_agreement(destination: Destination, signals: Mapping[str, ObjectSignal]) -> None:
    """DeskError `destination_contradicts` where nothing of the account, or nothing of such a signal, belongs there."""
    for name, carried in signals.items():
        home = object_type(name).destination
        if name not in _ANY_SIGNAL and (home is Destination.TRAFFIC) != (carried.signal in _COUNTS):
            kept = "counts without a person" if home is Destination.TRAFFIC else "records about people"
            raise DeskError(
                "destination_contradicts",
                f"{name} holds {kept} and is kept in the {home} database, which {carried.words.lower()} contradict.",
                f"Give {name} another signal, or bring these in as another object.",
            )
    if all(object_type(name).destination is not destination for name in signals):
        other = next(item for item in Destination if item is not destination)
        raise DeskError(
            "destination_contradicts",
            f"Nothing this account sends belongs in the {destination} database: {', '.join(signals)}.",
            f"Use {other}.",
        )
