"""A change is recorded against a baseline captured before it (R4), and stands on the trend beside imports and approvals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.baselines import baselines, change_notes
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.services.publishing import change_notes as service
from lib.services.publishing import portal
from tests.builders import a_csv, a_lead, a_person, admin, code_of, committed, table_rows
from tests.published import BEFORE, METRIC, NOW, published, two_fortnights

YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))


def noted(desk: Desk, number: int, what: str = METRIC, **more: Any) -> str:
    given = {"kind": "form", "day": date(2026, 3, 20), "note": "The quote form asks for the town now."} | more
    try:
        desk.do(admin(desk), service.note_change, what, given["kind"], given["day"], given["note"], number)
    except DeskError as trouble:
        return trouble.code
    return "noted"


def test_a_change_stands_on_the_trend_beside_imports_undos_and_approvals(any_desk: Desk) -> None:
    desk = any_desk
    number = two_fortnights(desk)
    assert noted(desk, number) == "noted"
    load = committed(desk, a_csv([a_lead(9000, "2026-04-09")]), file_name="april.csv")["load"]
    undo_load(desk, admin(desk), load, "wrong file")
    found = desk.ask(admin(desk), service.events_of, "site", YEAR)
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    assert [each.day for each in found] == sorted(each.day for each in found)
    kinds = [each.kind for each in found]
    assert (kinds.count("import"), kinds.count("undo"), kinds.count("map approved"), kinds.count("form")) == (
        3,
        1,
        1,
        1,
    )
    (undone,) = [each for each in found if each.kind == "undo"]
    assert undone.note == f"Load {load} from april.csv was undone: wrong file"
    # A client is told of changes on the published card, and of no file anywhere.
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    with pytest.raises(DeskError) as refused:
        desk.ask(sam, service.events_of, "site", YEAR)
    assert code_of(refused) == "not_allowed"
    zoe = a_person(desk, "zoe@example.com", Role.ANALYST)
    assert len(desk.ask(zoe, service.events_of, "site", BEFORE)) == 0


def test_a_published_card_draws_the_changes_on_the_way(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    noted(desk, number)
    noted(desk, number, kind="automation", note="webhook secret rotated", day=date(2026, 3, 21))
    published(desk, number)
    ((card, _),) = desk.ask(admin(desk), portal.portal, "acme").cards
    assert [(each.number, each.note) for each in card.changes] == [
        (1, "The quote form asks for the town now."),
        (2, "An automatic step was changed."),
    ]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "weather"}, "unknown_change"),
    ({"note": "  "}, "note_missing"),
    ({"note": "Dana (dana@harbor.com) changed it."}, "not_for_clients"),
    ({"day": date(2026, 3, 15)}, "baseline_too_late"),
    ({"day": date(2030, 1, 1)}, "day_to_come"),
    ({"what": "site.calls"}, "baseline_of_another"),
    ({"what": "site.nothing"}, "metric_not_found"),
]


def test_a_change_without_a_baseline_from_before_it_is_refused(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    for change, code in REFUSED:
        assert noted(desk, number, **change) == code, change
    assert table_rows(desk.app, change_notes) == []
    # On the day of the capture itself, and of the account as a whole, it is noted.
    assert noted(desk, number, "site", day=date(2026, 3, 16)) == "noted"


def test_a_baseline_of_another_account_or_with_a_broken_seal_measures_nothing(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    two_fortnights(desk, "acme", "shop")
    assert noted(desk, number, "shop") == "baseline_of_another"
    assert noted(desk, 99) == "baseline_not_found"
    with desk.app.connect() as connection:
        raw = connection.connection.driver_connection
        raw.set_authorizer(None)  # type: ignore[union-attr]
        connection.execute(update(baselines).values(timezone="UTC"))
        connection.commit()
    assert noted(desk, number) == "seal_broken"


def test_the_database_knows_the_kinds_of_changes(desk: Desk) -> None:
    number = two_fortnights(desk)
    noted(desk, number)
    (row,) = table_rows(desk.app, change_notes, frozenset({"id"}))
    for wrong in ({"kind": "weather"}, {"note": ""}):
        with pytest.raises(DBAPIError) as met, desk.app.begin() as connection:
            connection.execute(insert(change_notes).values(**(row | wrong)))
        assert failure_of(met.value) is Failure.CHECK


def test_an_analyst_notes_changes_and_a_stakeholder_does_not(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    given = ("site", "page", NOW.first + timedelta(days=3), "The page is new.", number)
    with pytest.raises(DeskError) as met:
        desk.do(sam, service.note_change, *given)
    assert code_of(met) == "not_allowed"
    assert desk.do(a_person(desk, "ada@example.com", Role.ANALYST), service.note_change, *given).kind == "page"
