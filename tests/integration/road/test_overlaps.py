"""Several loads of one account at once: counts are taken anew, nothing is counted twice, nobody overwrites blindly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.db.tables.imports import data_import_batches
from lib.errors import DeskError
from lib.pipeline import Desk, approve, undo_load
from lib.services import review
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


def test_an_undo_in_between_is_counted_anew_too(desk: Desk) -> None:
    a_lead_account(desk)
    one = committed(desk, a_csv([a_lead(1), a_lead(2)]))
    two = import_file(desk, a_csv([a_lead(2), a_lead(3)]))
    assert two["verdicts"]["ignored"] == 1
    undo_load(desk, admin(desk), one["load"], "wrong")
    done = approve(desk, admin(desk), two["load"])
    assert done["verdicts"]["created"] == 2
    assert set(records(desk)) == {"L2", "L3"}


def test_a_resale_is_decided_anew_when_the_first_sale_was_committed_in_between(desk: Desk) -> None:
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


def test_eight_people_approving_eight_loads_at_once_end_with_exact_sums(desk: Desk) -> None:
    a_lead_account(desk)
    # Neighbours share a lead, so each commit changes what the next ones must say.
    files = [a_csv([a_lead(number) for number in range(10 * place, 10 * place + 11)]) for place in range(8)]
    loads = [import_file(desk, content)["load"] for content in files]
    boss = admin(desk)

    def decide(load: int) -> str:
        for _ in range(20):
            try:
                return str(approve(desk, boss, load)["status"])
            except DeskError as trouble:
                assert trouble.is_retryable, trouble
        return "never"

    with ThreadPoolExecutor(8) as crowd:
        assert list(crowd.map(decide, loads)) == ["committed"] * 8
    assert len(records(desk)) == 81
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 81}
    rows = [row for row in table_rows(desk.app, data_import_batches) if row["id"] in loads]
    assert sum(row["created_count"] for row in rows) == 81
    assert sum(row["ignored_count"] for row in rows) == 7
    assert sorted(row["committed_epoch"] for row in rows) == list(range(1, 9))
