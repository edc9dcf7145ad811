"""The nouns of the demo workspace: its accounts, its deliveries in order of arrival, and the counts that are true of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lib.domain.imports import DateRange

Truth = dict[str, dict[str, Decimal]]


@dataclass(frozen=True)
class DemoDelivery:
    """One file as an invented provider would have sent it.

    `days` is the range it was asked for. `is_left_in_review` marks the one that nobody approves, so that a newcomer
    finds something to decide.
    """

    account: str
    object: str
    file_name: str
    content: bytes
    days: DateRange | None
    is_partial: bool = False
    is_left_in_review: bool = False


@dataclass(frozen=True)
class DemoAccount:
    """One connection of the demo client; `owner` is an e-mail address nobody has.

    `settings` are what its owner wrote down about it; `ignored` gives, for every field that is left out, the reason (R9).
    """

    key: str
    provider: str
    owner: str
    reason: str
    settings: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoWorkspace:
    """Everything the demo loads.

    `deliveries` stand in their order of arrival. `daily_truth` maps `account.metric` to day (`2026-03-04`) to what the desk
    must say once every delivery is committed; a day without anything to count is not there.
    """

    client_key: str
    client_name: str
    timezone: str
    today: date
    accounts: tuple[DemoAccount, ...]
    deliveries: tuple[DemoDelivery, ...]
    daily_truth: Truth

    @property
    def truth(self) -> Truth:
        """The same by month (`2026-03`)."""
        found: dict[str, dict[str, Decimal]] = {}
        for metric, days in self.daily_truth.items():
            months = found.setdefault(metric, {})
            for day, value in days.items():
                months[day[:7]] = months.get(day[:7], Decimal(0)) + value
        return {metric: {month: value for month, value in months.items() if value} for metric, months in found.items()}

    def account(self, key: str) -> DemoAccount:
        """The account called `key`."""
        return next(account for account in self.accounts if account.key == key)

    def first_of_each_object(self) -> tuple[DemoDelivery, ...]:
        """The first delivery of each (account, object): what their maps are suggested from."""
        firsts: dict[tuple[str, str], DemoDelivery] = {}
        for delivery in self.deliveries:
            firsts.setdefault((delivery.account, delivery.object), delivery)
        return tuple(firsts.values())


class Tally:
    """Counts the truth while the deliveries are invented, from what is known of each entry and not from the files."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def add(self, metric: str, day: date, amount: Decimal | int = 1) -> None:
        """Count something on a local day."""
        self._sums[f"{self._account}.{metric}"][day.isoformat()] += amount

    def truth(self) -> Truth:
        """The sums by metric and day, those that are zero left out."""
        return {
            metric: {day: value for day, value in sorted(days.items()) if value}
            for metric, days in sorted(self._sums.items())
        }
