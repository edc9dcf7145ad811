"""A published number that moves is taken back with a note of what it was, is and why; one that does not stays (F148)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import update

from lib.db.tables.baselines import baselines
from lib.db.tables.operations import tasks as tasks_table
from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.publishing.statement_states import CorrectionCause
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide
from lib.pipeline.publishing.metric_changes import edit_metric, rebuild
from lib.reporting.portal_card import Portal
from lib.services.counting import numbers_on_load
from lib.services.publishing import corrections, portal, portal_cards, published_on_load, statements
from lib.services.publishing.corrections import CorrectionNote
from lib.services.reviewing import load_effect
from lib.services.running import tasks
from tests.builders import a_csv, a_lead, admin, code_of, committed, import_file, table_rows
from tests.published import BEFORE, METRIC, NOW, published, two_fortnights, written


def notes(desk: Desk) -> tuple[CorrectionNote, ...]:
    return desk.ask(admin(desk), corrections.corrections_of, "acme")


def read(desk: Desk) -> Portal:
    return desk.ask(admin(desk), portal.portal, "acme")


def status(desk: Desk, statement: int) -> str:
    found = desk.ask(admin(desk), statements.versions_of, "acme", METRIC)
    return next(each.status for each in found if each.id == statement)


def one_more(number: int = 9000, day: str = "2026-03-20", **more: object) -> bytes:
    return a_csv([a_lead(number, day, **more)])


def test_an_undo_takes_the_number_back_and_says_what_why_and_by_whom(desk: Desk) -> None:
    number = two_fortnights(desk)
    load = committed(desk, one_more(), file_name="late.csv")["load"]
    shown = published(desk, number)
    (stands,) = desk.ask(admin(desk), published_on_load.published_on_load, load)
    assert (stands.statement_id, stands.current) == (shown.id, "84 leads")
    assert desk.ask(admin(desk), numbers_on_load.numbers_on_load, load).published == (stands,)
    seal = table_rows(desk.app, baselines)
    undo_load(desk, admin(desk), load, "wrong town")
    assert status(desk, shown.id) == "withdrawn"
    (note,) = notes(desk)
    assert (note.was, note.becomes, note.cause, note.load_id) == ("84 leads", "83 leads", CorrectionCause.UNDONE, load)
    assert note.why == f"Load {load} (late.csv) was undone by Local admin: wrong town."
    # The client reads what it was and is, and nobody's name, no file and no load.
    found = read(desk)
    assert found.cards == ()
    (gone,) = found.withdrawn
    assert (gone.label, gone.source) == ("Leads", "Site")
    assert gone.why == (
        "It had been shown as 84 leads from 16 to 29 March 2026; data that it was counted from was taken back, "
        "which made it 83 leads."
    )
    (task,) = desk.ask(admin(desk), tasks.listed)
    assert (task.kind, task.page, task.address["metric"]) == ("correction", "baseline_vs_current", METRIC)
    # The baseline never moves.
    assert table_rows(desk.app, baselines) == seal


def test_a_number_that_did_not_move_stays_and_leaves_no_note(any_desk: Desk) -> None:
    desk = any_desk
    shown = published(desk, two_fortnights(desk))
    after = committed(desk, one_more(day="2026-04-02"))["load"]
    committed(desk, a_csv([a_lead(1001, "2026-03-16", status="won")]))
    undo_load(desk, admin(desk), after, "wrong file")
    assert (status(desk, shown.id), notes(desk)) == ("published", ())
    assert len(read(desk).cards) == 1
    assert table_rows(desk.app, tasks_table) == []


def test_late_data_takes_the_number_back_and_the_next_version_says_so(any_desk: Desk) -> None:
    desk = any_desk
    number = two_fortnights(desk)
    published(desk, number)
    committed(desk, one_more(), file_name="late.csv")
    (note,) = notes(desk)
    assert (note.was, note.becomes, note.cause) == ("83 leads", "84 leads", CorrectionCause.COMMITTED)
    assert note.why.startswith("late.csv was committed as load")
    # Words over numbers that moved are no beginning for the next version.
    seen = desk.ask(admin(desk), statements.draft_for, "acme", METRIC, number, NOW, "week")
    assert (seen.sentence, seen.problems) == (seen.template, ())
    assert (seen.card.position, seen.card.corrections) == (1, (note.said,))
    again = published(desk, number)
    ((card, _),) = read(desk).cards
    assert (card.statement_id, card.current, card.corrections) == (again.id, "84 leads", (note.said,))
    assert read(desk).withdrawn == ()
    assert [row["status"] for row in table_rows(desk.app, tasks_table)] == ["closed"]


def test_who_approves_is_told_beforehand_what_would_be_taken_back(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    shown = published(desk, number)
    for day, statements_moved in (("2026-04-09", []), ("2026-03-20", [shown.id])):
        load = import_file(desk, one_more(9000, day))["load"]
        before = desk.ask(admin(desk), load_effect.effect_stamp, load)
        found = desk.ask(admin(desk), load_effect.load_effect, load)
        assert [each.statement_id for each in found.published] == statements_moved
        assert [each["current"] for each in found.as_dict()["published"]] == ["83 leads"] * len(statements_moved)
    desk.do(admin(desk), statements.withdraw, shown.id, "It counted another town as well.")
    assert desk.ask(admin(desk), load_effect.effect_stamp, load) != before
    assert desk.ask(admin(desk), load_effect.load_effect, load).published == ()


def test_who_hides_the_card_of_a_number_that_was_taken_back_has_settled_it(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    published(desk, number)
    committed(desk, one_more())
    assert len(desk.ask(admin(desk), tasks.listed)) == 1
    desk.do(admin(desk), portal_cards.show_card, "acme", METRIC, is_shown=False)
    assert desk.ask(admin(desk), tasks.listed) == ()


def test_only_what_is_published_is_protected_and_only_once(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    written(desk, number)
    committed(desk, one_more())
    assert notes(desk) == ()
    published(desk, number)
    committed(desk, one_more(9001))
    committed(desk, one_more(9002))
    assert [(note.was, note.becomes) for note in notes(desk)] == [("84 leads", "85 leads")]


def test_a_lead_moved_to_another_week_or_set_apart_moves_the_card_too(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    published(desk, number)
    # The total stays at 83; the first week has one lead less, the second one more.
    committed(desk, a_csv([a_lead(1001, "2026-03-28", modified="2026-03-29 00:00:00Z")]))
    (note,) = notes(desk)
    assert (note.was, note.becomes) == ("83 leads", "83 leads")
    published(desk, number)
    committed(desk, one_more(9001, name="Test Person"))
    assert "left out" in notes(desk)[0].said


def test_a_range_taken_back_makes_a_published_day_incomplete(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    after = DateRange(NOW.last + timedelta(days=1), NOW.last + timedelta(days=1))
    # A day without any lead: only the delivery's range says that it is complete.
    load = committed(desk, one_more(9000, "2026-03-20"), days=after)["load"]
    longer = DateRange(NOW.first, after.last)
    shown = published(desk, number, span=longer)
    assert [each.statement_id for each in desk.ask(admin(desk), published_on_load.published_on_load, load)] == [
        shown.id
    ]
    committed(desk, a_csv([a_lead(9000, "2026-03-20", status="won")]))
    assert status(desk, shown.id) == "published"
    undo_load(desk, admin(desk), load, "wrong range")
    assert status(desk, shown.id) == "withdrawn"


def test_released_rows_and_a_new_definition_are_causes_too(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    staged = import_file(desk, a_csv([a_lead(9000, "2026-03-20"), a_lead(9001, "2026-04-02")]))["load"]
    decide(desk, admin(desk), staged, WhichRows(lines=((2, 2),)), DecisionKind.HOLD, "ask them")
    approve(desk, admin(desk), staged)
    published(desk, number)
    decide(desk, admin(desk), staged, WhichRows(lines=((2, 2),)), DecisionKind.RELEASE, "they said yes")
    assert [(note.cause, note.becomes) for note in notes(desk)] == [(CorrectionCause.RELEASED, "84 leads")]
    published(desk, number)
    edit_metric(desk, admin(desk), METRIC, {"where.status": "won"}, "only what was won counts")
    note = notes(desk)[0]
    assert (note.cause, note.becomes) == (CorrectionCause.DEFINED, "0 leads")
    assert "only what was won counts" in note.why


def test_a_number_counted_from_scratch_that_comes_to_another_is_taken_back(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    published(desk, number)
    rebuild(desk, admin(desk), "acme")
    assert notes(desk) == ()
    with desk.app.begin() as connection:
        connection.execute(update(report_metrics).values(value=Decimal(9)).where(report_metrics.c.day == NOW.first))
    committed(desk, one_more(day="2026-04-05"))
    published(desk, number)
    rebuild(desk, admin(desk), "acme")
    newest = notes(desk)[0]
    assert (newest.was, newest.becomes) == ("87 leads", "83 leads")


def test_a_failed_undo_leaves_the_card_where_it_was(
    counted_desk: tuple[Desk, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, number = counted_desk
    load = committed(desk, one_more())["load"]
    shown = published(desk, number)

    def broken(*_given: object) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        undo_load(desk, admin(desk), load, "wrong", settled=broken)
    assert (status(desk, shown.id), notes(desk)) == ("published", ())


def test_a_person_takes_a_number_back_with_a_reason_that_its_client_may_read(counted_desk: tuple[Desk, int]) -> None:
    desk, number = counted_desk
    shown = published(desk, number)
    for reason, code in ((" ", "reason_missing"), ("load 3 of dana@harbor.com was wrong.", "not_for_clients")):
        with pytest.raises(DeskError) as met:
            desk.do(admin(desk), statements.withdraw, shown.id, reason)
        assert code_of(met) == code
    desk.do(admin(desk), statements.withdraw, shown.id, "It counted another town as well.")
    (gone,) = read(desk).withdrawn
    assert gone.why == "It had been shown as 83 leads from 16 to 29 March 2026. It counted another town as well."
    with pytest.raises(DeskError) as twice:
        desk.do(admin(desk), statements.withdraw, shown.id, "It counted another town as well.")
    assert code_of(twice) == "illegal_move"


@pytest.mark.parametrize("steps", [10, pytest.param(120, marks=pytest.mark.prove)])
def test_whatever_is_committed_and_undone_a_shown_number_is_what_it_is_or_was_corrected(
    counted_desk: tuple[Desk, int], steps: int
) -> None:
    desk, number = counted_desk
    chance, open_loads = Random(148), list[int]()
    published(desk, number)
    for step in range(steps):
        if open_loads and chance.random() < 0.4:
            undo_load(desk, admin(desk), open_loads.pop(chance.randrange(len(open_loads))), "wrong")
        else:
            # A new lead, one that was there on another day, or one that changes nothing of the number.
            day = BEFORE.first + timedelta(days=chance.randrange(35))
            lead = a_lead(chance.choice([1000 + chance.randrange(1, 84), 20_000 + step]), day.isoformat())
            sent = a_csv([lead | {"modified": f"2026-04-{1 + step % 28:02d} 00:00:00Z", "status": f"seen {step}"}])
            load = import_file(desk, sent)["load"]
            foretold = desk.ask(admin(desk), load_effect.load_effect, load).published
            approve(desk, admin(desk), load)
            open_loads.append(load)
            assert bool(foretold) is not bool(read(desk).cards)
        versions = desk.ask(admin(desk), statements.versions_of, "acme", METRIC)
        now = desk.ask(admin(desk), statements.draft_for, "acme", METRIC, number, NOW, "week").card
        cards = [card for card, _ in read(desk).cards]
        assert [card.current_series for card in cards] in ([], [now.current_series])
        assert [card.current for card in cards] in ([], [now.current])
        # Every version ever shown that is not shown now has its note, and there is no other.
        ended = [each.id for each in versions if each.status == "withdrawn"]
        assert sorted(note.statement_id for note in notes(desk)) == sorted(ended)
        if not cards:
            published(desk, number)
