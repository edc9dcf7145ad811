"""What can be connected: each provider template in short, as somebody chooses by."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account, Client
from lib.domain.objects import Destination, object_type
from lib.domain.people import Right
from lib.domain.providers import ProviderTemplate
from lib.domain.signals import ObjectSignal
from lib.errors import DeskError
from lib.providers import TEMPLATES


@dataclass(frozen=True)
class OfferedObject:
    """One thing a provider sends; `is_assumed` where its signal is only the usual one and wants a decision."""

    name: str
    signal: ObjectSignal
    is_assumed: bool
    destination: Destination


@dataclass(frozen=True)
class Offer:
    """One provider as it can be connected. `is_complete` is False for the template that fits any provider."""

    key: str
    name: str
    source_label: str
    objects: tuple[OfferedObject, ...]
    metrics: tuple[str, ...]
    destination: Destination
    destination_reason: str
    auth_model: str
    known_failures: tuple[str, ...]
    is_complete: bool

    def sent_to(self, destination: Destination) -> tuple[OfferedObject, ...]:
        """The objects that belong to one of the two databases."""
        return tuple(item for item in self.objects if item.destination is destination)


@dataclass(frozen=True)
class Offers:
    """Every provider, and the clients and accounts that this person may see."""

    providers: tuple[Offer, ...]
    clients: tuple[Client, ...]
    accounts: tuple[Account, ...]

    @property
    def taken(self) -> frozenset[str]:
        """The account keys that are in use among those this person may see."""
        return frozenset(account.key for account in self.accounts)

    def provider(self, key: str) -> Offer:
        """The offer of this key; DeskError `unknown_provider` for an address somebody made up."""
        for item in self.providers:
            if item.key == key:
                return item
        raise DeskError("unknown_provider", f"There is no provider called {key!r}.", "Choose one of those listed.")


def offers(tx: UnitOfWork) -> Offers:
    """What can be connected, and to which clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return Offers(
        tuple(_offer(item) for item in TEMPLATES.values()),
        tuple(tx.clients.every()),
        tuple(tx.accounts.every()),
    )


def suggested_key(*words: str, taken: frozenset[str] = frozenset()) -> str:
    """A key made of words (`Harbor Roofing`, `angi` → `harbor_roofing_angi`), numbered where it is taken."""
    letters = "_".join(words).lower()
    key = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in letters)
    key = "_".join(part for part in key.split("_") if part)[:50] or "account"
    if key not in taken:
        return key
    return next(f"{key}_{number}" for number in range(2, len(taken) + 3) if f"{key}_{number}" not in taken)


def _offer(item: ProviderTemplate) -> Offer:
    return Offer(
        key=item.key,
        name=item.name,
        source_label=item.source_label,
        objects=tuple(
            OfferedObject(each.object, each.signal, each.is_signal_assumed, object_type(each.object).destination)
            for each in item.objects
        ),
        metrics=tuple(metric.label for metric in item.metrics),
        destination=item.destination,
        destination_reason=item.destination_reason,
        auth_model=item.auth_model,
        known_failures=item.known_failures,
        is_complete=not any(each.is_signal_assumed for each in item.objects),
    )
