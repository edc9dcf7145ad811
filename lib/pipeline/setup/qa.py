"""What comparing rows with the provider's screen came to, and what follows for an account that is live."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.unit_of_work import Desk
from lib.domain.ladder.setup_checks import QaCheck
from lib.domain.people import Actor
from lib.pipeline.setup.watching import watch_ladder
from lib.services.setup import qa
from lib.services.setup.qa import Differing


def keep_comparison(
    desk: Desk,
    actor: Actor,
    key: str,
    load_id: int,
    count: int,
    differing: Sequence[Differing] = (),
    *,
    screen: str = "",
    note: str = "",
) -> QaCheck:
    """Keep a check as `qa.record` does; where rows differ, a live account falls back at once and not by the next watch."""
    check = desk.do(actor, qa.record, key, load_id, count, differing, screen=screen, note=note)
    if not check.is_good:
        watch_ladder(desk, actor, key)
    return check
