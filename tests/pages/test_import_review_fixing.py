"""Import review lets analysts mend rows, hold them and take it all back; the server looks at each change once more."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.verdicts import Verdict
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide, form_of, texts_behind
from lib.services.reviewing import review
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, import_file, records, verdicts_of
from tests.pages.built_once import built_once
from tests.pages.test_import_review import button, desk, signed_in_as, visited, words

__all__ = ["desk"]
PANEL = "hand-1"


@built_once
def a_load(desk: Desk) -> int:
    """One good lead, two that fail for one date, one for another."""
    a_lead_account(desk)
    rows = [a_lead(1), a_lead(2, day="2026-31-03"), a_lead(3, day="2026-31-03"), a_lead(4, day="soon")]
    return int(import_file(desk, a_csv(rows))["load"])


def opened(router: AppTest, part: str = "", load: int = 1) -> AppTest:
    """The panel, open at one of its parts."""
    router.session_state[f"hand-{load}"] = True
    page = visited(router, load=load)
    assert not page.exception
    if part:
        page.segmented_control(key=f"hand-part-{load}").set_value(part).run()
    return page


def test_the_panel_costs_nothing_until_it_is_opened(desk: Desk, router: AppTest) -> None:
    a_load(desk)
    page = visited(router, load=1)
    assert not page.exception
    assert "**Mend rows, hold them or leave them out**" in words(page)
    assert not [item for item in page.selectbox if item.label == "Kind of trouble"]


def test_one_press_uses_the_suggestion_in_every_row_of_a_kind(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router)
    assert "Day and month are swapped" in words(page).replace("\\", "")
    page = button(page, "Use the suggestion in 2 cells").click().run()
    assert not page.exception
    assert verdicts_of(desk, load) == ["created", "created", "created", "failed"]
    assert "**Mended.** 2 cells of 2 rows changed." in words(page)
    assert "Approve 3 rows" in words(page)


def test_one_text_is_put_in_place_of_one_value(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router)
    box = page.selectbox(key="fix-text-1-unreadable_date:occurred_at")
    box.select_index(2).run()
    page.selectbox(key="fix-way-1-unreadable_date:occurred_at").select("Put another text").run()
    page.text_input(key="fix-value-1-unreadable_date:occurred_at").set_value("2026-03-09 12:00:00Z").run()
    page = button(page, "Put 2026-03-09 12:00:00Z in 1 cell").click().run()
    assert verdicts_of(desk, load) == ["created", "failed", "failed", "created"]


def test_a_row_is_mended_in_a_form_that_checks_while_one_types(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router, "One row")
    field = next(item for item in page.text_input if item.label.startswith("date "))
    assert field.value == "2026-31-03 12:00:00Z"
    field.set_value("2026-99-99").run()
    assert "With these cells no check fails." not in words(page)
    field = next(item for item in page.text_input if item.label.startswith("date "))
    field.set_value("2026-03-31 12:00:00Z").run()
    assert "With these cells no check fails." in words(page)
    page = button(page, "Mend 1 cell of line 3").click().run()
    assert verdicts_of(desk, load) == ["created", "created", "failed", "failed"]


def test_a_replacement_is_shown_before_it_is_made(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router, "Find and replace")
    page.selectbox(key="find-in-1").select("date").run()
    page.text_input(key="find-1").set_value("-31-03").run()
    page.text_input(key="find-put-1").set_value("-03-31").run()
    assert "2026-03-31 12:00:00Z" in words(page)
    assert verdicts_of(desk, load).count("failed") == 3
    page = button(page, "Replace in 2 cells").click().run()
    assert verdicts_of(desk, load).count("failed") == 1


def test_a_bad_pattern_is_said_and_the_page_goes_on(desk: Desk, router: AppTest) -> None:
    a_load(desk)
    page = opened(router, "Find and replace")
    page.toggle(key="find-pattern-1").set_value(True).run()
    page.text_input(key="find-1").set_value("(").run()
    assert not page.exception
    assert "The pattern cannot be read" in words(page)
    assert "Decide" in words(page)


def test_rows_are_held_and_what_was_done_is_taken_back(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router, "Whole rows")
    page.selectbox(key="decide-where-1").select("These lines of the file").run()
    page.text_input(key="decide-lines-1").set_value("2").run()
    assert button(page, "Hold 1 row out of the commit").disabled
    page.text_input(key="decide-why-1").set_value("asking the client").run()
    page = button(page, "Hold 1 row out of the commit").click().run()
    assert desk.ask(admin(desk), review.look_at, load).load.held == 1
    page.segmented_control(key="hand-part-1").set_value("Done so far").run()
    assert "asking the client" in words(page)
    page = button(page, "Take back").click().run()
    assert desk.ask(admin(desk), review.look_at, load).load.held == 0


def test_held_rows_of_a_committed_load_are_written_when_released(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    decide(desk, admin(desk), load, WhichRows((0,)), DecisionKind.HOLD, "asking")
    decide(desk, admin(desk), load, WhichRows((1,)), DecisionKind.IGNORE, "no")
    fixed = import_file(desk, a_csv([a_lead(9)]))["load"]
    assert fixed
    approve(desk, admin(desk), load)
    assert records(desk) == {}
    page = opened(router, load=load)
    page.text_input(key=f"release-why-{load}").set_value("they said yes").run()
    button(page, "Write 1 held row now").click().run()
    assert set(records(desk)) == {"L1"}


def test_two_who_mend_at_once_do_not_overwrite_each_other(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = opened(router)
    decide(desk, admin(desk), load, WhichRows((0,)), DecisionKind.HOLD, "the other one")
    page = button(page, "Use the suggestion in 2 cells").click().run()
    assert not page.exception
    # The page that is read again shows what the other one did, and the change is refused or made on what is there.
    assert verdicts_of(desk, load).count("failed") in (1, 3)


def test_an_analyst_sees_the_shape_of_what_is_personal_and_mends_it_all_the_same(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    load = int(import_file(desk, a_csv([a_lead(1, email="ann @mail.example"), a_lead(2)]))["load"])
    analyst = a_person(desk, "a@example.com", Role.ANALYST, "acme")
    which = WhichRows(reason="unreadable_email:email")
    found = desk.ask(analyst, texts_behind, load, which, "email")
    assert (found.values[0].shown, found.values[0].mends[0].value) == ("xxx @xxxx.xxxxxxx", "xxx@xxxx.xxxxxxx")
    form = desk.ask(analyst, form_of, load, 2)
    email = next(cell for cell in form.cells if cell.source == "email")
    assert "ann" not in f"{email.came}{email.stands}"
    signed_in_as(monkeypatch, analyst)
    page = opened(router)
    assert "ann @mail" not in words(page)
    button(page, "Use the suggestion in 1 cell").click().run()
    _, table = desk.ask(admin(desk), lambda tx: tx.payloads.tables_at(1, load, "mapped", [0]))
    assert table is not None
    assert table["email"].to_pylist() == ["ann@mail.example"]


def test_a_stakeholder_never_reaches_the_panel(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    a_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "s@example.com", Role.STAKEHOLDER, "acme"))
    page = visited(router, load=1)
    assert "Mend rows" not in words(page)


def test_a_load_without_trouble_says_that_nothing_needs_mending(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    import_file(desk, a_csv([a_lead(1)]))
    assert "No row fails for a cell that could be mended here." in words(opened(router))


def test_what_is_no_longer_kept_cannot_be_mended_and_is_said(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    desk.do(admin(desk), lambda tx: tx.payloads.drop(1, load, ("raw",)))
    page = opened(router)
    assert not page.exception
    assert "are no longer kept" in words(page)
    assert Verdict.FAILED in verdicts_of(desk, load)
