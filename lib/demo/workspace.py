"""Puts the demo workspace together: one invented roofer, three providers, a year of deliveries in order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lib.demo import angi, quotes, servicetitan
from lib.demo.deliveries import DemoDelivery, DemoWorkspace
from lib.demo.rhythm import TIMEZONE, Life, months_before
from lib.domain.imports import DateRange

CLIENT_KEY = "harbor-demo"
CLIENT_NAME = "Harbor Roofing (demo data)"
SEED = 2026


def demo_workspace(
    today: date, seed: int = SEED, timezone: str = TIMEZONE, *, is_around_the_clock: bool = False
) -> DemoWorkspace:
    """The workspace as of a local day: the twelve whole months before it and the running one to the day before.

    Its days are those of `timezone`; see `rhythm.Life` for the nights. The same day, seed, zone and nights
    give the same bytes. Whatever month it is, the newest delivery of quote requests comes last.
    """
    months, life = months_before(today), Life(seed, timezone, is_around_the_clock)
    parts = (
        angi.angi_deliveries(life, months),
        servicetitan.servicetitan_deliveries(life, months),
        quotes.quote_deliveries(life, months),
    )
    deliveries = [delivery for found, _ in parts for delivery in found]
    return DemoWorkspace(
        client_key=CLIENT_KEY,
        client_name=CLIENT_NAME,
        timezone=timezone,
        today=today,
        accounts=(angi.ACCOUNT, servicetitan.ACCOUNT, quotes.ACCOUNT),
        deliveries=tuple(sorted(deliveries, key=lambda delivery: _arrival(delivery, months))),
        daily_truth={metric: sums for _, truth in parts for metric, sums in truth.items()},
    )


def _arrival(delivery: DemoDelivery, months: Sequence[DateRange]) -> date:
    """The last day of the month a file came with; a second copy comes later than what it is a copy of."""
    assert delivery.days is not None
    return months[quotes.SENT_AGAIN_AFTER].last if quotes.is_second_copy(delivery) else delivery.days.last
