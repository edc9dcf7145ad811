"""The way of one account from a comparison to live, gate by gate, as a person would go it."""

from __future__ import annotations

from lib.db.unit_of_work import Desk
from lib.domain.ladder.gates import BY_HAND
from lib.domain.people import Actor, Role
from lib.services.publishing import statements
from lib.services.setup import account_settings, ladder, qa
from lib.services.setup.ladder import LadderView
from tests.builders import a_person, admin
from tests.published import PLAN, fortnights, written

OWNER = "ana@desk.example"


def climbed(desk: Desk, key: str = "site") -> None:
    """An account of Ana's of which every gate holds, in setup: only its promotion is missing."""
    number = fortnights(desk, key=key)
    a_person(desk, OWNER, Role.OWNER)
    plan = {name: text for name, text in PLAN.items() if isinstance(text, str)}
    desk.do(admin(desk), account_settings.set_account, key, plan | {"promised": "leads", "owner": OWNER})
    for gate in sorted(BY_HAND):
        desk.do(
            admin(desk), ladder.accept_gate, key, gate, text=f"{gate} was looked at.", link="https://docs.example/x"
        )
    newest = max(
        item.id for item in desk.ask(admin(desk), lambda tx: tx.loads.of_object(account_id(desk, key), "lead"))
    )
    desk.do(admin(desk), qa.record, key, newest, 3, screen="Leads of the last two weeks")
    desk.do(admin(desk), statements.review, written(desk, number).id)


def live(desk: Desk, key: str = "site") -> LadderView:
    """The same account live, and its statement published."""
    climbed(desk, key)
    view = desk.do(admin(desk), ladder.promote, key)
    standing = view.standing.metrics["leads"].statement
    assert standing is not None
    desk.do(admin(desk), statements.publish, standing.id)
    return view


def ladder_of(desk: Desk, key: str = "site", by: Actor | None = None) -> LadderView:
    """The ladder as somebody reads it."""
    return desk.ask(by or admin(desk), ladder.ladder_of, key)


def account_id(desk: Desk, key: str = "site") -> int:
    """The account's id."""
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key(key)).id
