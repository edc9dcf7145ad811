"""A person's hand on rows under review: mending a cell is as if the file had arrived that way, and all of it goes back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.db.tables.imports import data_import_batches, data_import_rows, row_edits
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.domain.verdicts import Verdict
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide, fix_cells, fix_column, take_back, turn_fix
from lib.services.loading import decide_rows
from lib.services.reviewing import fix_rows, review, row_history
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
    code_of,
    committed,
    content_of,
    desk_on,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
    verdicts_of,
)

Rows = list[dict[str, str]]
Mended = tuple[Rows, list[tuple[int, str, str]]]
COLUMNS = ("id", "date", "modified", "name", "phone", "email", "status", "fee")


def rows_of(desk: Desk, load: int) -> list[tuple[object, ...]]:
    """What each row of a load is, ids of records aside: whether it has one is told."""
    return [
        (
            row["line_no"],
            row["verdict"],
            row["row_class"],
            sorted(row["reasons"].split()),
            row["is_held"],
            row["id_hash"],
            row["phone_hash"],
            row["email_hash"],
            row["record_id"] is not None,
        )
        for row in sorted(table_rows(desk.app, data_import_rows), key=lambda row: row["line_no"])
        if row["load_id"] == load
    ]


def counters_of(desk: Desk, load: int) -> dict[str, object]:
    """The counters and the days of a load."""
    row = next(row for row in table_rows(desk.app, data_import_batches) if row["id"] == load)
    wanted = (name for name in row if name.endswith("_count") or name.startswith("range_") or name == "reasons")
    return {name: row[name] for name in wanted}


def fix(desk: Desk, load: int, row_no: int, source: str, value: str | None) -> None:
    fix_cells(desk, admin(desk), load, [CellEdit(row_no, source, value)], "as the provider told us")


def hold(desk: Desk, load: int, *row_nos: int) -> None:
    decide(desk, admin(desk), load, WhichRows(row_nos), DecisionKind.HOLD, "asking the client")


# -- mending cells ----------------------------------------------------------------------------------------------------


def test_a_mended_cell_lets_its_row_in_and_the_raw_cell_stays(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(2, day="2026-31-03"), a_lead(3)]))["load"]
    assert verdicts_of(desk, load) == ["created", "failed", "created"]
    fix(desk, load, 1, "date", "2026-03-31 12:00:00Z")
    assert verdicts_of(desk, load) == ["created", "created", "created"]
    seen = desk.ask(admin(desk), review.review_load, load)
    require_conserved(seen, 3)
    assert seen["reasons"] == {}
    assert seen["date_range"] == {"from": "2026-03-04", "to": "2026-03-31"}
    raw = desk.ask(admin(desk), lambda tx: tx.payloads.rows_at(seen["delivery"], load, "raw", [1]))
    assert raw[1]["date"] == "2026-31-03 12:00:00Z"
    approve(desk, admin(desk), load)
    assert set(records(desk)) == {"L1", "L2", "L3"}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 2, ("2026-03-31", ""): 1}


_CELLS = {
    "id": st.sampled_from(["K1", "K2", "K3", ""]),
    "date": st.sampled_from(["2026-03-04 12:00:00Z", "2026-03-09 12:00:00Z", "soon"]),
    "modified": st.sampled_from(["", "2026-03-08 10:00:00Z"]),
    "phone": st.sampled_from(["3035550001", "3035550002", "12"]),
    "request": st.sampled_from(["g1", "g2", ""]),
    "name": st.sampled_from(["Ann", "Test Test"]),
}
_ROW = st.fixed_dictionaries(_CELLS)


@st.composite
def a_mended_file(draw: st.DrawFn) -> Mended:
    rows = draw(st.lists(_ROW, min_size=1, max_size=6))
    places = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(list(_CELLS)))
    edits = [(row, source, draw(_CELLS[source])) for row, source in draw(st.lists(places, min_size=1, max_size=4))]
    return rows, edits


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for all examples of a property: nothing is approved, so that no example knows of another."""
    home = tmp_path_factory.mktemp("properties")
    with desk_on((f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db"), home) as opened:
        for key in ("mended", "whole"):
            a_resold_account(opened, key)
        yield opened


_FILES = itertools.count(1)
_KNOWN = {"id": "K1", "date": "2026-03-04 12:00:00Z", "phone": "3035550001", "request": "g2", "name": "Ann"}


def a_resold_account(desk: Desk, key: str) -> None:
    """An Angi account with one known lead, through a map that knows when one request is sold twice."""
    an_account(desk, key, client=key, provider="angi")
    fields = {"external_id": "id", "occurred_at": "date", "modified_at": "modified", "phone": "phone"}
    an_approved_map(desk, key, a_map("lead", {**fields, "group_id": "request", "name": "name"}))
    committed(desk, a_csv([_KNOWN], list(_CELLS)), key)


def brought(desk: Desk, rows: Rows, account: str = "mended", number: int | None = None) -> int:
    """The load of a file that never came before: a row that names no key is known by its whole content."""
    number = next(_FILES) if number is None else number
    content = a_csv([{**row, "file": str(number)} for row in rows], [*_CELLS, "file"])
    return int(import_file(desk, content, account)["load"])


def require_same_as_mended_file(desk: Desk, mended: Mended) -> None:
    """Mend a file's rows in review, and compare with the file as it should have been; then take all of it back."""
    rows, edits = mended
    rows, number = list(rows), next(_FILES)
    load = brought(desk, rows, "mended", number)
    before = rows_of(desk, load), counters_of(desk, load)
    half = len(edits) // 2
    for part in (edits[:half], edits[half:]):
        if part:
            fix_cells(desk, admin(desk), load, [CellEdit(*edit) for edit in part], "mended")
    for place, source, value in edits:
        rows[place] = {**rows[place], source: value}
    whole = brought(desk, rows, "whole", number)
    assert rows_of(desk, load) == rows_of(desk, whole)
    assert counters_of(desk, load) == counters_of(desk, whole)
    while desk.ask(admin(desk), fix_rows.steps_of, load)[1]:
        turn_fix(desk, admin(desk), load)
    assert (rows_of(desk, load), counters_of(desk, load)) == before


@settings(max_examples=4, deadline=None)
@given(mended=a_mended_file())
def test_mending_rows_in_review_is_importing_the_mended_file(one_desk: Desk, mended: Mended) -> None:
    require_same_as_mended_file(one_desk, mended)


@pytest.mark.prove
@settings(max_examples=100, deadline=None)
@given(mended=a_mended_file())
def test_mending_is_importing_the_mended_file_for_many_files(one_desk: Desk, mended: Mended) -> None:
    require_same_as_mended_file(one_desk, mended)


_WORDS = st.tuples(
    st.sampled_from([(kind, "") for kind in (DecisionKind.HOLD, DecisionKind.IGNORE)]
                    + [(DecisionKind.RECLASS, value) for value in ("genuine", "spam")]),
    st.sets(st.integers(0, 2), min_size=1),
)  # fmt: skip


@settings(max_examples=5, deadline=None)
@given(rows=st.lists(_ROW, min_size=3, max_size=5), words=st.lists(_WORDS, min_size=1, max_size=3))
def test_decisions_that_are_taken_back_were_never_made(one_desk: Desk, rows: Rows, words: list[Any]) -> None:
    desk = one_desk
    load = brought(desk, rows)
    before = rows_of(desk, load), counters_of(desk, load)
    for (kind, value), row_nos in words:
        with suppress(DeskError):
            decide(desk, admin(desk), load, WhichRows(tuple(row_nos)), kind, "for a reason", value=value)
        require_conserved(desk.ask(admin(desk), review.review_load, load), len(rows))
    for decision in reversed(desk.ask(admin(desk), decide_rows.decisions_of, load)):
        take_back(desk, admin(desk), load, decision.id)
    assert (rows_of(desk, load), counters_of(desk, load)) == before


def test_a_line_that_could_not_be_read_is_mended_by_giving_its_cells(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    rows = [a_lead(number) for number in range(1, 31)]
    content = a_csv(rows, COLUMNS).decode().splitlines()
    content[3] = "L3,2026-03-04 12:00:00Z"
    load = import_file(desk, "\n".join(content).encode())["load"]
    lost = next(row for row in table_rows(desk.app, data_import_rows) if row["reasons"] == "unreadable_line")
    assert (lost["verdict"], lost["line_no"], lost["row_no"]) == ("failed", 4, 29)
    cells = [CellEdit(29, name, str(value)) for name, value in a_lead(3).items()]
    fix_cells(desk, admin(desk), load, cells, "typed off the provider's screen")
    seen = desk.ask(admin(desk), review.review_load, load)
    assert (seen["verdicts"]["created"], seen["verdicts"]["failed"]) == (30, 0)
    turn_fix(desk, admin(desk), load)
    assert verdicts_of(desk, load)[29] == "failed"
    turn_fix(desk, admin(desk), load, is_redo=True)
    approve(desk, admin(desk), load)
    assert records(desk)["L3"]["name"] == "Person 3"


def test_a_mended_row_that_now_shares_its_key_loses_or_wins_as_in_a_file(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(2), a_lead(3)]))["load"]
    fix(desk, load, 2, "id", "L1")
    assert verdicts_of(desk, load) == ["duplicate", "created", "created"]
    fix(desk, load, 2, "id", "L9")
    assert verdicts_of(desk, load) == ["created", "created", "created"]


def test_undo_and_redo_go_through_the_changes_in_order(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, name="first")]))["load"]
    boss = admin(desk)

    def name() -> str:
        _, table = desk.ask(boss, lambda tx: tx.payloads.tables_at(1, load, "mapped", [0]))
        assert table is not None
        return str(table["name"].to_pylist()[0])

    for value in ("second", "third"):
        fix(desk, load, 0, "name", value)
    turn_fix(desk, boss, load)
    assert name() == "second"
    turn_fix(desk, boss, load)
    assert name() == "first"
    turn_fix(desk, boss, load, is_redo=True)
    turn_fix(desk, boss, load, is_redo=True)
    assert name() == "third"
    turn_fix(desk, boss, load)
    fix(desk, load, 0, "name", "fourth")
    with pytest.raises(DeskError) as refused:
        turn_fix(desk, boss, load, is_redo=True)
    assert code_of(refused) == "nothing_to_undo"
    turn_fix(desk, boss, load)
    assert name() == "second"


def test_who_looked_before_somebody_else_changed_the_load_changes_nothing(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1)]))["load"]
    seen = desk.ask(admin(desk), lambda tx: tx.loads.by_id(load).version)
    edit = [CellEdit(0, "name", "Mine")]
    fix_cells(desk, admin(desk), load, edit, "first", seen)
    with pytest.raises(DeskError) as refused:
        fix_cells(desk, admin(desk), load, [CellEdit(0, "name", "Yours")], "second", seen)
    assert code_of(refused) == "changed_meanwhile"
    assert len(table_rows(desk.app, row_edits)) == 1


def test_a_newer_load_of_the_same_file_carries_the_mended_cells_over(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    content = a_csv([a_lead(1), a_lead(2, day="soon")])
    load = import_file(desk, content)["load"]
    fix(desk, load, 1, "date", "2026-03-05 12:00:00Z")
    an_approved_map(desk, "site", a_map("lead", {**LEAD_FIELDS, "city": "name"}))
    newer = import_file(desk, content)["load"]
    assert newer != load
    assert verdicts_of(desk, newer) == ["created", "created"]
    turn_fix(desk, admin(desk), newer)
    assert verdicts_of(desk, newer) == ["created", "failed"]


def test_one_press_mends_every_row_of_a_reason(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    rows = [a_lead(number, day="04.03.2026" if number % 2 else "soon") for number in range(1, 7)]
    load = import_file(desk, a_csv([*rows, a_lead(7)]))["load"]
    which = WhichRows(verdicts=(Verdict.FAILED,), reason="unreadable_date:occurred_at")
    whole = {"soon 12:00:00Z": "2026-03-04 12:00:00Z"}
    done = fix_column(desk, admin(desk), load, which, "date", whole.get, "they meant the fourth")
    assert (done.rows, done.cells) == (3, 3)
    pattern = fix_rows.replacing(r"^(\d+)\.(\d+)\.(\d+)", r"\3-\2-\1", is_pattern=True)
    failing = desk.ask(admin(desk), review.review_load, load)["verdicts"]["failed"]
    if failing:
        fix_column(desk, admin(desk), load, WhichRows(verdicts=(Verdict.FAILED,)), "date", pattern, "their dates")
    assert set(verdicts_of(desk, load)) == {"created"}


@pytest.mark.parametrize("find", ["(", "[a", "*", ""])
def test_a_bad_pattern_is_a_sentence(find: str) -> None:
    with pytest.raises(DeskError) as refused:
        fix_rows.replacing(find, "x", is_pattern=True)
    assert code_of(refused) == "bad_pattern"


def test_a_pattern_that_would_run_away_comes_back_at_once() -> None:
    assert fix_rows.replacing("(a+)+$", "x", is_pattern=True)("a" * 4000 + "!") == "a" * 4000 + "!"


def test_what_is_not_there_cannot_be_mended(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1)]))["load"]
    for edit, code in (
        (CellEdit(0, "nonsense", "x"), "unknown_source"),
        (CellEdit(7, "name", "x"), "no_rows"),
        (CellEdit(0, "name", "x" * 4001), "too_long"),
    ):
        with pytest.raises(DeskError) as refused:
            fix_cells(desk, admin(desk), load, [edit], "why not")
        assert code_of(refused) == code
    with pytest.raises(DeskError) as refused:
        fix_cells(desk, admin(desk), load, [CellEdit(0, "name", "x")], " ")
    assert code_of(refused) == "reason_missing"
    assert not table_rows(desk.app, row_edits)


def test_an_analyst_mends_and_a_stakeholder_does_not(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, day="soon")]))["load"]
    edit = [CellEdit(0, "date", "2026-03-04 12:00:00Z")]
    with pytest.raises(NotAllowed):
        fix_cells(desk, a_person(desk, "s@example.com", Role.STAKEHOLDER, "acme"), load, edit, "no right")
    fix_cells(desk, a_person(desk, "a@example.com", Role.ANALYST, "acme"), load, edit, "asked the provider")
    assert verdicts_of(desk, load) == ["created"]
    approve(desk, admin(desk), load)
    with pytest.raises(DeskError) as refused:
        fix(desk, load, 0, "name", "too late")
    assert code_of(refused) == "not_in_review"


def test_another_clients_hand_finds_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, day="soon"), a_lead(2)]))["load"]
    fix(desk, load, 0, "date", "2026-03-04 12:00:00Z")
    hold(desk, load, 1)
    an_account(desk, "other", client="bolt")
    other = a_person(desk, "o@example.com", Role.OWNER, "bolt")
    for ask in (
        lambda tx: tx.edits.steps(load),
        lambda tx: tx.edits.overlay(load, [0]),
        lambda tx: tx.edits.histories(load),
        lambda tx: tx.edits.last_step(load),
        lambda tx: tx.decisions.of(load),
    ):
        assert not desk.ask(other, ask)
        assert desk.ask(admin(desk), ask)
    with pytest.raises(NotFound):
        fix_cells(desk, other, load, [CellEdit(0, "name", "x")], "not mine")
    with pytest.raises(NotFound):
        desk.ask(other, row_history.history_of, load)


# -- holding, ignoring, another class ---------------------------------------------------------------------------------


def test_a_held_row_stays_out_until_it_is_released_and_goes_back_with_its_load(desk: Desk) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1)]))
    before = content_of(desk)
    load = import_file(desk, a_csv([a_lead(1, status="won"), a_lead(2), a_lead(3)]))["load"]
    hold(desk, load, 0, 1)
    seen = desk.ask(admin(desk), review.look_at, load)
    assert (seen.load.held, seen.written, seen.load.reasons["held"]) == (2, 1, 2)
    approve(desk, admin(desk), load)
    assert {key: row["status"] for key, row in records(desk).items()} == {"L1": "new", "L3": "new"}
    with pytest.raises(NotAllowed):
        analyst = a_person(desk, "a@example.com", Role.ANALYST, "acme")
        decide(desk, analyst, load, WhichRows((0,)), DecisionKind.RELEASE, "no right")
    assert decide(desk, admin(desk), load, WhichRows((0, 1)), DecisionKind.RELEASE, "the client said yes").rows == 2
    assert {key: row["status"] for key, row in records(desk).items()} == {"L1": "won", "L2": "new", "L3": "new"}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 3}
    seen = desk.ask(admin(desk), review.look_at, load)
    assert (seen.load.held, seen.written, "held" in seen.load.reasons) == (0, 3, False)
    with pytest.raises(DeskError) as refused:
        decide(desk, admin(desk), load, WhichRows((0, 1)), DecisionKind.RELEASE, "once more")
    assert code_of(refused) == "no_rows"
    assert undo_load(desk, admin(desk), load, "wrong file")["reversed"] == 3
    left_out = frozenset({"version"})
    after = content_of(desk)
    assert [_less(row, left_out) for row in after["crm_leads"]] == [_less(row, left_out) for row in before["crm_leads"]]


def _less(row: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_a_held_row_whose_lead_came_meanwhile_updates_it_when_it_is_released(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, status="won"), a_lead(2)]))["load"]
    hold(desk, load, 0)
    approve(desk, admin(desk), load)
    committed(desk, a_csv([a_lead(1)]))
    decide(desk, admin(desk), load, WhichRows(is_held=True), DecisionKind.RELEASE, "it was right")
    assert verdicts_of(desk, load) == ["updated", "created"]
    assert records(desk)["L1"]["status"] == "won"
    assert undo_load(desk, admin(desk), load, "after all")["reversed"] == 2
    assert records(desk)["L1"]["status"] == "new"


def test_released_traffic_stands_beside_what_its_load_wrote(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk, "ads", destination="traffic")
    an_approved_map(desk, "ads", a_map("traffic_day", {"external_id": "id", "day": "day", "clicks": "clicks"}))
    days = [{"id": f"d{n}", "day": f"2026-03-0{n}", "clicks": n} for n in (4, 5, 6)]
    load = import_file(desk, a_csv(days), "ads", "traffic_day")["load"]
    hold(desk, load, 1)
    approve(desk, admin(desk), load)
    decide(desk, admin(desk), load, WhichRows((1,)), DecisionKind.RELEASE, "they were real")
    assert sorted(row["clicks"] for row in content_of(desk)["traffic"]) == [4, 5, 6]


def test_an_ignored_row_is_as_if_it_had_not_come(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, name="older"), a_lead(1, name="newer"), a_lead(2, day="soon")]))["load"]
    decide(desk, admin(desk), load, WhichRows((1, 2)), DecisionKind.IGNORE, "typed by mistake")
    assert verdicts_of(desk, load) == ["created", "ignored", "ignored"]
    seen = desk.ask(admin(desk), review.review_load, load)
    require_conserved(seen, 3)
    assert seen["reasons"]["ignored_by_person"] == 2
    approve(desk, admin(desk), load)
    assert [row["name"] for row in records(desk).values()] == ["older"]


def test_a_persons_words_survive_what_is_committed_meanwhile(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(2, name="Test Tester"), a_lead(3)]))["load"]
    decide(desk, admin(desk), load, WhichRows((0,)), DecisionKind.IGNORE, "not ours")
    decide(desk, admin(desk), load, WhichRows((1,)), DecisionKind.RECLASS, "her name is Tester", value="genuine")
    hold(desk, load, 2)
    committed(desk, a_csv([a_lead(1, status="won"), a_lead(2), a_lead(3, status="won")]))
    done = approve(desk, admin(desk), load)
    require_conserved(done, 3)
    assert verdicts_of(desk, load) == ["ignored", "updated", "updated"]
    found = records(desk)
    assert {key: row["status"] for key, row in found.items()} == {"L1": "won", "L2": "new", "L3": "won"}
    assert (found["L2"]["row_class"], found["L2"]["name"]) == ("genuine", "Test Tester")
    row = next(row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load and row["row_no"] == 1)
    assert set(row["reasons"].split()) == {"class_test:name", "class_by_person"}


def test_a_decision_on_a_whole_filter_reaches_every_row_of_it(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(number, day="soon" if number % 3 else "2026-03-04") for number in range(9)]))
    which = WhichRows(verdicts=(Verdict.FAILED,), reason="unreadable_date")
    done = decide(desk, admin(desk), load["load"], which, DecisionKind.IGNORE, "no use without a day")
    assert done.rows == 6
    assert done.load.verdicts[Verdict.IGNORED] == 6


def test_who_decided_what_and_why_is_kept_and_told(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(2)]))["load"]
    hold(desk, load, 0)
    made = desk.ask(admin(desk), decide_rows.decisions_of, load)[0]
    assert (made.kind, made.row_nos, made.reason) == (DecisionKind.HOLD, (0,), "asking the client")
    take_back(desk, admin(desk), load, made.id)
    with pytest.raises(DeskError) as refused:
        take_back(desk, admin(desk), load, made.id)
    assert code_of(refused) == "nothing_to_undo"
    told = desk.ask(admin(desk), lambda tx: [line.action for line in tx.audit.of("load", load)])
    assert told[-2:] == ["rows held", "decision on rows taken back"]


def test_an_approval_of_other_counts_than_were_seen_is_refused(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(2)]))
    decide(desk, admin(desk), load["load"], WhichRows((0,)), DecisionKind.IGNORE, "not ours")
    with pytest.raises(DeskError) as refused:
        approve(desk, admin(desk), load["load"], load["verdicts"])
    assert code_of(refused) == "review_changed"
    assert records(desk) == {}
