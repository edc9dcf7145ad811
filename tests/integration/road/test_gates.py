"""What stands in a load's way: rights, four eyes, paused accounts, maps, counts that do not fit, other clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.services.counting import baseline, metrics
from lib.services.mapping import maps
from lib.services.people import people
from lib.services.publishing import portal
from lib.services.reviewing import review
from lib.services.running import overview
from lib.services.setup import account_settings, accounts, clients
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    at,
    code_of,
    committed,
    content_of,
    everything,
    import_file,
    records,
    slices,
    table_rows,
)

FILE = a_csv([a_lead(1), a_lead(2, day="2026-03-06")])


def refused(verb: Callable[..., Any], *given: Any, **more: Any) -> str:
    with pytest.raises(DeskError) as trouble:
        verb(*given, **more)
    assert trouble.value.message
    return code_of(trouble)


def test_each_role_may_do_its_own_and_nothing_beyond(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
    owner = a_person(desk, "olga@desk.example", Role.OWNER)
    client = a_person(desk, "stan@acme.example", Role.STAKEHOLDER, "acme")
    load = import_file(desk, FILE, by=analyst)["load"]
    field_map = a_map("lead", {**LEAD_FIELDS, "company": "name"})
    version = desk.do(analyst, maps.save_map, "site", field_map).version
    whole = everything(desk)
    day = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    for verb in (
        lambda: approve(desk, analyst, load),
        lambda: desk.do(analyst, maps.approve_map, "site", "lead", version),
        lambda: desk.do(analyst, review.reject_load, load, "no"),
        lambda: undo_load(desk, analyst, load, "no"),
        lambda: desk.do(analyst, account_settings.set_account, "site", {"reason": "mine"}),
        lambda: desk.do(owner, clients.add_client, "b", "B", "UTC"),
        lambda: desk.do(owner, people.add_person, "x@y.org", Role.ADMIN),
        lambda: import_file(desk, b"id,date\n9,2026-03-04\n", by=client),
        lambda: approve(desk, client, load),
        lambda: undo_load(desk, client, load, "no"),
        lambda: desk.ask(client, review.review_load, load),
        lambda: desk.ask(client, overview.overview),
        lambda: desk.ask(client, accounts.show_account, "site"),
        lambda: desk.do(client, maps.save_map, "site", field_map),
        lambda: desk.do(client, baseline.capture_baseline, "acme", "site.leads", day, "mine"),
        lambda: desk.ask(client, metrics.client_metrics, "acme"),
    ):
        assert refused(verb) == "not_allowed"
    assert everything(desk) == whole
    assert approve(desk, owner, load)["status"] == "committed"
    assert desk.ask(analyst, metrics.client_metrics, "acme")[0]["values"][0]["value"] == 2
    assert desk.ask(client, portal.portal, "acme").client_key == "acme"
    # Nor may they ask again for what somebody else has undone.
    undo_load(desk, owner, load, "wrong")
    assert refused(undo_load, desk, analyst, load, "no") == "not_allowed"
    assert refused(undo_load, desk, client, load, "no") == "not_allowed"


def test_another_clients_stakeholder_sees_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = committed(desk, FILE)["load"]
    an_account(desk, "theirs", client="beta")
    stranger = a_person(desk, "bea@beta.example", Role.STAKEHOLDER, "beta")
    day = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    captured = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", day, "before")["baseline"]
    assert refused(desk.ask, stranger, portal.portal, "acme") == "client_not_found"
    assert list(desk.ask(stranger, portal.clients_seen)) == ["beta"]
    # An analyst of the other client has rights, and still no sight of it.
    analyst = a_person(desk, "ben@beta.example", Role.ANALYST, "beta")
    assert refused(desk.ask, analyst, metrics.client_metrics, "acme") == "client_not_found"
    assert refused(desk.ask, analyst, baseline.compare_with_baseline, "acme", "site.leads", captured, day) == (
        "client_not_found"
    )
    assert refused(desk.ask, analyst, baseline.compare_with_baseline, "beta", "theirs.leads", captured, day) == (
        "baseline_not_found"
    )
    assert [item.key for item in desk.ask(analyst, clients.every_client)] == ["beta"]
    owner = a_person(desk, "oda@beta.example", Role.OWNER, "beta")
    assert refused(desk.ask, analyst, review.review_load, load) == "load_not_found"
    assert refused(import_file, desk, FILE, by=analyst) == "account_not_found"
    assert refused(undo_load, desk, owner, load, "mine") == "load_not_found"
    assert refused(approve, desk, owner, load) == "load_not_found"
    seen = desk.ask(analyst, overview.overview)
    assert ([item.key for item in seen.accounts], seen.maps, seen.loads) == (["theirs"], (), ())


def test_four_eyes_compares_the_people_who_did_it(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "yes"})
    one = a_person(desk, "one@desk.example", Role.OWNER)
    other = a_person(desk, "other@desk.example", Role.OWNER)
    field_map = a_map("lead", {**LEAD_FIELDS, "company": "name"})
    version = desk.do(one, maps.save_map, "site", field_map).version
    assert refused(desk.do, one, maps.approve_map, "site", "lead", version) == "four_eyes"
    desk.do(other, maps.approve_map, "site", "lead", version)
    load = import_file(desk, FILE, by=one)["load"]
    assert refused(approve, desk, one, load) == "four_eyes"
    assert desk.ask(one, review.review_load, load)["status"] == "in_review"
    assert approve(desk, other, load)["status"] == "committed"


def test_nothing_is_imported_into_a_paused_account_or_without_an_approved_map(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    whole = everything(desk)
    assert refused(import_file, desk, FILE) == "no_approved_map"
    assert everything(desk) == whole
    an_approved_map(desk, "site", a_map("lead", LEAD_FIELDS))
    desk.do(admin(desk), account_settings.pause_account, "site")
    whole = everything(desk)
    assert refused(import_file, desk, FILE) == "account_paused"
    assert everything(desk) == whole
    desk.do(admin(desk), account_settings.resume_account, "site")
    assert import_file(desk, FILE)["status"] == "in_review"


def test_an_object_or_database_that_is_not_the_accounts_is_refused(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    an_account(desk, "ads", destination="traffic")
    an_account(desk, "angi", provider="angi")
    assert refused(import_file, desk, FILE, "site", "traffic_day") == "wrong_destination"
    assert refused(import_file, desk, FILE, "ads", "lead") == "wrong_destination"
    assert refused(import_file, desk, FILE, "angi", "job") == "object_not_offered"
    assert refused(import_file, desk, FILE, "site", "rumour") == "object_not_offered"
    assert refused(import_file, desk, FILE, "nobody") == "account_not_found"
    a_lead_map = a_map("lead", LEAD_FIELDS)
    assert refused(an_approved_map, desk, "ads", a_lead_map) == "wrong_destination"
    no_date = a_map("lead", {"external_id": "id"})
    assert refused(an_approved_map, desk, "site", no_date) == "map_invalid"


def test_a_row_count_that_was_not_expected_blocks_the_approval(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, FILE, expected_rows=3)
    assert len(load["blockers"]) == 1
    assert "3 rows were expected and 2 arrived" in load["blockers"][0]
    assert refused(approve, desk, admin(desk), load["load"]) == "blocked"
    assert records(desk) == {}
    assert desk.ask(admin(desk), review.review_load, load["load"])["status"] == "in_review"
    other = a_csv([a_lead(1), a_lead(2), a_lead(3)])
    assert committed(desk, other, expected_rows=3)["status"] == "committed"


def test_a_file_in_which_every_row_fails_is_blocked(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([{"id": "1", "place": "here"}, {"id": "2", "place": "there"}]))
    assert load["verdicts"]["failed"] == 2
    assert load["reasons"]["missing_date"] == 2
    assert refused(approve, desk, admin(desk), load["load"]) == "blocked"


def test_a_test_import_is_reviewed_and_writes_no_record_and_no_metric(desk: Desk) -> None:
    a_lead_account(desk)
    before = content_of(desk)
    load = import_file(desk, FILE, is_test=True)
    assert (load["test"], load["verdicts"]["created"]) == (True, 2)
    assert import_file(desk, FILE, is_test=True)["load"] == load["load"]
    assert approve(desk, admin(desk), load["load"])["status"] == "approved"
    assert content_of(desk) == before
    assert desk.ask(admin(desk), metrics.client_metrics, "acme")[0]["values"] == []
    real = import_file(desk, FILE)
    assert (real["already_seen"], real["test"]) == (False, False)
    assert real["delivery"] == load["delivery"]
    assert approve(desk, admin(desk), real["load"])["status"] == "committed"
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 1, ("2026-03-06", ""): 1}


def _days(desk: Desk) -> dict[str, tuple[object, bool]]:
    (found,) = [
        item
        for item in desk.ask(admin(desk), metrics.client_metrics, "acme", None, None, "day")
        if item["metric"] == "site.leads"
    ]
    return {value["period"]: (value["value"], value["complete"]) for value in found["values"]}


def _kept_as_complete(desk: Desk) -> set[bool]:
    return {row["is_complete"] for row in table_rows(desk.app, report_metrics)}


def test_only_a_whole_delivery_makes_its_days_complete(desk: Desk) -> None:
    a_lead_account(desk)
    partial = import_file(desk, FILE, is_partial=True)
    assert partial["partial"]
    assert any("partial" in sentence for sentence in partial["warnings"])
    approve(desk, admin(desk), partial["load"])
    assert _kept_as_complete(desk) == {False}
    assert _days(desk) == {"2026-03-04": (1, False), "2026-03-05": (None, False), "2026-03-06": (1, False)}
    # Another file whose range was given: the day without a row in it is a known nothing.
    rows = a_csv([a_lead(3, day="2026-03-06")])
    span = DateRange(date(2026, 3, 4), date(2026, 3, 7))
    load = committed(desk, rows, days=span)
    assert load["date_range"] == {"from": "2026-03-04", "to": "2026-03-07"}
    assert _days(desk) == {
        "2026-03-04": (1, True),
        "2026-03-05": (0, True),
        "2026-03-06": (2, True),
        "2026-03-07": (0, True),
    }
    assert _kept_as_complete(desk) == {True}
    undo_load(desk, admin(desk), load["load"], "wrong")
    assert _kept_as_complete(desk) == {False}
    assert _days(desk) == {"2026-03-04": (1, False), "2026-03-05": (None, False), "2026-03-06": (1, False)}


def test_a_range_that_was_not_given_is_taken_from_the_rows_and_said_to_be(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, FILE)
    assert load["date_range"] == {"from": "2026-03-04", "to": "2026-03-06"}
    assert any("taken from the rows" in sentence for sentence in load["warnings"])
    given = import_file(desk, FILE + b"\r\n", days=DateRange(date(2026, 3, 1), date(2026, 3, 31)))
    assert given["date_range"] == {"from": "2026-03-01", "to": "2026-03-31"}
    assert not any("taken from the rows" in sentence for sentence in given["warnings"])


def test_a_day_that_was_not_over_when_the_file_came_is_not_complete(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    # 05:00 UTC on the 7th is still the evening of the 6th in Denver.
    early = at(desk, lambda: datetime(2026, 3, 7, 5, tzinfo=UTC))
    load = import_file(early, FILE, days=DateRange(date(2026, 3, 4), date(2026, 3, 31)))["load"]
    approve(at(desk, lambda: datetime(2026, 3, 7, 5, tzinfo=UTC) + timedelta(days=60)), admin(desk), load)
    complete = {day for day, (_, is_complete) in _days(desk).items() if is_complete}
    assert complete == {"2026-03-04", "2026-03-05"}
