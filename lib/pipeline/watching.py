"""Watch over what should have come by itself; called by the worker about every quarter of an hour of the desk's clock."""

from __future__ import annotations

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor
from lib.services.setup import freshness_watch


def watch_freshness(desk: Desk, actor: Actor) -> int:
    """Open and close the tasks of providers that fell silent; how many changed. Where nothing did, nothing is written."""
    return desk.do(actor, freshness_watch.watch) if desk.ask(actor, freshness_watch.is_changed) else 0
