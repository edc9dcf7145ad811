"""Watch over what should hold by itself: providers that send, and gates of live accounts; called by the worker."""

from __future__ import annotations

from lib.db.unit_of_work import Desk
from lib.domain.ladder.lapses import Lapse
from lib.domain.people import Actor
from lib.pipeline.intake.credentials import mark_of
from lib.services.setup import freshness_watch, ladder


def watch_freshness(desk: Desk, actor: Actor) -> int:
    """Open and close the tasks of providers that fell silent; how many changed. Where nothing did, nothing is written."""
    return desk.do(actor, freshness_watch.watch) if desk.ask(actor, freshness_watch.is_changed) else 0


def watch_ladder(desk: Desk, actor: Actor, key: str = "") -> tuple[Lapse, ...]:
    """Let live accounts in the person's scope, or one, fall back whose proof has lapsed (R17).

    Where nothing lapsed, nothing is written. Whether a credential is still the one that was tested only this place sees,
    where its value can be looked up; without a `key` it is compared, and its rotation written down.
    """
    for account, mark in () if key else desk.ask(actor, ladder.marked_accounts):
        if mark_of(desk, account) != mark:
            desk.do(actor, ladder.note_rotation, account.key)
    return desk.do(actor, ladder.lapse_if_due, key) if desk.ask(actor, ladder.lapses_due, key) else ()
