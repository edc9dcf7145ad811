"""What a file holds of people is in payloads and records only: not in the log, not in what is said of a load."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from lib.db.tables import app_metadata
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.entrypoints.worker import work
from lib.errors import DeskError
from lib.log import log, log_bug
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide, fix_cells
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.services.reviewing import review, review_reasons, review_rows
from lib.services.tracing import trace_record
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, desk_on, import_file, records, table_rows

MARK = "Zqmark"
# Payloads and records hold what people sent; a reading's notes quote it, and go with the payload (see test_retention).
_HOLDS = {
    "payload_chunks",
    "row_edits",
    "crm_leads",
    "integration_external_objects",
    "integration_import_batches",
}


def troubled() -> bytes:
    """A file in which every kind of cell fails, and lines that are no rows."""
    rows = [
        a_lead(1, name=f"{MARK} Smith", email=f"{MARK}@mail.example", phone="8005550101"),
        a_lead(2, date=f"{MARK} o'clock"),
        a_lead(3, phone=f"{MARK}-555"),
        a_lead(4, email=f"{MARK} at mail"),
        a_lead(5, fee=f"{MARK} dollars"),
        a_lead(6, modified=f"{MARK}"),
        a_lead(7, name=f"Test {MARK}"),
        a_lead(1, name=f"{MARK} Jones"),
        {**a_lead(8), "id": f"{MARK}" * 60},
        a_lead(9, status=f"{MARK}" * 90),
    ]
    text = a_csv(rows).decode()
    return (
        f'{text}{MARK},too,many,cells,in,this,line,of,the,file,{MARK}\nOwner: {MARK},,,,,,,\n"{MARK} open,1\n'.encode()
    )


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Any:
    with desk_on(sqlite_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


def test_no_cell_of_a_file_is_logged_or_told_in_the_ledger(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    log.propagate, level = True, log.level
    log.setLevel(logging.DEBUG)
    boss = admin(desk)
    try:
        queue_import(desk, boss, Delivered("site", "lead", "queued.csv", troubled()))
        queue_import(desk, boss, Delivered("site", "lead", "broken.json", f'{{"{MARK}": '.encode()))
        queue_import(desk, boss, Delivered("site", "lead", "keyless.csv", f"name,date\n{MARK},2026-03-04\n".encode()))
        queue_import(desk, boss, Delivered("site", "lead", "page.html", f"<html>{MARK}</html>".encode()))
        work(desk, is_until_idle=True)
        (load,) = table_rows(desk.app, app_metadata.tables["data_import_batches"])
        decide(desk, boss, load["id"], WhichRows(row_nos=(0,)), DecisionKind.HOLD, "later")
        fix_cells(desk, boss, load["id"], [CellEdit(1, "date", f"{MARK} again")], "a try")
        approve(desk, boss, load["id"])
        undo_load(desk, boss, load["id"], "wrong file")
    finally:
        log.propagate = False
        log.setLevel(level)
    assert "is done" in caplog.text
    assert MARK not in caplog.text
    for name, table in app_metadata.tables.items():
        if name not in _HOLDS:
            assert MARK not in repr(table_rows(desk.app, table)), name


def test_a_bug_is_logged_where_it_happened_without_the_values_at_hand(caplog: pytest.LogCaptureFixture) -> None:
    log.propagate = True
    try:
        try:
            raise ValueError(f"cannot make a number of '{MARK}'")
        except ValueError as bug:
            reference = log_bug(bug)
    finally:
        log.propagate = False
    assert reference in caplog.text
    assert "ValueError" in caplog.text
    assert "test_redaction.py" in caplog.text
    assert MARK not in caplog.text


def test_whoever_may_not_approve_sees_the_shape_of_personal_cells_only(desk: Desk) -> None:
    load = import_file(desk, troubled())["load"]
    approve(desk, admin(desk), load)
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
    number = next(row["id"] for key, row in records(desk).items() if key == "L1")
    fails = desk.ask(analyst, review_reasons.what_fails, load)
    seen = [
        desk.ask(analyst, review_rows.rows_page, load, review_rows.RowQuery()),
        desk.ask(analyst, trace_record.trace_record, "crm_leads", number),
        desk.ask(analyst, review.review_load, load),
        *(
            desk.ask(analyst, review_reasons.samples_of, load, kind.reason, is_failed=True)
            for kind in fails.failing
            if kind.reason.partition(":")[2] in ("name", "phone", "email", "")
        ),
    ]
    assert f"{MARK} Smith" not in repr(seen)
    assert "8005550101" not in repr(seen)
    assert "xxxxxx xxxxx" in repr(seen[1]).lower()
    assert f"{MARK} Jones" in repr(desk.ask(admin(desk), trace_record.trace_record, "crm_leads", number))


def test_a_refusal_says_where_and_not_what(desk: Desk) -> None:
    said = []
    for content, name in ((f'{{"{MARK}": '.encode(), "a.json"), (f"name,date\n{MARK},2026-03-04\n".encode(), "b.csv")):
        with pytest.raises(DeskError) as refused:
            import_file(desk, content, file_name=name)
        said.append(f"{refused.value.message} {refused.value.hint}")
    assert MARK not in " ".join(said)
