"""JSON, lines of JSON and workbooks take the same road as CSV, and what they hold arrives as it was written."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest

from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.services.arriving import read
from lib.services.mapping import maps
from tests.builders import (
    a_csv,
    a_lead_account,
    a_map,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    constant,
    import_file,
    records,
    require_conserved,
    shared_data,
    slices,
    table_rows,
)

LONG_ID = "987654321098765"
FORMULA = '=HYPERLINK("http://evil.example","click")'
CELLS = {"id": LONG_ID, "date": "2026-03-04T12:00:00Z", "postal": "00501", "note": FORMULA, "name": "+1-303 Plumbing"}
FIELDS = {"external_id": "id", "occurred_at": "date", "postal_code": "postal", "description": "note", "company": "name"}


def a_workbook(rows: list[dict[str, object]]) -> bytes:
    """Rows as an XLSX file; text that looks like a formula is written as the text it is."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row.values(), 1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_value_arrives_as_it_was_written_whatever_the_format(desk: Desk) -> None:
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", FIELDS))
    files = {
        "export.csv": a_csv([CELLS]),
        "export.json": json.dumps([{**CELLS, "id": int(LONG_ID)}]).encode(),
        "export.ndjson": (json.dumps({**CELLS, "id": int(LONG_ID)}) + "\n").encode(),
        "export.xlsx": a_workbook([{**CELLS, "id": int(LONG_ID)}]),
    }
    for place, (name, content) in enumerate(files.items()):
        load = committed(desk, content, file_name=name)
        require_conserved(load, 1)
        # The first made the record; after it every format says the very same.
        assert load["verdicts"]["ignored" if place else "created"] == 1, name
    (record,) = records(desk).values()
    assert (record["external_id"], record["postal_code"]) == (LONG_ID, "00501")
    assert (record["description"], record["company"]) == (FORMULA, "+1-303 Plumbing")
    assert record["occurred_at"] == datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_page_of_an_api_answer_is_read_from_its_envelope(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk, "crm", provider="servicetitan")
    sample = shared_data("payloads", "servicetitan", "jpm_jobs_get_200_spec_example.json")
    page = json.loads(sample.read_text())
    (job,) = page["data"]
    jobs = [
        {**job, "id": int(LONG_ID) + place, "createdOn": "2026-03-04T15:02:11.1234567Z", "completedOn": done}
        for place, done in enumerate(["2026-03-06T18:40:00Z", None, None])
    ]
    jobs = [{**item, "modifiedOn": "2026-03-06T18:41:09Z", "jobStatus": "Completed"} for item in jobs]
    content = json.dumps({**page, "data": jobs}).encode()
    field_map = desk.ask(admin(desk), maps.suggest_map, "crm", "job", _sample(content))
    an_approved_map(desk, "crm", field_map)
    load = committed(desk, content, "crm", "job", file_name="jobs.json")
    require_conserved(load, 3)
    assert load["verdicts"]["created"] == 3
    assert set(records(desk)) == {str(int(LONG_ID) + place) for place in range(3)}
    assert slices(desk, "crm.jobs") == {("2026-03-04", ""): 3}


def _sample(content: bytes) -> pd.DataFrame:
    return next(read.read_content(content, "jobs.json").batches()).frame


def test_a_lead_that_brings_no_time_is_dated_by_its_map(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk, "angi", provider="angi")
    fields = {
        "external_id": "leadOid",
        "group_id": "srOid",
        "fee": "fee",
        "phone": "primaryPhone",
        "postal_code": "postalCode",
        "phone_is_masked": "primaryPhoneDetails.maskedNumber",
    }
    an_approved_map(desk, "angi", a_map("lead", {**fields, "occurred_at": constant("2026-03-04T18:00:00Z")}))
    content = shared_data("payloads", "angi", "angi_lead_integration_api_full_2026.json").read_bytes()
    load = committed(desk, content, "angi", file_name="lead.json")
    require_conserved(load, 1)
    record = records(desk)["100000001"]
    assert (record["phone"], record["postal_code"]) == ("+13035550142", "80210")
    assert record["phone_is_masked"] is False
    assert slices(desk, "angi.lead_fees") == {("2026-03-04", ""): Decimal("25.67")}


def test_a_record_that_is_none_is_a_failed_row_of_its_file(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", FIELDS))
    content = json.dumps([CELLS, "just a word", {**CELLS, "id": "2"}]).encode()
    load = committed(desk, content, file_name="export.json")
    require_conserved(load, 3)
    assert (load["verdicts"]["created"], load["reasons"]["unreadable_line"]) == (2, 1)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web_page"),
        ("a.json", b'[{"id": 1},', "invalid_json"),
        ("a.json", b'"just a text"', "no_records"),
        ("a.xlsx", b"PK\x03\x04 and no more", "corrupt_file"),
    ],
)
def test_a_file_that_is_no_table_leaves_a_refused_delivery_and_no_load(
    any_desk: Desk, name: str, content: bytes, code: str
) -> None:
    desk = any_desk
    a_lead_account(desk)
    for _ in range(2):
        with pytest.raises(DeskError) as refused:
            import_file(desk, content, file_name=name)
        assert code_of(refused) == code
        (delivery,) = table_rows(desk.app, integration_import_batches)
        assert delivery["status"] == "refused"
        assert delivery["error_note"].startswith(refused.value.message[:100])
        assert table_rows(desk.app, data_import_batches) == []
