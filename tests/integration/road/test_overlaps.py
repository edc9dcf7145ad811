"""Several loads of one account at once: counts are taken anew, nothing is counted twice, nobody overwrites blindly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lib.db.tables.imports import data_import_batches
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.pipeline.loading import staging
from lib.pipeline.loading.decisions import approve, undo_load
from lib.services.reviewing import review
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
    verdicts_of,
)
from tests.ledger import require_sound, said


def test_a_load_staged_before_another_was_committed_is_counted_anew(desk: Desk) -> None:
    a_lead_account(desk)
    one = import_file(desk, a_csv([a_lead(1), a_lead(2), a_lead(3)]))
    two = import_file(desk, a_csv([a_lead(2), a_lead(3, status="won"), a_lead(4), a_lead(4)]))
    assert two["verdicts"]["created"] == 3
    approve(desk, admin(desk), one["load"])
    done = approve(desk, admin(desk), two["load"])
    assert verdicts_of(desk, two["load"]) == ["ignored", "updated", "duplicate", "created"]
    assert done["verdicts"] == {"created": 1, "updated": 1, "duplicate": 1, "failed": 0, "ignored": 1}
    assert done["reasons"] == {"in_file": 1, "unchanged": 1}
    require_conserved(done, 4)
    assert set(records(desk)) == {"L1", "L2", "L3", "L4"}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 4}


def test_an_approval_of_counts_that_have_changed_is_refused(desk: Desk) -> None:
    a_lead_account(desk)
    one = import_file(desk, a_csv([a_lead(1), a_lead(2)]))
    two = import_file(desk, a_csv([a_lead(2), a_lead(3)]))
    approve(desk, admin(desk), one["load"], seen=one["verdicts"])
    before = content_of(desk)
    with pytest.raises(DeskError) as refused:
        approve(desk, admin(desk), two["load"], seen=two["verdicts"])
    assert code_of(refused) == "review_changed"
    assert content_of(desk) == before
    looked = desk.ask(admin(desk), review.review_load, two["load"])
    assert (looked["status"], looked["verdicts"]["ignored"]) == ("in_review", 1)
    assert approve(desk, admin(desk), two["load"], seen=looked["verdicts"])["status"] == "committed"


def test_an_undo_in_between_is_counted_anew_too(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    one = committed(desk, a_csv([a_lead(1), a_lead(2)]))
    two = import_file(desk, a_csv([a_lead(2), a_lead(3)]))
    assert two["verdicts"]["ignored"] == 1
    undo_load(desk, admin(desk), one["load"], "wrong")
    done = approve(desk, admin(desk), two["load"])
    assert done["verdicts"]["created"] == 2
    assert set(records(desk)) == {"L2", "L3"}


def test_a_resale_is_decided_anew_when_the_first_sale_was_committed_in_between(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk, "angi", provider="angi")
    fields = {"external_id": "leadOid", "group_id": "srOid", "fee": "fee", "occurred_at": "received_at"}
    an_approved_map(desk, "angi", a_map("lead", fields))
    row = {"srOid": "9", "fee": "10", "received_at": "2026-03-04T18:00:00Z"}
    one = import_file(desk, a_csv([{"leadOid": "1", **row}]), "angi")
    two = import_file(desk, a_csv([{"leadOid": "2", **row}]), "angi")
    assert two["classes"]["genuine"] == 1
    approve(desk, admin(desk), one["load"])
    done = approve(desk, admin(desk), two["load"])
    assert done["classes"]["marketplace_duplicate"] == 1
    assert slices(desk, "angi.paid_leads") == {("2026-03-04", ""): 1}


def test_approving_twice_commits_once(desk: Desk) -> None:
    a_lead_account(desk)
    load = committed(desk, a_csv([a_lead(1)]))["load"]
    before = content_of(desk)
    assert approve(desk, admin(desk), load)["status"] == "committed"
    assert content_of(desk) == before


@pytest.mark.parametrize("people", [4, pytest.param(8, marks=pytest.mark.prove)])
def test_people_approving_as_many_loads_at_once_end_with_exact_sums(desk: Desk, people: int) -> None:
    a_lead_account(desk)
    # Neighbours share a lead, so each commit changes what the next ones must say.
    files = [a_csv([a_lead(number) for number in range(10 * place, 10 * place + 11)]) for place in range(people)]
    loads = [import_file(desk, content)["load"] for content in files]
    boss = admin(desk)

    def decide(load: int) -> str:
        for _ in range(20):
            try:
                return str(approve(desk, boss, load)["status"])
            except DeskError as trouble:
                assert trouble.is_retryable, trouble
        return "never"

    with ThreadPoolExecutor(people) as crowd:
        assert list(crowd.map(decide, loads)) == ["committed"] * people
    assert len(records(desk)) == 10 * people + 1
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 10 * people + 1}
    rows = [row for row in table_rows(desk.app, data_import_batches) if row["id"] in loads]
    assert sum(row["created_count"] for row in rows) == 10 * people + 1
    assert sum(row["ignored_count"] for row in rows) == people - 1
    assert sorted(row["committed_epoch"] for row in rows) == list(range(1, people + 1))


def until_it_counts(verb: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a person does who is told to try again."""
    for _ in range(30):
        try:
            return verb()
        except DeskError as trouble:
            assert trouble.is_retryable or trouble.code == "load_taken_over", trouble
    raise AssertionError("never")


@pytest.mark.parametrize(("people", "rows"), [(4, 15), pytest.param(8, 250, marks=pytest.mark.prove)])
def test_imports_at_once_into_one_account_end_with_exact_sums(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, people: int, rows: int
) -> None:
    """Each file of several batches shares its last leads with the next one's first, which say something else."""
    monkeypatch.setattr(staging, "_BATCH_ROWS", 10)
    a_lead_account(desk)
    boss, shared = admin(desk), rows // 5
    files = [
        a_csv([a_lead(n, fee=f"{place + 1}.01") for n in range(rows * place, rows * place + rows + shared)])
        for place in range(people)
    ]

    def bring(content: bytes) -> dict[str, Any]:
        load = until_it_counts(lambda: import_file(desk, content))["load"]
        return until_it_counts(lambda: approve(desk, boss, load))

    with ThreadPoolExecutor(people) as crowd:
        loads = list(crowd.map(bring, files))
    require_sound(desk)
    for load in loads:
        require_conserved(load, rows + shared)
    assert {load["status"] for load in loads} == {"committed"}
    assert sum(load["verdicts"]["created"] for load in loads) == len(records(desk)) == people * rows + shared
    assert sum(load["verdicts"]["updated"] for load in loads) == (people - 1) * shared
    assert slices(desk, "site.leads") == {("2026-03-04", ""): people * rows + shared}
    assert said(desk, "load committed") == people
    # A shared lead says what the load that was committed last says of it.
    epochs = {row["id"]: row["committed_epoch"] for row in table_rows(desk.app, data_import_batches)}
    for place in range(1, people):
        last = max((place - 1, place), key=lambda number: epochs[loads[number]["load"]])
        assert str(records(desk)[f"L{rows * place}"]["fee"]) == f"{last + 1}.010000"

    with ThreadPoolExecutor(people) as crowd:
        undone = list(
            crowd.map(lambda load: until_it_counts(lambda: undo_load(desk, boss, load["load"], "all wrong")), loads)
        )
    assert sum(done["could_not"] for done in undone) == 0
    assert records(desk) == {}
    assert slices(desk, "site.leads") == {}
    require_sound(desk)


@pytest.mark.parametrize("turns", [1, pytest.param(20, marks=pytest.mark.prove)])
def test_one_file_staged_by_two_at_once_is_one_load_with_each_row_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    monkeypatch.setattr(staging, "_BATCH_ROWS", 10)
    a_lead_account(desk)
    for turn in range(turns):
        content = a_csv([a_lead(n) for n in range(40 * turn, 40 * turn + 45)])
        both = threading.Barrier(2, timeout=30)

        def bring(_number: int, content: bytes = content, both: threading.Barrier = both) -> str:
            both.wait()
            try:
                return str(import_file(desk, content)["load"])
            except DeskError as trouble:
                return trouble.code

        with ThreadPoolExecutor(2) as pair:
            answers = set(pair.map(bring, range(2)))
        load = import_file(desk, content)
        assert answers - {"load_taken_over", "changed_meanwhile"} == {str(load["load"])}
        assert load["already_seen"]
        require_conserved(load, 45)
        require_sound(desk)
        assert said(desk, "load opened") == turn + 1
