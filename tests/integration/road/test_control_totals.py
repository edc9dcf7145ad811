"""What a person says a file comes to must be what its rows come to, to the last micro, before anybody approves it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.objects import object_type
from lib.domain.rows.fixes import CellEdit
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import fix_cells
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.reporting.control_totals import ToldTotal, read_expected
from lib.services.loading.control_totals import totals_of
from tests.builders import a_csv, a_lead, a_lead_account, admin, code_of, committed, desk_on


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def brought(desk: Desk, content: bytes, rows: int | None = None, **totals: str) -> dict:
    delivered = Delivered("site", "lead", "x.csv", content, expected_rows=rows, control_totals=totals)
    return import_delivery(desk, admin(desk), delivered)


def test_a_sum_that_differs_by_a_micro_blocks_the_approval_and_says_by_how_much(desk: Desk) -> None:
    a_lead_account(desk)
    content = a_csv([a_lead(1, fee="10.10"), a_lead(2, fee="0.200001")])
    load = brought(desk, content, fee="10.30")
    assert load["blockers"] == [
        "The fee adds up to 10.300001, 0.000001 more than the 10.30 expected. "
        "Compare the file with the provider's own total; rows may be missing, or the wrong column mapped."
    ]
    with pytest.raises(DeskError) as refused:
        approve(desk, admin(desk), load["load"])
    assert code_of(refused) == "blocked"
    # Said again with the same file, what is said now counts.
    again = brought(desk, content, rows=2, fee="10.300001")
    assert (again["already_seen"], again["load"], again["blockers"]) == (True, load["load"], [])
    approve(desk, admin(desk), load["load"])


def test_every_readable_row_counts_and_a_mended_one_from_then_on(desk: Desk) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1)]))
    # Unchanged, given twice, of another class, blank, and failed.
    rows = [a_lead(1), a_lead(2), a_lead(2), a_lead(3, name="Test Test"), a_lead(4, fee=""), a_lead(5, day="soon")]
    load = brought(desk, a_csv(rows), fee="50")["load"]
    (total,) = desk.ask(admin(desk), totals_of, load)
    assert (total.found, total.difference) == (Decimal(40), Decimal(-10))
    fix_cells(desk, admin(desk), load, [CellEdit(5, "date", "2026-03-04 12:00:00Z")], "the day was missing")
    (total,) = desk.ask(admin(desk), totals_of, load)
    assert (total.found, total.difference) == (Decimal(50), Decimal(0))
    approve(desk, admin(desk), load)


def test_the_files_own_total_line_is_shown_and_trusted_by_nobody(desk: Desk) -> None:
    a_lead_account(desk)
    content = a_csv([a_lead(number) for number in range(1, 6)]) + b"Total,,,,,,,999.50\n"
    load = brought(desk, content)
    assert (load["rows"], load["blockers"]) == (5, [])
    (total,) = desk.ask(admin(desk), totals_of, load["load"])
    assert (total.column, total.expected, total.found) == ("fee", None, Decimal(50))
    assert total.told == (ToldTotal(7, Decimal("999.5")),)


def test_a_load_without_totals_has_none(desk: Desk) -> None:
    a_lead_account(desk)
    load = brought(desk, a_csv([a_lead(1)]))
    assert desk.ask(admin(desk), totals_of, load["load"]) == ()


@pytest.mark.parametrize("said", ["fee", "name=3", "fee=ten", "fee=nan", "fee=0.1234567", "=3", ""])
def test_a_sum_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(DeskError) as refused:
        read_expected([said], object_type("lead"))
    assert code_of(refused) == "bad_control_total"


def test_a_sum_is_kept_as_it_was_written() -> None:
    assert read_expected(["fee = 1,234.50", "amount=-3"], object_type("lead")) == {"fee": "1234.50", "amount": "-3"}
