"""What a map is read with: the time zone, phone region, order of days and money unit of an account's object."""

from __future__ import annotations

from lib.domain.accounts import Account
from lib.mapping.transforms.shape import MapContext
from lib.providers import template


def map_context(account: Account, name: str) -> MapContext:
    """The context in which the cells of the object `name` of this account are read."""
    offered = template(account.provider).object(name)
    zone = offered.timezone if offered.timezone != "account" else account.timezone or account.client_timezone
    return MapContext(
        timezone=zone,
        phone_region=account.phone_region,
        day_order=offered.day_order,
        money_unit=offered.money_unit,
    )
