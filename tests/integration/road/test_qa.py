"""QA: rows are drawn by lot, nobody chooses among them, and what was seen on the provider's screen is kept without a cell."""

from __future__ import annotations

import pytest

from lib.db.tables.setup_checks import qa_checks
from lib.db.unit_of_work import Desk
from lib.domain.ladder.setup_checks import ComparedRow, QaCheck
from lib.domain.people import Actor, Role
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.loading.decisions import undo_load
from lib.services.setup import qa
from lib.services.setup.qa import Differing, Sample
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    code_of,
    committed,
    import_file,
    table_rows,
    verdicts_of,
)


@pytest.fixture
def desk(sqlite_desk: Desk) -> Desk:
    """What it writes and reads on every database is asked with everything else that a repository answers."""
    return sqlite_desk


def a_load(desk: Desk, rows: int = 12, **more: object) -> int:
    """A load in review of so many leads, one of which fails."""
    a_lead_account(desk)
    bad = a_lead(99, date="no day", **more)
    return int(import_file(desk, a_csv([bad, *(a_lead(n, **more) for n in range(rows))]))["load"])


def drawn(desk: Desk, count: int = 5, by: Actor | None = None, load: int | None = None) -> Sample:
    return desk.ask(by or admin(desk), qa.sample, "site", load, count)


def lines(sample: Sample) -> list[int]:
    return [row.line for row in sample.rows]


def kept(desk: Desk, load: int, count: int, *differing: Differing, **more: str) -> QaCheck:
    return desk.do(admin(desk), qa.record, "site", load, count, differing, **more)


def test_the_lot_stays_until_a_check_is_kept_and_then_falls_anew(desk: Desk) -> None:
    load = a_load(desk)
    first = drawn(desk)
    assert len(first.rows) == 5
    assert lines(drawn(desk)) == lines(first) == lines(drawn(desk, 9))[:5]
    # The row that failed is nobody's record: line 2 of the file.
    assert verdicts_of(desk, load)[0] == "failed"
    everything = drawn(desk, qa.MOST)
    assert sorted(lines(everything)) == list(range(3, 15))
    kept(desk, load, 5)
    assert lines(drawn(desk)) != lines(first)


def test_a_row_is_shown_as_the_desk_would_write_it_with_where_to_look(desk: Desk) -> None:
    a_load(desk)
    sample = drawn(desk)
    row = sample.rows[0]
    number = row.line - 3
    cells = {cell.column: cell.value for cell in row.cells}
    assert (row.external_id, cells["name"], cells["fee"]) == (f"L{number}", f"Person {number}", "10.00")
    assert sample.screen
    ann = a_person(desk, "ann@example.com", Role.ANALYST)
    veiled = {cell.column: cell.value for cell in drawn(desk, by=ann).rows[0].cells}
    assert veiled["name"] == "xxxxxx " + "9" * len(str(number))
    assert (veiled["fee"], veiled["status"]) == ("hidden", "new")


def test_what_was_seen_is_kept_with_who_and_when_and_no_cell(desk: Desk) -> None:
    load = a_load(desk)
    at = lines(drawn(desk))
    check = kept(
        desk, load, 5, Differing(at[1], ("fee",)), Differing(at[3], note="not there"), note="By the list of May."
    )
    assert (check.agreed, check.differed, check.is_good, check.person) == (3, 2, False, "admin@localhost")
    assert (check.load_id, check.object, check.map_version) == (load, "lead", 1)
    assert [row.line for row in check.rows] == at
    assert check.rows[1] == ComparedRow(at[1] - 2, at[1], agrees=False, columns=("fee",))
    assert check.rows[3].note == "not there"
    assert desk.ask(admin(desk), qa.checks_of, "site") == [check]
    assert kept(desk, load, 3).is_good
    assert [item.is_good for item in desk.ask(admin(desk), qa.checks_of, "site")] == [True, False]
    # Cells go when their time is over (R11), so none is written beside them.
    assert "Person" not in repr(table_rows(desk.app, qa_checks))


def test_nobody_chooses_among_the_rows_or_looks_at_too_few(desk: Desk) -> None:
    load = a_load(desk)
    everything = lines(drawn(desk, qa.MOST))
    for count, differing, code in (
        (2, (), "too_few_rows"),
        (13, (), "not_in_sample"),
        (5, (Differing(everything[6], ("fee",)),), "not_in_sample"),
        (5, (Differing(2, ("fee",)),), "not_in_sample"),
        (5, (Differing(everything[0], ("colour",)),), "unknown_column"),
        (5, (Differing(everything[0], note=" "),), "nothing_said"),
    ):
        with pytest.raises(DeskError) as met:
            kept(desk, load, count, *differing)
        assert code_of(met) == code
    assert table_rows(desk.app, qa_checks) == []


def test_of_a_load_with_two_rows_two_are_enough(desk: Desk) -> None:
    load = a_load(desk, 2)
    assert drawn(desk).least == 2
    assert kept(desk, load, 2).agreed == 2


def test_a_secret_in_a_note_is_refused_and_kept_nowhere(desk: Desk) -> None:
    load = a_load(desk)
    for told in ({"note": "password=hunter2hunter2"}, {"screen": "https://me:hunter22@provider.example/leads"}):
        with pytest.raises(DeskError) as met:
            kept(desk, load, 5, **told)
        assert code_of(met) == "secret_in_text"
        assert "hunter" not in met.value.message + met.value.hint
    assert table_rows(desk.app, qa_checks) == []


def test_rows_whose_payload_is_gone_are_not_proposed(desk: Desk) -> None:
    load = a_load(desk)
    delivery = desk.ask(admin(desk), lambda tx: tx.loads.by_id(load)).delivery_id
    desk.do(admin(desk), lambda tx: tx.payloads.drop(delivery, load, ["mapped"]))
    with pytest.raises(DeskError) as met:
        drawn(desk)
    assert code_of(met) == "payload_gone"


def test_the_newest_load_is_taken_and_one_that_was_undone_never(desk: Desk) -> None:
    a_lead_account(desk)
    with pytest.raises(DeskError) as met:
        drawn(desk)
    assert code_of(met) == "nothing_to_compare"
    first = committed(desk, a_csv([a_lead(n) for n in range(4)]))["load"]
    second = committed(desk, a_csv([a_lead(n) for n in range(4, 8)]))["load"]
    assert drawn(desk).load.id == second
    undo_load(desk, admin(desk), second, "the wrong file")
    assert drawn(desk).load.id == first
    with pytest.raises(DeskError) as met:
        drawn(desk, load=second)
    assert code_of(met) == "nothing_to_compare"


def test_only_who_may_see_the_rows_may_compare_them(desk: Desk) -> None:
    load = a_load(desk)
    an_account(desk, "other", client="bolt")
    with pytest.raises(NotFound):
        desk.ask(admin(desk), qa.sample, "other", load)
    stranger = a_person(desk, "eve@example.com", Role.OWNER, "bolt")
    with pytest.raises(NotFound):
        drawn(desk, by=stranger)
    client = a_person(desk, "cli@example.com", Role.STAKEHOLDER, "acme")
    for question in (lambda tx: qa.sample(tx, "site"), lambda tx: qa.checks_of(tx, "site")):
        with pytest.raises(NotAllowed):
            desk.ask(client, question)
    with pytest.raises(NotAllowed):
        desk.do(client, qa.record, "site", load, 5)
