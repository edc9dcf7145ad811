"""Rows of a load come a page at a time from either database, with what each becomes, whatever the size of the load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from lib.db.unit_of_work import Desk
from lib.domain.maps import FieldMap, FieldRule
from lib.domain.people import Role
from lib.domain.verdicts import RowClass, Verdict
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered as DeliveredFile
from lib.pipeline.loading.inward import queue_import
from lib.services.arriving import uploads
from lib.services.loading import undo
from lib.services.reviewing import review, review_reasons, review_rows
from lib.services.reviewing.review_rows import PAGE_ROWS, Change, RowLine, RowQuery
from lib.services.running import jobs
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    import_file,
)

FAILED = RowQuery((Verdict.FAILED,))
LEFT_OUT = RowQuery((Verdict.DUPLICATE, Verdict.IGNORED))


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


@pytest.fixture
def small(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """The same on SQLite alone, for rights and masks, in which no database has a say."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def leafed(desk: Desk, load: int, query: RowQuery) -> list[RowLine]:
    """Every row of a filter, page after page."""
    rows: list[RowLine] = []
    start: int | None = 0
    while start is not None:
        page = desk.ask(admin(desk), review_rows.rows_page, load, query, start)
        assert len(page.rows) <= PAGE_ROWS
        rows += page.rows
        start = page.after
    return rows


def a_long_load(desk: Desk) -> int:
    """700 leads after 300 known ones: every 7th fails, every 11th is a test, some are unchanged, some stand twice."""
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(number) for number in range(300)]))
    rows = []
    for number in range(700):
        more: dict[str, object] = {"fee": "12.50"} if number < 200 else {}
        if number % 7 == 3:
            more["date"] = "31.31.2026"
        if number % 11 == 0:
            more["name"] = "Test Tester"
        rows.append(a_lead(number, **more))
    rows += [a_lead(number) for number in range(500, 560)]
    return int(import_file(desk, a_csv(rows), file_name="long.csv")["load"])


def test_pages_hold_every_row_of_a_filter_once_and_in_order(desk: Desk) -> None:
    load = a_long_load(desk)
    seen = desk.ask(admin(desk), review.look_at, load)
    for query, count in [
        (RowQuery(), seen.load.row_count),
        (RowQuery((Verdict.CREATED,)), seen.load.verdicts[Verdict.CREATED]),
        (RowQuery((Verdict.UPDATED,)), seen.load.verdicts[Verdict.UPDATED]),
        (FAILED, seen.load.verdicts[Verdict.FAILED]),
        (LEFT_OUT, seen.left_out),
        (RowQuery(row_class="test"), seen.load.classes[RowClass.TEST]),
        (RowQuery(reason="unreadable_date:occurred_at"), seen.load.reasons["unreadable_date"]),
        (RowQuery(reason="unreadable_date"), seen.load.reasons["unreadable_date"]),
        (RowQuery(reason="unreadable"), 0),
    ]:
        places = [row.row_no for row in leafed(desk, load, query)]
        assert len(places) == count, query
        assert places == sorted(set(places)), query


def test_the_page_before_is_the_one_that_was_left(desk: Desk) -> None:
    load = a_long_load(desk)
    ask = lambda start: desk.ask(admin(desk), review_rows.rows_page, load, LEFT_OUT, start)  # noqa: E731
    first = ask(0)
    assert first.before is None
    second = ask(first.after)
    assert ask(second.before).rows == first.rows


def test_an_update_shows_only_what_differs_before_and_after_it_is_written(desk: Desk) -> None:
    """Also after the undo: what a load replaced is told by its before-images, not by the records."""
    load = a_long_load(desk)
    updates = leafed(desk, load, RowQuery((Verdict.UPDATED,)))
    fees = [row for row in updates if row.changes[0].field == "fee"]
    assert fees[0].changes[0] == Change("fee", "10.00", "12.50")
    renamed = next(row for row in updates if row.row_class is RowClass.TEST)
    assert Change("class", "genuine", "test") in renamed.changes
    approve(desk, admin(desk), load)
    assert leafed(desk, load, RowQuery((Verdict.UPDATED,))) == updates
    tests = [row for row in updates if row.row_class is RowClass.TEST]
    assert leafed(desk, load, RowQuery((Verdict.UPDATED,), "test")) == tests
    undo_load(desk, admin(desk), load, "sent twice")
    assert leafed(desk, load, RowQuery((Verdict.UPDATED,))) == updates


def test_a_row_that_fails_shows_the_cell_as_it_came(desk: Desk) -> None:
    load = a_long_load(desk)
    failed = leafed(desk, load, FAILED)
    assert {row.changes for row in failed} == {(Change("date", "", "31.31.2026"),)}
    samples = desk.ask(admin(desk), review_reasons.samples_of, load, "unreadable_date:occurred_at", is_failed=True)
    assert [sample.line_no for sample in samples] == [row.line_no for row in failed[: review_reasons.SAMPLES]]
    assert {sample.value for sample in samples} == {"31.31.2026"}


def test_reasons_are_counted_by_kind_and_remarks_stand_apart(desk: Desk) -> None:
    a_lead_account(desk)
    rows = [
        a_lead(1, date="31.31.2026", phone="555"),
        a_lead(2, date="31.31.2026"),
        a_lead(3, fee="ten"),
        a_lead(4, phone="555"),
        a_lead(5),
        a_lead(5),
    ]
    load = import_file(desk, a_csv(rows))["load"]
    fails = desk.ask(admin(desk), review_reasons.what_fails, load)
    assert [(kind.reason, kind.rows) for kind in fails.failing] == [
        ("unreadable_date:occurred_at", 2),
        ("unreadable_money:fee", 1),
    ]
    assert [(kind.reason, kind.rows) for kind in fails.remarks] == [("unreadable_phone", 1)]
    assert [(kind.reason, kind.rows) for kind in fails.informs] == [("in_file", 1)]
    assert all(kind.sentence and kind.mend for kind in fails.failing)


def test_an_analyst_sees_the_shape_of_personal_values_and_no_more(small: Desk) -> None:
    a_lead_account(small)
    load = import_file(small, a_csv([a_lead(1, phone="555.010.9"), a_lead(2, date="31.31.2026")]))["load"]
    analyst = a_person(small, "ann@desk.example", Role.ANALYST)
    page = small.ask(analyst, review_rows.rows_page, load, RowQuery())
    assert "Person 1" not in page.rows[0].summary
    assert "xxxxxx 9" in page.rows[0].summary
    assert page.rows[1].changes[0].becomes == "31.31.2026"
    sample = small.ask(analyst, review_reasons.samples_of, load, "unreadable_phone", is_failed=False)[0]
    assert sample.value == "999.999.9"
    clear = small.ask(admin(small), review_reasons.samples_of, load, "unreadable_phone", is_failed=False)[0]
    assert clear.value == "555.010.9"


def test_a_line_that_could_not_be_read_is_hidden_from_whoever_may_not_see_it(small: Desk) -> None:
    a_lead_account(small)
    content = a_csv([a_lead(number) for number in range(40)]) + b"L99,2026-03-04,,Secret Name,1,2,3,4,5,6,7\r\n"
    load = import_file(small, content)["load"]
    analyst = a_person(small, "ann@desk.example", Role.ANALYST)
    told = [
        small.ask(person, review_rows.rows_page, load, FAILED).rows[0].changes[0].becomes
        for person in (admin(small), analyst)
    ]
    assert "Secret Name" in told[0]
    assert told[1] == "hidden"


def test_another_client_s_rows_are_not_found(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1)]))["load"]
    an_account(desk, "other", client="zen")
    zoe = a_person(desk, "zoe@zen.example", Role.ANALYST, "zen")
    for verb, arguments in [
        (review_rows.rows_page, (load, RowQuery())),
        (review.look_at, (load,)),
        (review_reasons.what_fails, (load,)),
        (undo.preview_of, (load,)),
    ]:
        with pytest.raises(DeskError) as refused:
            desk.ask(zoe, verb, *arguments)
        assert code_of(refused) == "load_not_found"
    assert desk.ask(zoe, uploads.brought).loads == ()
    assert [target.key for target in desk.ask(zoe, uploads.targets)] == ["other"]


def test_a_stakeholder_asks_in_vain(small: Desk) -> None:
    a_lead_account(small)
    load = import_file(small, a_csv([a_lead(1)]))["load"]
    sam = a_person(small, "sam@acme.example", Role.STAKEHOLDER, "acme")
    for verb, arguments in [
        (review_rows.rows_page, (load, RowQuery())),
        (review.look_at, (load,)),
        (review_reasons.what_fails, (load,)),
        (uploads.brought, ()),
        (uploads.targets, ()),
    ]:
        with pytest.raises(DeskError) as refused:
            small.ask(sam, verb, *arguments)
        assert code_of(refused) == "not_allowed"


def test_traffic_rows_show_what_the_version_before_them_said(desk: Desk) -> None:
    an_account(desk, "ads", destination="traffic", signals={"traffic_day": "ad_click"})
    fields = {"external_id": "id", "day": "day", "clicks": "clicks"}
    an_approved_map(desk, "ads", a_map("traffic_day", fields))
    row = {"id": "c1", "day": "2026-03-04", "clicks": "5"}
    committed(desk, a_csv([row]), "ads", "traffic_day")
    load = import_file(desk, a_csv([{**row, "clicks": "8"}]), "ads", "traffic_day")["load"]
    expected = (Change("clicks", "5", "8"),)
    assert leafed(desk, load, RowQuery())[0].changes == expected
    approve(desk, admin(desk), load)
    assert leafed(desk, load, RowQuery())[0].changes == expected


def test_a_map_may_make_a_column_more_private_than_it_is(small: Desk) -> None:
    from dataclasses import replace

    from lib.domain.maps import Sensitivity

    an_account(small)
    whole = a_map("lead", {"external_id": "id", "occurred_at": "date", "city": "city"})
    rules: tuple[FieldRule, ...] = tuple(
        replace(rule, sensitivity=Sensitivity.CONFIDENTIAL) if rule.target == "city" else rule for rule in whole.fields
    )
    an_approved_map(small, "site", FieldMap("lead", rules))
    load = import_file(small, a_csv([{"id": "1", "date": "2026-03-04 12:00Z", "city": "Denver"}]))["load"]
    analyst = a_person(small, "ann@desk.example", Role.ANALYST)
    assert "Denver" not in small.ask(analyst, review_rows.rows_page, load, RowQuery()).rows[0].summary
    assert "Denver" in small.ask(admin(small), review_rows.rows_page, load, RowQuery()).rows[0].summary


def test_a_page_takes_as_few_queries_of_a_long_load_as_of_a_short_one(desk: Desk) -> None:
    load = a_long_load(desk)
    counted = [0]
    event.listen(desk.app, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
    for query in (RowQuery(), RowQuery((Verdict.UPDATED,)), FAILED, LEFT_OUT, RowQuery(row_class="test")):
        person = admin(desk)
        counted[0] = 0
        desk.ask(person, review_rows.rows_page, load, query, 400)
        assert counted[0] <= 16, query


def test_the_list_of_loads_takes_no_more_queries_the_longer_it_is(desk: Desk) -> None:
    a_lead_account(desk)
    counted = [0]
    event.listen(desk.app, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
    taken = []
    for number in range(4):
        import_file(desk, a_csv([a_lead(number)]))
        person = admin(desk)
        counted[0] = 0
        desk.ask(person, uploads.brought)
        taken.append(counted[0])
    assert len(set(taken)) == 1


def test_a_file_that_is_queued_is_one_job_and_known_once_it_is_loaded(desk: Desk) -> None:
    a_lead_account(desk)
    content = a_csv([a_lead(1)])
    file = DeliveredFile("site", "lead", "export.csv", content)
    queued = queue_import(desk, admin(desk), file)
    assert queued.job_id is not None
    assert queue_import(desk, admin(desk), file) == queued
    assert desk.ask(admin(desk), jobs.job, queued.job_id).status == jobs.QUEUED
    load = import_file(desk, content)["load"]
    again = queue_import(desk, admin(desk), file)
    assert (again.job_id, again.load_id) == (None, load)
