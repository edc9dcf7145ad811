"""A live account that fell back: which of its gates lapsed, and what its clients read of that beside their numbers (R17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.domain.ladder.gates import Gate

# In a client's words, by the gate's word: what is looked at again, and nothing of how the desk works inside.
_SAID = {
    "map": "how its fields are read has changed",
    "test_import": "how its fields are read has changed and is being tried out",
    "freshness": "nothing new has come from it in time",
    "errors": "some of what it sent could not be read",
    "credential": "the desk's access to it is being renewed",
    "setup_test": "the connection to it is being tested anew",
    "access": "the desk's access to it is being renewed",
    "qa": "its rows are being compared with the provider's own screen",
    "baseline": "what it is compared with is being set anew",
    "comparison": "its explanation is being written anew",
    "promised_cards": "a number that was promised is being looked at",
    "promise_defined": "a number that was promised is being looked at",
    "source_label": "its name is being confirmed",
    "owner": "somebody new is taking care of it",
    "watch_owner": "somebody new is taking care of it",
}
_OTHERWISE = "the way it is looked after is being put in order"


@dataclass(frozen=True)
class Lapse:
    """One fall from live to needs review. `gates` are those that lapsed, `said` is what clients read, beginning small."""

    account_id: int
    client_id: int
    account_key: str
    source_label: str
    owner_email: str
    gates: tuple[Gate, ...]
    said: str
    at: datetime

    @property
    def because(self) -> str:
        """Why, for the desk's people: each gate with what lapsed of it."""
        return " ".join(f"{gate.what}: {_sentence(gate.why)}" for gate in self.gates)


def said_to_clients(gates: tuple[Gate, ...]) -> str:
    """What clients read of these gates: the first one's words, which begin small and end without a full stop."""
    return _SAID.get(gates[0].name, _OTHERWISE) if gates else ""


def _sentence(text: str) -> str:
    # An address keeps its small letters.
    words = text if "@" in text.partition(" ")[0] else text[:1].upper() + text[1:]
    return words if words.endswith((".", "!", "?")) else f"{words}."
