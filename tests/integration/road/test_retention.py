"""Payloads leave when their time is over, on both kinds of database, and the record of them stays (R11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import zstandard

from lib.clock import utc_now
from lib.db.tables.audit import audit_log
from lib.db.tables.imports import data_import_rows, integration_import_batches, row_edits
from lib.db.tables.jobs import integration_sync_jobs
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.records import RECORD_TABLES
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit
from lib.domain.states import LoadStatus
from lib.entrypoints.worker import work
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import fix_cells
from lib.pipeline.running.retention import purge_payloads, queue_purges, reject_load
from lib.services.reviewing import fix_rows, review, review_reasons, review_rows
from lib.services.running import jobs, purge
from lib.services.setup import account_settings
from lib.services.tracing import trace_record
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    at,
    code_of,
    committed,
    everything,
    import_file,
    records,
    table_rows,
)

# Every cell of a file bears it, and nothing else does.
MARK = "zqmark"
PHONE = "8005550"
_HOLDS = {*RECORD_TABLES, "integration_external_objects"}


def marked(number: int, **more: object) -> dict[str, object]:
    lead = a_lead(number, name=f"{MARK} {number}", email=f"{MARK}{number}@mail.example", phone=f"{PHONE}{number:03d}")
    return {**lead, "note": f"{MARK} said", **more}


def a_marked_file(*rows: dict[str, object]) -> bytes:
    """Rows as they are given, a line that nobody can read, a group line and a total line."""
    lines = a_csv(rows or [marked(1), marked(2), marked(3, date=f"{MARK} never"), marked(1)]).decode()
    width = lines.partition("\n")[0].count(",") + 1
    lost, group, total = (
        f"{MARK},{'x,' * width}lost\n",
        f"Owner: {MARK}{',' * (width - 1)}\n",
        f"Total,{MARK}{',' * (width - 2)}\n",
    )
    return f"{lines}{lost}{group}{total}".encode()


def found(desk: Desk) -> set[str]:
    """The tables in which any mark is found, those of records left out."""
    return {name for name, rows in everything(desk).items() if name not in _HOLDS and any(map(_is_marked, rows))}


def _is_marked(row: dict[str, Any]) -> bool:
    body = row.get("body")
    text = repr(row) + (zstandard.decompress(body).decode("latin-1") if body else "")
    return MARK in text or PHONE in text


def keep(desk: Desk, days: str) -> None:
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": days})


def purged(desk: Desk, days: float = 0) -> purge.Purged:
    """What a purge lets go so many days from now."""
    later = at(desk, lambda: utc_now() + timedelta(days=days))
    account = later.ask(admin(later), lambda tx: tx.accounts.by_key("site"))
    return purge_payloads(later, admin(later), account.id)


def load_of(desk: Desk, load: int) -> Any:
    return desk.ask(admin(desk), lambda tx: tx.loads.by_id(load))


def rows_of(desk: Desk, load: int) -> list[dict[str, Any]]:
    return [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load]


@pytest.fixture
def account(desk: Desk) -> Desk:
    a_lead_account(desk)
    return desk


@pytest.fixture
def any_account(any_desk: Desk) -> Desk:
    a_lead_account(any_desk)
    return any_desk


def test_what_is_kept_so_many_days_is_gone_after_them_and_the_verdicts_stay(account: Desk) -> None:
    keep(account, "30")
    staged = import_file(account, a_marked_file())
    fix_cells(account, admin(account), staged["load"], [CellEdit(2, "date", f"2026-03-05 {MARK}")], "as they said")
    approve(account, admin(account), staged["load"])
    # An update, so that there is a before-image as well.
    second = committed(account, a_marked_file(marked(1, status="won", modified="2026-03-09 12:00:00Z")))["load"]
    assert found(account) == {"payload_chunks", "integration_import_batches", "row_edits"}
    before, were = rows_of(account, staged["load"]), table_rows(account.app, integration_import_batches)
    assert purged(account, 29) == purge.Purged()
    assert purged(account, 31).edits == 1
    assert found(account) == set()
    assert rows_of(account, staged["load"]) == before
    now = table_rows(account.app, integration_import_batches)
    kept = ("content_hash", "byte_count", "row_count", "file_name", "status")
    assert [[row[name] for name in kept] for row in now] == [[row[name] for name in kept] for row in were]
    assert [row["facts"]["rejected_count"] for row in now] == [1, 1]
    assert [(row["reason"], row["value"]) for row in table_rows(account.app, row_edits)] == [("as they said", None)]
    everything_now = everything(account)
    assert purged(account, 32) == purge.Purged()
    assert everything(account) == everything_now
    assert undo_load(account, admin(account), second, "late")["could_not"] == 1


def test_what_is_kept_not_at_all_goes_with_the_decision(any_account: Desk) -> None:
    account = any_account
    keep(account, "0")
    staged = import_file(account, a_marked_file())["load"]
    assert {row["kind"] for row in table_rows(account.app, payload_chunks)} == {"mapped"}
    approve(account, admin(account), staged)
    assert found(account) == set()
    assert load_of(account, staged).status is LoadStatus.COMMITTED
    assert len(records(account)) == 2
    turned_down = import_file(account, a_marked_file(marked(7)))["load"]
    assert "payload_chunks" in found(account)
    account.do(admin(account), reject_load, turned_down, "not ours")
    assert found(account) == set()
    assert load_of(account, turned_down).verdicts["created"] == 1


def test_what_is_kept_for_good_is_never_purged_until_the_policy_says_otherwise(any_account: Desk) -> None:
    account = any_account
    keep(account, "forever")
    committed(account, a_marked_file())
    assert purged(account, 36_000) == purge.Purged()
    keep(account, "10")
    assert purged(account, 11).chunks == 4
    keep(account, "forever")
    assert table_rows(account.app, payload_chunks) == []


def test_a_policy_is_a_number_of_days_or_forever(any_account: Desk) -> None:
    account = any_account
    with pytest.raises(DeskError) as refused:
        keep(account, "-7")
    assert code_of(refused) == "retention_invalid"


def test_a_load_that_nobody_decided_on_fails_with_a_note_and_only_after_a_week(any_account: Desk) -> None:
    account = any_account
    keep(account, "2")
    load = import_file(account, a_marked_file())["load"]
    # The file has had its time; the rows wait for the person.
    assert purged(account, 3).loads == 0
    assert load_of(account, load).status is LoadStatus.IN_REVIEW
    assert {row["kind"] for row in table_rows(account.app, payload_chunks)} == {"raw", "mapped"}
    assert purged(account, 8).loads == 1
    assert found(account) == set()
    gone = load_of(account, load)
    assert (gone.status, "policy: 2 days" in gone.error_note) == (LoadStatus.FAILED, True)
    assert import_file(account, a_marked_file())["load"] != load


def test_a_load_in_review_stays_as_long_as_its_policy_is_longer(any_account: Desk) -> None:
    account = any_account
    load = import_file(account, a_marked_file())["load"]
    assert purged(account, 30) == purge.Purged()
    assert load_of(account, load).status is LoadStatus.IN_REVIEW


def test_a_purge_that_was_killed_goes_on_with_what_is_left(account: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(account, a_marked_file())
    monkeypatch.setattr(purge, "_CHUNKS", 1)
    later = at(account, lambda: utc_now() + timedelta(days=91))
    steps = []

    def killed(*step: object) -> None:
        steps.append(step)
        if len(steps) == 2:
            raise KeyboardInterrupt

    account_id = later.ask(admin(later), lambda tx: tx.accounts.by_key("site").id)
    with pytest.raises(KeyboardInterrupt):
        purge_payloads(later, admin(later), account_id, killed)
    assert len(table_rows(account.app, payload_chunks)) == 3
    assert purged(account, 91).chunks == 3
    assert found(account) == set()


def test_a_file_brought_again_after_its_purge_is_kept_anew(any_account: Desk) -> None:
    account = any_account
    load = committed(account, a_marked_file())["load"]
    purged(account, 91)
    undo_load(account, admin(account), load, "again")
    later = at(account, lambda: utc_now() + timedelta(days=92))
    import_file(later, a_marked_file())
    assert {row["kind"] for row in table_rows(account.app, payload_chunks)} == {"file", "raw", "mapped"}
    assert purged(account, 93) == purge.Purged()


def test_the_worker_purges_by_a_job_that_is_there_once(any_account: Desk) -> None:
    account = any_account
    committed(account, a_marked_file())
    later = at(account, lambda: utc_now() + timedelta(days=91))
    (job_id,) = queue_purges(later, admin(later))
    assert queue_purges(later, admin(later)) == [job_id]
    assert work(later, is_until_idle=True) == 1
    seen = later.ask(admin(later), jobs.job, job_id)
    assert (seen.status, seen.result) == (jobs.DONE, {"chunks": 4, "edits": 0, "loads": 0})
    assert found(account) == set()
    assert len(table_rows(account.app, integration_sync_jobs)) == 1
    assert work(later, is_until_idle=True) == 0
    (line,) = [row for row in table_rows(account.app, audit_log) if row["action"] == "payloads purged"]
    assert line["detail"] == {"chunks": 4, "edits": 0, "loads": 0}


def test_only_whoever_manages_accounts_purges(any_account: Desk) -> None:
    account = any_account
    committed(account, a_marked_file())
    analyst = a_person(account, "ann@desk.example", Role.ANALYST)
    with pytest.raises(DeskError) as refused:
        purge_payloads(account, analyst, 1)
    assert code_of(refused) == "not_allowed"


def test_every_way_to_look_at_rows_says_that_they_are_no_longer_kept(account: Desk) -> None:
    keep(account, "30")
    load = committed(account, a_marked_file())["load"]
    waiting = import_file(account, a_marked_file(marked(9)))["load"]
    purged(account, 40)
    words, who = "no longer kept (policy: 30 days)", admin(account)
    page = account.ask(who, review_rows.rows_page, load, review_rows.RowQuery())
    assert [row.gone for row in page.rows] == [words] * 5
    samples = account.ask(who, review_reasons.samples_of, load, page.rows[2].reasons[0], is_failed=True)
    assert [sample.gone for sample in samples] == [words]
    trace = account.ask(who, trace_record.trace_record, "crm_leads", records(account)["L1"]["id"])
    assert trace.origin is not None
    assert (trace.origin.has_raw, trace.origin.gone) == (False, words)
    assert account.ask(who, review.look_at, load).adds_up
    assert load_of(account, waiting).status is LoadStatus.FAILED
    with pytest.raises(DeskError) as refused:
        account.ask(who, lambda tx: fix_rows.raw_now(tx, tx.loads.by_id(load), [0]))
    assert (code_of(refused), words in refused.value.message) == ("raw_not_kept", True)
